// <file-drop>: files dropped on it, or pasted while it or its sheet has the focus, fill the form's own input and send it.
class FileDrop extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.input = this.querySelector('input[type="file"]');
    this.progress = this.querySelector("progress");
    this.addEventListener("dragover", this);
    this.addEventListener("dragleave", this);
    this.addEventListener("drop", this);
    this.input.addEventListener("change", this);
    this.form.addEventListener("htmx:xhr:progress", this);
    document.addEventListener("paste", this);
  }

  disconnectedCallback() {
    document.removeEventListener("paste", this);
  }

  handleEvent(event) {
    if (event.type === "paste") this.take(event, event.clipboardData);
    else if (event.type === "drop") this.take(event, event.dataTransfer);
    else if (event.type === "change") this.toggleAttribute("data-chosen", this.input.files.length > 0);
    else if (event.type === "htmx:xhr:progress") this.show(event.detail);
    else this.hover(event);
  }

  hover(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.toggleAttribute("data-over", event.type === "dragover");
  }

  take(event, source) {
    if (!source?.files.length) return;
    event.preventDefault();
    this.removeAttribute("data-over");
    this.input.files = source.files;
    this.form.requestSubmit();
  }

  show({ loaded, total }) {
    if (!total) return;
    this.progress.hidden = false;
    this.progress.value = (100 * loaded) / total;
  }
}

customElements.define("file-drop", FileDrop);
