/* The team's actions: one pin for each day that has some, on the line. A pin leads to its task; one of several, or of an
   action without a task, to the list of them below. They are real links, for keyboards and screen readers. */
export class Pins {
  constructor(board) {
    this.board = board;
    this.box = Object.assign(document.createElement("div"), { className: "saleschart__pins" });
    board.append(this.box);
  }

  draw() {
    const { told } = this.board;
    const days = new Map();
    for (const mark of told.marks) days.set(mark.at, [...(days.get(mark.at) ?? []), mark]);
    this.pins = [...days].map(([at, marks]) => ({ at, element: this.pin(marks, told) }));
    this.box.replaceChildren(...this.pins.map(({ element }) => element));
  }

  pin(marks, told) {
    const link = document.createElement("a");
    link.className = "salepin";
    link.href = marks.length === 1 && marks[0].url ? marks[0].url : "#sales-marks";
    const words = marks.map((mark) => `${mark.name}: ${mark.title} · ${mark.who}`).join("\n");
    link.title = words;
    link.setAttribute("aria-label", `${told.labels[marks[0].at]}: ${words}`);
    link.append(Object.assign(document.createElement("span"), { textContent: marks.length > 1 ? marks.length : "" }));
    link.addEventListener("mouseenter", () => this.board.chart.dispatchAction({ type: "showTip", seriesIndex: 0, dataIndex: marks[0].at }));
    return link;
  }

  place() {
    const { chart, heights } = this.board;
    const top = 40;
    for (const { at, element } of this.pins ?? []) {
      const [x, y] = chart.convertToPixel({ gridIndex: 0 }, [at, heights[at] ?? 0]);
      element.hidden = !chart.containPixel({ gridIndex: 0 }, [x, Math.max(y, top)]);
      element.style.left = `${x}px`;
      element.style.top = `${y}px`;
    }
  }
}
