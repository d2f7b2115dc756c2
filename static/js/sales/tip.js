/* What stands beside the pointer: the day, both numbers, events and actions. */
import { text } from "./words.js";

const make = (name, className, words) => Object.assign(document.createElement(name), { className, textContent: words ?? "" });

export function tipOf(told, series, at) {
  const box = make("div", "saletip");
  box.append(make("b", "", told.labels[at]));
  box.append(row(told, series, series.open !== null && at >= series.open ? `${told.words.now} (${told.words.open})` : told.words.now, series.now[at]));
  if (series.before.length) box.append(row(told, series, told.beforeLabels[at], series.before[at]));
  for (const event of told.events) if (event.from <= at && at <= event.to) box.append(make("span", "saletip__event", event.name));
  for (const mark of told.marks) if (mark.at === at) box.append(markOf(mark));
  return box;
}

function row(told, series, name, value) {
  const line = make("span", "saletip__row");
  line.append(make("span", "", name), make("b", "", text(told, series, value)));
  return line;
}

export function markOf(mark) {
  const box = make("div", "saletip__mark", mark.title);
  box.append(make("span", "", `${mark.name} · ${mark.who}`), make("span", "", `${mark.where} · ${mark.when}`));
  return box;
}
