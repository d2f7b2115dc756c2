/* How close one looks: what stands over the chart, how wide its columns are, and in which steps bars move. */
import { WallDate } from "./wall-date.js";

const DAY = 1440;
const language = document.documentElement.lang || "en";
const write = (options) => {
  const format = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { timeZone: "UTC", ...options });
  return (date) => format.format(date);
};
const year = write({ year: "numeric" });
const month = write({ month: "long", year: "numeric" });
const shortMonth = write({ month: "short" });
const dayMonth = write({ day: "numeric", month: "short" });
const longDay = write({ weekday: "short", day: "numeric", month: "long" });
const weekday = write({ weekday: "narrow" });
const day = (date) => `<b>${date.getUTCDate()}</b><small>${weekday(date)}</small>`;
const quarter = (date) => `Q${Math.floor(date.getUTCMonth() / 3) + 1}`;
const week = (date) => dayMonth(date);

export const dayText = longDay;
export const minutesOf = (date) => Math.round(date.valueOf() / 60000);
export const dateOf = (minutes) => new WallDate(minutes * 60000);
export const dayOf = (date) => Math.floor(date.valueOf() / 86400000);

/* `step` in minutes; `most` days are drawn around the place one looks at, so that no axis is endless. */
export const ZOOMS = {
  hour: { step: 30, width: 34, most: 40, scales: [["day", longDay], ["hour"], ["you"]] },
  day: { step: DAY, width: 34, most: 800, scales: [["month", month], ["day", day]] },
  week: { step: DAY, width: 84, most: 1600, scales: [["month", month], ["week", week]] },
  month: { step: DAY, width: 92, most: 4000, scales: [["year", year], ["month", shortMonth]] },
  quarter: { step: DAY, width: 120, most: 4000, scales: [["year", year], ["quarter", quarter]] },
};

/** `dress` gives the class of a day's head, `hint` its name on hover; `hour` writes one on the chart's clock, `you` on the
    reader's. */
export function scalesOf(zoom, { dress, hint, hour, you }) {
  return ZOOMS[zoom].scales.flatMap(([unit, text]) => {
    if (unit === "you") return you ? [{ unit: "hour", step: 1, format: (date) => `<span class="tl-you" title="${you.title}">${you(date)}</span>` }] : [];
    if (unit === "hour") return [{ unit, step: 1, format: hour }];
    if (unit !== "day") return [{ unit, step: 1, format: text }];
    const head = (date) => `<span class="tl-day" title="${hint(dayOf(date))}">${text(date)}</span>`;
    return [{ unit, step: 1, format: head, css: (date) => dress(dayOf(date)) }];
  });
}
