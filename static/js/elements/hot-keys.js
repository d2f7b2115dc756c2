/* Presses what carries data-key: "n", "[", or two in a row, "g i"; "c|n t" is either. Fields get the focus, everything else
   is clicked. Only while no field has the focus and no dialog is open, and never together with Ctrl, Cmd or Alt. While a
   second key is awaited, <html data-chord> names the first, so that nothing else takes it. */
const WAIT = 1200;
// When the first key alone means something, too, it is pressed unless the second follows as fast as a chord does.
const SOON = 350;
const root = document.documentElement;
let timer;

function typing(target) {
  return target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

function carriers() {
  return [...document.querySelectorAll("[data-key]")].map((element) => [element, element.dataset.key.split("|")]);
}

function find(keys) {
  const all = carriers().filter(([, own]) => own.includes(keys)).map(([element]) => element);
  return all.find((element) => element.checkVisibility()) ?? all[0];
}

function begin(key, later) {
  root.dataset.chord = key;
  timer = setTimeout(() => {
    delete root.dataset.chord;
    if (later) press(later);
  }, later ? SOON : WAIT);
}

function end() {
  clearTimeout(timer);
  delete root.dataset.chord;
}

function press(element) {
  if (typing(element)) element.focus();
  else element.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (event.key.length !== 1 || typing(event.target) || document.querySelector("dialog:modal")) return;
  const first = root.dataset.chord;
  end();
  const element = (first && find(`${first} ${event.key}`)) || find(event.key);
  const isBegun = !first && carriers().some(([, own]) => own.some((keys) => keys.startsWith(`${event.key} `)));
  if (element) event.preventDefault();
  if (isBegun) begin(event.key, element);
  else if (element) press(element);
});
