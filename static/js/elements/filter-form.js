/* <filter-form>: a form whose answers stand in the address. Empty ones are left out of it, with htmx and without.
   A date field holds a whole date before it is typed to its end, and would be swapped away under the fingers: it is
   sent when the typing rests, or when the field is left. */
const REST = 900;

class FilterForm extends HTMLElement {
  #held;

  connectedCallback() {
    this.addEventListener("change", (event) => this.#hold(event), { capture: true });
    this.addEventListener("keydown", ({ target }) => this.#held && this.#wait(target.form));
    this.addEventListener("focusout", ({ target }) => this.#held && this.#send(target.form));
    this.addEventListener("htmx:configRequest", ({ detail }) => {
      for (const [name, value] of Object.entries(detail.parameters)) if (value === "") delete detail.parameters[name];
    });
    this.addEventListener("formdata", ({ formData }) => {
      for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
    });
  }

  disconnectedCallback() {
    clearTimeout(this.#held);
  }

  #hold(event) {
    if (event.target.type !== "date") return;
    event.stopPropagation();
    this.#wait(event.target.form);
  }

  #wait(form) {
    clearTimeout(this.#held);
    this.#held = setTimeout(() => this.#send(form), REST);
  }

  #send(form) {
    clearTimeout(this.#held);
    this.#held = undefined;
    form.requestSubmit();
  }
}

customElements.define("filter-form", FilterForm);
