/* Clocks of zones, as the server laid them out: `offsets` are [since, minutes, text], `since` in minutes of UTC. A place
   on the axis is a count of wall minutes. */
export class Clock {
  constructor({ name, offsets }) {
    this.name = name;
    this.offsets = offsets;
  }

  /** The offset in force at an instant, in minutes of UTC. */
  at(instant) {
    return this.offsets.findLast(([since]) => since <= instant) ?? this.offsets[0];
  }

  wall(instant) {
    return instant + this.at(instant)[1];
  }

  /** The instant of a place; of a wall time that is skipped, the one after the jump. */
  instant(wall) {
    const tries = this.offsets.map(([, minutes]) => wall - minutes).filter((instant) => this.wall(instant) === wall);
    return tries.length ? Math.min(...tries) : wall - this.at(wall - this.offsets[0][1])[1];
  }
}
