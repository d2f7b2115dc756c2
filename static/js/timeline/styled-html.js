/* `element.styledHTML` is innerHTML whose styles, written as data-css, are set one by one: a style attribute in HTML breaks
   the content policy. Only the chart's library writes so (build.mjs). */
Object.defineProperty(Element.prototype, "styledHTML", {
  get() {
    return this.innerHTML;
  },
  set(html) {
    this.innerHTML = html;
    for (const element of this.querySelectorAll("[data-css]")) {
      element.style.cssText = element.dataset.css;
      element.removeAttribute("data-css");
    }
  },
});
