/* <theme-switch>: a button for readers without an account; light, dark, or as the system says. Kept in a cookie that
   the server reads, so that the next page does not flash. Members choose in their profile instead. */
class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => this.turn());
    this.hidden = false;
  }

  turn() {
    const root = document.documentElement;
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const next = (root.dataset.theme ?? system) === "dark" ? "light" : "dark";
    root.dataset.theme = next;
    document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax`;
  }
}

customElements.define("theme-switch", ThemeSwitch);
