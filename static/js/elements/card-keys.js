/* <card-keys>: single keys for the card or row that has the focus ([data-task]): e finishes or reopens, m takes it, a d l p s
   open its owner, deadline, labels, priority and column in a popover beside it, Del bins it, c is a new card in its column,
   x fires "task:select" on it. Not while a field has the focus, a dialog is open, an input method composes or a chord of
   hot-keys.js has begun. */
const PICKS = { a: "owner", d: "deadline", l: "labels", p: "priority", s: "column" };

class CardKeys extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("[popover]");
    this.hear = (event) => this.key(event);
    document.addEventListener("keydown", this.hear, true);
    this.box.addEventListener("keydown", (event) => this.inside(event));
    this.box.addEventListener("input", (event) => event.target.matches("[data-narrow]") && this.narrow(event.target.value));
    this.box.addEventListener("htmx:afterRequest", (event) => this.answered(event.detail));
    this.box.addEventListener("toggle", (event) => event.newState === "closed" && this.shut());
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.hear, true);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.keyCode === 229) return;
    if (this.typed) return this.hold(event);
    if (document.documentElement.dataset.chord || document.querySelector("dialog:modal")) return;
    const card = event.target.closest?.("[data-task]:not(task-sheet)");
    if (!card || event.target.closest("input, textarea, select, form, [contenteditable]")) return;
    const run = this.act(card, event.key);
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) run();
  }

  act(card, key) {
    const task = card.dataset.task;
    if (PICKS[key]) return () => this.pick(card, PICKS[key]);
    return {
      e: () => this.post(card, `/tasks/${task}/${this.isDone(card) ? "reopen" : "finish"}/`),
      m: () => this.post(card, `/tasks/${task}/set/owner/`, { owner: this.dataset.me }),
      Delete: () => this.bin(card),
      x: () => card.dispatchEvent(new CustomEvent("task:select", { bubbles: true, detail: { task } })),
      c: () => this.add(card),
    }[key];
  }

  isDone(card) {
    return card.matches(".card--done, .list__row--done");
  }

  /* What a refusal says stands in a part of the sheet, which is not here: a toast says it. */
  async post(card, path, values = {}) {
    this.focus = card.querySelector("a[id]")?.id;
    const heard = ({ detail: { xhr } }) => xhr.status === 422 && this.refuse(xhr);
    this.addEventListener("htmx:afterRequest", heard, { once: true });
    await window.htmx.ajax("POST", path, { source: this, swap: "none", values });
    this.removeEventListener("htmx:afterRequest", heard);
  }

  refuse(xhr) {
    if (xhr.getResponseHeader("HX-Trigger")?.includes("toast")) return;
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
    const message = page.querySelector(".field__error")?.textContent.trim();
    if (message) document.body.dispatchEvent(new CustomEvent("toast", { detail: { message, level: "error" } }));
  }

  /* The focus goes on to a neighbour, before the card is gone. */
  bin(card) {
    const [next, last] = [card.nextElementSibling, card.previousElementSibling].map((one) => one?.matches("[data-task]") && one);
    (next || last)?.querySelector("a[id]")?.focus();
    this.post(card, `/tasks/${card.dataset.task}/delete/`);
  }

  add(card) {
    const field = card.closest(".column")?.querySelector(".quick-add__one input");
    if (field) field.focus();
    else document.querySelector("[data-key^=c]")?.click();
  }

  async pick(card, field) {
    this.focus = (card.querySelector("a[id]") ?? document.activeElement).id;
    this.task = card.dataset.task;
    const place = card.getBoundingClientRect();
    const typed = (this.typed = []);
    const path = `/tasks/${this.task}/pick/${field}/${card.matches("tr") ? "?row" : ""}`;
    await window.htmx.ajax("GET", path, { source: this, target: this.box, swap: "innerHTML" });
    this.typed = null;
    if (!this.box.childElementCount || document.querySelector("dialog:modal")) return;
    this.box.showPopover();
    this.put(place);
    (this.box.querySelector("[autofocus]") ?? this.box.querySelector("button, input:not([type=hidden])"))?.focus();
    // What has only just come is not wired by htmx yet, and its form would load a page.
    window.htmx.process(this.box);
    typed.forEach((key) => this.replay(key));
  }

  /* Keys are quicker than the server: what is typed before the popover is there is meant for it. */
  hold(event) {
    event.preventDefault();
    event.stopPropagation();
    this.typed.push(event.key);
  }

  replay(key) {
    const field = document.activeElement;
    if (key.length === 1 && field.matches("input:not([type=checkbox])")) {
      field.value += key;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }))) {
      if (key === "Enter") field.form?.requestSubmit();
      else if (key === " ") field.click();
    }
  }

  /* Below the head of the card, or wherever it fits. */
  put(place) {
    const { offsetWidth: width, offsetHeight: height } = this.box;
    this.box.style.left = `${Math.max(8, Math.min(place.left + 12, innerWidth - width - 8))}px`;
    this.box.style.top = `${Math.max(8, Math.min(place.top + 36, innerHeight - height - 8))}px`;
  }

  inside(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    // Letters typed here are for nobody else on the page.
    if (event.key.length === 1) event.stopPropagation();
    const field = event.target.matches("input:not([type=checkbox])");
    const digit = !field && this.box.querySelector(`[data-digit="${CSS.escape(event.key)}"]`);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (digit) digit.click();
    else if (step) this.step(step);
    else if (event.key === "Enter" && event.target.matches("[data-narrow]")) this.shown()[0]?.click();
    else if (event.key === "Enter" && event.target.matches("[type=checkbox]")) event.target.form.requestSubmit();
    else return;
    event.preventDefault();
  }

  shown() {
    return [...this.box.querySelectorAll(".picker__list button, .picker__list input")].filter((one) => !one.hidden);
  }

  step(by) {
    const all = [...this.box.querySelectorAll("[data-narrow]"), ...this.shown()];
    const at = all.indexOf(document.activeElement);
    all[(at + by + all.length) % all.length]?.focus();
  }

  narrow(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    for (const button of this.box.querySelectorAll("[data-words]")) {
      const names = button.dataset.words.toLowerCase();
      button.hidden = !words.every((word) => names.includes(word));
    }
  }

  /* 422 says below the form what is wrong; everything else is done here. */
  answered({ xhr, requestConfig: { verb } }) {
    if (verb !== "post" || xhr.status >= 400) return;
    if (this.box.matches(":popover-open")) this.box.hidePopover();
  }

  shut() {
    const held = this.box.contains(document.activeElement) || document.activeElement === document.body;
    if (held) document.getElementById(this.focus)?.focus({ preventScroll: true });
    this.box.replaceChildren();
  }
}

customElements.define("card-keys", CardKeys);
