/* <live-board data-cards>: draws what others did ("live:changes") on the board of the page: cards come, change, move and
   leave, counts follow. A card that is held or pressed, whose menu is open or whose own move is on its way waits. Where the focus is
   and how far a column is scrolled stay. What looks the same already, such as one's own move, is left alone. */
import { read } from "../own-writes.js";

const MOST = 30;
const RETRY = 700;
const WHOLE_EVERY = 8000;
// What is taken from under a finger between press and release was not clicked.
const BUSY = ":active, :popover-open, .htmx-request, .is-held";

class LiveBoard extends HTMLElement {
  connectedCallback() {
    this.tasks = new Set();
    this.gone = new Set();
    this.hear = ({ detail }) => Number(this.dataset.project) === detail.project && this.take(detail);
    document.body.addEventListener("live:changes", this.hear);
  }

  disconnectedCallback() {
    document.body.removeEventListener("live:changes", this.hear);
    clearTimeout(this.timer);
  }

  take({ tasks, gone, whole }) {
    tasks.forEach((task) => (this.tasks.add(task), this.gone.delete(task)));
    gone.forEach((task) => (this.gone.add(task), this.tasks.delete(task)));
    this.isWhole ||= whole || this.tasks.size > MOST;
    this.soon(0);
  }

  soon(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), delay);
  }

  get board() {
    return document.getElementById("board");
  }

  async draw() {
    if (this.isDrawing || !this.board) return;
    if (document.querySelector("[data-dragging]")) return this.soon(RETRY);
    this.isDrawing = true;
    try {
      if (this.isWhole) await this.drawWhole();
      else await this.drawCards();
    } finally {
      this.isDrawing = false;
    }
  }

  async drawCards() {
    const ids = [...this.tasks];
    const gone = [...this.gone];
    this.tasks.clear();
    this.gone.clear();
    const query = new URLSearchParams(location.search);
    query.set("ids", ids.join(","));
    const answer = await this.fetch(`${this.dataset.cards}?${query}`);
    if (!answer) {
      ids.forEach((task) => this.tasks.add(task));
      gone.forEach((task) => this.gone.add(task));
      return this.soon(15000);
    }
    const places = [...answer.querySelectorAll("[data-place]")];
    const isStrange = places.some(({ dataset }) => !document.getElementById(`cards-${dataset.place}`));
    if (isStrange || (places.length && document.querySelector(".board__empty"))) {
      this.isWhole = true;
      return this.drawWhole();
    }
    this.count(answer);
    const came = places.map((place) => Number(place.firstElementChild.dataset.task));
    const left = [...gone, ...ids.filter((task) => !came.includes(task))];
    let shown = 0;
    for (const place of places) shown += this.put(place) ? 1 : 0;
    for (const task of left) shown += this.remove(task) ? 1 : 0;
    if (this.tasks.size || this.gone.size) this.soon(RETRY);
    if (!shown) return;
    this.settled(this.board);
    document.body.dispatchEvent(new CustomEvent("live:shown", { detail: { count: shown } }));
  }

  count(answer) {
    for (const fresh of answer.querySelectorAll("[id^='count-'], [id^='jump-count-']")) {
      fresh.removeAttribute("hx-swap-oob");
      const now = document.getElementById(fresh.id);
      if (now && now.outerHTML !== fresh.outerHTML) now.replaceWith(fresh);
    }
  }

  /** Whether the reader sees something new. */
  put({ dataset: { place, before }, firstElementChild: fresh }) {
    const now = document.getElementById(fresh.id);
    const task = Number(fresh.dataset.task);
    if (now && this.isHeld(now)) {
      this.tasks.add(task);
      return false;
    }
    const list = document.getElementById(`cards-${place}`);
    const next = this.next(list, before);
    if (next === undefined) return this.remove(task);
    const isMoved = !now || now.parentElement !== list || now.nextElementSibling !== next;
    const isChanged = !now || this.look(now) !== this.look(fresh);
    const focus = now?.contains(document.activeElement) ? document.activeElement.id : "";
    const card = isChanged ? fresh : now;
    if (isChanged && now) now.replaceWith(card);
    if (isMoved) list.insertBefore(card, next);
    if (isChanged) window.htmx.process(card);
    if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
    if (isChanged || isMoved) this.flash(card);
    return isChanged || isMoved;
  }

  /** The element to stand above, null at the end of the column, undefined beyond the shown page. */
  next(list, before) {
    const more = list.querySelector(":scope > .column__more");
    if (!before) return more ? undefined : null;
    const follower = document.getElementById(`task-${before}`);
    if (follower?.parentElement === list) return follower;
    return more?.dataset.next === before ? more : undefined;
  }

  remove(task) {
    const card = document.getElementById(`task-${task}`);
    if (!card?.closest("#board")) return false;
    if (this.isHeld(card)) {
      this.gone.add(task);
      return false;
    }
    const beside = card.nextElementSibling ?? card.previousElementSibling;
    const isFocused = card.contains(document.activeElement);
    card.remove();
    if (isFocused) (beside?.querySelector(".card__title a") ?? this.board.querySelector("[data-columns]"))?.focus({ preventScroll: true });
    return true;
  }

  isHeld(card) {
    return card.matches(".is-held, .card--dropline, :active") || Boolean(card.querySelector(":popover-open, .htmx-request"));
  }

  /* As it looks; the form inside is told apart by a token and by what was chosen in it. */
  look(card) {
    const copy = card.cloneNode(true);
    copy.querySelector(".card__move")?.remove();
    for (const name of ["style", "draggable", "hx-swap-oob"]) copy.removeAttribute(name);
    copy.classList.remove("is-held", "card--fresh", "htmx-added", "htmx-settling", "htmx-swapping");
    return copy.outerHTML.replace(/\s+/g, " ");
  }

  flash(card) {
    card.classList.add("card--fresh");
    setTimeout(() => card.classList.remove("card--fresh"), 2000);
  }

  async drawWhole() {
    const wait = (this.wholeAt ?? 0) + WHOLE_EVERY - Date.now();
    if (this.board.querySelector(BUSY)) return this.soon(RETRY);
    if (wait > 0) return this.soon(wait);
    this.wholeAt = Date.now();
    this.isWhole = false;
    this.tasks.clear();
    this.gone.clear();
    const answer = await this.fetch(location.href, { "HX-Target": "board" });
    const fresh = answer?.getElementById("board");
    if (!fresh) {
      this.isWhole = true;
      return this.soon(15000);
    }
    if (this.board.querySelector(BUSY)) {
      this.isWhole = true;
      this.wholeAt = 0;
      return this.soon(RETRY);
    }
    this.swapWhole(fresh);
    document.body.dispatchEvent(new CustomEvent("live:shown", { detail: { count: 1 } }));
  }

  swapWhole(fresh) {
    const board = this.board;
    const scrolls = [...board.querySelectorAll("[data-columns], [id^='cards-']")].map((list) => [list.id, list.scrollTop, list.scrollLeft]);
    const focus = board.contains(document.activeElement) ? document.activeElement : null;
    // What is being typed at the foot of a column moves over as it is, the caret in it.
    for (const field of board.querySelectorAll("quick-add")) {
      const typed = [...field.querySelectorAll("input:not([type=hidden]), textarea")].some((each) => each.value);
      const id = field.closest(".column")?.id;
      const twin = id && fresh.querySelector(`#${id} quick-add`);
      if (twin && (typed || field.contains(document.activeElement))) twin.replaceWith(field);
    }
    board.replaceWith(fresh);
    window.htmx.process(fresh);
    for (const [id, top, left] of scrolls) {
      const list = id ? document.getElementById(id) : fresh.querySelector("[data-columns]");
      list?.scrollTo({ top, left, behavior: "instant" });
    }
    if (focus) (focus.isConnected ? focus : document.getElementById(focus.id))?.focus({ preventScroll: true });
    this.settled(fresh);
  }

  /* Others look after what htmx brings, and this came without it: places to drop, what is selected. */
  settled(part) {
    part.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true, detail: { elt: part, target: part } }));
  }

  async fetch(url, headers = {}) {
    try {
      const answer = await read(url, { headers: { "HX-Request": "true", ...headers }, cache: "no-store" });
      return answer.ok ? new DOMParser().parseFromString(answer.text, "text/html") : null;
    } catch {
      return null;
    }
  }
}

customElements.define("live-board", LiveBoard);
