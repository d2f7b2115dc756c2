"""A forecast in words, for one reader: titles of tasks that they may not see are not in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linkstar.lib.clock_text import day_text
from linkstar.lib.deadlines import DueLabel, describe
from linkstar.lib.schedule import to_instant
from linkstar.lib.zones import get_zone
from linkstar.members.models import Member
from projects.cards import Reader
from projects.forecasts.signal_words import mend_text, signal_text
from projects.models import Forecast, Task


class Line(NamedTuple):
    """`task` is the pk to lead to, None where the reader may not see it."""

    text: str
    task: int | None
    kind: str = ""
    gain: str = ""


class TargetLine(NamedTuple):
    """A date that must be kept. `due` None: of a task that the reader may not see; `state` as in Forecast.State."""

    title: str
    task: int | None
    due: DueLabel | None
    state: str
    state_word: str
    sentence: str


class OddsLine(NamedTuple):
    share: str
    on: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class ShownForecast:
    state: str
    word: str
    sentence: str
    computed_at: datetime
    since_at: datetime
    targets: list[TargetLine]
    more: int
    signals: list[Line]
    mends: list[Line]
    odds: list[OddsLine]
    odds_text: str


class Names:
    """Titles and people of one forecast, in two statements."""

    def __init__(self, data: Mapping[str, Any], reader: Reader) -> None:
        self.reader = reader
        pks = set(_tasks_in(data))
        seen = Task.objects.visible_to(reader.member).filter(pk__in=pks).select_related("project") if pks else []
        self.tasks: dict[int, Task] = {task.pk: task for task in seen}
        lines = [*data.get("signals", ()), *data.get("mends", ())]
        people = {line[key] for line in lines for key in ("member", "other_member") if line.get(key)}
        if signal := data.get("signal"):
            people |= {signal["member"]} if signal.get("member") else set()
        found = Member.objects.filter(pk__in=people).values_list("pk", "display_name") if people else []
        self.people: dict[int, str] = dict(found)

    def title(self, pk: int) -> str:
        task = self.tasks.get(pk)
        return task.title if task else _("a task that you cannot see")

    def link(self, pk: int) -> int | None:
        return pk if pk in self.tasks else None

    def due(self, pk: int) -> DueLabel | None:
        task, reader = self.tasks.get(pk), self.reader
        if task is None or task.deadline is None:
            return None
        is_done = task.completed_at is not None
        return describe(
            task.deadline, reader_zone=reader.zone, language=reader.language, now=reader.now, is_done=is_done
        )

    def person(self, pk: int) -> str:
        return self.people.get(pk, "")

    def day(self, iso: str) -> str:
        return day_text(date.fromisoformat(iso), self.reader.language)

    def end_day(self, pk: int, minute: int) -> str:
        """The day on which work ends, on the clock of its task or else the reader's; midnight ends the day before."""
        task = self.tasks.get(pk)
        zone = (task.due_zone or task.project.time_zone) if task else self.reader.zone
        return day_text(to_instant(minute - 1).astimezone(get_zone(zone)).date(), self.reader.language)


def show(forecast: Forecast, reader: Reader) -> ShownForecast:
    """In two statements."""
    data, names = forecast.data, Names(forecast.data, reader)
    odds = data.get("odds")
    return ShownForecast(
        state=forecast.state,
        word=str(Forecast.State(forecast.state).label),
        sentence=sentence(data, names),
        computed_at=timezone.localtime(forecast.computed_at),
        since_at=timezone.localtime(forecast.since_at),
        targets=[_target(each, names) for each in data.get("targets", ())],
        more=data.get("more", 0),
        signals=[
            Line(signal_text(one, names), names.link(one["task"]), one["kind"]) for one in data.get("signals", ())
        ],
        mends=[_mend(one, names) for one in data.get("mends", ())],
        odds=_odds(data, odds, names) if odds else [],
        odds_text=_odds_text(odds) if odds else "",
    )


def sentence(data: Mapping[str, Any], names: Names) -> str:
    """Why the state is what it is."""
    cause = data["cause"]
    if cause == "nothing":
        return _("No open task has a deadline, so there is nothing to work towards.")
    if cause == "circle":
        return _("Some tasks wait for each other in a circle. Take one link away, and dates can be worked out.")
    task, days = data["task"], abs(data["days"])
    given = {"task": names.title(task), "on": names.day(data["on"]), "days": days, "left": data["left"]}
    if cause in ("passed", "left over"):
        return _("“%(task)s” was due %(on)s and is not done.") % given
    if cause in ("short", "left short"):
        text = ngettext(
            "“%(task)s” on %(on)s is missed by %(days)s working day, even if everything on the way begins at once.",
            "“%(task)s” on %(on)s is missed by %(days)s working days, even if everything on the way begins at once.",
            days,
        )
    elif cause == "plan":
        text = ngettext(
            "As planned, “%(task)s” on %(on)s is missed by %(days)s working day. There is still time to change that.",
            "As planned, “%(task)s” on %(on)s is missed by %(days)s working days. There is still time to change that.",
            days,
        )
    elif cause == "stuck":
        return _("On the way to “%(task)s” on %(on)s: %(signal)s") % {
            **given, "signal": signal_text(data["signal"], names)
        }  # fmt: skip
    elif not data["chain"]:
        return _("Nothing unfinished is in the way of “%(task)s” on %(on)s.") % given
    elif not days:
        return _("No working day to spare before “%(task)s” on %(on)s.") % given
    else:
        text = ngettext(
            "%(days)s working day to spare before “%(task)s” on %(on)s.",
            "%(days)s working days to spare before “%(task)s” on %(on)s.",
            days,
        )
    return text % given


def _target(data: Mapping[str, Any], names: Names) -> TargetLine:
    state = Forecast.State(data["state"])
    task = data["task"]
    title, link = names.title(task), names.link(task)
    return TargetLine(title, link, names.due(task), state, str(state.label), sentence(data, names))


def _mend(data: Mapping[str, Any], names: Names) -> Line:
    days = data["days"]
    gain = ngettext("−%(days)s working day", "−%(days)s working days", days) % {"days": days} if days else ""
    return Line(mend_text(data, names), names.link(data["task"]), data["kind"], gain)


def _odds(data: Mapping[str, Any], odds: Mapping[str, Any], names: Names) -> list[OddsLine]:
    task, at = data["task"], data["at"]
    ends = {f"P{share}": odds[f"p{share}"] for share in (50, 80, 95)}
    return [OddsLine(share, names.end_day(task, end), end > at) for share, end in ends.items()]


def _odds_text(odds: Mapping[str, Any]) -> str:
    return _(
        "In time in %(in_time)s of 100 runs. %(known)s of the %(of)s tasks on the way go by what such work took here"
        " before (%(cases)s finished tasks), the others by their planned length."
    ) % dict(odds)


def _tasks_in(data: Mapping[str, Any]) -> list[int]:
    found = [data["task"]] if "task" in data else []
    for part in ("targets", "signals", "mends"):
        for line in data.get(part, ()):
            found += [line[key] for key in ("task", "other") if key in line]
    signal = data.get("signal")
    found += [line["signal"]["task"] for line in data.get("targets", ()) if "signal" in line]
    return [*found, signal["task"]] if signal else found
