/* <task-list>: the table under the hand. One cell has the focus: arrows go from cell to cell, j and k from row to row,
   Home and End to the ends of a row. Enter (or F2, or a click) opens the editor of a cell that can be edited; on the
   others Enter opens the task. An editor is fetched, saved on its own and replaced by the row as the server has it; Esc
   puts back what stood there, and so does leaving it without a change. Rows that others change are fetched anew, but
   never under somebody who types. A phone edits in the sheet, which every row opens. */
import { readParts } from "../own-writes.js";

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const LETTERS = { j: 1, k: -1 };
const EDITED = { edit: ["title", "column", "owner", "due", "priority", "labels"], move: ["column"] };

class TaskList extends HTMLElement {
  connectedCallback() {
    this.stops = [];
    this.waiting = new Set(); // rows that changed while somebody edited in them
    this.listen(this, "keydown", (event) => this.key(event));
    this.listen(this, "click", (event) => this.click(event));
    this.listen(this, "focusin", (event) => this.mark(event.target.closest("td[data-cell]")));
    this.listen(this, "focusout", (event) => this.leave(event));
    this.listen(this, "change", (event) => this.choose(event));
    this.listen(this, "htmx:afterSettle", () => this.settle());
    this.listen(document.body, "task:changed", (event) => this.refresh(event.detail.task));
    this.listen(document.body, "row:saved", (event) => this.saved(event.detail));
    this.listen(document.body, "sheet:closed", () => this.refresh(this.opened));
    this.listen(document, "keydown", (event) => this.enter(event));
    this.settle();
  }

  disconnectedCallback() {
    this.stops.forEach((stop) => stop());
  }

  listen(target, name, run) {
    target.addEventListener(name, run);
    this.stops.push(() => target.removeEventListener(name, run));
  }

  get rows() {
    return [...this.querySelectorAll("tr[data-task]")];
  }

  get editor() {
    return this.querySelector("td.list__editor");
  }

  /* One cell can be reached by Tab; rows that came twice stay once; what can be edited looks so. */
  settle() {
    const seen = new Set();
    for (const row of this.rows) {
      if (seen.has(row.id)) row.remove();
      seen.add(row.id);
      for (const name of EDITED[row.dataset.may] ?? []) this.cell(row, name)?.classList.add("is-editable");
    }
    if (!this.querySelector("td[tabindex='0']")) this.rows[0]?.querySelector("td")?.setAttribute("tabindex", "0");
    // The row that had the focus is a new one by now.
    if (this.back && document.activeElement === document.body) this.focusOn(this.find(this.back));
    const field = this.editor?.querySelector("select#cell-field");
    if (field && field !== this.shownPicker) this.show(field);
  }

  /* A list of choices opens at once; without that, as in older browsers, Enter and leaving the cell save. */
  show(field) {
    this.shownPicker = field;
    field.focus();
    try {
      field.showPicker();
      field.dataset.picker = "";
    } catch {
      delete field.dataset.picker;
    }
  }

  cell(row, name) {
    return row.querySelector(`:scope > [data-cell="${name}"]`);
  }

  find({ task, cell }) {
    const row = document.getElementById(`row-${task}`);
    return row && (this.cell(row, cell) ?? row.firstElementChild);
  }

  mark(cell) {
    if (!cell) return;
    this.querySelectorAll("td[tabindex='0']").forEach((other) => other.setAttribute("tabindex", "-1"));
    cell.setAttribute("tabindex", "0");
    this.back = { task: cell.parentElement.dataset.task, cell: cell.dataset.cell };
  }

  focusOn(cell) {
    if (!cell) return;
    cell.setAttribute("tabindex", "0");
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /* j and k come into the list from anywhere on the page. */
  enter(event) {
    if (!(event.key in LETTERS) || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog:modal") || event.target.closest("input, textarea, select, task-list td")) return;
    event.preventDefault();
    this.focusOn(this.querySelector("td[tabindex='0']") ?? this.rows[0]?.querySelector("td"));
  }

  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const editor = event.target.closest("td.list__editor");
    if (editor) return this.keyInEditor(event, editor);
    const cell = event.target.closest("td[data-cell]");
    if (!cell || event.target.closest("input, select, textarea, button")) return;
    const run = this.meaning(event, cell);
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  }

  meaning({ key, target }, cell) {
    if (STEPS[key]) return () => this.step(cell, ...STEPS[key]);
    if (LETTERS[key]) return () => this.step(cell, LETTERS[key], 0);
    if (key === "Home" || key === "End") return () => this.focusOn(key === "Home" ? cell.parentElement.firstElementChild : cell.parentElement.lastElementChild);
    if (key === "F2" || (key === "Enter" && target === cell)) return () => this.open(cell) || (key === "Enter" && this.showTask(cell));
    return null;
  }

  step(cell, down, right) {
    const rows = this.rows;
    const row = rows[rows.indexOf(cell.parentElement) + down];
    if (!right) return row && this.focusOn(row.children[[...cell.parentElement.children].indexOf(cell)]);
    this.focusOn(right > 0 ? cell.nextElementSibling : cell.previousElementSibling);
  }

  showTask(cell) {
    cell.parentElement.querySelector("a[id^=row-]").click();
  }

  click(event) {
    const link = event.target.closest("a[id^=row-]");
    if (link) this.opened = link.closest("tr").dataset.task;
    const keep = event.target.closest("[data-keep]");
    if (keep) return this.keep(keep.closest("tr").dataset.task);
    if (event.target.closest("a, button, input, select, label, form") || innerWidth <= 720) return;
    const cell = event.target.closest("td[data-cell]");
    if (cell) this.open(cell) || this.focusOn(cell);
  }

  /* Whether the cell can be edited; its editor takes its place when it comes. */
  open(cell) {
    const row = cell.parentElement;
    if (!(EDITED[row.dataset.may] ?? []).includes(cell.dataset.cell) || innerWidth <= 720) return false;
    if (this.editor) this.shut(this.editor);
    this.kept = cell.cloneNode(true);
    this.mark(cell);
    window.htmx.ajax("GET", `/tasks/${row.dataset.task}/cell/${cell.dataset.cell}/`, { target: cell, swap: "outerHTML" });
    return true;
  }

  keyInEditor(event, editor) {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.shut(editor);
    } else if (event.key === "Enter" && event.target.matches("select")) {
      event.preventDefault();
      this.save(editor);
    }
  }

  choose({ target }) {
    if (target.matches("#cell-field[data-picker]")) this.save(target.closest("td"));
  }

  save(editor) {
    editor.querySelector("form").requestSubmit();
  }

  isChanged(editor) {
    const fields = [...editor.querySelectorAll("input:not([type=hidden]), select")];
    return fields.some((field) =>
      field.type === "checkbox"
        ? field.checked !== field.defaultChecked
        : field.tagName === "SELECT"
          ? !field.selectedOptions[0]?.defaultSelected
          : field.value !== field.defaultValue,
    );
  }

  /* Leaving a changed field of one line saves it; a panel stays until it is saved or shut. */
  leave({ target, relatedTarget }) {
    const editor = target.closest?.("td.list__editor");
    if (!editor || editor.contains(relatedTarget) || editor.querySelector("[aria-invalid], .cell__stale, .htmx-request")) return;
    // A field that is taken away with its row is left as well, and by then it is gone.
    if (document.hasFocus()) setTimeout(() => this.settleLeft(editor));
  }

  settleLeft(editor) {
    if (!editor.isConnected || editor.contains(document.activeElement) || editor.querySelector(".htmx-request")) return;
    if (!this.isChanged(editor)) this.shut(editor, false);
    else if (!editor.querySelector(".cell__pop")) this.save(editor);
  }

  shut(editor, focuses = true) {
    const row = editor.parentElement;
    const old = this.kept;
    if (!old || !editor.isConnected) return;
    this.kept = null;
    editor.replaceWith(old);
    window.htmx.process(old);
    if (focuses) this.focusOn(old);
    this.catchUp(row.dataset.task);
  }

  keep(task) {
    this.kept = null;
    this.fetch(task);
  }

  saved({ task, cell }) {
    this.kept = null;
    this.back = { task, cell };
    this.waiting.delete(String(task));
    setTimeout(() => document.activeElement === document.body && this.focusOn(this.find(this.back)));
  }

  /* Ask for a row that may have changed; what is being edited waits. */
  refresh(task) {
    this.opened = null;
    const row = task && document.getElementById(`row-${task}`);
    if (!row) return;
    if (row.querySelector(".list__editor")) this.waiting.add(String(task));
    else this.fetch(task);
  }

  catchUp(task) {
    if (this.waiting.delete(String(task))) this.fetch(task);
  }

  fetch(task) {
    readParts(`/tasks/${task}/row/`, this);
  }
}

customElements.define("task-list", TaskList);
