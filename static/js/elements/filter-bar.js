/* <filter-bar>: puts the panel of the filter beside its button (a phone has it at the foot, by its styles), moves the
   focus into it, and leaves out of the address what is not asked. */
class FilterBar extends HTMLElement {
  connectedCallback() {
    // What was typed has been asked for already; leaving the field would ask again and shut the menu that was opened.
    this.addEventListener("change", (event) => event.target.type === "search" && event.stopPropagation(), true);
    this.addEventListener("toggle", (event) => event.newState === "open" && this.put(event.target), true);
    this.addEventListener("htmx:configRequest", (event) => this.dropEmpty(event));
    this.addEventListener("submit", () => this.querySelector("#filter-panel").hidePopover());
  }

  put(panel) {
    if (panel.id !== "filter-panel") return;
    panel.querySelector("input, select")?.focus({ preventScroll: true });
    if (innerWidth <= 720) return;
    const box = this.querySelector("[popovertarget=filter-panel]").getBoundingClientRect();
    const left = Math.max(8, Math.min(box.left, innerWidth - panel.offsetWidth - 8));
    const top = Math.max(8, Math.min(box.bottom + 4, innerHeight - panel.offsetHeight - 8));
    Object.assign(panel.style, { margin: 0, left: `${left}px`, top: `${top}px` });
  }

  dropEmpty({ detail, target }) {
    if (target.id !== "filters") return;
    for (const [name, value] of Object.entries(detail.parameters)) if (value === "") delete detail.parameters[name];
  }
}

customElements.define("filter-bar", FilterBar);
