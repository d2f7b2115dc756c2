// Bundles css/app.css, css/site.css, js/app.js and js/sw.js into static/dist. `--watch` builds again on every change.
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));

/** `@import "icons";` becomes one `.icon--name` rule per file of icons/, drawn as a mask in the colour of the text. */
const icons = {
  name: "icons",
  setup(build) {
    build.onResolve({ filter: /^icons$/ }, () => ({ path: "icons", namespace: "icons" }));
    build.onLoad({ filter: /.*/, namespace: "icons" }, async () => {
      const folder = join(here, "icons");
      const files = (await readdir(folder)).filter((file) => file.endsWith(".svg")).sort();
      const rules = await Promise.all(files.map((file) => iconRule(join(folder, file), file.slice(0, -4))));
      return { contents: `@layer components {\n${rules.join("\n")}\n}`, loader: "css", watchDirs: [folder] };
    });
  },
};

async function iconRule(path, name) {
  const svg = (await readFile(path, "utf8")).trim().replaceAll("currentColor", "#000").replaceAll('"', "'");
  const uri = svg.replaceAll("#", "%23").replaceAll("<", "%3C").replaceAll(">", "%3E");
  return `.icon--${name} { --icon: url("data:image/svg+xml,${uri}"); }`;
}

const options = {
  entryPoints: ["js/app.js", "js/sw.js", "css/app.css", "css/site.css"].map((file) => join(here, file)),
  outdir: join(here, "dist"),
  entryNames: "[name]",
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome111", "edge111", "firefox114", "safari16.4"],
  legalComments: "none",
  logLevel: "info",
  plugins: [icons],
};

if (process.argv.includes("--watch")) {
  await (await esbuild.context(options)).watch();
} else {
  await esbuild.build(options);
}
