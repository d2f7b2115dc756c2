/* <task-sheet>: what a task needs beyond its forms. Esc in an editor that was not typed into shuts the editor and not the
   sheet; "Cancel" forgets the draft; on a Mac the hints name its own key. */
class TaskSheet extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.escape(event));
    this.addEventListener("click", (event) => event.target.closest("[data-forget-draft]") && this.forget(event.target));
    this.addEventListener("htmx:afterSettle", () => this.name());
    this.name();
  }

  escape(event) {
    if (event.isComposing || event.defaultPrevented) return;
    const cancel = event.target.closest("form")?.querySelector("a[hx-get$='?read']");
    if (!cancel) return;
    event.preventDefault();
    event.stopPropagation();
    if (!this.isTyped(cancel.closest("form"))) cancel.click();
    else event.target.blur();
  }

  isTyped(form) {
    return [...form.querySelectorAll("textarea:not([hidden]), input:not([type=hidden])")].some((field) => field.value !== field.defaultValue);
  }

  forget(link) {
    for (const field of link.closest("form").querySelectorAll("[data-draft-key]")) {
      localStorage.removeItem(`draft:${document.body.dataset.reader ?? ""}:${field.dataset.draftKey}`);
      field.value = field.defaultValue;
    }
  }

  name() {
    if (!/Mac|iPhone|iPad/.test(navigator.platform)) return;
    this.querySelectorAll("[data-mod]").forEach((key) => (key.textContent = "⌘ ↵"));
  }
}

/* <draft-hint data-of="key" hidden>: shows itself when this browser keeps an unsaved draft of that text. */
class DraftHint extends HTMLElement {
  connectedCallback() {
    this.hidden = !localStorage.getItem(`draft:${document.body.dataset.reader ?? ""}:${this.dataset.of}`);
  }
}

customElements.define("task-sheet", TaskSheet);
customElements.define("draft-hint", DraftHint);
