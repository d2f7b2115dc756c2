/* <quote-link>: its link's quotation goes into the composer, below what is written there already. */
class QuoteLink extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const field = document.getElementById("composer-body");
      if (!field || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.quote(field, event.target.closest("a").href);
    });
  }

  async quote(field, address) {
    const answer = await fetch(address, { headers: { Accept: "text/plain" } });
    if (!answer.ok) return location.assign(address);
    const written = field.value.trimEnd();
    field.value = (written ? `${written}\n\n` : "") + (await answer.text());
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
    field.scrollIntoView({ block: "nearest" });
  }
}

customElements.define("quote-link", QuoteLink);
