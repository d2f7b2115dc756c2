/* <command-palette data-url>: Ctrl or Cmd with K, or anything with [data-palette], opens it; what is typed is asked of the
   server, which answers with options. Arrows choose, Enter takes, with Ctrl or Cmd in a new tab; Esc shuts only this. The
   focus stays in the field. Options are real links and forms, so a press takes them too. */
class CommandPalette extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.field = this.querySelector("input");
    this.list = this.querySelector("[role=listbox]");
    this.stops = [];
    this.listen(document, "keydown", (event) => this.summon(event), true);
    this.listen(document, "click", (event) => this.press(event), true);
    this.listen(this.field, "input", (event) => !event.isComposing && this.wait());
    this.listen(this.field, "compositionend", () => this.wait());
    this.listen(this.dialog, "keydown", (event) => this.key(event));
    this.listen(this.dialog, "click", (event) => this.click(event));
    this.listen(this.dialog, "htmx:afterRequest", (event) => this.done(event.detail));
    this.listen(this.dialog, "close", () => this.opener?.isConnected && this.opener.focus());
  }

  disconnectedCallback() {
    this.stops.forEach((stop) => stop());
  }

  listen(target, name, run, capture = false) {
    target.addEventListener(name, run, capture);
    this.stops.push(() => target.removeEventListener(name, run, capture));
  }

  summon(event) {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    if (event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    if (this.dialog.open) this.dialog.close();
    else this.open();
  }

  press(event) {
    const button = event.target.closest("[data-palette]");
    if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.open(button.dataset.palette);
  }

  open(text = "") {
    if (this.dialog.open) return;
    this.opener = document.activeElement === document.body ? null : document.activeElement;
    document.querySelectorAll("[popover]:popover-open").forEach((menu) => menu.hidePopover());
    this.field.value = text;
    this.dialog.showModal();
    this.field.focus();
    this.load();
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), 110);
  }

  async load() {
    this.asking?.abort();
    this.asking = new AbortController();
    const text = this.field.value;
    const query = new URLSearchParams({ q: text, path: location.pathname });
    const options = { headers: { "HX-Request": "true" }, signal: this.asking.signal };
    const answer = await fetch(`${this.dataset.url}?${query}`, options).catch((error) => error.name !== "AbortError" && { ok: false });
    if (!answer || this.field.value !== text) return;
    if (!answer.ok) {
      this.list.textContent = this.dataset.failed;
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.list.replaceChildren(...page.body.children);
    window.htmx.process(this.list);
    this.options = [...this.list.querySelectorAll("[role=option]")];
    this.options.forEach((option, index) => (option.id = `palette-option-${index}`));
    this.list.scrollTop = 0;
    this.mark(0);
  }

  mark(index) {
    const options = this.options ?? [];
    this.at = options.length ? (index + options.length) % options.length : -1;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === this.at)));
    if (this.at < 0) return this.field.removeAttribute("aria-activedescendant");
    this.field.setAttribute("aria-activedescendant", options[this.at].id);
    options[this.at].scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.isComposing) return;
    const act = {
      ArrowDown: () => this.mark(this.at + 1),
      ArrowUp: () => this.mark(this.at - 1),
      Enter: () => this.take(event.ctrlKey || event.metaKey),
    }[event.key];
    if (event.key === "Escape") return this.shut(event);
    if (!act || event.target !== this.field) return;
    event.preventDefault();
    event.stopPropagation();
    // What was typed last has not been answered yet: what stands there is for other letters.
    if (event.key === "Enter") this.fresh().then(act);
    else act();
  }

  /* At once: a search field would take the first Esc to empty itself. */
  shut(event) {
    event.preventDefault();
    event.stopPropagation();
    this.dialog.close();
  }

  async fresh() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = null;
    await this.load();
  }

  take(apart) {
    const option = this.options?.[this.at];
    if (!option) return;
    if (apart && option.href) open(option.href, "_blank", "noopener");
    else option.click();
  }

  click(event) {
    if (event.target === this.dialog) return this.dialog.close();
    const option = event.target.closest("[role=option]");
    if (!option || event.ctrlKey || event.metaKey) return;
    if (option.hasAttribute("data-copy")) {
      event.preventDefault();
      navigator.clipboard?.writeText(option.href);
      document.body.dispatchEvent(new CustomEvent("toast", { detail: { message: this.dataset.copied } }));
    }
    // Where it leads opens above; what it posts is answered to done().
    if (option.tagName === "A") this.dialog.close();
    const field = option.hash && document.getElementById(option.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    this.opener = field;
  }

  /* An open sheet, board or list draws anew what was changed from here. */
  done({ successful, requestConfig: { verb, path } }) {
    if (verb !== "post") return;
    this.dialog.close();
    const task = path.match(/^\/tasks\/(\d+)\//)?.[1];
    if (successful && task) document.body.dispatchEvent(new CustomEvent("task:undone", { detail: { task: Number(task) } }));
  }
}

customElements.define("command-palette", CommandPalette);
