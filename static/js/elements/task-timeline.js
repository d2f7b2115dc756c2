/* <task-timeline data-script>: brings the chart to screens that are wide enough for one. It is large, so phones and the
   list never load it; until it is there, and where it is not, the list of the same tasks stands in its place. */
class TaskTimeline extends HTMLElement {
  connectedCallback() {
    this.wide = matchMedia("(min-width: 720.02px)");
    this.bring = () => this.load();
    this.wide.addEventListener("change", this.bring);
    this.load();
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
