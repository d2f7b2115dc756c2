/* Numbers of a measure as text. */
export function text(told, series, value) {
  if (value === null || value === undefined) return "–";
  const number = (digits) => value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  if (series.kind === "share") return `${(value * 100).toFixed(1)}%`;
  return series.kind === "money" ? `${told.sign}${number(Math.abs(value) >= 1000 ? 0 : told.places)}` : number(0);
}

/** On the axis: "$12k", "3.4%". */
export function short(told, series, value) {
  if (series.kind === "share") return `${+(value * 100).toFixed(1)}%`;
  const plain = Math.abs(value) >= 10000 ? `${+(value / 1000).toFixed(1)}k` : value.toLocaleString("en-US");
  return series.kind === "money" ? `${told.sign}${plain}` : plain;
}
