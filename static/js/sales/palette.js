/* The colours of the page, as the canvas needs them: computed, in the theme of now. */
const NAMES = { now: "--chart-1", before: "--chart-5", band: "--chart-band", event: "--holiday-us", line: "--line", strong: "--line-strong", soft: "--ink-3", raised: "--surface-raised", ink: "--ink" };

export function palette(element) {
  const style = getComputedStyle(element);
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const found = { font: style.fontFamily };
  for (const [key, name] of Object.entries(NAMES)) found[key] = asRgb(canvas, style.getPropertyValue(name).trim());
  return found;
}

/* ECharts reads rgb alone; tokens are oklch. */
function asRgb(canvas, colour) {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
  return `rgba(${red},${green},${blue},${(alpha / 255).toFixed(3)})`;
}
