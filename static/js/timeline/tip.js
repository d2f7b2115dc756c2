/* Beside the pointer: what is known of a bar, and while it is dragged, where it would lie. */
export class Tip {
  constructor(words) {
    this.words = words;
    this.box = document.createElement("div");
    this.box.className = "tl-tip";
    this.box.popover = "manual";
  }

  /** `lines` are [head, text] or [text]; the first is the title. */
  show(lines, x, y) {
    this.box.replaceChildren(...lines.filter((line) => line.at(-1)).map((line, place) => this.line(line, place)));
    if (!this.box.isConnected) document.body.append(this.box);
    if (!this.box.matches(":popover-open")) this.box.showPopover();
    this.box.style.left = `${Math.max(8, Math.min(x + 14, innerWidth - this.box.offsetWidth - 8))}px`;
    const below = y + 18 + this.box.offsetHeight < innerHeight - 8;
    this.box.style.top = `${below ? y + 18 : Math.max(8, y - this.box.offsetHeight - 12)}px`;
  }

  line(line, place) {
    const element = document.createElement(place ? "p" : "b");
    element.toggleAttribute("data-whole", line.length === 1);
    if (line.length > 1) {
      const head = document.createElement("span");
      head.textContent = line[0];
      element.append(head);
    }
    element.append(line.at(-1));
    return element;
  }

  hide() {
    if (this.box.isConnected && this.box.matches(":popover-open")) this.box.hidePopover();
  }

  of(row) {
    const { words } = this;
    return [
      [row.title],
      [words.start, row.start_text],
      [words.deadline, row.due_text],
      ["", row.you_text],
      [words.slack, row.slack_text],
      [words.waits, row.waits],
      [words.owner, row.owner?.[0]],
      [words.risk, row.risk],
      ["", row.isGone ? words.gone : row.fixed ? words.fixed : row.pinned ? words.pinned : ""],
    ];
  }
}
