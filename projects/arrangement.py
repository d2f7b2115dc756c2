"""In which order tasks stand and under which heads: read from the address, and turned into keys a page can begin after.

A page begins after the keys of the last row shown and not after a number of rows, so that what others add, move or
delete meanwhile neither repeats a row nor skips one.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Case, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce
from django.http import QueryDict

from linkstar.lib.zones import get_zone
from projects.filters import day_start
from projects.models import Column, CustomField, Task
from projects.sort_keys import Key, flag, keys_by_field, sort_keys

SORTS = ("rank", "due", "priority", "title", "number", "updated", "created", "owner", "estimate")
NOT_FOR_GUESTS = ("estimate",)
GROUPS = ("column", "status", "owner", "label", "priority", "due", "milestone", "none")
DUE_GROUPS = ("overdue", "today", "week", "next_week", "later", "no_deadline", "done")
_FIELD = re.compile(r"f[0-9]{1,9}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,24}(\.[0-9]{1,6})?", re.ASCII)
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`sort` is one of SORTS, "rank" being the order of the board, or "f" and the pk of a custom field, which is then
    `field`; `group` is one of GROUPS, and `usual` the one that a page has when its address says nothing.
    """

    sort: str = "rank"
    is_down: bool = False
    group: str = "column"
    field: CustomField | None = None
    usual: str = "column"

    @classmethod
    def read(cls, query: QueryDict, *, usual: str = "column") -> "Arrangement":
        sort, group = query.get("sort", ""), query.get("group", "")
        key = sort.removeprefix("-")
        is_down = sort.startswith("-")
        known = key in SORTS or _FIELD.fullmatch(key) is not None
        group = group if group in GROUPS else usual
        return cls(key if known else "rank", is_down and known, group, usual=usual)

    def settled(self, fields: Mapping[int, CustomField], *, for_guest: bool) -> "Arrangement":
        """As these fields (by pk) and what guests are told of allow it; by an unknown one, the order of the board."""
        if for_guest and self.sort in NOT_FOR_GUESTS:
            return replace(self, sort="rank", is_down=False)
        if self.sort in SORTS:
            return self
        found = fields.get(int(self.sort.removeprefix("f")))
        return replace(self, field=found) if found else replace(self, sort="rank", is_down=False)

    @property
    def value(self) -> str:
        """Of the key "sort" in an address."""
        return f"{'-' if self.is_down else ''}{self.sort}"

    @property
    def params(self) -> list[tuple[str, str]]:
        given = {
            "sort": self.value if self.value != "rank" else "",
            "group": self.group if self.group != self.usual else "",
        }
        return [(key, value) for key, value in given.items() if value]

    @property
    def query(self) -> str:
        return urlencode(self.params)

    def sorted_by(self, sort: str) -> "Arrangement":
        """By another key; by the same one the other way round. Priority begins with what is urgent, times with now."""
        is_down = not self.is_down if sort == self.sort else sort in ("priority", "updated", "created")
        return Arrangement(sort, is_down, self.group)  # without the field, for an address

    def keys(self, *, now: datetime, zone: str) -> dict[str, Key]:
        """What rows are ordered by, those of the group first, by the name to annotate; they end on the pk."""
        groups = {f"group{index}": key for index, key in enumerate(_GROUP_KEYS[self.group](now, zone))}
        by = (
            keys_by_field(self.field, is_down=self.is_down)
            if self.field
            else sort_keys(self.sort, is_down=self.is_down)
        )
        sorts = {
            f"sort{index}": Key(key.expression, key.kind, key.is_down != self.is_down) for index, key in enumerate(by)
        }
        return {**groups, **sorts, "place": Key(F("pk"), int, self.is_down)}


def order_of(keys: Mapping[str, Key]) -> list[OrderBy]:
    return [OrderBy(F(name), descending=key.is_down) for name, key in keys.items()]


def after(keys: Mapping[str, Key], values: Sequence[Any]) -> Q:
    """Rows that follow the one with these values of the keys."""
    wanted = Q()
    for (name, key), value in reversed(list(zip(keys.items(), values, strict=True))):
        beyond = Q(**{f"{name}__{'lt' if key.is_down else 'gt'}": value})
        wanted = beyond | (Q(**{name: value}) & wanted) if wanted else beyond
    return wanted


class Cursor(NamedTuple):
    """The values of the keys of the last row shown, and the moment for which groups by date were formed."""

    now: datetime
    values: list[Any]

    @property
    def text(self) -> str:
        plain = [_plain(value) for value in (self.now, *self.values)]
        return base64.urlsafe_b64encode(json.dumps(plain, ensure_ascii=False).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, kinds: Sequence[type]) -> "Cursor | None":
        """None for what no page wrote, or wrote for another order: the list then begins at its beginning."""
        if not text or len(text) > _LONGEST:
            return None
        try:
            given = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
            now, *values = [_value(value, kind) for value, kind in zip(given, (datetime, *kinds), strict=True)]
        except (binascii.Error, ValueError, TypeError, RecursionError):
            return None
        return cls(now, values)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _value(value: Any, kind: type) -> Any:
    """Raises ValueError or TypeError for what is not of that kind, or what the database would not take."""
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment
    if kind is Decimal:
        # Neither exponents nor more digits than the fields of numbers take.
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
            raise ValueError(value)
        return Decimal(value)
    if type(value) is not kind:
        raise TypeError(value)
    if isinstance(value, str) and "\x00" in value.encode().decode():
        raise ValueError(value)
    if isinstance(value, int) and abs(value) >= 2**31:
        raise ValueError(value)
    return value


def _by_status(now: datetime, zone: str) -> list[Key]:
    order = [When(column__status=status, then=index) for index, status in enumerate(Column.Status.values)]
    return [Key(Case(*order, default=len(order), output_field=IntegerField()), int)]


def _by_owner(now: datetime, zone: str) -> list[Key]:
    name, pk = Coalesce("owner__display_name", Value("")), Coalesce("owner_id", Value(0))
    return [Key(flag(Q(owner=None)), int), Key(name, str), Key(pk, int)]


def _by_label(now: datetime, zone: str) -> list[Key]:
    """A task stands under the first of its labels, so that it stands in the list once."""
    worn = Task.labels.through.objects.filter(task_id=OuterRef("pk")).order_by("label__name")
    first = Coalesce(Subquery(worn.values("label__name")[:1]), Value(""))
    return [Key(flag(~Q(pk__in=Task.labels.through.objects.values("task_id"))), int), Key(first, str)]


def _by_due(now: datetime, zone: str) -> list[Key]:
    """DUE_GROUPS by their place; days and weeks are those of `zone`, weeks begin on Monday."""
    today = now.astimezone(get_zone(zone)).date()
    monday = today + timedelta(days=7 - today.weekday())
    ends = [now, *(day_start(day, zone) for day in (today + timedelta(days=1), monday, monday + timedelta(days=7)))]
    places = [
        When(~Q(completed_at=None), then=DUE_GROUPS.index("done")),
        When(due_at=None, then=DUE_GROUPS.index("no_deadline")),
        *(When(due_at__lt=end, then=place) for place, end in enumerate(ends)),
    ]
    return [Key(Case(*places, default=DUE_GROUPS.index("later"), output_field=IntegerField()), int)]


_GROUP_KEYS: dict[str, Callable[[datetime, str], list[Key]]] = {
    "column": lambda now, zone: [Key(F("column__position"), int)],
    "status": _by_status,
    "owner": _by_owner,
    "label": _by_label,
    "priority": lambda now, zone: [Key(F("priority"), int, True)],
    "due": _by_due,
    "milestone": lambda now, zone: [Key(flag(Q(is_milestone=False)), int)],
    "none": lambda now, zone: [],
}
