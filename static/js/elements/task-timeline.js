/* <task-timeline data-script>: brings the chart to screens that are wide enough for one. It is large, so phones and the
   list never load it; until it is there, and where it is not, the list of the same tasks stands in its place.
   A link with [data-put="key=value"] keeps what the address says by then, also after a filter has changed it. */
class TaskTimeline extends HTMLElement {
  connectedCallback() {
    this.wide = matchMedia("(min-width: 720.02px)");
    this.bring = () => this.load();
    this.wide.addEventListener("change", this.bring);
    this.load();
    this.addEventListener("click", ({ target }) => this.keep(target.closest("a[data-put]")), true);
  }

  keep(link) {
    if (!link) return;
    const [key, value] = link.dataset.put.split("=");
    const url = new URL(link.href);
    url.search = location.search;
    for (const each of ["page", key]) url.searchParams.delete(each);
    if (value) url.searchParams.set(key, value);
    link.href = url;
  }

  disconnectedCallback() {
    this.wide.removeEventListener("change", this.bring);
  }

  load() {
    if (!this.wide.matches || !this.dataset.script || document.querySelector("script[data-timeline]")) return;
    const script = document.createElement("script");
    script.src = this.dataset.script;
    script.dataset.timeline = "";
    document.head.append(script);
  }
}

customElements.define("task-timeline", TaskTimeline);
