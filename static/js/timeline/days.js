/* What lies behind the bars: weekends, holidays of both countries with their names, the moment it is now. It is drawn as a
   few boxes from top to bottom, and not as a cell for each day of each row. */
import { changeText } from "./clock.js";
import { dateOf, dayOf, minutesOf } from "./zooms.js";

const DAY = 1440;

export class Days {
  constructor(gantt, words) {
    this.gantt = gantt;
    this.words = words;
    this.layer = document.createElement("div");
    this.layer.className = "tl-days";
    this.now = document.createElement("div");
    this.now.className = "tl-now";
  }

  /** `days` are [day, country, name, isWork]; `zone` is the chart's clock. */
  tell(days, { zone, now }, zoom) {
    this.zone = zone;
    this.byDay = new Map();
    for (const day of days) this.byDay.set(day[0], [...(this.byDay.get(day[0]) ?? []), day]);
    this.nowAt = now;
    this.zoom = zoom;
  }

  names(day) {
    return (this.byDay.get(day) ?? []).map(([, country, name, isWork]) =>
      isWork ? this.words.workday : `${country === "cn" ? this.words.china : this.words.america}: ${name}`,
    );
  }

  /** Whether a day is a weekend on which that country does not work. Day 0 was a Thursday. */
  isWeekend(day, country) {
    return (day + 3) % 7 > 4 && !(this.byDay.get(day) ?? []).some((off) => off[1] === country && off[3]);
  }

  /* The class of a day's head. Day 0 was a Thursday. */
  dress(day) {
    const off = this.byDay.get(day) ?? [];
    const kinds = off.map(([, country, , isWork]) => (isWork ? "tl-head--work" : `tl-head--${country}`));
    if ((day + 3) % 7 > 4 && !off.some(([, , , isWork]) => isWork)) kinds.push("tl-head--weekend");
    if (day === Math.floor(this.nowAt / DAY)) kinds.push("tl-head--today");
    return kinds.join(" ");
  }

  draw() {
    const area = this.gantt.$task_data;
    if (!area) return;
    if (this.layer.parentElement !== area) area.prepend(this.layer);
    if (this.now.parentElement !== area) area.append(this.now);
    const { min_date: first, max_date: last } = this.gantt.getState();
    const height = area.offsetHeight;
    const key = [first.valueOf(), last.valueOf(), this.zoom].join();
    this.layer.style.height = this.now.style.height = `${height}px`;
    this.follow(area.scrollTop);
    this.layer.style.width = `${this.left(last)}px`;
    if (key !== this.drawn) this.fill(first, last);
    this.drawn = key;
    this.tick();
  }

  /* As high as what is seen, and moved along: patterns of the height of thousands of rows are slow to paint. */
  follow(top) {
    this.layer.style.top = this.now.style.top = `${top}px`;
  }

  fill(first, last) {
    this.layer.replaceChildren();
    if (["hour", "day", "week"].includes(this.zoom)) this.weekends(first, last);
    if (this.zoom === "hour") this.changes(first, last);
    for (const [day, off] of this.byDay) {
      if (day < dayOf(first) || day >= dayOf(last)) continue;
      for (const [, country, , isWork] of off) this.box(day * DAY, (day + 1) * DAY, isWork ? "work" : country, this.names(day).join(", "));
    }
  }

  weekends(first, last) {
    const works = (day) => (this.byDay.get(day) ?? []).some(([, , , isWork]) => isWork);
    for (let day = dayOf(first); day < dayOf(last); day += 1) if ((day + 3) % 7 > 4 && !works(day)) this.box(day * DAY, (day + 1) * DAY, "weekend");
  }

  /* Hours that the clock leaves out, or counts twice. */
  changes(first, last) {
    for (const change of this.zone.changes) {
      const { from, to, kind } = change;
      if (from >= minutesOf(first) && to <= minutesOf(last)) this.box(from, to, kind, changeText(change, this.words));
    }
  }

  box(from, to, kind, title = "") {
    const box = document.createElement("div");
    const left = this.left(dateOf(from));
    box.className = `tl-off tl-off--${kind}`;
    box.style.left = `${left}px`;
    box.style.width = `${this.left(dateOf(to)) - left}px`;
    if (title) box.title = title;
    this.layer.append(box);
  }

  tick(now = this.nowAt) {
    this.nowAt = now;
    const { min_date: first, max_date: last } = this.gantt.getState();
    this.now.hidden = !first || now < minutesOf(first) || now > minutesOf(last);
    if (!this.now.hidden) this.now.style.left = `${this.left(dateOf(now))}px`;
  }

  left(date) {
    return this.gantt.posFromDate(date);
  }
}
