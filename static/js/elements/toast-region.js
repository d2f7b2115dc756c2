/* <toast-region>: shows {message, undo_url} of the event "toast" (HX-Trigger sends it), and those the page came with.
   A toast leaves after 6 s, one with an undo after 10 s; never while the pointer or the focus is in it.
   Everything outside an open modal dialog is inert, so the region lives in it while there is something to say. */
class ToastRegion extends HTMLElement {
  connectedCallback() {
    if (this.home) return; // only moved
    this.home = this.parentElement;
    document.body.addEventListener("toast", (event) => this.add(event.detail));
    document.body.addEventListener("htmx:beforeSwap", (event) => this.leave(event.detail.target));
    document.body.addEventListener("htmx:afterSettle", () => this.enter());
    document.addEventListener("close", (event) => this.leave(event.target), true);
    for (const toast of this.children) this.age(toast, toast.querySelector("form") ? 10000 : 6000);
  }

  enter() {
    const host = [...document.querySelectorAll("dialog:modal")].at(-1) ?? this.home;
    if (this.children.length && host !== this.parentElement) host.append(this);
  }

  /* A dialog that closes or is filled anew throws away what it holds. */
  leave(dialog) {
    if (dialog !== this && dialog?.contains(this) && this.home !== this.parentElement) this.home.append(this);
  }

  /** `act` is {word, run} for a button that calls back into the page, `undo_url` is posted to, and `ask` is {word, url} of
      a question that opens in the dialog. */
  add({ message, undo_url: undoUrl, level, act, ask }) {
    const toast = document.createElement("div");
    toast.className = level === "error" ? "toast toast--error" : "toast";
    const words = document.createElement("span");
    words.textContent = message;
    toast.append(words);
    if (undoUrl) toast.append(this.undoForm(undoUrl, toast));
    if (ask) toast.append(this.button(ask.word, () => (toast.remove(), window.htmx.ajax("GET", ask.url, { target: "#dialog", swap: "innerHTML" }))));
    if (act) toast.append(this.button(act.word, () => (toast.remove(), act.run())));
    this.append(toast);
    this.enter();
    while (this.children.length > 3) this.firstElementChild.remove();
    this.age(toast, undoUrl || act || ask ? 10000 : 6000);
  }

  undoForm(url, toast) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = url;
    form.setAttribute("hx-post", url);
    form.setAttribute("hx-swap", "none");
    form.append(this.button(this.dataset.undo));
    form.addEventListener("htmx:afterRequest", (event) => event.detail.successful && toast.remove());
    // Not connected yet: htmx looks at what it is given, and finds the form again when it is in the page.
    queueMicrotask(() => window.htmx.process(form));
    return form;
  }

  button(word, run) {
    const button = document.createElement("button");
    button.type = run ? "button" : "submit";
    button.textContent = word;
    if (run) button.addEventListener("click", run);
    return button;
  }

  age(toast, life) {
    const leave = () => {
      if (toast.matches(":hover, :focus-within")) this.age(toast, 2000);
      else toast.remove();
    };
    setTimeout(leave, life);
  }
}

customElements.define("toast-region", ToastRegion);
