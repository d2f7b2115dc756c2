/* <quick-add>: Enter adds a task and the field is free for the next at once; what the server refuses comes back into it.
   Pasted lines open as a list with a button that says how many tasks they become. Requests go one after the other, so
   the tasks stand in the order they were typed. The input method's Enter never gets here (ime-guard.js).
   What the server understood of the line stands below it as chips; a chip that is pressed, or left with Esc or Backspace,
   puts a backslash before its words, which makes them text again. */
class QuickAdd extends HTMLElement {
  connectedCallback() {
    document.body.addEventListener("label:made", (this.made ??= () => this.load(this.one.value.trim())));
    // It moves over as it is when its board is drawn anew (live-board.js).
    if (this.form) return;
    this.form = this.querySelector("form");
    this.one = this.querySelector(".quick-add__one input");
    this.many = this.querySelector(".quick-add__many");
    this.read = this.querySelector(".quick-add__read");
    this.lines = this.many.querySelector("textarea");
    this.add = this.many.querySelector("[data-add]");
    this.chain = Promise.resolve();
    this.addEventListener("submit", (event) => this.submit(event), true);
    this.addEventListener("paste", (event) => this.paste(event));
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("input", (event) => this.typed(event));
    this.addEventListener("change", (event) => event.target.name === "project" && this.ask());
    this.addEventListener("compositionend", () => this.ask());
    this.read.addEventListener("click", (event) => this.unread(event.target.closest("[data-text]")));
    this.many.querySelector("[data-cancel]").addEventListener("click", () => this.shut());
  }

  disconnectedCallback() {
    document.body.removeEventListener("label:made", this.made);
    clearTimeout(this.timer);
  }

  submit(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    const field = this.many.hidden ? this.one : this.lines;
    const titles = field.value;
    if (!titles.trim() || this.add.disabled) return;
    field.value = "";
    // Or a draft kept of it would be put back by what loads meanwhile.
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (field === this.lines) this.shut();
    const project = this.form.elements.project?.value;
    this.chain = this.chain.then(() => this.send(titles, project));
  }

  async send(titles, project) {
    let stored = false;
    const heard = (event) => (stored = event.detail.xhr.status === 200);
    this.form.addEventListener("htmx:afterRequest", heard, { once: true });
    const values = project ? { titles, project } : { titles };
    const asked = { source: this.form, target: this.form, swap: "none", values };
    await window.htmx.ajax("POST", this.form.action, asked).catch(() => {});
    this.form.removeEventListener("htmx:afterRequest", heard);
    if (stored) this.scrollToEnd();
    else this.giveBack(titles);
  }

  /* Nothing typed is lost, not even what was typed meanwhile. */
  giveBack(titles) {
    const meanwhile = this.one.value;
    if (!titles.includes("\n") && !meanwhile) {
      this.one.value = titles;
      this.one.focus();
      this.one.dispatchEvent(new Event("input", { bubbles: true }));
    } else {
      this.open([titles, meanwhile].filter(Boolean).join("\n"));
      this.one.value = "";
    }
  }

  scrollToEnd() {
    const list = this.closest(".column")?.querySelector("[data-column]");
    if (list) list.scrollTop = list.scrollHeight;
  }

  paste(event) {
    if (event.target !== this.one) return;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (this.split(text).length < 2) return;
    event.preventDefault();
    this.open(this.one.value ? `${this.one.value}\n${text}` : text);
    this.one.value = "";
  }

  key(event) {
    const chip = event.target.closest(".read[data-text]");
    if (chip && ["Backspace", "Delete", "Escape"].includes(event.key)) {
      event.preventDefault();
      event.stopPropagation();
      this.unread(chip);
    } else if (event.key === "Escape" && !this.closest("dialog")) {
      event.stopPropagation();
      if (this.many.hidden) this.one.blur();
      else this.shut();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target === this.lines) {
      this.form.requestSubmit();
    }
  }

  typed(event) {
    if (event.target === this.lines) this.count();
    else if (event.target === this.one && !event.isComposing) this.ask();
  }

  ask() {
    clearTimeout(this.timer);
    const line = this.one.value.trim();
    if (line) this.timer = setTimeout(() => this.load(line), 220);
    else this.read.replaceChildren();
  }

  async load(line) {
    if (!line) return;
    this.asking?.abort();
    this.asking = new AbortController();
    const project = this.form.elements.project?.value;
    const query = new URLSearchParams(project ? { line, project } : { line });
    const options = { headers: { "HX-Request": "true" }, signal: this.asking.signal };
    const answer = await fetch(`${this.dataset.read}?${query}`, options).catch(() => null);
    if (!answer?.ok || this.one.value.trim() !== line) return;
    // What moves from under a finger between press and release was not clicked.
    if (this.matches(":active")) return this.ask();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.read.replaceChildren(...page.body.children);
    window.htmx.process(this.read);
  }

  unread(chip) {
    if (!chip) return;
    const at = this.one.value.indexOf(chip.dataset.text);
    if (at >= 0) this.one.setRangeText("\\", at, at, "end");
    chip.remove();
    this.one.focus();
    this.one.dispatchEvent(new Event("input", { bubbles: true }));
  }

  open(text) {
    this.many.hidden = false;
    this.lines.disabled = false;
    this.one.disabled = true;
    this.lines.value = text;
    this.read.replaceChildren();
    this.count();
    this.lines.focus();
    this.many.scrollIntoView({ block: "nearest" });
  }

  shut() {
    this.many.hidden = true;
    this.lines.disabled = true;
    this.one.disabled = false;
    this.add.disabled = false;
    this.one.focus();
  }

  count() {
    const count = this.split(this.lines.value).length;
    const { one, many, tooMany, most } = this.dataset;
    const words = count > most ? tooMany : count === 1 ? one : many;
    this.add.textContent = words.replace("{n}", count).replace("{most}", most);
    this.add.disabled = count === 0 || count > most;
  }

  split(text) {
    return text.split(/\r\n|\r|\n/).filter((line) => line.trim());
  }
}

customElements.define("quick-add", QuickAdd);
