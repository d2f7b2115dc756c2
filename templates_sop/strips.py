"""The little picture of a template: one stroke a step along the days, and a mark where the anchor stands."""

from dataclasses import dataclass

from templates_sop.shapes import SopTemplate, Step

WIDTH = 240
MARGIN = 5


@dataclass(frozen=True, slots=True)
class Strip:
    """`path` draws the strokes in a box of WIDTH by 16; `anchor_x` is where day 0 is; the days are the outer ends."""

    path: str
    anchor_x: str
    first_day: int
    last_day: int


def strip_of(template: SopTemplate) -> Strip:
    steps = template.steps
    days = [0.0, *(_day(step) for step in steps)]
    first, last = min(days), max(days)
    scale = (WIDTH - 2 * MARGIN) / ((last - first) or 1)
    xs = sorted({round(MARGIN + (_day(step) - first) * scale, 1) for step in steps})
    path = "".join(f"M{x:g} 4v8" for x in xs)
    return Strip(path, f"{MARGIN - first * scale:.1f}", int(first), int(last))


def _day(step: Step) -> float:
    return step.offset_hours / 24 if step.offset_hours is not None else float(step.offset_days)
