/* <confirm-dialog>: asks the sentence of hx-confirm, or of data-confirm on a form, button or link, before it happens.
   The yes button takes the word of data-confirm-word: "Delete", never "OK". */
class ConfirmDialog extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.yes = this.querySelector("[data-yes]");
    this.dialog.addEventListener("close", () => this.answer());
    this.onHtmx = (event) => this.htmx(event);
    this.onSubmit = (event) => this.plain(event, event.submitter?.matches("[data-confirm]") ? event.submitter : event.target);
    this.onClick = (event) => this.plain(event, event.target.closest("a[data-confirm]"));
    document.addEventListener("htmx:confirm", this.onHtmx);
    document.addEventListener("submit", this.onSubmit, true);
    document.addEventListener("click", this.onClick, true);
  }

  disconnectedCallback() {
    document.removeEventListener("htmx:confirm", this.onHtmx);
    document.removeEventListener("submit", this.onSubmit, true);
    document.removeEventListener("click", this.onClick, true);
  }

  htmx(event) {
    if (!event.detail.question) return;
    event.preventDefault();
    this.ask(event.detail.question, event.detail.elt, () => event.detail.issueRequest(true));
  }

  plain(event, element) {
    if (!element?.dataset.confirm || element === this.allowed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter, target } = event;
    this.ask(element.dataset.confirm, element, () => {
      this.allowed = element;
      if (event.type === "submit") target.requestSubmit(submitter);
      else element.click();
      this.allowed = null;
    });
  }

  ask(question, element, go) {
    this.go = go;
    this.querySelector("#confirm-question").textContent = question;
    this.yes.textContent = element.dataset.confirmWord || this.yes.dataset.word;
    this.yes.classList.toggle("button--danger", element.matches(".button--danger, [data-confirm-danger]"));
    this.dialog.returnValue = "";
    this.dialog.showModal();
  }

  answer() {
    const go = this.go;
    this.go = null;
    if (this.dialog.returnValue === "yes") go?.();
  }
}

customElements.define("confirm-dialog", ConfirmDialog);
