/* The timeline as the server tells it (projects/timeline_data.py), as tasks and links of the chart. */
import { dateOf } from "./zooms.js";

const DAY = 1440;
export const KINDS = { fs: "0", ss: "1", ff: "2", sf: "3" };
const headId = (place) => `group-${place}`;
/** The chart may give a number back as text. */
export const idOf = (id) => (/^(group|gone)-/.test(id) ? id : Number(id));
const STATUSES = ["todo", "doing", "done"];

export class Plan {
  constructor(told) {
    this.told = told;
    this.heads = told.heads.map(([name, count], place) => ({ pk: headId(place), title: name, count, isHead: true }));
    this.gone = { pk: headId("gone"), title: told.words.tombs, count: told.tombs.length, isHead: true };
    this.rows = new Map(told.rows.map((values) => [values[0], this.row(values)]));
    this.tombs = told.tombs.map(([pk, title, start, finish, start_text, due_text]) => ({ pk: `gone-${pk}`, title, start, finish, start_text, due_text, isGone: true, slack: null, late: null }));
    this.links = told.links.map(([pk, before, after, kind, lag, isWorking]) => ({ pk, before, after, kind, lag, isWorking }));
  }

  /** Rows under the heads of their groups, as they are drawn; heads have an id of their own kind. */
  get drawn() {
    let group = -1;
    const rows = [...this.rows.values()].flatMap((row) => {
      const begins = row.group !== group;
      group = row.group;
      return begins && this.heads[group] ? [this.heads[group], row] : [row];
    });
    return this.tombs.length ? [...rows, this.gone, ...this.tombs] : rows;
  }

  head(id) {
    return id === this.gone.pk ? this.gone : this.heads.find((head) => head.pk === id);
  }

  /** A row of whatever kind, by its id in the chart. */
  find(id) {
    return this.rows.get(id) ?? this.head(id) ?? this.tombs.find((tomb) => tomb.pk === id);
  }

  row(values) {
    const row = {};
    this.told.fields.forEach((name, place) => (row[name] = values[place]));
    for (const [name, bit] of Object.entries(this.told.flags)) row[name] = Boolean(row.flags & bit);
    row.owner = this.told.people[row.owner];
    row.base = this.told.bases[row.pk];
    return row;
  }

  /** As the chart wants it. What is dated at one end gets a day, and fades where nothing is said. */
  task(row, isOpen) {
    const parent = row.isGone ? this.gone.pk : row.parent || (row.group >= 0 ? headId(row.group) : 0);
    const task = { id: row.pk, text: row.title, parent, open: isOpen, row, fades: "" };
    if (row.isHead) return { ...task, parent: 0, unscheduled: true, hide_bar: true };
    if (row.start === null && row.finish === null) return { ...task, unscheduled: true };
    let [start, finish] = [row.start ?? row.finish - DAY, row.finish ?? row.start + DAY];
    if (row.start === null && !row.milestone) task.fades = "start";
    if (row.finish === null) task.fades = "finish";
    if (row.milestone) start = finish = row.finish ?? row.start;
    if (finish <= start && !row.milestone) finish = start + 30;
    return { ...task, start_date: dateOf(start), end_date: dateOf(finish), type: row.milestone ? "milestone" : "task" };
  }

  status(row) {
    return row.done ? "done" : STATUSES[row.status];
  }
}
