/* <task-board>: cards move by mouse, by touch (long press) and by keys, through the form that each card carries.
   The card goes at once where it was put; the server answers with its true place ("task:placed"), and when it refuses,
   or cannot be reached, the card goes back. Keys on a card: [ ] to the column beside, Shift+↑ ↓ or { } within it,
   arrows from card to card. */
import Sortable from "sortablejs";
import { readParts } from "../own-writes.js";

const MOVES = { "[": -1, "]": 1 };
const STEPS = { "{": -1, "}": 1 };

class TaskBoard extends HTMLElement {
  connectedCallback() {
    this.homes = new Map(); // where a card on its way came from: {list, next}
    this.waiting = new Map(); // what was asked of a card on its way: functions
    this.stops = [];
    this.listen(this, "keydown", (event) => this.key(event));
    this.listen(this, "click", (event) => this.click(event), true);
    this.listen(this, "submit", (event) => this.byMenu(event), true);
    this.listen(this, "toggle", (event) => this.putMenu(event), true);
    this.listen(this, "htmx:afterRequest", (event) => this.answered(event));
    this.listen(this, "htmx:afterSettle", () => this.arm());
    this.listen(document.body, "task:placed", (event) => this.placed(event.detail));
    this.listen(document.body, "task:changed", ({ detail }) => [detail.task, ...(detail.also ?? [])].forEach((task) => this.refresh(task)));
    this.listen(document.body, "sheet:closed", () => this.refresh(this.opened));
    this.arm();
  }

  disconnectedCallback() {
    this.stops.forEach((stop) => stop());
    this.watcher?.disconnect();
  }

  listen(target, name, run, capture = false) {
    target.addEventListener(name, run, capture);
    this.stops.push(() => target.removeEventListener(name, run, capture));
  }

  /* Every list of cards that htmx brought becomes a place to drop; cards that came twice stay once. */
  arm() {
    for (const list of this.querySelectorAll("[data-column]")) {
      if (!Sortable.get(list)) this.makeSortable(list);
      const seen = new Set();
      for (const card of list.querySelectorAll(".card")) seen.has(card.id) ? card.remove() : seen.add(card.id);
    }
    this.watch();
  }

  /* Which column a phone shows: its chip above the board says so. */
  watch() {
    this.watcher?.disconnect();
    const board = this.querySelector("[data-columns]");
    const mark = (entries) => {
      for (const { target, isIntersecting } of entries) {
        const chip = this.querySelector(`[data-jump="${target.id.replace("column-", "")}"]`);
        chip.setAttribute("aria-current", String(isIntersecting));
        if (isIntersecting) chip.parentElement.scrollTo({ left: chip.offsetLeft - 16, behavior: "smooth" });
      }
    };
    this.watcher = new IntersectionObserver(mark, { root: board, threshold: 0.6 });
    for (const column of board?.children ?? []) this.watcher.observe(column);
  }

  makeSortable(list) {
    Sortable.create(list, {
      group: "cards",
      draggable: ".card",
      filter: ".card:not([data-movable]), .tick, .card__menu, .card__move, .chip",
      preventOnFilter: false,
      forceFallback: true, // one look for mouse and touch, and a clone that follows the pointer
      fallbackOnBody: true,
      fallbackTolerance: 5,
      fallbackClass: "card--lifted",
      ghostClass: "card--dropline",
      delay: 250,
      delayOnTouchOnly: true,
      touchStartThreshold: 6,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 90,
      scrollSensitivity: 72,
      scrollSpeed: 14,
      bubbleScroll: true,
      emptyInsertThreshold: 40,
      onChoose: ({ item }) => this.hold(item),
      onUnchoose: ({ item }) => item.classList.remove("is-held"),
      onStart: ({ item }) => this.lift(item),
      onEnd: ({ item }) => this.drop(item),
    });
  }

  /* Sortable clones the card with the style it has just given it, and a copied style attribute breaks the content policy. */
  hold(card) {
    card.classList.add("is-held");
    card.cloneNode = (deep) => {
      const style = card.style.cssText;
      card.removeAttribute("style");
      const copy = Element.prototype.cloneNode.call(card, deep);
      card.style.cssText = style;
      copy.removeAttribute("id");
      copy.querySelector(".card__move")?.remove();
      return copy;
    };
  }

  lift(card) {
    this.toggleAttribute("data-dragging", true);
    this.from = { list: card.parentElement, next: card.nextElementSibling };
    navigator.vibrate?.(10);
  }

  drop(card) {
    // The click that ends a drag must not open the card.
    setTimeout(() => this.toggleAttribute("data-dragging", false));
    const { list, next } = this.from;
    if (card.parentElement === list && card.nextElementSibling === next) return;
    this.ask(card, this.from);
  }

  click(event) {
    if (this.hasAttribute("data-dragging")) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    const link = event.target.closest(".card__title a");
    if (link) this.opened = link.closest(".card").dataset.task;
  }

  key(event) {
    const card = event.target.closest(".card");
    if (!card || event.target.closest("form") || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const step = STEPS[event.key] ?? (event.shiftKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined);
    const run = MOVES[event.key]
      ? () => this.toColumn(card.id, MOVES[event.key])
      : step
        ? () => this.within(card.id, step)
        : this.walk(card, event);
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    if (this.homes.has(card.id)) this.waiting.set(card.id, [...(this.waiting.get(card.id) ?? []), run]);
    else run();
  }

  walk(card, { key, shiftKey }) {
    if (shiftKey || !["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].includes(key)) return null;
    const lists = this.lists();
    const at = lists.indexOf(card.parentElement);
    const cards = this.cards(card.parentElement);
    const row = cards.indexOf(card);
    const goal =
      key === "ArrowUp" || key === "ArrowDown"
        ? cards[row + (key === "ArrowDown" ? 1 : -1)]
        : this.nearest(lists, at, key === "ArrowRight" ? 1 : -1, row);
    return goal ? () => this.focusOn(goal) : null;
  }

  nearest(lists, at, step, row) {
    for (let index = at + step; lists[index]; index += step) {
      const cards = this.cards(lists[index]);
      if (cards.length) return cards[Math.min(row, cards.length - 1)];
    }
    return null;
  }

  toColumn(id, step) {
    const card = document.getElementById(id);
    const lists = this.lists();
    const list = lists[lists.indexOf(card?.parentElement) + step];
    if (list && card.hasAttribute("data-movable")) this.move(card, list, list.firstElementChild);
  }

  within(id, step) {
    const card = document.getElementById(id);
    if (!card?.hasAttribute("data-movable")) return;
    const cards = this.cards(card.parentElement);
    const at = cards.indexOf(card) + step;
    if (cards[at]) this.move(card, card.parentElement, step > 0 ? cards[at].nextElementSibling : cards[at]);
  }

  move(card, list, next) {
    const from = { list: card.parentElement, next: card.nextElementSibling };
    this.put(card, list, next);
    this.ask(card, from);
  }

  /* Fill the card's own form and send it. */
  ask(card, from) {
    const form = card.querySelector(".card__move");
    const before = this.follower(card);
    this.homes.set(card.id, from);
    form.elements.column.value = card.parentElement.dataset.column;
    form.elements.before.add(new Option(before, before, true, true));
    form.elements.before.value = before;
    // A card that has only just come is not wired by htmx yet, and its form would load a page.
    window.htmx.process(form);
    form.requestSubmit();
  }

  /* The pk of the card below; the one that is not loaded yet stands on the link that loads it. */
  follower(card) {
    const next = card.nextElementSibling;
    return next?.dataset.task ?? next?.dataset.next ?? "";
  }

  byMenu(event) {
    const card = event.target.closest(".card__move")?.closest(".card");
    if (!card || this.homes.has(card.id)) return;
    this.homes.set(card.id, { list: card.parentElement, next: card.nextElementSibling });
    event.target.hidePopover?.();
  }

  /* By now the form may be out of the page, its card replaced; and a 422, which htmx draws, counts as successful there. */
  answered({ detail: { requestConfig, xhr } }) {
    const id = requestConfig.elt.id?.replace("move-", "task-");
    const from = this.homes.get(id);
    if (!from) return;
    this.homes.delete(id);
    if (!(xhr.status >= 200 && xhr.status < 300)) {
      const card = document.getElementById(id);
      if (card) this.put(card, from.list, from.next?.isConnected ? from.next : null);
      this.waiting.delete(id);
      return;
    }
    // The card in the page is a new one by then.
    setTimeout(() => {
      const [run, ...rest] = this.waiting.get(id) ?? [];
      this.waiting.set(id, rest);
      run?.();
    });
  }

  placed({ task, column, before }) {
    const card = document.getElementById(`task-${task}`);
    const list = document.getElementById(`cards-${column}`);
    if (!card || !list) return;
    const more = list.querySelector(".column__more");
    const follower = before && document.getElementById(`task-${before}`);
    if (follower?.parentElement === list) this.put(card, list, follower);
    else if (more && String(before) === more.dataset.next) this.put(card, list, more);
    else if (!before || card.parentElement !== list) this.put(card, list, null);
  }

  put(card, list, next) {
    if (card.parentElement === list && card.nextElementSibling === next) return;
    const focused = card.contains(document.activeElement);
    list.insertBefore(card, next);
    if (focused) this.focusOn(card);
  }

  focusOn(card) {
    card.querySelector(".card__title a").focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /* Ask for a card that may have changed in the sheet above. */
  refresh(task) {
    this.opened = null;
    if (!task || !document.getElementById(`task-${task}`)) return;
    readParts(`/tasks/${task}/card/`, this);
  }

  putMenu({ target, newState }) {
    if (newState !== "open" || !target.matches(".card__move")) return;
    const box = target.closest(".card").querySelector(".card__menu").getBoundingClientRect();
    const below = box.bottom + 4 + target.offsetHeight <= innerHeight;
    target.style.insetInlineStart = `${Math.max(8, Math.min(box.right, innerWidth - 8) - target.offsetWidth)}px`;
    target.style.insetBlockStart = `${Math.max(8, below ? box.bottom + 4 : box.top - target.offsetHeight - 4)}px`;
    target.elements.column.focus();
  }

  lists() {
    return [...this.querySelectorAll("[data-column]")];
  }

  cards(list) {
    return [...list.querySelectorAll(":scope > .card")];
  }
}

customElements.define("task-board", TaskBoard);
