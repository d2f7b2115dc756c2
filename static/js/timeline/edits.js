/* One request an edit: what was asked, of which version of the task. The server answers with what it did, with a question
   (others would move), or with a refusal; the chart then shows what it says. */
const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

export class Edits {
  constructor({ plan, link, unsent }) {
    this.urls = { plan, link };
    this.unsent = unsent;
  }

  /** `mode` is "move", "start" or "finish", `by` minutes on the project's clock. */
  plan(row, mode, by) {
    return this.send(this.urls.plan.replace("/0/", `/${row.pk}/`), { mode, by, version: row.version });
  }

  link(before, after, kind) {
    return this.send(this.urls.link, { before, after, kind });
  }

  unlink(pk) {
    return this.send(this.urls.link, { remove: pk });
  }

  async send(url, given) {
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "X-CSRFToken": token(), Accept: "application/json" },
        body: new URLSearchParams(given),
      });
      const told = await answer.json();
      this.tell(told, answer.ok);
      return told;
    } catch {
      this.say(this.unsent, "error");
      return {};
    }
  }

  tell({ message, undo_url, ask }, isDone) {
    if (message) this.say(message, isDone ? "" : "error", undo_url);
    if (ask) window.htmx.ajax("GET", ask, { target: "#dialog", swap: "innerHTML" });
  }

  say(message, level, undo_url) {
    document.body.dispatchEvent(new CustomEvent("toast", { detail: { message, level, undo_url } }));
  }
}
