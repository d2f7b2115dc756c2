/* <mention-box data-url>: after an @, a list of people below the field; arrows choose, Enter or Tab puts the name in,
   Esc shuts the list. The list comes from the server; without it the name is simply typed. */
class MentionBox extends HTMLElement {
  connectedCallback() {
    if (!this.dataset.url) return;
    this.field = this.querySelector("textarea");
    this.list = document.createElement("div");
    this.list.className = "mentions menu";
    this.list.setAttribute("role", "listbox");
    this.list.id = `${this.field.id}-people`;
    this.list.hidden = true;
    this.append(this.list);
    this.field.setAttribute("aria-controls", this.list.id);
    this.field.addEventListener("input", (event) => !event.isComposing && this.ask());
    this.field.addEventListener("compositionend", () => this.ask());
    this.field.addEventListener("keydown", (event) => this.key(event), true);
    this.field.addEventListener("blur", () => setTimeout(() => document.activeElement !== this.field && this.shut(), 150));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.put(event.target.closest("[data-name]")));
  }

  /** What stands between the last @ and the caret; null when no name is being typed. */
  word() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    return before.match(/(?:^|[^A-Za-z0-9.])@([^@\n]{0,30})$/)?.[1] ?? null;
  }

  ask() {
    clearTimeout(this.timer);
    const word = this.word();
    if (word === null || word.split(" ").length > 3) return this.shut();
    this.timer = setTimeout(() => this.load(word), 120);
  }

  async load(word) {
    const answer = await fetch(`${this.dataset.url}?q=${encodeURIComponent(word)}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || word !== this.word()) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const options = [...page.body.querySelectorAll("[data-name]")];
    if (!options.length) return this.shut();
    this.list.replaceChildren(...options);
    this.list.hidden = false;
    this.mark(0);
  }

  mark(index) {
    const options = [...this.list.children];
    this.at = (index + options.length) % options.length;
    options.forEach((option, place) => {
      option.id = `${this.list.id}-${place}`;
      option.classList.toggle("is-on", place === this.at);
      option.setAttribute("aria-selected", String(place === this.at));
    });
    this.field.setAttribute("aria-activedescendant", options[this.at].id);
  }

  key(event) {
    if (this.list.hidden || event.isComposing || event.ctrlKey || event.metaKey) return;
    const act = {
      ArrowDown: () => this.mark(this.at + 1),
      ArrowUp: () => this.mark(this.at - 1),
      Enter: () => this.put(this.list.children[this.at]),
      Tab: () => this.put(this.list.children[this.at]),
      Escape: () => this.shut(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  put(option) {
    if (!option) return;
    const end = this.field.selectionStart;
    this.field.setRangeText(`${option.dataset.name} `, end - this.word().length, end, "end");
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.shut();
  }

  shut() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.list.replaceChildren();
    this.field.removeAttribute("aria-activedescendant");
  }
}

customElements.define("mention-box", MentionBox);
