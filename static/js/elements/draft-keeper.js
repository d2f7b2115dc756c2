/* Keeps what is typed into [data-draft-key] in this browser until the form was accepted, so that it survives a reload,
   a crash and a sign-out. A draft belongs to the reader named by <body data-reader>; it is dropped after 30 days. */
const MONTH = 30 * 24 * 3600 * 1000;
const place = (field) => `draft:${document.body.dataset.reader ?? ""}:${field.dataset.draftKey}`;
const fields = (root) => [...root.querySelectorAll("[data-draft-key]")];

function restore(root) {
  for (const field of fields(root)) {
    const draft = JSON.parse(localStorage.getItem(place(field)) ?? "null");
    // A page that already shows other words than it was sent with knows better: an answer with errors, or a restored tab.
    if (!draft || field.value !== field.defaultValue || field.value === draft.text) continue;
    if (field.defaultValue !== draft.from) continue;
    field.value = draft.text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function keep({ target: field }) {
  if (!field.matches?.("[data-draft-key]")) return;
  if (field.value === field.defaultValue) localStorage.removeItem(place(field));
  else localStorage.setItem(place(field), JSON.stringify({ text: field.value, from: field.defaultValue, at: Date.now() }));
}

function forget(form) {
  fields(form).forEach((field) => localStorage.removeItem(place(field)));
}

/* A plain form leaves the page. Its drafts go once another page of ours has come, which a failed network never brings;
   going back or reloading means that it may not have arrived. */
function sent(event) {
  if (event.defaultPrevented || !fields(event.target).length) return;
  sessionStorage.setItem("drafts-sent", JSON.stringify(fields(event.target).map(place)));
}

function forgetSent() {
  const places = JSON.parse(sessionStorage.getItem("drafts-sent") ?? "[]");
  sessionStorage.removeItem("drafts-sent");
  if (performance.getEntriesByType("navigation")[0]?.type !== "navigate") return;
  places.forEach((name) => localStorage.removeItem(name));
}

function forgetOld() {
  for (const name of Object.keys(localStorage).filter((key) => key.startsWith("draft:"))) {
    if (Date.now() - JSON.parse(localStorage.getItem(name)).at > MONTH) localStorage.removeItem(name);
  }
}

document.addEventListener("input", keep);
document.addEventListener("submit", sent);
document.addEventListener("htmx:load", (event) => restore(event.detail.elt.parentElement ?? document));
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  // detail.elt is what is left of the page when the answer took the form's place.
  const form = detail.requestConfig.elt.closest?.("form");
  // A refusal is swapped in too: only what was accepted makes a draft superfluous.
  if (detail.xhr.status < 400 && detail.successful && form && detail.requestConfig.verb !== "get") forget(form);
});
document.addEventListener("DOMContentLoaded", () => {
  forgetSent();
  forgetOld();
  restore(document);
});
