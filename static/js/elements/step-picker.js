/* <step-picker>: [data-take] puts the steps of its group below what is written, each once; a click on a step takes that one. */
class StepPicker extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("textarea");
    for (const button of this.querySelectorAll("[data-take]")) button.hidden = false;
    this.addEventListener("click", (event) => {
      const group = event.target.closest("[data-take]")?.closest("section");
      const steps = group ? [...group.querySelectorAll("li")] : [event.target.closest("li")].filter(Boolean);
      if (steps.length) this.take(steps.map((step) => step.textContent.trim()));
    });
  }

  take(steps) {
    const lines = this.field.value.split("\n").map((line) => line.trim()).filter(Boolean);
    this.field.value = [...new Set([...lines, ...steps])].join("\n");
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.field.focus();
  }
}

customElements.define("step-picker", StepPicker);
