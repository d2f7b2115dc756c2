"""My work: what a person has to do, over all projects they see.

Days end at midnight on the reader's clock, the week on Sunday night. Tasks of archived projects are left out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.http import QueryDict

from linkstar.lib.day_grid import day_start
from linkstar.lib.kept import Kept
from linkstar.lib.zones import get_zone
from linkstar.members.models import Member
from projects.asking import FieldChoice, FilterChip
from projects.asking_everywhere import known_fields
from projects.cards import Reader
from projects.filters import TaskFilter, is_pk
from projects.models import Project, Task
from projects.models.tasks import TaskQuerySet
from projects.overview import WORK_FIELDS, WorkRow, work_row

PER_PAGE = 50
LATER_LIMIT = 10
GROUPS = ("overdue", "today", "week", "later", "someday")
_CUT_SHORT = ("later", "someday")


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """What the address says of one's work: a task filter, one project, and one section of the page, by pages.

    `fields` are the custom ones asked of, by their pk; `has_lost` says that others asked of are gone.
    """

    tasks: TaskFilter = field(default_factory=TaskFilter)
    project: str = ""
    section: str = ""
    page: int = 1
    fields: Mapping[int, FieldChoice] = field(default_factory=dict)
    has_lost: bool = False

    @classmethod
    def read(cls, query: QueryDict, member: Member, sections: Iterable[str] = GROUPS) -> "WorkFilter":
        project, section, page = query.get("project", ""), query.get("section", ""), query.get("page", "")
        asked = TaskFilter.read(query)
        tasks, fields = known_fields(asked, member)
        return cls(
            tasks=tasks,
            fields=fields,
            has_lost=tasks != asked,
            project=project if is_pk(project) else "",
            section=section if section in sections else "",
            page=max(int(page), 1) if is_pk(page) and len(page) < 6 else 1,
        )

    @property
    def is_on(self) -> bool:
        return bool(self.project) or self.tasks.is_on

    @property
    def query(self) -> str:
        """What is filtered, as in an address; without section and page."""
        return urlencode([*self.tasks.params, *([("project", self.project)] if self.project else [])])

    @property
    def chips(self) -> list[FilterChip]:
        """Of each custom field that is asked of: in words, and the address's query without it."""
        given = self.tasks.fields
        return [
            FilterChip(
                self.fields[pk].asked_text(values),
                replace(self, tasks=replace(self.tasks, fields=(*given[:place], *given[place + 1 :]))).query,
            )
            for place, (pk, values) in enumerate(given)
        ]

    @property
    def start(self) -> int:
        return (self.page - 1) * PER_PAGE

    def condition(self, reader: Reader) -> Q:
        tasks = self.tasks.for_guest() if reader.member.is_guest else self.tasks
        fields = {pk: choice.condition for pk, choice in self.fields.items()}
        wanted = tasks.condition(now=reader.now, zone=reader.zone, me=reader.member.pk, fields=fields)
        return wanted & Q(project_id=int(self.project)) if self.project else wanted


@dataclass(slots=True)
class WorkGroup:
    """`count` counts all tasks of the group, of which `rows` are some."""

    name: str
    count: int
    rows: list[WorkRow] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.count - len(self.rows)


def current_tasks(reader: Reader) -> TaskQuerySet:
    """What can still be waited for: unfinished, at work, of projects that are not archived, and seen by the reader."""
    return _current(reader.member)


def _current(member: Member) -> TaskQuerySet:
    tasks = Task.objects.visible_to(member).current().unfinished()
    return tasks.exclude(project__state=Project.State.ARCHIVED)


def my_work(reader: Reader, wanted: WorkFilter | None = None) -> list[WorkGroup]:
    """Open tasks the reader owns or helps with, in one statement: overdue, today, week, later, someday (no deadline).

    The first of each group, fewer of what is far off; or, when the filter names a section, a page of that one.
    """
    wanted = wanted or WorkFilter()
    is_usual = reader.member.is_insider and not (wanted.is_on or wanted.section or wanted.start)
    times = (reader.now, *_ends(reader))
    if is_usual:
        rows = _usual(reader.member, *times)
    else:
        rows = list(_mine(reader.member, wanted.condition(reader), wanted, *times))
    groups: dict[str, WorkGroup] = {}
    for part, place, count, *values in rows:
        group = groups.setdefault(part, WorkGroup(part, count))
        if place <= LATER_LIMIT or wanted.section or part not in _CUT_SHORT:
            group.rows.append(work_row(reader, *values))
    return [groups[name] for name in GROUPS if name in groups]


def _mine(
    member: Member, condition: Q, wanted: WorkFilter, now: datetime, today_ends: datetime, week_ends: datetime
) -> QuerySet[Any, Any]:
    """Of each group a page: its name, the place of the task in it, how many it has, and the task's WORK_FIELDS."""
    mine = Q(owner=member) | Q(pk__in=member.helped_tasks.values("pk"))
    order = (F("due_at").asc(nulls_last=True), F("priority").desc(), F("pk").asc())
    found = _current(member).filter(mine, condition).annotate(part=_part(now, today_ends, week_ends))
    if wanted.section:
        found = found.filter(part=wanted.section)
    found = (
        found.annotate(place=Window(RowNumber(), partition_by=F("part"), order_by=order))
        .annotate(count=Window(Count("pk"), partition_by=F("part")))
        .filter(place__gt=wanted.start if wanted.section else 0, place__lte=wanted.start + PER_PAGE)
        .order_by(*order)
    )
    return found.values_list("part", "place", "count", *WORK_FIELDS)


_usual = Kept(lambda member, *times: _mine(member, Q(), WorkFilter(), *times))


def _ends(reader: Reader) -> tuple[datetime, datetime]:
    """Of the reader's day and week."""
    today = reader.now.astimezone(get_zone(reader.zone)).date()
    tomorrow, monday = today + timedelta(days=1), today + timedelta(days=7 - today.weekday())
    return day_start(tomorrow, reader.zone), day_start(monday, reader.zone)


def _part(now: datetime, today_ends: datetime, week_ends: datetime) -> Case:
    """In which of the groups a task stands, for the database."""
    return Case(
        When(due_at=None, then=Value("someday")),
        When(due_at__lt=now, then=Value("overdue")),
        When(due_at__lt=today_ends, then=Value("today")),
        When(due_at__lt=week_ends, then=Value("week")),
        default=Value("later"),
    )
