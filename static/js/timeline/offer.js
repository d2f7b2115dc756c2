/* At the foot of the chart: the link that is chosen, in words, with what can be done with it. */
export class Offer {
  constructor(host) {
    this.host = host;
    this.box = document.createElement("div");
    this.box.className = "tl-offer";
    this.box.hidden = true;
    host.after(this.box);
  }

  show(link, sentence) {
    const { words } = this.host;
    const text = document.createElement("span");
    text.textContent = sentence;
    this.box.replaceChildren(text, this.button(words.change, () => this.host.open(link.after)), this.button(words.delete, () => this.host.keys.unlink()));
    this.box.hidden = false;
  }

  button(word, run) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = word;
    button.addEventListener("click", run);
    return button;
  }

  hide() {
    this.box.hidden = true;
  }

  /** A question before it happens (<confirm-dialog>). */
  confirm(question, word, run) {
    const form = document.createElement("form");
    form.hidden = true;
    Object.assign(form.dataset, { confirm: question, confirmWord: word });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      form.remove();
      run();
    });
    this.box.after(form);
    form.requestSubmit();
  }
}
