"""A retrospective in words for one reader: what they may not see is not in it, and no sum counts it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linkstar.lib.clock_text import day_text
from linkstar.lib.zones import get_zone
from linkstar.members.models import Member
from linkstar.retrospectives.figures import Figures
from linkstar.retrospectives.models import Note
from linkstar.retrospectives.spans import Stretch, days_by_state
from projects.cards import Reader
from projects.models import Forecast, Project, Task
from projects.slips import days_text, reason_name


@dataclass(frozen=True, slots=True)
class StepRow:
    """A task. Days are as they stood; `planned` and `took` are working days, None where there are none to tell.

    `task` is the pk to lead to, None where it cannot be opened any more.
    """

    task: int | None
    pk: int
    number: int
    title: str
    step: str
    owner: str
    planned_from: str
    planned_to: str
    began: str
    done: str
    is_start_known: bool
    planned: int | None
    took: int | None
    late: int | None
    reopened: int
    is_milestone: bool
    source: str

    @property
    def more(self) -> int:
        """Working days that it took beyond what was planned."""
        return 0 if self.planned is None or self.took is None else self.took - self.planned

    @property
    def is_off_plan(self) -> bool:
        """Late, longer than planned, opened again or not done."""
        return (self.late or 0) > 0 or self.more > 0 or self.reopened > 0 or not self.done

    @property
    def late_text(self) -> str:
        return "" if self.late is None else days_text(self.late)

    @property
    def scale(self) -> int:
        return max(self.planned or 0, self.took or 0, 1)


class SlipTotal(NamedTuple):
    name: str
    number: int
    days: int
    notes: list[str]


class WaitLine(NamedTuple):
    """Whom somebody waited for, all in all; `tasks` say for which, longest first: title, pk or None, and days."""

    who: str
    by: str
    days: int
    tasks: list[tuple[str, int | None, str, int]]

    @property
    def days_text(self) -> str:
        return ngettext("%(count)d working day", "%(count)d working days", self.days) % {"count": self.days}


class DayBox(NamedTuple):
    """A day of the strip: its state, how many such days follow each other, and where the first stands."""

    state: str
    place: int
    length: int
    text: str


@dataclass(frozen=True)
class Report:
    """`counts` are days by forecast state. `states_since`: from when on states were kept, "" from the beginning."""

    as_of: datetime
    ended_on: str
    plan_text: str
    rows: list[StepRow]
    slips: list[SlipTotal]
    waits: list[WaitLine]
    counts: dict[str, int]
    strip: list[DayBox]
    strip_length: int
    states_since: str
    unexplained: int = 0
    done: int = 0
    in_time: int = 0
    dated: int = 0
    latest: StepRow | None = None
    longest: list[StepRow] = field(default_factory=list)

    @property
    def slip_count(self) -> int:
        return sum(slip.number for slip in self.slips)

    @property
    def slip_days(self) -> int:
        return sum(slip.days for slip in self.slips)

    @property
    def wait_days(self) -> int:
        return sum(wait.days for wait in self.waits)

    @property
    def most_slip_days(self) -> int:
        return max((abs(slip.days) for slip in self.slips), default=1) or 1


@dataclass(frozen=True)
class Sight:
    """Which of the tasks that are named a reader may see, and which of them can be opened; names of people."""

    titles: dict[int, str]
    open: set[int]
    people: dict[int, str]

    @classmethod
    def load(cls, figures: Figures, reader: Reader) -> "Sight":
        """In two statements."""
        tasks = {task["pk"] for task in figures["tasks"]} | {wait["blocker"] for wait in figures["waits"]}
        people = {task["owner"] for task in figures["tasks"]} | {wait["by"] for wait in figures["waits"]}
        seen = Task.objects.filter(pk__in=tasks).allowed_to(reader.member)
        titles, opened = {}, set()
        for pk, title, deleted_at in seen.values_list("pk", "title", "deleted_at"):
            titles[pk] = title
            if deleted_at is None:
                opened.add(pk)
        names = Member.objects.filter(pk__in=people - {None}).values_list("pk", "display_name")
        return cls(titles, opened, dict(names))

    def link(self, pk: int) -> int | None:
        return pk if pk in self.open else None

    def person(self, pk: int | None) -> str:
        return self.people.get(pk, "") if pk else ""


def report_of(figures: Figures, project: Project, reader: Reader) -> Report:
    """Of live or of kept figures; two statements."""
    sight = Sight.load(figures, reader)
    rows = [_row(task, sight, reader) for task in figures["tasks"] if task["pk"] in sight.titles]
    titles = {task["pk"]: task["title"] for task in figures["tasks"]}
    slips = _slips(figures["slips"], sight)
    zone, ended = get_zone(project.time_zone), datetime.fromisoformat(figures["ended"])
    states = [Stretch(state, datetime.fromisoformat(at)) for state, at in figures["states"]]
    days = days_by_state(states, until=ended, zone=zone)
    dated = [row for row in rows if row.late is not None]
    late = sorted((row for row in dated if (row.late or 0) > 0), key=lambda row: -(row.late or 0))
    longest = sorted((row for row in rows if row.more > 0), key=lambda row: (-row.more, row.number))
    return Report(
        as_of=datetime.fromisoformat(figures["as_of"]),
        ended_on=day_text(ended.astimezone(zone).date(), reader.language, with_year=True),
        plan_text=_plan_text(figures["plan"], reader),
        rows=rows,
        slips=slips,
        waits=_waits(figures["waits"], sight, titles),
        counts=dict(Counter(days.values())),
        strip=_strip(days, reader.language),
        strip_length=len(days),
        states_since=_states_since(states, project, reader),
        unexplained=sum(
            slip["count"] for slip in figures["slips"] if not slip["reason"] and slip["task"] in sight.titles
        ),
        done=sum(bool(row.done) for row in rows),
        in_time=sum((row.late or 0) <= 0 for row in dated),
        dated=len(dated),
        latest=late[0] if late else None,
        longest=longest[:5],
    )


def _row(task: Mapping[str, Any], sight: Sight, reader: Reader) -> StepRow:
    def day(value: str | None) -> str:
        return day_text(date.fromisoformat(value), reader.language) if value else ""

    return StepRow(
        task=sight.link(task["pk"]),
        pk=task["pk"],
        number=task["number"],
        title=task["title"],
        step=task["step"],
        owner=sight.person(task["owner"]),
        planned_from=day(task["start"]),
        planned_to=day(task["due"]),
        began=day(task["began"]),
        done=day(task["done"]),
        is_start_known=task["known"],
        planned=task["days"],
        took=task["took"] if task["done"] else None,
        late=task["late"],
        reopened=task["reopened"],
        is_milestone=task["milestone"],
        source=task["source"],
    )


def _plan_text(plan: Mapping[str, str] | None, reader: Reader) -> str:
    if plan is None:
        return _("No plan was frozen, so each task is measured by its first deadline.")
    at = datetime.fromisoformat(plan["at"]).astimezone(get_zone(reader.zone)).date()
    return _("Measured by the plan “%(name)s” of %(day)s.") % {
        "name": plan["name"], "day": day_text(at, reader.language, with_year=True)
    }  # fmt: skip


def _slips(slips: Iterable[Mapping[str, Any]], sight: Sight) -> list[SlipTotal]:
    """Most days first, what nobody explained before all."""
    found: dict[str, SlipTotal] = {}
    for slip in slips:
        if slip["task"] not in sight.titles:
            continue
        known = found.get(slip["reason"], SlipTotal(reason_name(slip["reason"]), 0, 0, []))
        notes = list(dict.fromkeys([*known.notes, *slip["notes"]]))[:5]
        found[slip["reason"]] = SlipTotal(known.name, known.number + slip["count"], known.days + slip["days"], notes)
    return [found[key] for key in sorted(found, key=lambda key: (key != "", -found[key].days, key))]


def _waits(waits: Iterable[Mapping[str, Any]], sight: Sight, titles: Mapping[int, str]) -> list[WaitLine]:
    """Longest first; nobody waits for themselves. A task that waited for two of one person waited once, the longer."""
    lines: dict[tuple[int | None, int | None], dict[int, Mapping[str, Any]]] = defaultdict(dict)
    for wait in waits:
        if wait["task"] not in sight.titles or wait["blocker"] not in sight.titles:
            continue
        if wait["owner"] is not None and wait["owner"] == wait["by"]:
            continue
        tasks = lines[wait["owner"], wait["by"]]
        if wait["task"] not in tasks or tasks[wait["task"]]["days"] < wait["days"]:
            tasks[wait["task"]] = wait
    found = []
    for (owner, by), tasks in lines.items():
        ordered = sorted(tasks.values(), key=lambda wait: (-wait["days"], wait["task"]))
        named = [
            (
                titles.get(wait["task"]) or sight.titles[wait["task"]],
                sight.link(wait["task"]),
                titles.get(wait["blocker"]) or sight.titles[wait["blocker"]],
                wait["days"],
            )
            for wait in ordered
        ]
        days = sum(wait["days"] for wait in ordered)
        found.append(WaitLine(sight.person(owner) or _("Nobody"), sight.person(by) or _("nobody"), days, named))
    return sorted(found, key=lambda line: (-line.days, line.who, line.by))


def _strip(days: Mapping[date, str], language: str) -> list[DayBox]:
    boxes: list[DayBox] = []
    firsts: list[date] = []
    for place, day in enumerate(sorted(days)):
        if boxes and boxes[-1].state == days[day]:
            boxes[-1] = boxes[-1]._replace(length=boxes[-1].length + 1)
        else:
            boxes.append(DayBox(days[day], place, 1, ""))
            firsts.append(day)
    words = {state: str(label) for state, label in Forecast.State.choices}
    return [
        box._replace(text=f"{day_text(first, language)}: {words[box.state]}")
        for box, first in zip(boxes, firsts, strict=True)
    ]


def _states_since(states: Sequence[Stretch], project: Project, reader: Reader) -> str:
    """A project that began before states were kept has no history of its first days."""
    if not states:
        return ""
    zone = get_zone(project.time_zone)
    first = states[0].first.astimezone(zone).date()
    if (first - project.created_at.astimezone(zone).date()).days <= 1:
        return ""
    return day_text(first, reader.language, with_year=True)


@dataclass(frozen=True, slots=True)
class NoteRow:
    """`task_title` is "" where there is none, or the reader may not see it."""

    note: Note
    task_title: str
    task: int | None
    may_edit: bool
    may_delete: bool
    proposals: int = 0


class NoteGroup(NamedTuple):
    kind: str
    name: str
    rows: list[NoteRow]


def notes_of(project: Project, reader: Reader, *, may_write: bool, may_settle: bool) -> list[NoteGroup]:
    """By kind, oldest first; two statements."""
    notes = Note.objects.filter(retrospective=project.pk).select_related("author", "task").prefetch_related("changes")
    rows: dict[str, list[NoteRow]] = {kind: [] for kind in Note.Kind.values}
    found = list(notes.order_by("created_at", "pk"))
    pks = [note.task_id for note in found if note.task_id]
    seen = set(Task.objects.visible_to(reader.member).filter(pk__in=pks).values_list("pk", flat=True)) if pks else set()
    for note in found:
        is_own = note.author_id == reader.member.pk
        title = note.task.title if note.task is not None and note.task_id in seen else ""
        rows[note.kind].append(
            NoteRow(
                note=note,
                task_title=title,
                task=note.task_id if title else None,
                may_edit=may_write and is_own,
                may_delete=may_write and (is_own or may_settle),
                proposals=len(note.changes.all()),
            )
        )
    return [NoteGroup(kind, str(Note.Kind(kind).label), rows[kind]) for kind in rows]
