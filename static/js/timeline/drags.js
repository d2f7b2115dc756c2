/* Bars under the hand: moved, stretched, joined. A bar lies where it is dropped only when the server says so. */
import { timeText } from "./clock.js";
import { KINDS, idOf } from "./plan.js";
import { ZOOMS, dateOf, dayText, minutesOf } from "./zooms.js";

const KIND_OF = Object.fromEntries(Object.entries(KINDS).map(([kind, number]) => [number, kind]));

export class Drags {
  constructor(host) {
    this.host = host;
    const { chart } = host;
    chart.attachEvent("onBeforeTaskDrag", (id, mode) => this.begin(id, mode));
    chart.attachEvent("onTaskDrag", (id, mode, task, original, event) => this.move(task, mode, event));
    chart.attachEvent("onAfterTaskDrag", (id) => this.drop(id));
    chart.attachEvent("onBeforeLinkAdd", (id, link) => this.join(link));
    chart.attachEvent("onTaskDblClick", (id) => (host.plan.rows.has(idOf(id)) && host.open(id), false));
    chart.attachEvent("onLinkDblClick", () => false);
    chart.attachEvent("onLinkClick", (id) => (host.keys.chooseLink(Number(id)), false));
    chart.attachEvent("onTaskSelected", (id) => host.keys.choose(idOf(id)));
    host.addEventListener("click", (event) => this.click(event), true);
    host.addEventListener("mousemove", (event) => this.hover(event));
    host.addEventListener("mouseleave", () => host.tip.hide());
  }

  get isBusy() {
    return Boolean(this.from) || Boolean(this.host.chart?.getState().drag_id) || Boolean(this.host.chart?.getState().link_source_id);
  }

  /** Why a bar stays where it is; "" when it may move. */
  stays(row, mode) {
    const { words } = this.host;
    if (row.isGone) return words.gone;
    if (row.spans) return words.parent;
    if (row.fixed) return words.fixed;
    if (row.pinned) return words.pinned;
    return mode === "move" || !row.milestone ? "" : words.milestone;
  }

  begin(id, mode) {
    const task = this.host.chart.getTask(id);
    const why = this.stays(task.row, mode);
    if (why) this.host.refuse(why);
    else this.from = { start: minutesOf(task.start_date), end: minutesOf(task.end_date) };
    return !why;
  }

  /* In whole steps from where it lay, so that a time of day stays what it is. */
  move(task, mode, event) {
    const { from, host } = this;
    const { step } = ZOOMS[host.zoom];
    const near = (delta) => Math.round(delta / step) * step;
    const start = near(minutesOf(task.start_date) - from.start);
    const end = near(minutesOf(task.end_date) - from.end);
    this.by = mode === "move" ? ["move", start] : start ? ["start", start] : ["finish", end];
    const places = { start: from.start + start, end: mode === "move" ? from.end + start : from.end + end };
    task.start_date = dateOf(places.start);
    task.end_date = dateOf(Math.max(places.end, places.start + (task.row.milestone ? 0 : 30)));
    if (event) host.tip.show([[task.row.title], [this.span(places, step, task.row)], [this.off(places.end, task.row)]], event.clientX, event.clientY);
  }

  /* That the team does not work on the day it would be due; the server says so, too, of whatever clock it is on. */
  off(end, { country, whole_days: isWhole }) {
    const day = Math.floor((isWhole && end % 1440 === 0 ? end - 1 : end) / 1440);
    const { chart, words } = this.host;
    return country && chart.days.isWeekend(day, country) ? words.off[country][(day + 3) % 7 - 5] : "";
  }

  /* The day a bar ends on is the last one it touches. */
  span({ start, end }, step, row) {
    if (step < 1440) return [start, end].map((place) => `${dayText(dateOf(place))} ${timeText(place)}`).join(" → ");
    const last = dayText(dateOf(row.whole_days && end % 1440 === 0 ? end - 1 : end));
    return row.milestone ? last : `${dayText(dateOf(start))} → ${last}`;
  }

  drop(id) {
    const [mode, by] = this.by ?? [];
    this.from = this.by = null;
    this.host.tip.hide();
    const { row } = this.host.chart.getTask(id);
    if (by) this.host.ask(this.host.edits.plan(row, mode, by));
    else this.host.soon(0);
  }

  join({ source, target, type }) {
    if (![source, target].every((id) => this.host.plan.rows.has(idOf(id)))) return false;
    this.host.ask(this.host.edits.link(Number(source), Number(target), KIND_OF[type]));
    return false;
  }

  click(event) {
    const head = event.target.closest(".tl-row--head");
    if (head && !event.target.closest(".gantt_tree_icon")) this.host.fold(head.dataset.taskId);
    const link = event.target.closest(".tl-open");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.host.open(Number(link.closest("[task_id], [data-task-id]").dataset.taskId));
  }

  hover(event) {
    if (this.from) return;
    const bar = event.target.closest(".gantt_task_line");
    const row = bar && this.host.plan.find(idOf(bar.dataset.taskId));
    if (row) this.host.tip.show(this.host.tip.of(row), event.clientX, event.clientY);
    else this.host.tip.hide();
  }
}
