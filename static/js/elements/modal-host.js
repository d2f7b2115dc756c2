/* <modal-host data-name="dialog">: opens its <dialog> when htmx puts something into it, empties it when it closes.
   Closes on Esc, on [data-close], on a click beside it (never over a form that was typed into) and on the event
   "<name>:close". A sheet that pushed its address goes back to that of the page below when it closes, and the Back button
   closes it without loading that page again. Fires "<name>:closed". */
class ModalHost extends HTMLElement {
  connectedCallback() {
    this.dialog = this.firstElementChild;
    this.listen(document.body, "htmx:beforeRequest", (event) => this.remember(event));
    this.listen(document.body, "htmx:afterSwap", (event) => event.detail.target === this.dialog && this.settle());
    this.listen(document.body, "htmx:pushedIntoHistory", () => (this.pushed = Boolean(this.address)));
    // Before htmx, which would load the page below again.
    this.listen(window, "popstate", (event) => this.back(event), true);
    this.listen(document.body, `${this.dataset.name}:close`, () => this.dialog.close());
    this.listen(this.dialog, "close", () => this.leave());
    this.listen(this.dialog, "cancel", (event) => this.guard(event));
    this.listen(this.dialog, "click", (event) => this.click(event));
  }

  disconnectedCallback() {
    this.stops.forEach((stop) => stop());
  }

  listen(target, name, run, capture = false) {
    target.addEventListener(name, run, capture);
    (this.stops ??= []).push(() => target.removeEventListener(name, run, capture));
  }

  remember(event) {
    if (event.detail.target !== this.dialog || this.dialog.open) return;
    this.opener = event.detail.elt;
    this.address = location.href;
  }

  settle() {
    if (!this.dialog.childElementCount) return this.dialog.close();
    if (!this.dialog.open) this.dialog.showModal();
  }

  /* Whether closing would lose words; what was sent has come back as the field's own text by then. */
  isTyped() {
    const fields = this.dialog.querySelectorAll("textarea, input:not([type=hidden], [type=checkbox], [type=radio], [type=file])");
    return [...fields].some((field) => field.value !== field.defaultValue);
  }

  click(event) {
    if (event.target.closest("[data-close]")) {
      event.preventDefault();
      this.dialog.close();
    } else if (event.target === this.dialog && !this.isTyped() && this.outside(event)) {
      this.dialog.close();
    }
  }

  outside({ clientX, clientY }) {
    const box = this.dialog.getBoundingClientRect();
    return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
  }

  back(event) {
    if (!this.isGoing && !(this.dialog.open && location.href === this.address)) return;
    event.stopImmediatePropagation();
    this.isGoing = this.pushed = false;
    if (this.dialog.open) this.dialog.close();
  }

  goBelow() {
    if (this.address && this.address !== location.href) {
      this.isGoing = this.pushed;
      if (this.pushed) history.back();
      else history.replaceState(history.state, "", this.address);
    }
    this.address = null;
    this.pushed = false;
  }

  /* The first Esc in a field that was typed into only leaves the field. */
  guard(event) {
    const field = document.activeElement;
    if (!field?.matches("input, textarea") || field.value === field.defaultValue) return;
    event.preventDefault();
    field.blur();
    this.dialog.focus();
  }

  leave() {
    this.dialog.replaceChildren();
    this.goBelow();
    // The page may have drawn the opener anew meanwhile.
    const opener = this.opener?.isConnected ? this.opener : document.getElementById(this.opener?.id);
    opener?.focus();
    document.body.dispatchEvent(new CustomEvent(`${this.dataset.name}:closed`, { bubbles: true }));
  }
}

customElements.define("modal-host", ModalHost);
