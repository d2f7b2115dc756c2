/* Where the focus goes after htmx changed the page: to the first wrong field, to [autofocus], else it stays. An address that
   names a field (#subtasks-new) begins in it. htmx finds
   a focused field again by its id; when what had the focus is gone, the new part takes it, so Tab goes on from there. */
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const part = detail.elt;
  // What loaded by itself takes nothing from the reader.
  if (!part?.isConnected || !detail.requestConfig?.triggeringEvent) return;
  const wanted = part.querySelector('[aria-invalid="true"]') ?? part.querySelector("[autofocus]");
  if (wanted) return wanted.focus();
  if (document.activeElement !== document.body) return;
  if (!part.hasAttribute("tabindex")) part.setAttribute("tabindex", "-1");
  part.focus({ preventScroll: true });
});

function enterNamed() {
  const named = location.hash && document.getElementById(location.hash.slice(1));
  if (named && named.matches("input, textarea, select")) named.focus();
}

document.addEventListener("DOMContentLoaded", enterNamed);
window.addEventListener("hashchange", enterNamed);
