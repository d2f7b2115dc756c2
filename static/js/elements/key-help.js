/* <key-help>: lists every [data-key] of the page with the words it already has, so that the list cannot be wrong.
   [data-keys] names keys that an element hears itself, each a key of its own and no sequence. */
class KeyHelp extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.open = (event) => event.target.closest("[data-key-help]") && this.show();
    document.addEventListener("click", this.open);
  }

  disconnectedCallback() {
    document.removeEventListener("click", this.open);
  }

  show() {
    const seen = new Map();
    for (const element of document.querySelectorAll("[data-key], [data-keys]")) {
      const keys = element.dataset.key ?? element.dataset.keys;
      if (!seen.has(keys)) seen.set(keys, this.words(element));
    }
    this.querySelector(".keys").replaceChildren(...[...seen].flatMap(([keys, words]) => this.line(keys, words)));
    document.querySelectorAll("[popover]:popover-open").forEach((menu) => menu.hidePopover());
    this.dialog.showModal();
  }

  words(element) {
    const label = element.dataset.keyLabel || element.getAttribute("aria-label") || element.placeholder;
    if (label) return label;
    const copy = element.cloneNode(true);
    copy.querySelectorAll("kbd, .badge, .sr").forEach((part) => part.remove());
    return copy.textContent.trim();
  }

  line(keys, words) {
    const name = document.createElement("dt");
    for (const key of keys.split(/[ |]/)) name.append(Object.assign(document.createElement("kbd"), { textContent: key }), " ");
    return [name, Object.assign(document.createElement("dd"), { textContent: words })];
  }
}

customElements.define("key-help", KeyHelp);
