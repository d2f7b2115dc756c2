"""Which tasks an address asks for: read from it, written back into it, and turned into a condition."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict

from linkstar.lib.text import clean_line
from linkstar.lib.zones import get_zone
from projects.blocking import is_blocked
from projects.models import Column, Project, Task

DUE_WORDS = ("today", "week", "next7", "none")
# What nobody means by hand is cut off here, so that an address of any length stays one small statement.
MOST_VALUES = 50
MOST_FIELDS = 20
_YEARS = range(2000, 2101)
_RANGE = re.compile(r"(\d{4}-\d\d-\d\d)?(?:(\.\.)(\d{4}-\d\d-\d\d)?)?")
_FIELD = re.compile(r"f([0-9]{1,9})", re.ASCII)

# How the values asked of one custom field become a condition on tasks.
FieldCondition = Callable[[tuple[str, ...]], Q]
_NO_FIELDS: Mapping[int, FieldCondition] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Values of one key are alternatives, and all keys must hold.

    Owners and helpers are pks of members, "me" or "none". `due` is one of DUE_WORDS, a day, or days with ".." between
    them, of which one end may be open; days are those of the reader's zone, and both ends count (a form may send them
    as due_from and due_to). `milestone` is "1" or "0". `fields` holds, by the pk of a custom field, its values.
    """

    text: str = ""
    owners: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    milestone: str = ""
    due: str = ""
    is_draft: bool = False
    is_overdue: bool = False
    is_blocked: bool = False
    is_archived: bool = False
    fields: tuple[tuple[int, tuple[str, ...]], ...] = field(default=())

    @classmethod
    def read(cls, query: QueryDict) -> "TaskFilter":
        """What is no value of its key is left out; nothing in an address makes this fail."""
        return cls(
            text=clean_line(query.get("q", ""), 100),
            owners=_values(query, "owner", _is_person),
            helpers=_values(query, "helper", _is_person),
            labels=_values(query, "label", is_pk),
            priorities=_values(query, "priority", _PRIORITIES.__contains__),
            statuses=_values(query, "status", Column.Status.values.__contains__),
            columns=_values(query, "column", is_pk),
            channels=_values(query, "channel", _CHANNELS.__contains__),
            milestone=query.get("milestone", "") if query.get("milestone") in ("0", "1") else "",
            due=_due(query.get("due", "")) or _due(f"{query.get('due_from', '')}..{query.get('due_to', '')}"),
            is_draft=query.get("draft") == "1",
            is_overdue=query.get("overdue") == "1",
            is_blocked=query.get("blocked") == "1",
            is_archived=query.get("archived") == "1",
            fields=_fields(query),
        )

    @property
    def is_on(self) -> bool:
        return self != _OFF

    @property
    def params(self) -> list[tuple[str, str]]:
        """Keys and values as in an address, in a fixed order; read() of them is this filter again."""
        one = {
            "q": self.text, "milestone": self.milestone, "due": self.due,
            "draft": "1" if self.is_draft else "", "overdue": "1" if self.is_overdue else "",
            "blocked": "1" if self.is_blocked else "", "archived": "1" if self.is_archived else "",
        }  # fmt: skip
        several = {
            "owner": self.owners, "helper": self.helpers, "label": self.labels, "priority": self.priorities,
            "status": self.statuses, "column": self.columns, "channel": self.channels,
            **{f"f{pk}": values for pk, values in self.fields},
        }  # fmt: skip
        given = [(key, value) for key, value in one.items() if value]
        return given + [(key, value) for key, values in several.items() for value in values]

    @property
    def query(self) -> str:
        """As in an address, without the question mark; "" when nothing is filtered."""
        return urlencode(self.params)

    @property
    def due_from(self) -> str:
        """The first day, as a field of dates shows it, where days are asked for."""
        return self.due.partition("..")[0] if self.due not in DUE_WORDS else ""

    @property
    def due_to(self) -> str:
        first, between, last = self.due.partition("..")
        return (last if between else first) if self.due not in DUE_WORDS else ""

    def for_guest(self) -> "TaskFilter":
        """What is left for a guest, who is not told who helps: whether they do themselves."""
        return replace(self, helpers=tuple(value for value in self.helpers if value == "me"))

    def condition(
        self, *, now: datetime, zone: str, me: int | None = None, fields: Mapping[int, FieldCondition] = _NO_FIELDS
    ) -> Q:
        """`zone` is the reader's and `me` their pk: without it, "me" is nobody.

        A custom field that is not among `fields` asks nothing, as what an address says of a deleted one. Whether
        archived tasks are looked through instead of current ones is up to the caller.
        """
        wanted = self._text_condition() & self._date_condition(now, zone)
        wanted &= _person_condition("owner", self.owners, me) & _person_condition("helpers", self.helpers, me)
        if self.labels:
            worn = Task.labels.through.objects.filter(label_id__in=_numbers(self.labels))
            wanted &= Q(pk__in=worn.values("task_id"))
        if self.priorities:
            wanted &= Q(priority__in=_numbers(self.priorities))
        if self.statuses:
            wanted &= Q(column__status__in=self.statuses)
        if self.columns:
            wanted &= Q(column_id__in=_numbers(self.columns))
        if self.channels:
            wanted &= Q(project__channel__in=["" if channel == "none" else channel for channel in self.channels])
        if self.milestone:
            wanted &= Q(is_milestone=self.milestone == "1")
        if self.is_draft:
            wanted &= Q(completed_at=None) & (Q(owner=None) | Q(due_on=None))
        if self.is_blocked:
            wanted &= Q(is_blocked(), completed_at=None)
        for pk, values in self.fields:
            if pk in fields:
                wanted &= fields[pk](values)
        return wanted

    def _text_condition(self) -> Q:
        number = self.text.removeprefix("#")
        if not self.text:
            return Q()
        return Q(title__icontains=self.text) | (Q(number=int(number)) if is_pk(number) else Q())

    def _date_condition(self, now: datetime, zone: str) -> Q:
        wanted = Q(completed_at=None, due_at__lt=now) if self.is_overdue else Q()
        if self.due == "none":
            return wanted & Q(due_on=None)
        start, end = due_days(self.due, today=now.astimezone(get_zone(zone)).date())
        if start:
            wanted &= Q(due_at__gte=day_start(start, zone))
        if end:
            wanted &= Q(due_at__lt=day_start(end + timedelta(days=1), zone))
        return wanted


def is_pk(text: str) -> bool:
    """Nine digits fit every key column, so that a long number in an address finds nothing instead of failing."""
    return text.isascii() and text.isdigit() and len(text) <= 9


def due_days(due: str, *, today: date) -> tuple[date | None, date | None]:
    """The first and last day that a filter's `due` asks for; None is an open end. Weeks begin on Monday."""
    if due == "today":
        return today, today
    if due == "week":
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=6)
    if due == "next7":
        return today, today + timedelta(days=6)
    first, between, last = due.partition("..")
    start = date.fromisoformat(first) if first and due not in DUE_WORDS else None
    end = date.fromisoformat(last) if last else None if between else start
    return start, end


def day_start(day: date, zone: str) -> datetime:
    """The instant at which a day begins on the clock of `zone`, in UTC."""
    return datetime.combine(day, time.min, tzinfo=get_zone(zone)).astimezone(UTC)


_OFF = TaskFilter()
_PRIORITIES = frozenset(str(value) for value in Task.Priority.values)
_CHANNELS = frozenset(value or "none" for value in Project.Channel.values)


def _values(query: QueryDict, key: str, is_value: Callable[[str], bool]) -> tuple[str, ...]:
    """Each once, in the order given."""
    return tuple(dict.fromkeys(value for value in query.getlist(key) if is_value(value)))[:MOST_VALUES]


def _fields(query: QueryDict) -> tuple[tuple[int, tuple[str, ...]], ...]:
    found: dict[int, tuple[str, ...]] = {}
    for key in query:
        match = _FIELD.fullmatch(key)
        given = (clean_line(value, 100) for value in query.getlist(key)) if match else ()
        values = tuple(dict.fromkeys(value for value in given if value))[:MOST_VALUES]
        if match and values:
            found[int(match[1])] = values
    return tuple(sorted(found.items())[:MOST_FIELDS])


def _is_person(value: str) -> bool:
    return value in ("me", "none") or is_pk(value)


def _due(text: str) -> str:
    """The text when it is a word or days that exist, else ""."""
    if text in DUE_WORDS:
        return text
    match = _RANGE.fullmatch(text)
    if not match or not (match[1] or match[3]):
        return ""
    try:
        days = [date.fromisoformat(part) for part in (match[1], match[3]) if part]
    except ValueError:
        return ""
    return text if all(day.year in _YEARS for day in days) else ""


def _numbers(values: Iterable[str]) -> list[int]:
    return [int(value) for value in values]


def _person_condition(field_name: str, values: tuple[str, ...], me: int | None) -> Q:
    if not values:
        return Q()
    pks = [int(value) for value in values if is_pk(value)] + ([me] if me and "me" in values else [])
    if field_name == "owner":
        found = Q(owner_id__in=pks)
        return found | Q(owner=None) if "none" in values else found
    helping = Task.helpers.through.objects
    found = Q(pk__in=helping.filter(member_id__in=pks).values("task_id"))
    return found | ~Q(pk__in=helping.values("task_id")) if "none" in values else found
