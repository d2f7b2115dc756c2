/* <filter-form>: a form whose answers stand in the address. Empty ones are left out of it, with htmx and without. */
class FilterForm extends HTMLElement {
  connectedCallback() {
    this.addEventListener("htmx:configRequest", ({ detail }) => {
      for (const [name, value] of Object.entries(detail.parameters)) if (value === "") delete detail.parameters[name];
    });
    this.addEventListener("formdata", ({ formData }) => {
      for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
    });
  }
}

customElements.define("filter-form", FilterForm);
