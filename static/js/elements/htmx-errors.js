/* <htmx-errors>: says what went wrong with a request, keeps the page as it is, and offers to try again.
   What asks by itself carries data-quiet: its failures are not news.
   401, and 403 from the CSRF check, mean that the sign-in ended: its dialog opens instead of a toast. */
class HtmxErrors extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.querySelector("[data-again]").addEventListener("click", () => this.again());
    this.listeners = {
      "htmx:sendError": (event) => this.say(this.dataset.offline, event),
      "htmx:timeout": (event) => this.say(this.dataset.offline, event),
      "htmx:responseError": (event) => this.refused(event),
      "htmx:configRequest": (event) => this.freshToken(event),
    };
    for (const [name, run] of Object.entries(this.listeners)) document.body.addEventListener(name, run);
  }

  disconnectedCallback() {
    for (const [name, run] of Object.entries(this.listeners)) document.body.removeEventListener(name, run);
  }

  refused(event) {
    if (event.detail.elt.matches("[data-quiet]")) return;
    const { status, responseText } = event.detail.xhr;
    if (status === 401 || (status === 403 && responseText.includes('data-problem="csrf"'))) {
      this.last = event.detail;
      if (!this.dialog.open) this.dialog.showModal();
      return;
    }
    const { failed, gone, refused, large, often, invalid } = this.dataset;
    const words = { 400: invalid, 403: refused, 404: gone, 410: gone, 413: large, 429: often };
    this.say(words[status] ?? failed, event, status >= 500);
  }

  say(message, event, retry = true) {
    if (event.detail.elt.matches("[data-quiet]")) return;
    const act = retry ? { word: this.dataset.retry, run: () => this.repeat(event.detail) } : null;
    document.body.dispatchEvent(new CustomEvent("toast", { detail: { message, level: "error", act } }));
  }

  again() {
    this.dialog.close();
    if (this.last) this.repeat(this.last);
    this.last = null;
  }

  repeat({ elt, target, requestConfig: { verb, path, formData } }) {
    if (!elt.isConnected) return;
    // It was confirmed the first time; htmx reads the question before it returns.
    const question = elt.getAttribute("hx-confirm");
    elt.removeAttribute("hx-confirm");
    window.htmx.ajax(verb, path, { source: elt, target, values: formData });
    if (question) elt.setAttribute("hx-confirm", question);
  }

  /* After a new sign-in in another tab the token in this page is old; the cookie is not. */
  freshToken(event) {
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
    if (!token) return;
    event.detail.headers["X-CSRFToken"] = token;
    if ("csrfmiddlewaretoken" in event.detail.parameters) event.detail.parameters.csrfmiddlewaretoken = token;
  }
}

customElements.define("htmx-errors", HtmxErrors);
