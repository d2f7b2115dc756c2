/* A Date whose own clock is UTC, in whatever zone the browser is: the chart draws a project's clock on it, where a day has
   24 hours. It stands for Date inside the chart's library (build.mjs) and is what passes between it and us. */
const PARTS = ["Date", "Day", "FullYear", "Hours", "Milliseconds", "Minutes", "Month", "Seconds"];

export class WallDate extends Date {
  constructor(...given) {
    if (given.length > 1) super(Date.UTC(...given));
    else super(...given);
  }

  getTimezoneOffset() {
    return 0;
  }
}

for (const part of PARTS) {
  WallDate.prototype[`get${part}`] = Date.prototype[`getUTC${part}`];
  if (part !== "Day") WallDate.prototype[`set${part}`] = Date.prototype[`setUTC${part}`];
}
