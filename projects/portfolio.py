"""The projects as a whole: which of them an address asks for, in which order, and what a row says of each.

A task without owner or deadline is a draft and counts neither as work nor as progress. The next date is the earliest
unfinished deadline that lies ahead; what is past is in the count of overdue tasks. Days of silence are told to the team
only: a guest sees too little of what happens to be told that nothing does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When, Window
from django.db.models.functions import Coalesce, JSONObject
from django.http import QueryDict

from linkstar.lib.deadlines import Deadline, DueLabel, describe
from linkstar.lib.kept import Kept
from linkstar.lib.text import clean_line
from linkstar.members.models import Member
from projects.cards import Face, Reader
from projects.models import Forecast, Project, Task
from projects.models.tasks import TaskQuerySet

# Days without a trace: from the first a project is called quiet, from the second its owner should be asked.
QUIET_DAYS, SILENT_DAYS = 7, 14
STATES = ("active", "finished", "archived", "all")
SORTS = ("activity", "name", "due", "overdue", "silent")
GROUPS = ("channel", "owner")


@dataclass(frozen=True, slots=True)
class PortfolioFilter:
    """What the address says of which projects to show; "" lets all through, but archived ones only when asked for.

    `channel` may be "none"; `owner` is a member's pk; `silent` a number of days without a trace.
    """

    text: str = ""
    channel: str = ""
    store: str = ""
    owner: str = ""
    state: str = ""
    silent: str = ""
    sort: str = "activity"
    group: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> "PortfolioFilter":
        channels = ("none", *(value for value, _label in Project.Channel.choices if value))
        return cls(
            text=clean_line(query.get("q", ""), 100),
            channel=_one_of(channels, query.get("channel", "")),
            store=clean_line(query.get("store", ""), 60),
            owner=_pk(query.get("owner", "")),
            state=_one_of(STATES, query.get("state", "")),
            silent=_one_of((str(QUIET_DAYS), str(SILENT_DAYS)), query.get("silent", "")),
            sort=_one_of(SORTS, query.get("sort", "")) or "activity",
            group=_one_of(GROUPS, query.get("group", "")),
        )

    @property
    def is_on(self) -> bool:
        """Whether some projects are left out that the list shows by itself."""
        return bool(self.text or self.channel or self.store or self.owner or self.state or self.silent)

    @property
    def params(self) -> dict[str, str]:
        given = {
            "q": self.text, "channel": self.channel, "store": self.store, "owner": self.owner, "state": self.state,
            "silent": self.silent, "sort": "" if self.sort == "activity" else self.sort, "group": self.group,
        }  # fmt: skip
        return {key: value for key, value in given.items() if value}

    @property
    def query(self) -> str:
        """As in an address, without the question mark."""
        return urlencode(self.params)

    def condition(self, *, now: datetime) -> Q:
        wanted = Q()
        if self.text:
            wanted &= Q(name__icontains=self.text) | Q(store__icontains=self.text)
        if self.channel:
            wanted &= Q(channel="" if self.channel == "none" else self.channel)
        if self.store:
            wanted &= Q(store=self.store)
        if self.owner:
            wanted &= Q(owner_id=int(self.owner))
        if self.state not in ("", "all"):
            wanted &= Q(state=self.state)
        elif not self.state:
            wanted &= ~Q(state=Project.State.ARCHIVED)
        if self.silent:
            wanted &= Q(last_activity_at__lte=now - timedelta(days=int(self.silent)))
        return wanted


def _one_of(allowed: Iterable[str], given: str) -> str:
    return given if given in allowed else ""


def _pk(given: str) -> str:
    return given if given.isascii() and given.isdigit() and len(given) <= 9 else ""


class Counts(NamedTuple):
    """Of the tasks that have an owner and a deadline: all and finished; of all tasks the open and the overdue ones."""

    all: int = 0
    done: int = 0
    open: int = 0
    overdue: int = 0

    @property
    def percent(self) -> int:
        return self.done * 100 // self.all if self.all else 0


class NextDate(NamedTuple):
    """`kind` is "milestone", "fixed" (by the marketplace) or ""."""

    pk: int
    title: str
    kind: str
    deadline: Deadline
    label: DueLabel


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """A project. `channel` names its class in CSS, "" is none; `silent_days` is None for guests.

    `group` is what the rows before and after it are compared by, `group_count` how many fit the filter there.
    """

    pk: int
    name: str
    channel: str
    channel_name: str
    store: str
    state: str
    owner: Face
    counts: Counts
    next: NextDate | None
    last_activity_at: datetime
    silent_days: int | None
    forecast: str = ""
    forecast_word: str = ""
    group: str = ""
    group_count: int = 0

    @property
    def silence(self) -> str:
        """ "", "quiet" or "silent"; what is finished or archived may rest."""
        if self.silent_days is None or self.state != Project.State.ACTIVE or self.silent_days < QUIET_DAYS:
            return ""
        return "silent" if self.silent_days >= SILENT_DAYS else "quiet"


def portfolio(wanted: PortfolioFilter, reader: Reader) -> QuerySet[Project]:
    """The projects that the reader sees and the filter lets through, in its order."""
    projects = Project.objects.visible_to(reader.member).filter(wanted.condition(now=reader.now))
    tasks = Task.objects.visible_to(reader.member).current().filter(project=OuterRef("pk"))
    order: list[Any] = []
    if wanted.group == "channel":
        order += [Case(When(channel="", then=1), default=0, output_field=IntegerField()), "channel"]
    elif wanted.group == "owner":
        order += ["owner__display_name", "owner_id"]
    if wanted.sort == "name":
        order.append("name")
    elif wanted.sort == "due":
        order.append(Subquery(_ahead(tasks, reader).values("due_at")[:1]).asc(nulls_last=True))
    elif wanted.sort == "overdue":
        late = tasks.overdue(now=reader.now).order_by().values("project_id").annotate(count=Count("pk"))
        order.append(Coalesce(Subquery(late.values("count")), 0).desc())
    order.append("last_activity_at" if wanted.sort == "silent" else "-last_activity_at")
    return projects.order_by(*order, "pk")


def _ahead(tasks: TaskQuerySet, reader: Reader) -> TaskQuerySet:
    return tasks.unfinished().filter(due_at__gte=reader.now).order_by("due_at", "pk")


_FIELDS = (
    "pk", "name", "channel", "store", "state", "owner_id", "owner__display_name", "owner__role", "last_activity_at",
    "forecast__state", "counts", "next",
)  # fmt: skip


def portfolio_rows(
    wanted: PortfolioFilter, reader: Reader, *, start: int = 0, stop: int | None = None
) -> list[PortfolioRow]:
    """Of portfolio() those from `start` to `stop`: one statement, however many tasks there are."""
    is_usual = reader.member.is_insider and not wanted.is_on
    if is_usual:
        rows = _usual(reader.member, reader.now, wanted, (start, stop))
    else:
        rows = list(_said(wanted, reader)[start:stop])
    channels = {str(value): str(name) for value, name in Project.Channel.choices}
    return [_row(wanted, reader, channels, *values) for values in rows]


def _said(wanted: PortfolioFilter, reader: Reader) -> QuerySet[Any, Any]:
    """The values of _FIELDS, and the count of the group when there are groups."""
    tasks = Task.objects.visible_to(reader.member).current().filter(project=OuterRef("pk"))
    found = portfolio(wanted, reader).annotate(counts=_counts(tasks, reader), next=_next(tasks, reader))
    if not wanted.group:
        return found.values_list(*_FIELDS)
    by = "channel" if wanted.group == "channel" else "owner_id"
    return found.annotate(group_count=Window(Count("pk"), partition_by=F(by))).values_list(*_FIELDS, "group_count")


def _usual_rows(
    member: Member, now: datetime, wanted: PortfolioFilter, part: tuple[int, int | None]
) -> QuerySet[Any, Any]:
    return _said(wanted, Reader(member, "", "", now))[slice(*part)]


_usual = Kept(_usual_rows)


def _counts(tasks: TaskQuerySet, reader: Reader) -> Subquery:
    is_open, is_whole = Q(completed_at=None), Q(owner__isnull=False, due_at__isnull=False)
    counted = (
        tasks.order_by()
        .values("project_id")
        .annotate(
            found=JSONObject(
                all=Count("pk", filter=is_whole),
                done=Count("pk", filter=is_whole & ~is_open),
                open=Count("pk", filter=is_open),
                overdue=Count("pk", filter=is_open & Q(due_at__lt=reader.now)),
            )
        )
    )
    return Subquery(counted.values("found"))


def _next(tasks: TaskQuerySet, reader: Reader) -> Subquery:
    said = JSONObject(
        pk="pk", title="title", is_milestone="is_milestone", is_fixed="is_fixed",
        on="due_on", time="due_time", zone="due_zone", at="due_at",
    )  # fmt: skip
    return Subquery(_ahead(tasks, reader).values(found=said)[:1])


def _row(wanted: PortfolioFilter, reader: Reader, channels: dict[str, str], *values: Any) -> PortfolioRow:
    """`channels` are their names; `values` are those of _FIELDS, and the count of the group."""
    pk, name, channel, store, state, owner_id, owner_name, owner_role, last, forecast, counts, next_task, *rest = values
    return PortfolioRow(
        pk=pk,
        name=name,
        channel=channel.removesuffix("_us"),
        channel_name=channels[channel],
        store=store,
        state=state,
        owner=Face.of(owner_id, owner_name, owner_role),
        counts=Counts(**counts) if counts else Counts(),
        next=_next_date(next_task, reader) if next_task else None,
        last_activity_at=last,
        forecast=forecast if forecast and reader.member.is_insider else "",
        forecast_word=str(Forecast.State(forecast).label) if forecast else "",
        silent_days=max((reader.now - last).days, 0) if reader.member.is_insider else None,
        group={"channel": channel or "none", "owner": str(owner_id)}.get(wanted.group, ""),
        group_count=rest[0] if rest else 0,
    )


def _next_date(said: dict[str, Any], reader: Reader) -> NextDate:
    clock = time.fromisoformat(said["time"]) if said["time"] else None
    at = datetime.fromisoformat(said["at"])
    deadline = Deadline.stored(date.fromisoformat(said["on"]), clock, said["zone"], at)
    label = describe(deadline, reader_zone=reader.zone, language=reader.language, now=reader.now)
    kind = "milestone" if said["is_milestone"] else "fixed" if said["is_fixed"] else ""
    return NextDate(said["pk"], said["title"], kind, deadline, label)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filter offers: of the reader's own projects only, so that no choice names a hidden one."""

    channels: list[tuple[str, str]]
    stores: list[str]
    owners: list[tuple[int, str]]


def portfolio_choices(reader: Reader) -> Choices:
    found = (_offered if reader.member.is_insider else _chosen_from)(reader.member)
    used = {channel for channel, *_rest in found}
    return Choices(
        channels=[(value or "none", str(label)) for value, label in Project.Channel.choices if value in used],
        stores=sorted({store for _channel, store, *_rest in found if store}),
        owners=sorted({(pk, name) for _channel, _store, pk, name in found}, key=lambda owner: (owner[1], owner[0])),
    )


def _chosen_from(member: Member) -> QuerySet[Any, Any]:
    seen = Project.objects.visible_to(member).order_by()
    return seen.values_list("channel", "store", "owner_id", "owner__display_name").distinct()


_offered = Kept(_chosen_from)
