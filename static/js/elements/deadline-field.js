/* <deadline-field>: the quick words fill the typed field; whichever of words and fields was touched last is the one that
   counts, so choosing a day or a zone's time after typing takes the words away. */
class DeadlineField extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form") ?? this.closest("form");
    this.typed = this.querySelector("[name=typed]");
    this.querySelector("[hidden]")?.removeAttribute("hidden");
    this.addEventListener("click", (event) => this.fill(event.target.closest("[data-type]")));
    this.addEventListener("change", (event) => this.choose(event.target));
    queueMicrotask(() => this.preview());
  }

  fill(button) {
    if (!button) return;
    this.typed.value = button.dataset.type;
    this.typed.focus();
    this.preview();
  }

  choose(field) {
    if (!field.matches("[name=on], [name=time]")) return;
    this.typed.value = "";
    this.preview();
  }

  preview() {
    this.form.dispatchEvent(new Event("preview", { bubbles: true }));
  }
}

customElements.define("deadline-field", DeadlineField);
