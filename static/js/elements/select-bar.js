/* <select-bar>: which tasks are ticked on the page, and the bar that acts on them. A tick is an input[name=task] that
   belongs to the form in it; what is selected stays so when htmx draws cards anew. Shift-click and Shift+X take all from
   the last one, Ctrl/Cmd+A the column of the card in focus, Esc lets go. "task:select" on a card or row toggles it,
   "select:clear" lets go. */
class SelectBar extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.chosen = new Set();
    this.stops = [];
    this.listen(document, "click", (event) => this.click(event), true);
    this.listen(document, "change", (event) => this.change(event));
    this.listen(document, "keydown", (event) => this.key(event));
    this.listen(document, "task:select", (event) => this.toggle(event.target));
    this.listen(document.body, "select:clear", () => this.clear());
    this.listen(document.body, "htmx:afterSettle", () => this.draw());
    this.listen(this.form, "htmx:configRequest", ({ detail }) => delete detail.parameters.task);
    this.querySelector("[data-clear]").addEventListener("click", () => this.clear());
    this.querySelector("[data-everything]").addEventListener("click", () => this.everything());
    // The browser may have kept ticks of before a reload.
    for (const tick of this.ticks()) tick.checked && this.chosen.add(tick.value);
    this.draw();
  }

  disconnectedCallback() {
    this.stops.forEach((stop) => stop());
    document.body.removeAttribute("data-selecting");
  }

  listen(target, name, run, capture = false) {
    target.addEventListener(name, run, capture);
    this.stops.push(() => target.removeEventListener(name, run, capture));
  }

  ticks() {
    return [...document.querySelectorAll('input[name="task"][form="bulk"]')];
  }

  tickOf(place) {
    return place?.closest?.("[data-task]")?.querySelector('input[name="task"][form="bulk"]');
  }

  click(event) {
    const pick = event.target.closest("[data-select]");
    if (pick) {
      pick.closest("[popover]")?.hidePopover();
      this.toggle(pick);
    }
    this.withShift = event.shiftKey;
  }

  change({ target }) {
    if (!target.matches('input[name="task"][form="bulk"]')) return;
    this.set(target, target.checked, this.withShift);
  }

  toggle(place) {
    const tick = this.tickOf(place);
    if (tick) this.set(tick, !this.chosen.has(tick.value) && !this.isAll);
  }

  /* One tick, or with `through` all between the last one and it. */
  set(tick, on, through = false) {
    if (this.isAll) this.leaveAll();
    const ticks = this.ticks();
    const [from, to] = [ticks.findIndex((other) => other.value === this.last), ticks.indexOf(tick)];
    const range = through && from >= 0 ? ticks.slice(Math.min(from, to), Math.max(from, to) + 1) : [tick];
    for (const { value } of range) on ? this.chosen.add(value) : this.chosen.delete(value);
    this.last = tick.value;
    this.draw();
  }

  key(event) {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog:modal, [popover]:popover-open")) return;
    const inField = event.target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (inField) return;
    const tick = this.tickOf(event.target);
    if (event.key === "Escape" && (this.chosen.size || this.isAll)) this.clear();
    else if (event.key === "X" && tick) this.set(tick, true, true);
    else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey) && tick) this.column(tick);
    else return;
    event.preventDefault();
  }

  /* All loaded cards of the column, or rows of the list. */
  column(tick) {
    const place = tick.closest("[data-column]") ?? tick.closest("tbody");
    for (const other of this.ticks()) if (place?.contains(other)) this.chosen.add(other.value);
    this.last = tick.value;
    this.draw();
  }

  everything() {
    this.isAll = true;
    this.draw();
  }

  /* Of all that match, what is on the page stays selected. */
  leaveAll() {
    this.isAll = false;
    for (const tick of this.ticks()) this.chosen.add(tick.value);
  }

  clear() {
    this.chosen.clear();
    this.isAll = false;
    this.last = null;
    this.draw();
  }

  draw() {
    const shown = document.querySelector("[data-found]");
    const found = Number(shown?.dataset.found ?? 0);
    const count = this.isAll ? found : this.chosen.size;
    for (const tick of this.ticks()) tick.checked = this.isAll || this.chosen.has(tick.value);
    const { tasks, all, query } = this.form.elements;
    tasks.value = [...this.chosen].join(",");
    query.value = shown?.dataset.query ?? "";
    tasks.disabled = this.isAll || !count;
    all.disabled = query.disabled = !this.isAll;
    const more = this.querySelector("[data-everything]");
    more.hidden = this.isAll || found <= count;
    more.textContent = this.dataset.all.replace("{n}", found);
    const words = this.isAll ? this.dataset.everything : count === 1 ? this.dataset.one : this.dataset.many;
    this.querySelector("[data-count]").textContent = count ? words.replace("{n}", count) : "";
    this.toggleAttribute("data-on", count > 0);
    document.body.toggleAttribute("data-selecting", count > 0);
  }
}

customElements.define("select-bar", SelectBar);
