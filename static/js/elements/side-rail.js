/* <side-rail>: folds and opens, and remembers it in a cookie, so that the server draws the next page folded at once. */
class SideRail extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("[data-rail-toggle]");
    this.button.addEventListener("click", () => this.toggle());
  }

  toggle() {
    const shut = document.body.dataset.rail !== "shut";
    if (shut) document.body.dataset.rail = "shut";
    else delete document.body.dataset.rail;
    this.button.setAttribute("aria-expanded", String(!shut));
    document.cookie = `rail=${shut ? "shut" : "open"}; path=/; max-age=31536000; samesite=lax`;
  }
}

customElements.define("side-rail", SideRail);
