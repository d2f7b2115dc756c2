/* <send-keys data-on="enter | mod-enter">: sends the form of the field in it by Enter, or by Ctrl/Cmd+Enter where Enter
   is a new line. With "enter", Shift+Enter is a new line. An Enter that ends a composition never arrives: ime-guard. */
class SendKeys extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    const mod = event.ctrlKey || event.metaKey;
    if (this.dataset.on === "enter" ? event.shiftKey : !mod) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  }
}

customElements.define("send-keys", SendKeys);
