"""What is said of a row of the timeline in words: in its chart, in its list and on paper alike."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from linkstar.lib.clock_text import day_text
from linkstar.lib.deadlines import Deadline, describe
from projects.baselines import Tombstone
from projects.cards import Reader
from projects.models import Column, Forecast
from projects.timeline import Alarm, Row, Wait

_AMBER, _RED = Forecast.State.AMBER.value, Forecast.State.RED.value

# Why a bar stays where it is.
STAYS = {
    "fixed": gettext_lazy(
        "Fixed by the platform: it does not move. When the platform moved it, change it in the task."
    ),
    "pinned": gettext_lazy("Pinned by hand: plans leave it there. Unpin it in the task to move it."),
    "parent": gettext_lazy("It spans its subtasks. Move those instead."),
    "milestone": gettext_lazy("A milestone has no length."),
    "gone": gettext_lazy("It is no longer in the project. This is where it lay in the baseline."),
    "undated": gettext_lazy("It has no dates yet. Set them in the task."),
    "readonly": gettext_lazy("You can look at this timeline, and not change it."),
}


def start_text(row: Row, reader: Reader, zone: str) -> str:
    """A day, or a day and a time on the clock it was meant in; "" where nothing is said."""
    if row.start_on is None:
        return ""
    if row.start_time is None:
        return day_text(row.start_on, reader.language, with_year=row.start_on.year != reader.now.year)
    start = Deadline(row.start_on, row.start_time, row.deadline.zone if row.deadline else zone)
    return describe(start, reader_zone=reader.zone, language=reader.language, now=reader.now).at_text


def tomb_texts(tomb: Tombstone, reader: Reader) -> tuple[str, str]:
    """When it was to begin and when it was due, "" where nothing was said."""
    start = day_text(tomb.start_on, reader.language) if tomb.start_on else ""
    if tomb.deadline is None:
        return start, ""
    label = describe(tomb.deadline, reader_zone=reader.zone, language=reader.language, now=reader.now)
    return start, label.at_text


def slack_text(row: Row) -> str:
    """How long it may slip before the end of the project moves; "" when nothing is computed."""
    if row.slack is None or row.is_done:
        return ""
    days = row.slack // row.day_minutes
    if days < 0:
        days = -days
        return ngettext("%(days)d working day too late", "%(days)d working days too late", days) % {"days": days}
    if not days:
        return _("None")
    return ngettext("%(days)d working day", "%(days)d working days", days) % {"days": days}


def alarms(row: Row, reader: Reader) -> list[Alarm]:
    """What is wrong with a task that is not done, each as a sentence, what is worst first."""
    if row.is_done:
        return []
    told = {alarm.kind for alarm in row.alarms}
    found = [alarm for alarm in row.alarms if alarm.kind != "overdue"]
    if row.due_at is not None and row.due_at < reader.now:
        found.insert(0, Alarm(_RED, _("Overdue")))
    elif row.status == Column.Status.TODO and row.start_at is not None and row.start_at < reader.now:
        found += [] if "late_start" in told else [Alarm(_AMBER, _("Should have begun"))]
    if row.is_violated:
        found.append(Alarm(_AMBER, _("Planned earlier than what it waits for allows")))
    if row.slack is not None and row.slack // row.day_minutes < 0:
        found.append(Alarm(_RED, slack_text(row)))
    return sorted(found, key=lambda alarm: alarm.state != _RED)


def waits_text(row: Row, *, most: int = 4) -> str:
    """What it waits for, the first ones by name; a hidden one is only said to be there."""
    names = [wait_text(wait) for wait in row.waits[:most]]
    left = len(row.waits) - len(names)
    if left > 0:
        names.append(ngettext("%(left)d more", "%(left)d more", left) % {"left": left})
    return "; ".join(names)


def wait_text(wait: Wait) -> str:
    return wait.title or _("A task you cannot see")
