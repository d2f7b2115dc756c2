/* One request an edit: what was asked, of which version of the task. The server answers with what it did, with a question
   (others would move), or with a refusal; the chart then shows what is so. */
const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
const ask = (verb, url, values) => window.htmx.ajax(verb, url, { target: "#dialog", swap: "innerHTML", values });

export class Edits {
  constructor(unsent) {
    this.unsent = unsent;
  }

  /** `mode` is "move", "start" or "finish", `by` minutes on the project's clock. */
  async plan(row, mode, by) {
    try {
      const answer = await fetch(`/tasks/${row.pk}/plan/`, {
        method: "POST",
        headers: { "X-CSRFToken": token(), Accept: "application/json" },
        body: new URLSearchParams({ mode, by, version: row.version }),
      });
      this.tell(await answer.json(), answer.ok);
    } catch {
      this.say(this.unsent, "error");
    }
  }

  tell({ message, undo_url, ask: question }, isDone) {
    if (message) this.say(message, isDone ? "" : "error", undo_url);
    if (question) ask("GET", question);
  }

  /* Links have a dialog of their own, which also says why two tasks cannot be linked. */
  link(before, after, kind) {
    return ask("POST", `/tasks/${after}/links/add/`, { side: "waits", other: before, kind });
  }

  change({ pk, after }) {
    return ask("GET", `/tasks/${after}/links/${pk}/`);
  }

  unlink({ pk, after }) {
    return ask("POST", `/tasks/${after}/links/${pk}/`, { remove: 1 });
  }

  say(message, level, undo_url) {
    document.body.dispatchEvent(new CustomEvent("toast", { detail: { message, level, undo_url } }));
  }
}
