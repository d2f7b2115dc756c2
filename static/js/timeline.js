/* <timeline-chart>: the bars of a project's tasks. It draws what the server tells, asks the server for every change, and
   shows what that answers. Loaded by <task-timeline> on wide screens only. */
import { arrows, look, newChart } from "./timeline/chart.js";
import { Clock } from "./timeline/clock.js";
import { Drags } from "./timeline/drags.js";
import { Edits } from "./timeline/edits.js";
import { Keys } from "./timeline/keys.js";
import { Offer } from "./timeline/offer.js";
import { Plan, idOf } from "./timeline/plan.js";
import { Tip } from "./timeline/tip.js";
import { dateOf, dayText, minutesOf } from "./timeline/zooms.js";

class TimelineChart extends HTMLElement {
  connectedCallback() {
    this.page = this.closest("task-timeline");
    this.closed = new Set();
    this.zoom = this.page.dataset.zoom;
    this.stops = [];
    this.follow();
    this.load();
  }

  disconnectedCallback() {
    this.stops.forEach((stop) => stop());
    this.tip?.hide();
    this.offer?.box.remove();
    this.chart?.destructor();
  }

  listen(target, name, run, capture = false) {
    target.addEventListener(name, run, capture);
    this.stops.push(() => target.removeEventListener(name, run, capture));
  }

  get list() {
    return document.getElementById("timeline");
  }

  /* What changes the tasks: others, this person elsewhere on the page, an answer to a filter. */
  follow() {
    const { body } = document;
    for (const name of ["task:changed", "board:changed", "list:changed", "dialog:closed"]) this.listen(body, name, () => this.soon());
    this.listen(body, "live:changes", ({ detail }) => Number(this.page.dataset.project) === detail.project && this.soon());
    this.listen(body, "htmx:afterSettle", ({ detail }) => detail.target?.id === "timeline" && this.soon(0));
    // The list below is not looked at; it is drawn again when it is.
    this.listen(body, "htmx:beforeRequest", (event) => this.chart && event.detail.elt.id === "timeline" && event.preventDefault());
    this.listen(this.page, "click", (event) => this.press(event));
    const tick = setInterval(() => this.tick(), 30000);
    this.stops.push(() => clearInterval(tick));
  }

  soon(wait = 120) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), wait);
  }

  async load() {
    if (this.drags?.isBusy || this.keys?.isBusy) return this.soon(400);
    const src = this.list?.dataset.src;
    if (!src) return;
    let told;
    try {
      const answer = await fetch(src, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      told = await answer.json();
    } catch {
      return this.chart ? null : this.fail();
    }
    if (this.drags?.isBusy || this.keys?.isBusy) return this.soon(400);
    this.plan = new Plan(told);
    this.clocks = { zone: new Clock(told.zone), you: told.you && new Clock(told.you) };
    if (this.chart) this.draw();
    else this.begin();
  }

  fail() {
    document.body.dispatchEvent(new CustomEvent("toast", { detail: { message: this.page.dataset.failed, level: "error" } }));
  }

  begin() {
    const { told } = this.plan;
    this.words = told.words;
    this.hidden = false;
    this.page.toggleAttribute("data-drawn", true);
    this.chart = newChart(this.words);
    this.tip = new Tip(this.words);
    this.edits = new Edits(this.page.dataset.unsent);
    this.drags = new Drags(this);
    this.keys = new Keys(this);
    this.offer = new Offer(this);
    this.chart.attachEvent("onTaskClosed", (id) => (this.closed.add(idOf(id)), this.draw()));
    this.chart.attachEvent("onTaskOpened", (id) => (this.closed.delete(idOf(id)), this.draw()));
    this.look(this.first());
    this.chart.init(this);
    this.fill();
    this.centre(this.first(), 0.25);
    this.chart.scrollTo(null, this.top());
    this.holidays();
  }

  /* Where one begins to look: today, or the first bar when that lies further on or everything is over. */
  first() {
    const now = this.now;
    const places = [...this.plan.rows.values()].flatMap((row) => [row.start, row.finish]).filter((place) => place !== null);
    if (!places.length) return now;
    const [from, to] = [Math.min(...places), Math.max(...places)];
    return now < from || now > to ? from : now;
  }

  /* The rows begin a little above the first that is not done. */
  top() {
    const open = [...this.plan.rows.values()].find((row) => !row.done && !row.spans);
    return open ? Math.max(0, this.chart.getTaskTop(open.pk) - 2.5 * this.chart.config.row_height) : 0;
  }

  get now() {
    return this.clocks.zone.wall(Math.floor(Date.now() / 60000));
  }

  tick() {
    if (this.chart) this.chart.days.tick(this.now);
  }

  look(at) {
    look(this.chart, this.zoom, this.plan.told, at, { ...this.clocks, now: this.now });
  }

  fill() {
    const { chart, plan } = this;
    const { mayEdit } = plan.told;
    Object.assign(chart.config, { drag_move: mayEdit, drag_resize: mayEdit, drag_links: mayEdit });
    const tasks = plan.drawn.map((row) => plan.task(row, !this.closed.has(row.pk)));
    chart.clearAll();
    chart.parse({ data: tasks, links: [] });
    this.drawArrows();
    if (this.keys.chosen && chart.isTaskExists(this.keys.chosen)) chart.selectTask(this.keys.chosen);
  }

  /* As it is now, where it was: nothing moves under a hand but what has changed. */
  draw() {
    const { x, y } = this.chart.getScrollState();
    this.fill();
    this.chart.scrollTo(x, y);
  }

  drawArrows() {
    const links = this.chart.getDatastore("link");
    links.clearAll();
    links.parse(arrows(this.chart, this.plan, this.keys.link));
    this.chart.render();
  }

  centre(at, share = 0.5) {
    const left = this.chart.posFromDate(dateOf(at)) - this.chart.$task.offsetWidth * share;
    this.chart.scrollTo(Math.max(0, left), null);
  }

  get middle() {
    const { x } = this.chart.getScrollState();
    return minutesOf(this.chart.dateFromPos(x + this.chart.$task.offsetWidth / 2));
  }

  press(event) {
    const zoom = event.target.closest("[data-zoom]:not(task-timeline)");
    if (event.target.closest("[data-today]")) this.chart && this.goTo(this.now);
    else if (zoom && this.chart && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      this.zoomTo(zoom.dataset.zoom, zoom);
    }
  }

  goTo(at) {
    const { min_date: first, max_date: last } = this.chart.getState();
    if (at < minutesOf(first) || at > minutesOf(last)) this.zoomTo(this.zoom, null, at);
    else this.centre(at);
  }

  zoomTo(zoom, link, at = this.middle) {
    this.zoom = zoom;
    this.page.dataset.zoom = zoom;
    const { y } = this.chart.getScrollState();
    this.look(at);
    this.chart.render();
    this.centre(at);
    this.chart.scrollTo(null, y);
    if (!link) return;
    for (const each of link.parentElement.children) each.toggleAttribute("aria-current", each === link);
    link.setAttribute("aria-current", "true");
    history.replaceState(history.state, "", link.href);
    this.keepPlace(zoom === "day" ? "" : zoom);
    this.holidays();
  }

  /* The filter's answer keeps the zoom, too. */
  keepPlace(zoom) {
    const end = document.getElementById("filter-arrange");
    end?.querySelector("[name=zoom]")?.remove();
    if (!end || !zoom) return;
    const input = Object.assign(document.createElement("input"), { type: "hidden", name: "zoom", value: zoom });
    end.append(input);
  }

  /* The legend names what is off in the time that is drawn. */
  holidays() {
    const box = this.page.querySelector("[data-holidays]");
    if (!box) return;
    const runs = [];
    for (const [day, country, name, isWork] of this.plan.told.days) {
      if (isWork) continue;
      const run = runs.findLast((each) => each.country === country && each.name === name);
      if (run && day - run.to < 2) run.to = day;
      else runs.push({ country, name, from: day, to: day });
    }
    box.hidden = !runs.length;
    box.querySelector("ul")?.remove();
    const list = document.createElement("ul");
    list.append(...runs.map((run) => this.holiday(run)));
    box.append(list);
  }

  holiday({ country, name, from, to }) {
    const line = document.createElement("li");
    const swatch = document.createElement("span");
    swatch.className = `dayswatch dayswatch--${country}`;
    const days = [from, to].map((day) => dayText(dateOf(day * 1440)));
    line.append(swatch, `${name} · ${from === to ? days[0] : days.join(" – ")}`);
    return line;
  }

  fold(id) {
    const { chart } = this;
    if (chart.hasChild(id)) chart.getTask(id).$open ? chart.close(id) : chart.open(id);
  }

  open(pk) {
    const link = document.createElement("a");
    Object.assign(link, { href: `/tasks/${pk}/`, hidden: true, id: "timeline-opener" });
    for (const [name, value] of [["get", link.getAttribute("href")], ["target", "#sheet"], ["push-url", "true"]]) link.setAttribute(`hx-${name}`, value);
    document.getElementById("timeline-opener")?.remove();
    this.page.append(link);
    window.htmx.process(link);
    link.click();
  }

  say(text) {
    this.page.querySelector("[data-said]").textContent = text;
  }

  refuse(text) {
    this.edits.say(text, "error");
  }

  /** Ask the server, then show what is. */
  async ask(request) {
    this.toggleAttribute("aria-busy", true);
    await request;
    this.toggleAttribute("aria-busy", false);
    this.soon(0);
  }
}

customElements.define("timeline-chart", TimelineChart);
