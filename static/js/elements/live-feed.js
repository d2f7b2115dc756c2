/* <live-feed data-stream data-changes data-project data-cursor>: hears that something changed while the page is looked
   at, asks what, and fires "live:changes" {project, tasks, gone, whole} and "inbox:changed" on the body. A stream says
   when; without it, it asks every dozen seconds. What was missed, asleep or offline, is asked for by the cursor.
   Where a page gathers the work of all projects (<live-work>), "work:changed" says that some of it may have changed.
   A sheet of another project is followed as long as it is open. [data-live-state] on the page shows how things stand. */
const POLL = 12000;
const CHECK_STREAM = 60000;
const LONGEST = 120000;
const SUMMARY_EVERY = 20000;

class LiveFeed extends HTMLElement {
  connectedCallback() {
    this.followed = new Map(); // project → {cursor}
    this.failures = this.refusals = this.shown = 0;
    this.isWide = Boolean(document.querySelector("live-work"));
    if (this.dataset.project) this.followed.set(this.dataset.project, { cursor: this.dataset.cursor });
    this.stops = [];
    this.listen(document, "visibilitychange", () => (document.hidden ? this.rest() : this.wake()));
    this.listen(window, "online", () => this.wake());
    this.listen(window, "offline", () => this.show("offline"));
    this.listen(window, "pagehide", () => this.hush());
    this.listen(window, "pageshow", (event) => event.persisted && this.wake());
    this.listen(document.body, "htmx:afterSettle", ({ detail }) => detail.target?.id === "sheet" && this.openSheet());
    this.listen(document.body, "sheet:closed", () => this.closeSheet());
    this.listen(document.body, "live:shown", ({ detail }) => this.summarise(detail.count));
    // The page first.
    this.again = setTimeout(() => this.wake(), 400);
  }

  disconnectedCallback() {
    this.stops.forEach((stop) => stop());
    this.hush();
    this.stopAsking();
    clearTimeout(this.resting);
  }

  listen(target, name, run) {
    target.addEventListener(name, run);
    this.stops.push(() => target.removeEventListener(name, run));
  }

  wake() {
    clearTimeout(this.resting);
    if (document.hidden || this.isEnded) return;
    this.failures = 0;
    // After a sleep the old connection may be dead without knowing it.
    if (Date.now() - (this.heardAt ?? 0) > CHECK_STREAM) this.hush();
    this.openStream();
    this.soon(0);
  }

  /* Somebody who only looks elsewhere for a moment keeps the stream. */
  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.hush();
      this.stopAsking();
    }, 15000);
  }

  openStream() {
    if (this.source || document.hidden || this.isEnded) return;
    const url = new URL(this.dataset.stream, location.href);
    for (const project of this.followed.keys()) url.searchParams.append("p", project);
    if (this.isWide) url.searchParams.set("w", "1");
    const source = (this.source = new EventSource(url, { withCredentials: true }));
    source.addEventListener("hello", () => {
      this.refusals = 0;
      this.heardAt = Date.now();
      this.isStreaming = true;
      // What rang while nobody listened is not told any more.
      if (this.hasHeard) this.tellWork();
      this.hasHeard = true;
      this.show("live");
      this.soon(0);
    });
    source.addEventListener("change", ({ data }) => {
      this.heardAt = Date.now();
      if (data === "inbox") this.tell("inbox:changed", {});
      else if (data.startsWith("work")) this.tellWork();
      else this.soon(60 + Math.random() * 120);
    });
    source.addEventListener("missed", () => {
      this.tellWork();
      this.soon(Math.random() * 2000);
    });
    source.addEventListener("bye", ({ data }) => {
      this.hush();
      if (data === "access") this.soon(0);
      this.later(data === "access" ? 5000 : 500 + Math.random() * 2500);
    });
    source.onerror = () => {
      this.isStreaming = false;
      if (!this.isEnded) this.show(navigator.onLine ? "polling" : "offline");
      this.plan();
      if (source.readyState !== EventSource.CLOSED) return;
      this.hush();
      this.refusals += 1;
      this.later(Math.min(LONGEST, 4000 * 2 ** this.refusals) * (0.75 + Math.random() / 2));
    };
  }

  later(delay) {
    clearTimeout(this.again);
    this.again = setTimeout(() => this.openStream(), delay);
  }

  hush() {
    clearTimeout(this.again);
    this.source?.close();
    this.source = null;
    this.isStreaming = false;
  }

  /* Within `delay`; what was planned for earlier stays. */
  soon(delay) {
    const at = Date.now() + delay;
    if (this.timer && this.dueAt <= at) return;
    this.stopAsking();
    this.dueAt = at;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.ask();
    }, delay);
  }

  stopAsking() {
    clearTimeout(this.timer);
    this.timer = null;
  }

  /* The next look, when nothing rings before. */
  plan() {
    const normal = this.isStreaming ? CHECK_STREAM : POLL;
    this.soon(Math.min(LONGEST, normal * 2 ** this.failures) * (0.8 + Math.random() * 0.4));
  }

  async ask() {
    if (this.isAsking) {
      this.isAskedAgain = true;
      return;
    }
    this.isAsking = true;
    // The page has just been drawn when it asks first.
    if (!this.isStreaming && this.hasAsked) this.tellWork();
    this.hasAsked = true;
    for (const [project, place] of [...this.followed]) await this.askOf(project, place);
    this.isAsking = false;
    if (this.isEnded || document.hidden) return;
    if (this.isAskedAgain) this.soon(50);
    else this.plan();
    this.isAskedAgain = false;
  }

  async askOf(project, place) {
    const url = this.dataset.changes.replace("/0/", `/${project}/`);
    const headers = { "HX-Request": "true", "If-None-Match": `"${place.cursor}"` };
    try {
      const answer = await fetch(`${url}?since=${encodeURIComponent(place.cursor)}`, { headers, cache: "no-store", redirect: "manual" });
      if (answer.status === 200) {
        const { cursor, tasks, gone, whole } = await answer.json();
        place.cursor = cursor;
        if (tasks.length || gone.length || whole) this.tell("live:changes", { project: Number(project), tasks, gone, whole });
      } else if (answer.status !== 304) {
        this.refused(project, answer.status);
        if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
      }
      this.failures = 0;
      if (!this.isStreaming && !this.isEnded) this.show("polling");
    } catch {
      this.failures += 1;
      this.show(navigator.onLine && this.failures < 2 ? "polling" : "offline");
    }
  }

  /* Signed out, or no longer let in: asking on would change nothing. */
  refused(project, status) {
    if (status >= 500 || status === 429) return;
    this.followed.delete(project);
    if (project !== this.dataset.project && status !== 401) return;
    this.isEnded = true;
    this.hush();
    this.show("ended");
  }

  openSheet() {
    const sheet = document.querySelector("#sheet task-sheet");
    const project = sheet?.dataset.project;
    if (!project || this.followed.has(project)) return;
    this.followed.set(project, { cursor: sheet.dataset.cursor });
    this.hush();
    this.wake();
  }

  closeSheet() {
    const others = [...this.followed.keys()].filter((project) => project !== this.dataset.project);
    others.forEach((project) => this.followed.delete(project));
    if (!others.length) return;
    this.hush();
    this.openStream();
  }

  tellWork() {
    if (this.isWide) this.tell("work:changed", {});
  }

  tell(name, detail) {
    document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  show(state) {
    if (this.state === state) return;
    this.state = this.dataset.state = state;
    for (const place of document.querySelectorAll("[data-live-state]")) {
      place.dataset.liveState = state;
      place.title = this.dataset[`${state}Hint`];
      place.lastElementChild.textContent = this.dataset[state];
    }
  }

  /* In words, for those who cannot see it, and not too often. */
  summarise(count) {
    this.shown += count;
    if (this.summary || !this.shown) return;
    this.summary = setTimeout(() => {
      const words = this.shown === 1 ? this.dataset.one : this.dataset.many.replace("{n}", this.shown);
      this.querySelector("[role=status]").textContent = words;
      this.shown = 0;
      this.summary = setTimeout(() => (this.summary = null) || this.summarise(0), SUMMARY_EVERY);
    }, 1000);
  }
}

customElements.define("live-feed", LiveFeed);
