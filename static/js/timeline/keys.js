/* The chart by keys: a task is chosen, its bar moved, its links looked through. Presses that follow each other become one
   request. */
import { dateOf, minutesOf } from "./zooms.js";

const DAY = 1440;
const PAUSE = 700;

export class Keys {
  constructor(host) {
    this.host = host;
    this.chosen = this.link = null;
    host.tabIndex = 0;
    host.setAttribute("role", "application");
    host.setAttribute("aria-label", host.page.dataset.chartLabel);
    host.addEventListener("keydown", (event) => this.key(event));
  }

  get isBusy() {
    return Boolean(this.waiting);
  }

  key(event) {
    if (event.isComposing || event.altKey || event.metaKey || event.target.closest("input, select, textarea")) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const walk = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (walk && !event.ctrlKey && !event.shiftKey) this.walk(walk);
    else if (step && this.row) this.shift(step, event);
    else if (event.key === "Enter" && this.row) this.host.open(this.chosen);
    else if ((event.key === " " || event.key === "Enter") && this.chosen) this.host.fold(this.chosen);
    else if (event.key === "l" && this.row && !event.ctrlKey) this.nextLink();
    else if ((event.key === "Delete" || event.key === "Backspace") && this.link) this.unlink();
    else if (event.key === "Escape" && (this.link || this.chosen)) this.drop();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /* The chosen task; undefined when it is the head of a group. */
  get row() {
    return this.host.plan.rows.get(this.chosen);
  }

  choose(pk) {
    if (this.chosen !== pk && this.link) this.leaveLink();
    this.chosen = pk;
    const row = this.host.plan.find(pk);
    if (row) this.host.say([row.title, row.start_text, row.due_text, row.risk].filter(Boolean).join(", "));
  }

  walk(step) {
    const { chart } = this.host;
    const shown = this.host.plan.drawn.map(({ pk }) => pk).filter((pk) => chart.isTaskVisible(pk));
    const place = shown.indexOf(this.chosen);
    const pk = shown[place < 0 ? 0 : Math.min(Math.max(place + step, 0), shown.length - 1)];
    if (!pk) return;
    chart.selectTask(pk);
    chart.showTask(pk);
  }

  /* The arrow moves; with Shift the end it points to goes further, with Ctrl the other end follows. */
  shift(step, { shiftKey, ctrlKey }) {
    const { row } = this;
    const mode = shiftKey ? (step > 0 ? "finish" : "start") : ctrlKey ? (step > 0 ? "start" : "finish") : "move";
    const why = this.host.plan.told.mayEdit ? this.host.drags.stays(row, mode) : this.host.words.readonly;
    if (why) return this.host.refuse(why);
    if (this.waiting && (this.waiting.row.pk !== row.pk || this.waiting.mode !== mode)) return;
    const task = this.host.chart.getTask(row.pk);
    if (!task.start_date) return this.host.refuse(this.host.words.undated);
    const [start, end] = [minutesOf(task.start_date), minutesOf(task.end_date)];
    const by = step * DAY;
    if (mode !== "move" && end - start + (mode === "finish" ? by : -by) <= 0) return;
    if (mode !== "finish") task.start_date = dateOf(start + by);
    if (mode !== "start") task.end_date = dateOf(end + by);
    this.host.chart.refreshTask(row.pk);
    this.host.chart.showDate(mode === "finish" ? task.end_date : task.start_date);
    clearTimeout(this.waiting?.timer);
    this.waiting = { row, mode, by: (this.waiting?.by ?? 0) + by, timer: setTimeout(() => this.send(), PAUSE) };
  }

  send() {
    const { mode, by } = this.waiting;
    const row = this.host.plan.rows.get(this.waiting.row.pk);
    this.waiting = null;
    if (by && row) this.host.ask(this.host.edits.plan(row, mode, by));
    else this.host.soon(0);
  }

  get links() {
    return this.host.plan.links.filter(({ before, after }) => before === this.chosen || after === this.chosen);
  }

  nextLink() {
    const { links } = this;
    if (!links.length) return this.host.say(this.host.words.nolinks);
    const place = links.findIndex(({ pk }) => pk === this.link);
    this.chooseLink(links[(place + 1) % links.length].pk);
  }

  chooseLink(pk) {
    this.link = pk;
    this.host.drawArrows();
    this.host.say(this.sentence(pk));
    this.host.focus({ preventScroll: true });
    if (this.host.plan.told.mayEdit) this.host.offer.show(this.find(pk), this.sentence(pk));
  }

  find(pk) {
    return this.host.plan.links.find((each) => each.pk === pk);
  }

  sentence(pk) {
    const { plan, words } = this.host;
    const { before, after, kind, lag } = this.find(pk);
    const [first, second] = [before, after].map((each) => plan.rows.get(each).title);
    return `${second} ← ${first}: ${words.kinds[kind]}${lag ? ` (${lag > 0 ? "+" : "−"}${Math.abs(lag)} ${words.days})` : ""}`;
  }

  unlink() {
    const link = this.find(this.link);
    if (!link || !this.host.plan.told.mayEdit) return;
    this.host.offer.confirm(this.host.words.unlink, this.host.words.delete, () => {
      this.leaveLink();
      this.host.ask(this.host.edits.unlink(link));
    });
  }

  leaveLink() {
    this.link = null;
    this.host.offer.hide();
    this.host.drawArrows();
  }

  drop() {
    if (this.link) return this.leaveLink();
    this.host.chart.unselectTask(this.chosen);
    this.chosen = null;
  }
}
