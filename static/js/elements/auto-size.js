/* textarea[data-autosize] grows with its text, where the browser does not do it by `field-sizing` itself. */
if (!CSS.supports("field-sizing", "content")) {
  const grow = (field) => {
    field.style.blockSize = "auto";
    field.style.blockSize = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
  };
  const growAll = (root) => root.querySelectorAll("textarea[data-autosize]").forEach(grow);
  document.addEventListener("input", (event) => event.target.matches("textarea[data-autosize]") && grow(event.target));
  document.addEventListener("htmx:load", (event) => growAll(event.detail.elt));
  document.addEventListener("DOMContentLoaded", () => growAll(document));
}
