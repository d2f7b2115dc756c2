/* The library as we use it: it draws and drags, and decides nothing. Every text it gets is escaped here. */
import { Gantt } from "dhtmlx-gantt/codebase/dhtmlxgantt.es.js";
import { changeText, hourLabel, otherLabel } from "./clock.js";
import { Days } from "./days.js";
import { KINDS } from "./plan.js";
import { ZOOMS, dateOf, minutesOf, scalesOf } from "./zooms.js";

const DAY = 1440;
const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const icon = (name) => `<span class="icon icon--${name}" aria-hidden="true"></span>`;

export function newChart(words) {
  const gantt = Gantt.getGanttInstance();
  const isCompact = document.documentElement.dataset.density === "compact";
  Object.assign(gantt.config, {
    row_height: isCompact ? 30 : 36,
    bar_height: isCompact ? 18 : 22,
    grid_width: Math.min(430, Math.round(innerWidth * 0.34)),
    show_task_cells: false,
    drag_progress: false,
    details_on_dblclick: false,
    details_on_create: false,
    show_errors: false,
    wai_aria_attributes: false,
    round_dnd_dates: false,
    show_tasks_outside_timescale: true,
    duration_unit: "minute",
    time_step: 1,
    min_duration: 60000,
    link_arrow_size: 8,
    link_radius: 4,
    link_line_width: 1,
    scroll_size: 12,
    csp: true,
    columns: columns(words),
  });
  Object.assign(gantt.templates, templates(gantt, words));
  gantt.days = new Days(gantt, words);
  gantt.attachEvent("onGanttRender", () => gantt.days.draw());
  gantt.attachEvent("onGanttScroll", (left, top) => gantt.days.follow(top));
  return gantt;
}

function columns(words) {
  return [
    { name: "text", label: words.task, tree: true, width: "*", min_width: 160, resize: true, template: name },
    { name: "owner", label: "", width: 36, align: "center", template: ({ row }) => face(row) },
    { name: "slack", label: words.slack, width: 72, align: "right", template: ({ row }) => slack(row, words) },
  ];
}

function name({ row }) {
  if (row.isHead) return `<span class="tl-group">${escaped(row.title)}</span><span class="count">${row.count}</span>`;
  if (row.isGone) return `<s class="tl-gone" title="${escaped(row.title)}">${escaped(row.title)}</s>`;
  const marks = alarm(row) + (row.milestone ? '<span class="card__diamond"></span>' : "");
  return `<a class="tl-open" href="/tasks/${row.pk}/" tabindex="-1" title="${escaped(row.title)}">${marks}${escaped(row.title)}</a>`;
}

function slack(row, words) {
  if (row.isHead || row.slack === null) return "";
  return `<span class="tl-slack" title="${escaped(row.slack_text)}">${words.shortDays.replace("{n}", row.slack)}</span>`;
}

function face({ owner }) {
  if (!owner) return "";
  const [name, initial, tint] = owner;
  return `<span class="avatar avatar--sm" data-face="${tint}" title="${escaped(name)}">${escaped(initial)}</span>`;
}

function templates(gantt, words) {
  return {
    task_class: (start, end, { row, fades }) => barClass(row, fades),
    task_text: (start, end, { row }) => (row.milestone || row.spans ? "" : inside(gantt, row, start, end)),
    leftside_text: (start, end, { row }) => marks(row, words),
    rightside_text: (start, end, task) => behind(gantt, task) + (task.row.milestone ? `<span class="tl-beside">${escaped(task.row.title)}</span>` : ""),
    grid_row_class: (start, end, { row }) => (row.isHead ? "tl-row--head" : row.done ? "tl-row--done" : ""),
    link_class: ({ link }) => `tl-link${link.isCritical ? " tl-link--critical" : ""}${link.isChosen ? " tl-link--chosen" : ""}`,
    grid_folder: () => "",
    grid_file: () => "",
    drag_link: () => "",
  };
}

/* A name where there is room for one. */
function inside(gantt, row, start, end) {
  const width = gantt.posFromDate(end) - gantt.posFromDate(start);
  if (width < 26) return "";
  const words = width < 60 ? "" : escaped(row.title);
  return `<span class="tl-name">${row.done ? icon("check") : ""}${words}</span>`;
}

function barClass(row, fades) {
  if (row.isHead || row.isGone) return row.isGone ? "tl-bar tl-bar--gone" : "";
  const kinds = ["tl-bar", `tl-bar--${row.done ? "done" : ["todo", "doing", "done"][row.status]}`];
  if (row.critical && !row.done) kinds.push("tl-bar--critical");
  if (row.spans && !row.milestone) kinds.push("tl-bar--parent");
  if (row.fixed || row.pinned) kinds.push("tl-bar--still");
  if (fades) kinds.push(`tl-bar--open-${fades}`);
  return kinds.join(" ");
}

/* Its shape says how grave it is, its title why. */
const alarm = ({ alarm: state, risk }) => (state ? `<span class="tl-alarm risk risk--${state}" title="${escaped(risk)}"></span>` : "");

function marks(row, words) {
  let found = alarm(row);
  if (row.fixed) found += `<span class="tl-mark" title="${escaped(words.fixed)}">${icon("lock")}</span>`;
  if (row.pinned) found += `<span class="tl-mark" title="${escaped(words.pinned)}">${icon("pin")}</span>`;
  return found;
}

/* Beside a bar, placed from its beginning: as far as it may slip, and where it lay in the baseline. */
function behind(gantt, task) {
  const { row } = task;
  if (!task.start_date) return "";
  const left = (place) => Math.round(gantt.posFromDate(dateOf(place)) - gantt.posFromDate(task.start_date));
  const strip = (kind, from, to) => `<span class="${kind}" data-css="left:${left(from)}px;width:${Math.max(left(to) - left(from), 3)}px"></span>`;
  const hasSlack = row.late !== null && row.slack > 0 && !row.done && !row.spans;
  return (hasSlack ? strip("tl-tail", minutesOf(task.end_date), row.late) : "") + (row.base ? strip("tl-base", ...row.base) : "");
}

/** Columns and scales of a zoom, around the place `at` (wall minutes). */
export function look(gantt, zoom, told, at, clocks) {
  const { most, width } = ZOOMS[zoom];
  const middle = Math.floor(at / DAY);
  const first = Math.max(told.first, middle - most / 2);
  const you = clocks.you && ((date) => otherLabel(clocks.zone, clocks.you, minutesOf(date)));
  if (you) you.title = escaped(clocks.you.name);
  const hour = (date) => hourHead(clocks.zone, minutesOf(date), told.words);
  gantt.days.tell(told.days, clocks, zoom);
  Object.assign(gantt.config, {
    start_date: dateOf(first * DAY),
    end_date: dateOf(Math.min(told.last, first + most) * DAY),
    min_column_width: width,
    scales: scalesOf(zoom, { you, hour, dress: (day) => gantt.days.dress(day), hint: (day) => escaped(gantt.days.names(day).join(", ")) }),
    scale_height: zoom === "hour" && you ? 66 : 50,
  });
}

function hourHead(clock, wall, words) {
  const found = clock.changeIn(wall, wall + 60);
  const label = hourLabel(clock, wall);
  return found ? `<span class="tl-hour tl-hour--${found.kind}" title="${escaped(changeText(found, words))}">${label}</span>` : label;
}

/** Arrows between what is shown: those of folded subtasks begin and end at the parent that stands for them. */
export function arrows(gantt, plan, chosen) {
  const shown = (pk) => {
    let stands = pk;
    for (let parent = gantt.getParent(pk); parent; parent = gantt.getParent(parent)) {
      if (!gantt.getTask(parent).$open) stands = parent;
    }
    return stands;
  };
  const drawn = new Map();
  for (const link of plan.links) {
    const [source, target] = [shown(link.before), shown(link.after)];
    const isMoved = source !== link.before || target !== link.after;
    const key = `${source}-${target}-${link.kind}`;
    // A group that is folded has no bar to begin at.
    if (source === target || drawn.has(key) || plan.head(source) || plan.head(target)) continue;
    const ends = [plan.rows.get(link.before), plan.rows.get(link.after)];
    const isCritical = ends.every((row) => row.critical && !row.done);
    drawn.set(key, { id: link.pk, source, target, type: KINDS[link.kind], link: { ...link, isCritical, isMoved, isChosen: link.pk === chosen } });
  }
  return [...drawn.values()];
}
