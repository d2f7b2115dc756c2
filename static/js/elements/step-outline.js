/* <step-outline>: the steps of a template moved by mouse, by touch (long press) and by keys, and ticked to be changed
   together. Every move is sent through the one form #outline-move, and the server answers with the outline as it is.
   Keys on a step: ↑ ↓ from step to step, Shift+↑ ↓ or { } moves it, x ticks it, Shift+X all from the last one, Esc lets go. */
import Sortable from "sortablejs";

class StepOutline extends HTMLElement {
  connectedCallback() {
    this.chosen = new Set();
    this.stops = [];
    this.listen(this, "keydown", (event) => this.key(event));
    this.listen(this, "click", (event) => this.click(event), true);
    this.listen(this, "change", (event) => this.change(event));
    this.listen(this, "htmx:afterSettle", () => this.settle());
    this.listen(document.body, "outline:clear", () => this.clear());
    this.listen(document.body, "outline:focus", ({ detail }) => (this.back = detail.id));
    this.settle();
  }

  disconnectedCallback() {
    this.stops.forEach((stop) => stop());
  }

  listen(target, name, run, capture = false) {
    target.addEventListener(name, run, capture);
    this.stops.push(() => target.removeEventListener(name, run, capture));
  }

  get move() {
    return this.querySelector("#outline-move");
  }

  get bar() {
    return this.querySelector("#outline-bulk");
  }

  ticks() {
    return [...this.querySelectorAll(".outline__tick")];
  }

  /* A new outline has come: its lists can be dragged, what was ticked stays so, and the focus is where it was. */
  settle() {
    if (this.move) for (const list of this.querySelectorAll("[data-phase]")) if (!Sortable.get(list)) this.makeSortable(list);
    for (const tick of this.ticks()) tick.checked = this.chosen.has(tick.value);
    this.count();
    if (!this.back) return;
    document.getElementById(this.back)?.focus();
    this.back = null;
  }

  makeSortable(list) {
    Sortable.create(list, {
      group: "steps",
      draggable: ".outline__line",
      filter: "input, button, select, textarea",
      preventOnFilter: false,
      forceFallback: true,
      fallbackOnBody: true,
      fallbackTolerance: 5,
      fallbackClass: "outline__line--lifted",
      ghostClass: "outline__line--dropline",
      delay: 250,
      delayOnTouchOnly: true,
      touchStartThreshold: 6,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 90,
      scrollSensitivity: 72,
      emptyInsertThreshold: 24,
      onChoose: ({ item }) => this.hold(item),
      onStart: ({ item }) => {
        this.toggleAttribute("data-dragging", true);
        this.from = { list: item.parentElement, next: item.nextElementSibling };
      },
      onEnd: ({ item }) => this.drop(item),
    });
  }

  /* Sortable clones the step with the style it has just given it, and a copied style attribute breaks the content policy. */
  hold(line) {
    line.cloneNode = (deep) => {
      const style = line.style.cssText;
      line.removeAttribute("style");
      const copy = Element.prototype.cloneNode.call(line, deep);
      line.style.cssText = style;
      copy.removeAttribute("id");
      copy.querySelectorAll("input").forEach((input) => input.remove());
      return copy;
    };
  }

  drop(line) {
    // The click that ends a drag must not open the step.
    setTimeout(() => this.toggleAttribute("data-dragging", false));
    const { list, next } = this.from;
    if (line.parentElement === list && line.nextElementSibling === next) return;
    this.send("move", line.dataset.step, line.parentElement.dataset.phase, line.nextElementSibling?.dataset.step ?? "");
  }

  send(verb, step, phase = "", before = "") {
    const { elements } = this.move;
    elements.do.value = verb;
    elements.step.value = step;
    elements.phase.value = phase;
    elements.before.value = before;
    this.back = `open-${step}`;
    this.move.requestSubmit();
  }

  click(event) {
    if (this.hasAttribute("data-dragging")) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    this.withShift = event.shiftKey;
    if (event.target.closest("[data-clear]")) this.clear();
  }

  change({ target }) {
    if (target.matches(".outline__tick")) this.set(target, target.checked, this.withShift);
  }

  /* One tick, or with `through` all between the last one and it. */
  set(tick, on, through = false) {
    const ticks = this.ticks();
    const [from, to] = [ticks.findIndex((other) => other.value === this.last), ticks.indexOf(tick)];
    const range = through && from >= 0 ? ticks.slice(Math.min(from, to), Math.max(from, to) + 1) : [tick];
    for (const other of range) {
      other.checked = on;
      on ? this.chosen.add(other.value) : this.chosen.delete(other.value);
    }
    this.last = tick.value;
    this.count();
  }

  clear() {
    this.chosen.clear();
    for (const tick of this.ticks()) tick.checked = false;
    this.bar?.reset();
    this.count();
  }

  count() {
    const place = this.bar?.querySelector("[data-count]");
    if (!place) return;
    const count = this.ticks().filter((tick) => tick.checked).length;
    place.textContent = count === 1 ? place.dataset.one : place.dataset.many.replace("{n}", count);
    this.toggleAttribute("data-selecting", count > 0);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches("textarea, select, input:not([type=checkbox])")) return;
    if (event.key === "Escape" && this.chosen.size) {
      event.preventDefault();
      return this.clear();
    }
    const line = event.target.closest(".outline__line");
    const run = line && this.meaning(event, line);
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  }

  meaning({ key, shiftKey }, line) {
    const tick = line.querySelector(".outline__tick");
    const by = { "{": -1, "}": 1 }[key] ?? (shiftKey ? { ArrowUp: -1, ArrowDown: 1 }[key] : undefined);
    if (by && this.move) return () => this.send(by < 0 ? "up" : "down", line.dataset.step);
    if (key === "ArrowUp" || key === "ArrowDown") return () => this.walk(line, key === "ArrowDown" ? 1 : -1);
    if (key === "x" && tick) return () => this.set(tick, !tick.checked);
    if (key === "X" && tick) return () => this.set(tick, true, true);
    return null;
  }

  walk(line, by) {
    const lines = [...this.querySelectorAll(".outline__line")];
    lines[lines.indexOf(line) + by]?.querySelector(".outline__title").focus();
  }
}

customElements.define("step-outline", StepOutline);
