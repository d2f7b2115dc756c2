/* One request an edit: what was asked, of which version of the task. The server answers with what it did, with a question
   (others would move), or with a refusal; the chart then shows what is so. */
const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

export class Edits {
  constructor(unsent) {
    this.unsent = unsent;
  }

  /** `mode` is "move", "start" or "finish", `by` minutes on the project's clock. */
  async plan(row, mode, by) {
    const { version } = await this.send(`/tasks/${row.pk}/plan/`, { mode, by, version: row.version });
    // The next edit may come before the chart is told anew.
    row.version = version ?? row.version;
  }

  link(before, after, kind) {
    return this.send(`/tasks/${after}/join/`, { before, kind });
  }

  unlink({ pk, after }) {
    return this.send(`/tasks/${after}/join/`, { remove: pk });
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

  tell({ question, ...toast }, isDone) {
    if (toast.message) this.say(toast.message, isDone ? "" : "error", toast);
    if (question) window.htmx.ajax("GET", question, { target: "#dialog", swap: "innerHTML" });
  }

  say(message, level, more = {}) {
    document.body.dispatchEvent(new CustomEvent("toast", { detail: { ...more, message, level } }));
  }
}
