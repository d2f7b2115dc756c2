/* <sales-page> and its <sales-chart>: the line of a measure, what it is compared with, events behind it, what the team
   did on it. It draws what the server tells (data-told) and computes nothing. A tile of another measure draws that one
   at once; without this script it is a link. */
import { LineChart } from "echarts/charts";
import { AriaComponent, DataZoomInsideComponent, DataZoomSliderComponent, GridComponent, MarkAreaComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { Pins } from "./sales/pins.js";
import { tipOf } from "./sales/tip.js";
import { palette } from "./sales/palette.js";
import { short } from "./sales/words.js";

use([LineChart, AriaComponent, DataZoomInsideComponent, DataZoomSliderComponent, GridComponent, MarkAreaComponent, TooltipComponent, CanvasRenderer]);

class SalesChart extends HTMLElement {
  connectedCallback() {
    this.told = JSON.parse(this.dataset.told);
    this.measure = this.told.measure;
    const canvas = Object.assign(document.createElement("div"), { className: "saleschart__canvas" });
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", this.dataset.label);
    this.replaceChildren(canvas);
    this.chart = init(canvas, null, { renderer: "canvas" });
    this.pins = new Pins(this);
    this.chart.on("datazoom", () => this.pins.place());
    this.chart.on("finished", () => this.setAttribute("data-drawn", ""));
    this.sizes = new ResizeObserver(() => (this.chart.resize(), this.pins.place()));
    this.sizes.observe(this);
    this.looks = new MutationObserver(() => this.draw());
    this.looks.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "data-density"] });
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.again = () => this.draw();
    this.dark.addEventListener("change", this.again);
    this.draw();
  }

  disconnectedCallback() {
    this.sizes.disconnect();
    this.looks.disconnect();
    this.dark.removeEventListener("change", this.again);
    this.chart.dispose();
  }

  show(measure) {
    this.measure = measure;
    this.draw();
  }

  get series() {
    return this.told.measures[this.measure];
  }

  /* A number is where the line is; a day that nobody has told has none. */
  get heights() {
    return this.series.now;
  }

  draw() {
    this.chart.setOption(this.option(palette(this)), { notMerge: true });
    this.pins.draw();
    this.pins.place();
  }

  option(colour) {
    const { told, series } = this;
    const isNarrow = this.clientWidth < 600;
    const open = series.open ?? series.now.length;
    const closed = series.now.map((value, at) => (at < open ? value : null));
    /* The open end begins at the last closed day, so that the line does not break. */
    const late = series.now.map((value, at) => (at >= open - 1 && open < series.now.length ? value : null));
    const line = { type: "line", showSymbol: told.labels.length < 3, symbolSize: 5, connectNulls: false, animation: false, emphasis: { disabled: true } };
    return {
      animation: false,
      aria: { enabled: false },
      grid: { left: 8, right: isNarrow ? 10 : 20, top: 34, bottom: told.labels.length > 14 ? 58 : 28, containLabel: true },
      tooltip: {
        trigger: "axis",
        confine: true,
        backgroundColor: colour.raised,
        borderColor: colour.line,
        padding: [8, 12],
        extraCssText: "",
        axisPointer: { type: "line", lineStyle: { color: colour.strong, type: "solid" } },
        formatter: (points) => tipOf(told, series, points[0].dataIndex),
      },
      xAxis: {
        type: "category",
        data: told.labels,
        boundaryGap: told.labels.length < 3,
        axisLine: { lineStyle: { color: colour.strong } },
        axisTick: { show: false },
        axisLabel: { color: colour.soft, hideOverlap: true, fontFamily: colour.font, formatter: (label) => label.replace(/ ?周.|^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) /g, "") },
      },
      yAxis: {
        type: "value",
        min: 0,
        splitNumber: 4,
        axisLabel: { color: colour.soft, fontFamily: colour.font, formatter: (value) => short(told, series, value) },
        splitLine: { lineStyle: { color: colour.line } },
      },
      dataZoom: told.labels.length > 14 ? [this.slider(colour), { type: "inside", zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false, moveOnMouseMove: true }] : [],
      series: [
        { ...line, data: closed, lineStyle: { color: colour.now, width: 2.25 }, itemStyle: { color: colour.now }, areaStyle: { color: colour.band }, z: 3, markArea: this.bands(colour) },
        { ...line, data: late, lineStyle: { color: colour.now, width: 2.25, type: "dotted" }, itemStyle: { color: colour.now }, z: 3 },
        { ...line, data: series.before, lineStyle: { color: colour.before, width: 1.5, type: "dashed" }, itemStyle: { color: colour.before }, z: 2 },
      ],
    };
  }

  slider(colour) {
    return {
      type: "slider",
      height: 18,
      bottom: 8,
      brushSelect: false,
      showDetail: false,
      borderColor: colour.line,
      fillerColor: colour.band,
      handleStyle: { color: colour.raised, borderColor: colour.strong },
      moveHandleSize: 0,
      dataBackground: { lineStyle: { color: colour.strong }, areaStyle: { color: colour.line } },
      selectedDataBackground: { lineStyle: { color: colour.now }, areaStyle: { color: colour.band } },
    };
  }

  /* So many days are as wide as a name. */
  room() {
    return (this.told.labels.length * 110) / Math.max(this.clientWidth, 1);
  }

  /* In the middle of the last days a name would be cut off. */
  atEdge(event) {
    return this.told.labels.length - 1 - (event.from + event.to) / 2 < this.room() / 2;
  }

  /* Names that have room beside each other, the weightiest events first. */
  named() {
    const { events } = this.told;
    const room = this.room();
    const found = new Set();
    for (const event of [...events].sort((one, other) => other.weight - one.weight)) {
      const middle = (event.from + event.to) / 2;
      if ([...found].every((each) => Math.abs((each.from + each.to) / 2 - middle) >= room)) found.add(event);
    }
    return found;
  }

  bands(colour) {
    const { told } = this;
    const named = this.named();
    const data = told.events.map((event) => [
      { xAxis: event.from, name: named.has(event) ? event.name : "", itemStyle: { color: colour.event, opacity: 0.5 }, label: this.atEdge(event) ? { align: "right", offset: [14, 0] } : {} },
      { xAxis: event.to },
    ]);
    /* A single day has no width of its own: half a day on both sides, drawn as a line of some thickness. */
    for (const band of data) if (band[0].xAxis === band[1].xAxis) Object.assign(band[0].itemStyle, { borderColor: colour.event, borderWidth: 5 });
    return { silent: true, label: { position: "top", color: colour.soft, fontSize: 11, fontFamily: colour.font, width: 104, overflow: "truncate" }, data };
  }
}

class SalesPage extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const tile = event.target.closest("a[data-measure]");
      const chart = this.querySelector("sales-chart");
      if (!tile || !chart?.chart || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      for (const each of this.querySelectorAll("a[data-measure]")) each.toggleAttribute("aria-current", each === tile);
      tile.setAttribute("aria-current", "true");
      this.querySelector("[data-chart-name]").textContent = chart.told.measures[tile.dataset.measure].name;
      this.querySelector("form [name=measure]").value = tile.dataset.measure;
      history.replaceState(history.state, "", tile.href);
      chart.show(tile.dataset.measure);
    });
  }
}

customElements.define("sales-chart", SalesChart);
customElements.define("sales-page", SalesPage);
