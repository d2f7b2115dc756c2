"""Which day to offer as an anchor before anybody has chosen one."""

from datetime import date, datetime, timedelta

from templates_sop.library import SopTemplate
from templates_sop.planning import plan

_TRIES = 8


def suggested_day(template: SopTemplate, *, today: date) -> date:
    """Black Friday and the end of the quarter by their rules, anything else the first day on which all is to come.

    `today` is a day in the market's zone.
    """
    if template.key == "black_friday_cyber_monday":
        return next_black_friday(today)
    if template.key == "quarterly_retrospective":
        return quarter_end(today)
    offsets = [step.offset_days for step in template.steps]
    return today + timedelta(days=max(0, -min(offsets)) + 7)


def next_black_friday(today: date) -> date:
    """The day after the fourth Thursday of November, today included."""
    for year in (today.year, today.year + 1):
        first = date(year, 11, 1)
        thursday = first + timedelta(days=(3 - first.weekday()) % 7 + 21)
        friday = thursday + timedelta(days=1)
        if friday >= today:
            return friday
    raise AssertionError("next year has a Black Friday")


def quarter_end(today: date) -> date:
    """The last day of the quarter that `today` is in."""
    month = (today.month - 1) // 3 * 3 + 3
    return date(today.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def first_day_in_time(
    template: SopTemplate, *, variant: str | None, anchor_on: date, anchor_zone: str, now: datetime
) -> date | None:
    """The first day from `anchor_on` on with which no deadline is past; None for templates anchored at an instant.

    Holidays move deadlines by themselves, so the answer is tried out and not only counted.
    """
    if template.anchor.is_instant:
        return None
    day = anchor_on
    for _ in range(_TRIES):
        past = [
            step
            for step in plan(template, variant=variant, anchor=day, anchor_zone=anchor_zone, now=now).steps
            if step.is_past
        ]
        if not past:
            return day
        day += timedelta(days=max(1, *((now - step.deadline.instant).days + 1 for step in past)))
    return None
