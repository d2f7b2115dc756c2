// Bundles css/app.css, css/site.css, js/app.js and js/sw.js, and what only the pages of the timeline, of sales and of Google's window load, into static/dist.
// `--watch` builds again on every change.
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

/** dhtmlx-gantt, made to fit this house. It writes style attributes into HTML, which the content policy refuses: they are
 *  set by script instead. It computes on the clock of the browser: it gets days that are 24 hours long everywhere, on
 *  which a project's own clock is drawn (js/timeline/wall-date.js). And it would fetch fonts from another house, and brings one of signs, where we have our own. */
const gantt = {
  name: "gantt",
  setup(build) {
    build.onLoad({ filter: /dhtmlxgantt\.es\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const lines = ["js/timeline/wall-date.js", "js/timeline/styled-html.js"].map((file) => JSON.stringify(join(here, file)));
      const head = `import { WallDate as Date } from ${lines[0]};\nimport ${lines[1]};\n`;
      return { contents: head + source.replace(/\bstyle=/g, "data-css=").replace(/\.innerHTML\b/g, ".styledHTML"), loader: "js" };
    });
    build.onLoad({ filter: /dhtmlxgantt\.css$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      return { contents: source.replace(/@font-face\{[^}]*\}/g, ""), loader: "css" };
    });
  },
};

const entries = ["js/app.js", "js/sw.js", "js/timeline.js", "js/sales.js", "js/drive.js", "css/app.css", "css/site.css", "css/timeline.css", "css/sales.css"];
const options = {
  entryPoints: entries.map((file) => join(here, file)),
  outdir: join(here, "dist"),
  entryNames: "[name]",
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome111", "edge111", "firefox114", "safari16.4"],
  legalComments: "none",
  logLevel: "info",
  plugins: [icons, gantt],
};

if (process.argv.includes("--watch")) {
  await (await esbuild.context(options)).watch();
} else {
  await esbuild.build(options);
}
