"""Which day to offer as an anchor before anybody has chosen one."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from templates_sop.answers import UNANSWERED, Answers
from templates_sop.dating import Calendars
from templates_sop.planning import plan
from templates_sop.shapes import SopTemplate

_TRIES = 8


def suggested_day(template: SopTemplate, *, today: date) -> date:
    """Black Friday and the end of the quarter by their rules, anything else the first day on which all is to come.

    `today` is a day in the market's zone.
    """
    if rule := _rule_of(template):
        return rule(today)
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
    template: SopTemplate,
    *,
    variant: str | None,
    anchor_on: date,
    anchor_zone: str,
    now: datetime,
    answers: Answers = UNANSWERED,
    anchors: Mapping[str, date] | None = None,
    calendars: Calendars | None = None,
) -> date | None:
    """The first day from `anchor_on` on with which no deadline is past; None for templates anchored at an instant,
    and when `anchors` that were chosen by themselves are what is late.

    Holidays move deadlines by themselves, so the answer is tried out and not only counted. Anchors that a rule fixes
    move to the next day of that rule.
    """
    if template.anchor.is_instant:
        return None
    rule = _rule_of(template)

    def days_late(day: date) -> int:
        """By how many days, rounded up, the step that is worst off is past; 0 when none is."""
        steps = plan(
            template,
            variant=variant,
            anchor=day,
            anchor_zone=anchor_zone,
            now=now,
            answers=answers,
            anchors=anchors,
            calendars=calendars,
        ).steps
        return max(((now - step.due_at).days + 1 for step in steps if step.is_past), default=0)

    day = anchor_on
    for _ in range(_TRIES):
        late = days_late(day)
        if not late:
            break
        day = rule(day + timedelta(days=late)) if rule else day + timedelta(days=late)
    else:
        return None
    # A deadline that moved off a holiday may have made the last step too long.
    while rule is None and day > anchor_on and not days_late(day - timedelta(days=1)):
        day -= timedelta(days=1)
    return day


def _rule_of(template: SopTemplate) -> Callable[[date], date] | None:
    """A workspace's own template counts from the same day as the built-in one it was made from."""
    return RULES.get(template.based_on or template.key)


# Anchors that nobody chooses freely, by built-in template.
RULES: dict[str, Callable[[date], date]] = {
    "black_friday_cyber_monday": next_black_friday,
    "quarterly_retrospective": quarter_end,
}
