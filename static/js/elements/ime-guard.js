/* Enter that chooses a Chinese word never submits a form or reaches a key handler.
   Safari reports the composition as over already, but says keyCode 229. */
addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Enter" && event.keyCode !== 229) return;
    if (!event.isComposing && event.keyCode !== 229) return;
    event.stopImmediatePropagation();
    if (event.key === "Enter" && !event.target.matches?.("textarea")) event.preventDefault();
  },
  true,
);
