/* <task-calendar>: tasks move from day to day by mouse, by touch (long press) and by keys, through the form that each
   carries. The server answers with "task:changed", and the days are drawn anew: it alone says on which day a task lies.
   Keys on a task: [ ] a day, { } a week earlier or later, arrows from task to task. */
import Sortable from "sortablejs";

const STEPS = { "[": -1, "]": 1, "{": -7, "}": 7 };

class TaskCalendar extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("click", (event) => this.click(event), true);
    this.addEventListener("toggle", (event) => this.putMenu(event), true);
    this.addEventListener("submit", ({ target }) => target.hidePopover?.(), true);
    this.addEventListener("htmx:afterSettle", () => this.arm());
    this.addEventListener("htmx:afterRequest", (event) => this.answered(event));
    this.arm();
    // On a phone the days stand below each other, and one begins with today, unless another day was asked for.
    const asked = location.hash || new URLSearchParams(location.search).has("on");
    if (matchMedia("(max-width: 720px)").matches && !scrollY && !asked)
      this.querySelector(".day--today")?.scrollIntoView({ block: "start" });
  }

  arm() {
    for (const list of this.querySelectorAll("[data-list]")) if (!Sortable.get(list)) this.makeSortable(list);
    if (!this.goal) return;
    const link = document.getElementById(this.goal);
    this.goal = null;
    link?.focus({ preventScroll: true });
    link?.scrollIntoView({ block: "nearest" });
  }

  makeSortable(list) {
    Sortable.create(list, {
      group: "days",
      sort: false,
      draggable: ".entry-day",
      filter: ".entry-day:not([data-movable]), .entry-day__menu, .card__move",
      preventOnFilter: false,
      forceFallback: true,
      fallbackOnBody: true,
      fallbackTolerance: 5,
      fallbackClass: "entry-day--lifted",
      ghostClass: "entry-day--dropline",
      delay: 250,
      delayOnTouchOnly: true,
      touchStartThreshold: 6,
      scrollSensitivity: 72,
      scrollSpeed: 14,
      emptyInsertThreshold: 60,
      onChoose: ({ item }) => this.hold(item),
      onStart: () => this.toggleAttribute("data-dragging", true),
      onEnd: ({ item, from, to }) => this.drop(item, from, to),
    });
  }

  /* Sortable clones what it lifts with the style it has just given it, and a copied style attribute breaks the content
     policy. */
  hold(entry) {
    entry.cloneNode = (deep) => {
      const style = entry.style.cssText;
      entry.removeAttribute("style");
      const copy = Element.prototype.cloneNode.call(entry, deep);
      entry.style.cssText = style;
      copy.removeAttribute("id");
      copy.querySelector(".card__move")?.remove();
      return copy;
    };
  }

  drop(entry, from, to) {
    // The click that ends a drag must not open the task.
    setTimeout(() => this.toggleAttribute("data-dragging", false));
    if (from !== to) this.ask(entry, to.dataset.list);
  }

  ask(entry, day) {
    const form = entry.querySelector(".card__move");
    form.elements.on.value = day;
    this.goal = `${entry.id}-link`;
    window.htmx.process(form);
    form.requestSubmit();
  }

  /* What was refused, or never arrived, lies where it lay: draw the days as they are. */
  answered({ detail: { requestConfig, xhr } }) {
    if (!requestConfig.elt.matches(".entry-day__move") || (xhr.status >= 200 && xhr.status < 300)) return;
    if (!xhr.getResponseHeader("HX-Trigger")) window.htmx.trigger(document.body, "board:changed");
  }

  click(event) {
    if (!this.hasAttribute("data-dragging")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  key(event) {
    const entry = event.target.closest(".entry-day");
    if (!entry || event.target.closest("form") || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const step = STEPS[event.key];
    if (step && entry.hasAttribute("data-movable")) this.shift(entry, step);
    else if (step || !this.walk(entry, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /* Days are counted as dates, never through a clock. */
  shift(entry, step) {
    const [year, month, day] = entry.closest("[data-day]").dataset.day.split("-").map(Number);
    this.ask(entry, new Date(Date.UTC(year, month - 1, day + step)).toISOString().slice(0, 10));
  }

  walk(entry, key) {
    const step = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[key];
    if (!step) return false;
    const entries = [...this.querySelectorAll(".entry-day")];
    entries[entries.indexOf(entry) + step]?.querySelector("a").focus();
    return true;
  }

  putMenu({ target, newState }) {
    if (newState !== "open" || !target.matches(".entry-day__move")) return;
    const box = target.closest(".entry-day").getBoundingClientRect();
    const below = box.bottom + 4 + target.offsetHeight <= innerHeight;
    target.style.insetInlineStart = `${Math.max(8, Math.min(box.right, innerWidth - 8) - target.offsetWidth)}px`;
    target.style.insetBlockStart = `${Math.max(8, below ? box.bottom + 4 : box.top - target.offsetHeight - 4)}px`;
    target.elements.on.focus();
  }
}

customElements.define("task-calendar", TaskCalendar);
