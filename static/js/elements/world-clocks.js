/* <world-clocks>: keeps the times of its [data-zone] rows right; the server wrote the first ones. */
class WorldClocks extends HTMLElement {
  connectedCallback() {
    this.tick();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  tick() {
    const now = new Date();
    for (const row of this.querySelectorAll("[data-zone]")) this.write(row, now);
    this.timer = setTimeout(() => this.tick(), 60_000 - (now % 60_000));
  }

  write(row, now) {
    const lang = document.documentElement.lang;
    const zone = { timeZone: row.dataset.zone };
    const clock = new Intl.DateTimeFormat("en-GB", { ...zone, hour: "2-digit", minute: "2-digit" }).format(now);
    const day = new Intl.DateTimeFormat(lang, { ...zone, weekday: "short" }).format(now);
    const hour = Number(clock.slice(0, 2));
    row.querySelector("b").textContent = clock;
    row.querySelector("small").textContent = day;
    row.classList.toggle("is-awake", hour >= 8 && hour < 22);
  }
}

customElements.define("world-clocks", WorldClocks);
