/* <copy-button data-text="…" data-done="Copied"><button>…</button></copy-button> */
class CopyButton extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", () => this.copy());
  }

  async copy() {
    await navigator.clipboard.writeText(this.dataset.text);
    document.body.dispatchEvent(new CustomEvent("toast", { detail: { message: this.dataset.done } }));
  }
}

customElements.define("copy-button", CopyButton);
