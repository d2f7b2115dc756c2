/* Clocks of zones, as the server laid them out: `offsets` are [since, minutes, text], `since` in minutes of UTC. A place
   on the axis is a count of wall minutes. */
export class Clock {
  constructor({ name, offsets }) {
    this.name = name;
    this.offsets = offsets;
    this.changes = offsets.slice(1).map((after, place) => change(offsets[place], after));
  }

  /** The offset in force at an instant, in minutes of UTC. */
  at(instant) {
    return this.offsets.findLast(([since]) => since <= instant) ?? this.offsets[0];
  }

  wall(instant) {
    return instant + this.at(instant)[1];
  }

  /** The instant of a place: the first, where there are two; of a wall time that is skipped, as if it were not. */
  instant(wall) {
    const skipped = this.changes.find(({ kind, from, to }) => kind === "skipped" && from <= wall && wall < to);
    return skipped ? wall - skipped.before[1] : this.instants(wall)[0];
  }

  /** All instants of a place, in order: none where it is skipped, two where it comes twice. */
  instants(wall) {
    const found = new Set(this.offsets.map(([, minutes]) => wall - minutes).filter((instant) => this.wall(instant) === wall));
    return [...found].sort((a, b) => a - b);
  }

  /** The change of the clock that touches the places from `wall` to before `end`, if one does. */
  changeIn(wall, end) {
    return this.changes.find(({ from, to }) => from < end && wall < to);
  }
}

/* Which wall times are skipped or come twice; `before` and `after` are the offsets. */
function change(before, after) {
  const [since] = after;
  const [was, is] = [since + before[1], since + after[1]];
  return { kind: is > was ? "skipped" : "twice", from: Math.min(was, is), to: Math.max(was, is), before, after };
}

const DAY = 1440;
const two = (number) => String(number).padStart(2, "0");

/** A place as a time of day. */
export const timeText = (wall) => {
  const minutes = ((wall % DAY) + DAY) % DAY;
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
};
const hourText = (wall) => timeText(wall).slice(0, 2);

/** What stands over the hour that begins at `wall`: a dash over one that is skipped, and how often one comes. */
export function hourLabel(clock, wall) {
  const found = clock.changeIn(wall, wall + 60);
  if (!found) return hourText(wall);
  if (found.kind === "twice") return `${hourText(wall)}×2`;
  return found.from <= wall && found.to >= wall + 60 ? "–" : hourText(wall);
}

/** The same hour on another clock: nothing while it is skipped, both where it comes twice. */
export function otherLabel(clock, other, wall) {
  const instants = clock.instants(wall);
  return instants.map((instant) => hourText(other.wall(instant))).join("/") || "–";
}

/** In words: from when to when, and on which offsets. */
export function changeText({ kind, from, to, before, after }, words) {
  const given = { from: timeText(from), to: timeText(to), first: before[2], second: after[2] };
  return words[kind].replace(/\{(\w+)\}/g, (_all, name) => given[name]);
}
