/* What this page follows others with must not bring back what it has itself changed since: an answer that was asked for
   before a write of ours had ended is not drawn but asked for again. */
const CHANGES = ["board:changed", "list:changed", "task:changed"];
let begun = 0;
let open = 0;
let waiting = [];
// What writes that are on their way came from.
const writers = new Set();

function ended() {
  open -= 1;
  if (!open) waiting.splice(0).forEach((go) => go());
}

function quiet() {
  return open ? new Promise((go) => waiting.push(go)) : Promise.resolve();
}

/* When it was asked for, in writes; never equal to a later count while one is on its way. */
function now() {
  return open ? -1 : begun;
}

document.addEventListener("htmx:beforeSend", ({ detail: { elt, requestConfig, xhr } }) => {
  requestConfig.askedAt = now();
  if (requestConfig.verb === "get") return;
  begun += 1;
  open += 1;
  writers.add(elt);
  // Before htmx looks at the answer, which may ask for more.
  xhr.addEventListener("readystatechange", () => xhr.readyState === XMLHttpRequest.DONE && (writers.delete(elt), ended()));
});

/* A form whose write is on its way stays where it is: its answer would have nowhere to go, and nobody would hear it. */
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.requestConfig.verb !== "get") return;
  if ([...writers].some((writer) => detail.target.contains(writer))) detail.shouldSwap = false;
});

/* The page's large parts, which are drawn anew when something changed. */
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { verb, triggeringEvent, askedAt } = detail.requestConfig;
  if (verb !== "get" || askedAt === begun || !CHANGES.includes(triggeringEvent?.type)) return;
  detail.shouldSwap = false;
  quiet().then(() => window.htmx.trigger(document.body, "board:changed"));
});

/** fetch() of a page to follow others with: {ok, status, text}. Throws as fetch does. */
export async function read(url, options) {
  for (;;) {
    await quiet();
    const at = begun;
    const answer = await fetch(url, options);
    const text = await answer.text();
    if (at === begun) return { ok: answer.ok, status: answer.status, text };
  }
}

/** htmx.ajax() of parts that say themselves where they belong, one after the other: of requests of one element at once
    htmx keeps the last. Asked for again while a write of ours made them old. */
let last = Promise.resolve();
export function readParts(url, source) {
  return (last = last.then(() => readPart(url, source)));
}

async function readPart(url, source) {
  let isOld = true;
  const look = ({ detail }) => {
    isOld = detail.requestConfig.askedAt !== begun;
    if (isOld) detail.shouldSwap = false;
  };
  while (isOld && source.isConnected) {
    await quiet();
    isOld = false;
    source.addEventListener("htmx:beforeSwap", look, { once: true });
    // What failed is told by htmx-errors.js.
    await window.htmx.ajax("GET", url, { source, swap: "none" }).catch(() => {});
    source.removeEventListener("htmx:beforeSwap", look);
  }
}
