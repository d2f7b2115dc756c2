"""The columns a list of tasks can show, and which of them this reader sees."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.members.models import Member
from projects.models import CustomField


@dataclass(frozen=True, slots=True)
class ListColumn:
    """`sort` is the key of Arrangement that orders by it, `to` what one must be allowed on a task to edit it here.

    Columns of what guests are not told are not `for_guests`. The number and the title stand in every list.
    """

    key: str
    name: Promise | str
    sort: str = ""
    to: str = ""
    for_guests: bool = True
    is_default: bool = True
    is_fixed: bool = False

    @property
    def key_and_name(self) -> tuple[str, str]:
        return self.key, str(self.name)


COLUMNS: tuple[ListColumn, ...] = (
    ListColumn("number", _("Number"), "number", is_fixed=True),
    ListColumn("title", _("Title"), "title", to="edit", is_fixed=True),
    ListColumn("column", _("Status"), "rank", to="move"),
    ListColumn("owner", pgettext_lazy("of a task", "Owner"), "owner", to="edit"),
    ListColumn("helpers", _("Helpers"), for_guests=False, is_default=False),
    ListColumn("due", _("Deadline"), "due", to="edit"),
    ListColumn("priority", _("Priority"), "priority", to="edit"),
    ListColumn("labels", _("Labels"), to="edit"),
    ListColumn("estimate", _("Estimate"), "estimate", for_guests=False, is_default=False),
    ListColumn("checklist", _("Checklist")),
    ListColumn("comments", _("Comments"), for_guests=False),
    ListColumn("files", _("Files"), for_guests=False, is_default=False),
    ListColumn("updated", _("Changed"), "updated", for_guests=False, is_default=False),
)
_FIELD = re.compile(r"f[0-9]{1,9}", re.ASCII)
BY_KEY = {column.key: column for column in COLUMNS}


def is_key(key: str) -> bool:
    """Whether a column may be called so: one of COLUMNS, or a custom field by "f" and its pk."""
    return key in BY_KEY or _FIELD.fullmatch(key) is not None


def offered_to(member: Member, fields: Sequence[CustomField] = ()) -> list[ListColumn]:
    """`fields` are the custom fields that the project shows this member."""
    own = [column for column in COLUMNS if column.for_guests or member.is_insider]
    return own + [ListColumn(key := f"f{field.pk}", field.name, key, is_default=False) for field in fields]


def shown_to(member: Member, chosen: Iterable[str] | None, fields: Sequence[CustomField] = ()) -> list[ListColumn]:
    """The columns in their order; of the keys `chosen`, unknown ones and what a guest may not see are left out."""
    wanted = set(chosen) if chosen is not None else None
    return [
        column
        for column in offered_to(member, fields)
        if column.is_fixed or (column.is_default if wanted is None else column.key in wanted)
    ]


def keys_of(columns: Sequence[ListColumn]) -> list[str]:
    """What is stored of a choice."""
    return [column.key for column in columns if not column.is_fixed]
