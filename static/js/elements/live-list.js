/* <live-list data-project data-words data-show>: lists, calendars and timelines follow what others do ("live:changes"). A row that is
   shown is asked for again; what came or went draws the list anew while it stands at its beginning and nobody works in
   it, and is otherwise offered by a button, so that nothing jumps under a hand. */
import { readParts } from "../own-writes.js";

const MOST_ROWS = 10;
const RETRY = 1000;

class LiveList extends HTMLElement {
  connectedCallback() {
    this.rows = new Set();
    this.hear = ({ detail }) => Number(this.dataset.project) === detail.project && this.take(detail);
    document.body.addEventListener("live:changes", this.hear);
  }

  disconnectedCallback() {
    document.body.removeEventListener("live:changes", this.hear);
    clearTimeout(this.timer);
  }

  get part() {
    return document.querySelector("#list, #calendar, #timeline");
  }

  take({ tasks, gone, whole }) {
    const shown = tasks.filter((task) => document.getElementById(`row-${task}`));
    shown.forEach((task) => this.rows.add(task));
    this.isWhole ||= whole || gone.length > 0 || shown.length < tasks.length || this.rows.size > MOST_ROWS;
    this.draw();
  }

  draw() {
    clearTimeout(this.timer);
    if (!this.part) return;
    for (const task of this.isWhole ? [] : [...this.rows]) {
      const row = document.getElementById(`row-${task}`);
      if (row && this.isBusy(row)) continue;
      this.rows.delete(task);
      if (row) readParts(`/tasks/${task}/row/`, this);
    }
    if (this.isWhole) this.drawWhole();
    else if (this.rows.size) this.timer = setTimeout(() => this.draw(), RETRY);
  }

  drawWhole() {
    const scroller = this.part.querySelector(".list__scroll") ?? this.part;
    if (this.isBusy(this.part) || scroller.scrollTop > 40 || scrollY > 40) return this.offer();
    this.drawNow();
  }

  drawNow() {
    this.isWhole = false;
    this.rows.clear();
    this.replaceChildren();
    this.hidden = true;
    document.body.dispatchEvent(new CustomEvent("board:changed", { bubbles: true }));
  }

  isBusy(part) {
    const active = document.activeElement;
    if (part.contains(active) && active.matches("input:not([type=checkbox]), textarea, select")) return true;
    return Boolean(part.querySelector(":popover-open, .htmx-request, input:checked"));
  }

  offer() {
    if (this.childElementCount) return;
    const words = document.createElement("span");
    words.textContent = this.dataset.words;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = this.dataset.show;
    button.addEventListener("click", () => {
      scrollTo({ top: 0 });
      this.part.querySelector(".list__scroll")?.scrollTo({ top: 0 });
      this.drawNow();
    });
    this.append(words, button);
    this.hidden = false;
  }
}

customElements.define("live-list", LiveList);
