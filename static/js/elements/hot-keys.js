/* Presses what carries data-key: "n", "[", or two in a row, "g i". Fields get the focus, everything else is clicked.
   Only while no field has the focus and no dialog is open, and never together with Ctrl, Cmd or Alt. */
let first = "";

function typing(target) {
  return target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

function find(keys) {
  const shown = (element) => element.checkVisibility();
  const all = [...document.querySelectorAll(`[data-key="${CSS.escape(keys)}"]`)];
  return all.find(shown) ?? all[0];
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (event.key.length !== 1 || typing(event.target) || document.querySelector("dialog:modal")) return;
  const keys = first ? `${first} ${event.key}` : event.key;
  const element = find(keys);
  first = !first && !element && document.querySelector(`[data-key^="${CSS.escape(event.key)} "]`) ? event.key : "";
  if (first) setTimeout(() => (first = ""), 1200);
  if (!element) return;
  event.preventDefault();
  if (typing(element)) element.focus();
  else element.click();
});
