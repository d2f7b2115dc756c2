"""A preview in words: what moves, from when to when on both clocks and why, and what stays where it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from linkstar.lib.clock_text import day_text, time_text
from linkstar.lib.deadlines import Deadline, DueLabel, describe
from linkstar.lib.workdays import get_calendar
from linkstar.lib.zones import home_country
from projects.cards import Reader
from projects.models import Task
from projects.scheduling.preview import Dates, Move, Preview, Stay, Stays, Why
from projects.scheduling.times import zone_of
from projects.views.passing import passed_text

# So many rows are drawn; a plan of five hundred tasks is read in the list afterwards.
SHOWN = 200

_WHY: dict[Why, Promise] = {
    Why.CHOSEN: gettext_lazy("You move this one."),
    Why.PLANNED: gettext_lazy("Planned anew."),
    Why.ANCHOR: gettext_lazy("Counted anew from the anchor."),
    Why.DISTANCE: gettext_lazy("Changed by hand; it keeps its distance."),
    Why.ALONG: gettext_lazy("Added by hand; it goes along."),
    Why.ZONE: gettext_lazy("On the project's new clock."),
    Why.DECIDED: gettext_lazy("As you decided."),
}
_STAYS: dict[Stays, Promise] = {
    Stays.FIXED: gettext_lazy("The marketplace fixes this moment. It does not move."),
    Stays.PINNED: gettext_lazy("Pinned: it stays where it is."),
    Stays.BEGUN: gettext_lazy("Somebody is at it already: it stays."),
    Stays.DONE: gettext_lazy("Done: it stays."),
    Stays.ARCHIVED: gettext_lazy("Archived: it stays."),
    Stays.HIDDEN: gettext_lazy("You may not change it: it stays."),
    Stays.RANGE: gettext_lazy("It would leave the years in which deadlines are accepted: it stays."),
    Stays.DAY: gettext_lazy("It names a day: it stays that day, on the clock it has."),
    Stays.KEPT: gettext_lazy("It stays as it is."),
}
_SATURDAY = 5
_OFF: dict[tuple[str, int], Promise] = {
    ("cn", 5): gettext_lazy("Lands on a Saturday; the China team does not work"),
    ("cn", 6): gettext_lazy("Lands on a Sunday; the China team does not work"),
    ("us", 5): gettext_lazy("Lands on a Saturday; the US team does not work"),
    ("us", 6): gettext_lazy("Lands on a Sunday; the US team does not work"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. `before` None: there was no deadline; `start` is told where it moves, "" where it does not.

    `notes` are what the reader should look at: it is late already, it lands on a holiday.
    """

    task: Task
    before: DueLabel | None
    after: DueLabel | None
    start: str
    days: str
    why: str
    notes: Sequence[str]
    is_elsewhere: bool
    is_past: bool


@dataclass(frozen=True, slots=True)
class StayRow:
    task: Task
    due: DueLabel | None
    why: str


def rows(preview: Preview, reader: Reader) -> list[Row]:
    return [_row(move, preview, reader) for move in preview.moves[:SHOWN]]


def stay_rows(preview: Preview, reader: Reader, *reasons: Stays) -> list[StayRow]:
    """Those that stay for these reasons, each with its deadline as it is."""
    found = [stay for stay in preview.stays if stay.why in reasons]
    return [StayRow(stay.task, label(stay.task.deadline, reader), _stay_text(stay, reader)) for stay in found[:SHOWN]]


def headline(preview: Preview) -> str:
    count = len(preview.moves)
    if not count:
        return _("No task moves.")
    return ngettext("%(count)d task moves.", "%(count)d tasks move.", count) % {"count": count}


def facts(preview: Preview, reader: Reader) -> list[str]:
    """What should be known before it is done, most important first."""
    late = len(preview.past(reader.now))
    said = []
    if late:
        text = ngettext("%(count)d would be late already.", "%(count)d would be late already.", late)
        said.append(text % {"count": late})
    said += passed_text(preview.moves, preview.project, reader)
    said += landed_text(preview.moves, reader.language)
    said += off_days_text(preview.moves, reader.language)
    said += unknown_text(preview.moves)
    if preview.unseen:
        text = ngettext(
            "%(count)d task that you may not see moves along.",
            "%(count)d tasks that you may not see move along.",
            len(preview.unseen),
        )
        said.append(text % {"count": len(preview.unseen)})
    if preview.barred:
        text = ngettext(
            "It stops at %(count)d task that you may not see or change: it stays where it is.",
            "It stops at %(count)d tasks that you may not see or change: they stay where they are.",
            preview.barred,
        )
        said.append(text % {"count": preview.barred})
    return said


def landed_text(moves: Sequence[Move], language: str) -> list[str]:
    """How many deadlines come to lie on which holiday of their own calendar, where they did not before."""
    counts: dict[str, int] = {}
    for move in moves:
        name = holiday_of(move, language)
        if name:
            counts[name] = counts.get(name, 0) + 1
    text = "%(count)d lands on a holiday: %(name)s.", "%(count)d land on a holiday: %(name)s."
    return [ngettext(*text, count) % {"count": count, "name": name} for name, count in counts.items()]


def off_day_text(move: Move, language: str) -> str:
    """That the deadline moves onto a weekend on which its team does not work; "" where it does, or stays that day."""
    deadline, before, task = move.deadline, move.before.deadline, move.task
    if deadline is None or task.is_fixed or (before is not None and before.on == deadline.on):
        return ""
    country = country_of(task)
    if deadline.on.weekday() < _SATURDAY or get_calendar(country).is_workday(deadline.on):
        return ""
    return str(_OFF[country, deadline.on.weekday()])


def country_of(task: Task) -> str:
    """Whose working days a task goes by: its own calendar's, else its owner's, else those of its clock."""
    return task.calendar or (task.owner.country if task.owner is not None else home_country(zone_of(task)))


def off_days_text(moves: Sequence[Move], language: str) -> list[str]:
    """How many come to lie on a weekend of their team; of one alone, which day it is."""
    found = [text for move in moves if (text := off_day_text(move, language))]
    if len(found) < 2:
        return [f"{text}{'。' if language == 'zh-hans' else '.'}" for text in found]
    text = ngettext(
        "%(count)d lands on a weekend of its team.", "%(count)d land on a weekend of their team.", len(found)
    )
    return [text % {"count": len(found)}]


def unknown_text(moves: Sequence[Move]) -> list[str]:
    """The years of which a calendar does not know the holidays yet, and that something moves into."""
    days = {(move.task.calendar, move.deadline.on.year) for move in moves if move.deadline and move.task.calendar}
    unknown = sorted((country, year) for country, year in days if not get_calendar(country).knows(year))
    texts = {
        "cn": _("The %(year)s holidays of China are not announced yet: only weekends count as days off."),
        "us": _("The %(year)s holidays of the United States are not known yet: only weekends count as days off."),
    }
    return [texts[country] % {"year": year} for country, year in unknown]


def holiday_of(move: Move, language: str) -> str:
    """The holiday that the deadline moves onto, in the calendar of the task; "" for none."""
    if move.deadline is None or not move.task.calendar or move.task.is_fixed:
        return ""
    calendar = get_calendar(move.task.calendar)
    name = calendar.holiday_name(move.deadline.on, language)
    before = calendar.holiday_name(move.before.deadline.on, language) if move.before.deadline else None
    return name if name and name != before else ""


def _row(move: Move, preview: Preview, reader: Reader) -> Row:
    notes = []
    is_past = move.is_past(reader.now)
    if is_past:
        notes.append(_("Late already"))
    if name := holiday_of(move, reader.language):
        notes.append(name)
    elif text := off_day_text(move, reader.language):
        notes.append(text)
    return Row(
        task=move.task,
        before=label(move.before.deadline, reader),
        after=label(move.after.deadline, reader),
        start=_start_text(move.before, move.after, reader),
        days=_days_text(move),
        why=why_text(move),
        notes=notes,
        is_elsewhere=move.task.project_id != preview.project.pk,
        is_past=is_past,
    )


def why_text(move: Move) -> str:
    if move.why not in (Why.FOLLOWS, Why.PUSHED):
        return str(_WHY[move.why])
    if move.by is None:
        return _("It waits for a task that you may not see.")
    words = {"number": move.by.number, "title": move.by.title}
    if move.why is Why.FOLLOWS:
        return _("It keeps its distance to #%(number)s %(title)s.") % words
    return _("Pushed by #%(number)s %(title)s.") % words


def _stay_text(stay: Stay, reader: Reader) -> str:
    text = str(_STAYS[stay.why])
    if stay.wanted is None:
        return text
    wanted = day_text(stay.wanted.on, reader.language)
    return text + " " + _("What it waits for needs until %(day)s.") % {"day": wanted}


def label(deadline: Deadline | None, reader: Reader) -> DueLabel | None:
    if deadline is None:
        return None
    return describe(deadline, reader_zone=reader.zone, language=reader.language, now=reader.now)


def _days_text(move: Move) -> str:
    # On another clock the same moment may fall on another day, and is no later for it.
    days = 0 if move.is_same_moment else move.days
    if days > 0:
        return ngettext("%(count)d day later", "%(count)d days later", days) % {"count": days}
    if days < 0:
        return ngettext("%(count)d day earlier", "%(count)d days earlier", -days) % {"count": -days}
    return ""


def _start_text(before: Dates, after: Dates, reader: Reader) -> str:
    old, new = (before.start_on, before.start_time), (after.start_on, after.start_time)
    if old == new or after.start_on is None:
        return ""
    if before.start_on is None:
        return _("Start: %(after)s") % {"after": _moment(*new, reader)}
    return _("Start: %(before)s → %(after)s") % {"before": _moment(*old, reader), "after": _moment(*new, reader)}


def _moment(on: date | None, at: time | None, reader: Reader) -> str:
    if on is None:
        return "–"
    words = [day_text(on, reader.language, with_year=_is_other_year(on, reader.now))]
    return " ".join([*words, *([time_text(at)] if at else [])])


def _is_other_year(on: date, now: datetime) -> bool:
    return on.year != now.year
