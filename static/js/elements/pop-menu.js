/* <pop-menu>: a button with popovertarget and its `.menu[popover]`. Puts the menu beside the button and moves the focus
   with the arrow keys; the browser does the rest (open, Esc, click outside), also before this script has come. */
class PopMenu extends HTMLElement {
  connectedCallback() {
    this.menu = this.querySelector("[popover]");
    this.button = this.querySelector("[popovertarget]");
    this.menu.addEventListener("toggle", (event) => event.newState === "open" && this.open());
    this.menu.addEventListener("keydown", (event) => this.step(event));
    this.menu.addEventListener("click", (event) => event.target.closest("a, button") && this.menu.hidePopover());
  }

  open() {
    this.put();
    this.items()[0]?.focus({ preventScroll: true });
  }

  /* Below the button, or above it where there is more room; its start edges aligned, or its end edges. */
  put() {
    const box = this.button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.menu;
    const below = box.bottom + 4 + height <= innerHeight || box.top < innerHeight - box.bottom;
    const left = box.left + width <= innerWidth - 8 ? box.left : box.right - width;
    Object.assign(this.menu.style, {
      margin: 0,
      inset: "auto",
      left: `${Math.max(8, left)}px`,
      top: `${Math.max(8, below ? box.bottom + 4 : box.top - height - 4)}px`,
    });
  }

  items() {
    return [...this.menu.querySelectorAll("a, button, input, select")].filter((item) => !item.disabled);
  }

  step(event) {
    const items = this.items();
    const at = items.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    items[(next + items.length) % items.length].focus();
  }
}

customElements.define("pop-menu", PopMenu);
