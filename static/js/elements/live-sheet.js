/* <live-sheet data-changed data-changed-by data-show data-gone>: keeps an open task as it is on the server. Each part is
   compared with what the server last sent for it. A part in which somebody is at work is never touched: a line above it
   says that it changed, and shows the new words on request; saving then runs into the check for stale edits. */
import { read } from "../own-writes.js";

const PARTS = ".task-state[id], .sheet__story > [id]:not(#composer, #task-files, #task-stream), #checklist, #checklist-progress, .sheet__side [id^='prop-']";
const FIELDS = "input:not([type=hidden], [type=submit]), textarea:not([hidden]), select";

class LiveSheet extends HTMLElement {
  connectedCallback() {
    this.stops = [];
    this.listen(document.body, "live:changes", ({ detail }) => this.hear(detail));
    // Words that were put back are the person's own wish; parts they have at work stay as always.
    this.listen(document.body, "task:undone", () => this.soon(0));
    this.listen(document.body, "htmx:afterSettle", () => this.remember());
    this.listen(document.body, "focusout", () => this.hasNotes() && this.soon(500));
    this.remember();
  }

  disconnectedCallback() {
    this.stops.forEach((stop) => stop());
    clearTimeout(this.timer);
  }

  listen(target, name, run) {
    target.addEventListener(name, run);
    this.stops.push(() => target.removeEventListener(name, run));
  }

  get sheet() {
    return document.querySelector("task-sheet[data-task]");
  }

  hear({ tasks, gone, whole, project }) {
    const { task, project: home } = this.sheet?.dataset ?? {};
    if (!task || Number(home) !== project) return;
    if (gone.includes(Number(task))) this.sayGone();
    else if (whole || tasks.includes(Number(task))) this.soon(0);
  }

  soon(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), delay);
  }

  /* What the server last sent of each part; one that is open for editing keeps what stood there before. */
  remember() {
    const sheet = this.sheet;
    if (!sheet) return (this.known = null);
    if (this.known?.sheet !== sheet) this.known = { sheet, parts: new Map() };
    for (const part of sheet.querySelectorAll(PARTS)) {
      if (!this.isEdited(part)) this.known.parts.set(part.id, this.look(part));
    }
  }

  isEdited(part) {
    return Boolean(part.querySelector("[autofocus], .stale")) || part.matches(".stale");
  }

  isBusy(part) {
    if (this.isEdited(part) || part.querySelector(":popover-open, .htmx-request") || part.matches(".htmx-request")) return true;
    const active = document.activeElement;
    if (part.contains(active) && (active.matches(FIELDS) || active.closest("details[open]"))) return true;
    return [...part.querySelectorAll(FIELDS)].some((field) => this.isTyped(field));
  }

  isTyped(field) {
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
    if (field.matches("select")) {
      const chosen = [...field.options].filter((option) => option.defaultSelected);
      return chosen.length > 0 && [...field.options].some((option) => option.selected !== option.defaultSelected);
    }
    return field.value !== field.defaultValue;
  }

  /* As the server drew it: without tokens, and without what elements and people have done to it since. */
  look(part) {
    const copy = part.cloneNode(true);
    copy.querySelectorAll("[name=csrfmiddlewaretoken], .saved, .live-note, draft-hint").forEach((each) => each.remove());
    for (const each of [copy, ...copy.querySelectorAll("*")]) {
      ["style", "open", "tabindex", "hx-swap-oob", "aria-expanded"].forEach((name) => each.removeAttribute(name));
      each.classList.remove("htmx-added", "htmx-settling", "htmx-swapping", "htmx-request", "is-fresh");
      if (!each.classList.length) each.removeAttribute("class");
    }
    return copy.outerHTML.replace(/\s+/g, " ");
  }

  async refresh() {
    const sheet = this.sheet;
    if (!sheet) return;
    const isComments = sheet.querySelector("#stream-comments[aria-current]");
    const answer = await this.fetch(`/tasks/${sheet.dataset.task}/${isComments ? "?only=comments" : ""}`);
    if (answer === "gone") return this.sayGone();
    const fresh = answer?.querySelector("task-sheet");
    if (!fresh || this.sheet !== sheet || !this.known) return;
    this.who = this.lastActor(fresh);
    for (const part of fresh.querySelectorAll(PARTS)) this.take(part);
    this.stream(fresh);
    await this.files(sheet);
  }

  take(fresh) {
    const now = this.sheet.querySelector(`#${CSS.escape(fresh.id)}`);
    const look = this.look(fresh);
    // A section that was not there before brings the whole again.
    if (!now || this.known.parts.get(fresh.id) === look) return now && this.unnote(fresh.id);
    if (this.isBusy(now)) return this.isEdited(now) && now.matches(".stale") ? null : this.note(now, fresh);
    this.unnote(fresh.id);
    const focus = now.contains(document.activeElement) ? document.activeElement.id : "";
    now.replaceWith(fresh);
    window.htmx.process(fresh);
    fresh.classList.add("is-fresh");
    setTimeout(() => fresh.classList.remove("is-fresh"), 2000);
    this.known.parts.set(fresh.id, look);
    if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
  }

  /* New lines of the stream come at its end; a comment that was edited or deleted changes where it stands. */
  stream(fresh) {
    const list = this.sheet.querySelector("#stream");
    const lines = [...(fresh.querySelector("#stream")?.children ?? [])].filter((line) => !line.matches(".stream__more"));
    if (!list) return;
    const here = new Map([...list.children].map((line) => [this.key(line), line]));
    for (const line of lines) {
      const now = here.get(this.key(line));
      if (!now) list.append(line);
      else if (line.id && this.look(now) !== this.look(line) && !this.isBusy(now)) now.replaceWith(line);
      else continue;
      window.htmx.process(line);
    }
    // Those of earlier pages, which were not asked for again, are older than the first line.
    const oldest = lines[0]?.querySelector("time")?.dateTime ?? "";
    const kept = new Set(lines.map((line) => line.id));
    for (const line of list.querySelectorAll(":scope > li[id^='comment-']")) {
      const isAsked = Date.parse(line.querySelector("time")?.dateTime) >= Date.parse(oldest);
      if ((isAsked || !lines.length) && !kept.has(line.id) && !this.isBusy(line)) line.remove();
    }
  }

  key(line) {
    if (line.id) return line.id;
    const copy = line.cloneNode(true);
    const time = copy.querySelector("time");
    time?.remove();
    return `${time?.dateTime} ${copy.textContent.trim()}`;
  }

  async files(sheet) {
    const now = sheet.querySelector("#task-files");
    if (!now || this.isBusy(now) || now.querySelector("file-drop[data-busy], progress")) return;
    const fresh = (await this.fetch(`/tasks/${sheet.dataset.task}/files/`))?.querySelector?.("#task-files");
    if (!fresh || !now.isConnected || this.look(now) === this.look(fresh)) return;
    now.replaceWith(fresh);
    window.htmx.process(fresh);
  }

  lastActor(fresh) {
    const name = [...fresh.querySelectorAll("#stream > li")].at(-1)?.querySelector("b")?.textContent.trim();
    return name && name !== this.dataset.me ? name : "";
  }

  hasNotes() {
    return Boolean(this.sheet?.querySelector(".live-note"));
  }

  note(now, fresh) {
    this.unnote(fresh.id);
    const note = document.createElement("div");
    note.className = "live-note";
    note.dataset.of = fresh.id;
    note.setAttribute("role", "status");
    const words = document.createElement("span");
    words.textContent = this.who ? this.dataset.changedBy.replace("{name}", this.who) : this.dataset.changed;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "textbutton";
    button.textContent = this.dataset.show;
    button.addEventListener("click", () => (button.remove(), note.append(this.words(fresh))));
    note.append(words, button);
    now.before(note);
  }

  unnote(id) {
    this.sheet.querySelector(`.live-note[data-of="${CSS.escape(id)}"]`)?.remove();
  }

  /* The new words alone, to be read. */
  words(part) {
    const box = document.createElement("div");
    box.className = "live-note__words";
    const prose = part.querySelector(".prose");
    if (prose) box.append(...prose.cloneNode(true).childNodes);
    else {
      const chosen = [...part.querySelectorAll("option[selected], input[checked]")].map((each) => (each.label || each.closest("label")?.textContent || "").trim());
      const field = part.querySelector("textarea:not([hidden]), input:not([type=hidden], [type=checkbox], [type=radio])");
      box.textContent = chosen.filter(Boolean).join(", ") || field?.defaultValue || part.querySelector("a, summary")?.textContent.trim() || "–";
    }
    return box;
  }

  sayGone() {
    const sheet = this.sheet;
    if (sheet.querySelector(".live-note--gone")) return;
    const note = document.createElement("div");
    note.className = "live-note live-note--gone";
    note.setAttribute("role", "status");
    note.textContent = this.dataset.gone;
    sheet.querySelector(".sheet__body")?.before(note);
  }

  async fetch(url) {
    try {
      const answer = await read(url, { headers: { "HX-Request": "true" }, cache: "no-store" });
      if (answer.status === 404) return "gone";
      return answer.ok ? new DOMParser().parseFromString(answer.text, "text/html") : null;
    } catch {
      return null;
    }
  }
}

customElements.define("live-sheet", LiveSheet);
