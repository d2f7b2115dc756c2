"""What can be done with many tasks at once: each edit judges a task and changes it in memory; bulk.py does the rest.

What `judge` answers: "" (it changes), SAME, or why it stays as it is: "in_hand" (work that goes on needs an owner and a
deadline), "draft" (work is not begun without them), "blocked" (it waits for others, and nobody said why it goes on),
"internal" (no guest may be put on it), "start" (it would be due before it starts), "fixed" by the marketplace,
"no_deadline", "range" (no day that a deadline may have).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from linkstar.lib.deadlines import Deadline, DeadlineOutOfRange, check_range
from linkstar.members.models import Member
from projects.actions.deadlines import deadline_data, put_deadline, starts_after
from projects.actions.refusals import is_held_back
from projects.models import Column, Label, Task

SAME = "same"
# Helpers and labels by task, as they are now; of a move the kinds of links that hold a task back.
Held = Mapping[int, Sequence[Any]]


@dataclass(frozen=True)
class Edit:
    """`parts` are those of actions/states.py that change, and `to` what one must be allowed."""

    kind: ClassVar[str]
    parts: ClassVar[tuple[str, ...]]
    to: ClassVar[str] = "edit"

    def judge(self, task: Task, held: Held) -> str:
        raise NotImplementedError

    def put(self, task: Task, *, now: datetime) -> None:
        """Change the row in memory."""

    def links(self, task: Task, held: Held) -> tuple[list[int], list[int]]:
        """Helpers or labels to add and to remove, as pks."""
        return [], []

    def data(self, task: Task, held: Held) -> dict[str, Any]:
        """For the trace; asked before `put`."""
        raise NotImplementedError

    def receivers(self) -> Sequence[Member]:
        """Who is put on tasks."""
        return ()


def _is_in_hand(task: Task) -> bool:
    return task.completed_at is None and task.column.is_doing


@dataclass(frozen=True)
class Move(Edit):
    """Also the way to finish, into the first done column. The limit of the column is kept by bulk.py."""

    column: Column
    despite: str = ""
    kind = "move"
    parts = ("place", "completed")
    to = "move"

    def judge(self, task: Task, held: Held) -> str:
        if task.column_id == self.column.pk:
            return SAME
        if self.column.is_doing and not task.column.is_doing and task.is_draft:
            return "draft"
        is_held = is_held_back(held.get(task.pk, ()), task.column, self.column)
        return "blocked" if is_held and not self.despite else ""

    def put(self, task: Task, *, now: datetime) -> None:
        if self.column.is_done != task.is_done:
            task.completed_at = now if self.column.is_done else None
        task.column = self.column

    def data(self, task: Task, held: Held) -> dict[str, Any]:
        return {"before": task.column.name, "after": self.column.name}


@dataclass(frozen=True)
class Finish(Move):
    kind = "finish"

    def judge(self, task: Task, held: Held) -> str:
        return SAME if task.is_done else super().judge(task, held)


@dataclass(frozen=True)
class SetOwner(Edit):
    owner: Member | None
    kind = "owner"
    parts = ("owner",)

    def judge(self, task: Task, held: Held) -> str:
        if task.owner_id == (self.owner.pk if self.owner else None):
            return SAME
        if self.owner is None:
            return "in_hand" if _is_in_hand(task) else ""
        return "internal" if self.owner.is_guest and not task.may_be_shared else ""

    def put(self, task: Task, *, now: datetime) -> None:
        task.owner = self.owner

    def data(self, task: Task, held: Held) -> dict[str, Any]:
        before, after = task.owner, self.owner
        return {"before": before.display_name if before else None, "after": after.display_name if after else None}

    def receivers(self) -> Sequence[Member]:
        return [self.owner] if self.owner else ()


@dataclass(frozen=True)
class ChangeHelpers(Edit):
    members: tuple[Member, ...]
    is_adding: bool
    kind = "helpers"
    parts = ("helpers",)

    def judge(self, task: Task, held: Held) -> str:
        add, remove = self.links(task, held)
        if not add and not remove:
            return SAME
        is_barred = not task.may_be_shared and any(member.is_guest for member in self.members if member.pk in add)
        return "internal" if is_barred else ""

    def links(self, task: Task, held: Held) -> tuple[list[int], list[int]]:
        return _links([member.pk for member in self.members], held.get(task.pk, ()), is_adding=self.is_adding)

    def data(self, task: Task, held: Held) -> dict[str, Any]:
        add, remove = self.links(task, held)
        names = {member.pk: member.display_name for member in self.members}
        return {"added": [names[pk] for pk in add], "removed": [names[pk] for pk in remove]}

    def receivers(self) -> Sequence[Member]:
        return self.members if self.is_adding else ()


@dataclass(frozen=True)
class ChangeLabels(Edit):
    labels: tuple[Label, ...]
    is_adding: bool
    kind = "labels"
    parts = ("labels",)

    def judge(self, task: Task, held: Held) -> str:
        return "" if any(self.links(task, held)) else SAME

    def links(self, task: Task, held: Held) -> tuple[list[int], list[int]]:
        return _links([label.pk for label in self.labels], held.get(task.pk, ()), is_adding=self.is_adding)

    def data(self, task: Task, held: Held) -> dict[str, Any]:
        add, remove = self.links(task, held)
        names = {label.pk: label.name for label in self.labels}
        return {"added": sorted(names[pk] for pk in add), "removed": sorted(names[pk] for pk in remove)}


def _links(wanted: Sequence[int], held: Sequence[int], *, is_adding: bool) -> tuple[list[int], list[int]]:
    if is_adding:
        return [pk for pk in wanted if pk not in held], []
    return [], [pk for pk in wanted if pk in held]


@dataclass(frozen=True)
class SetPriority(Edit):
    priority: int
    kind = "priority"
    parts = ("priority",)

    def judge(self, task: Task, held: Held) -> str:
        return SAME if task.priority == self.priority else ""

    def put(self, task: Task, *, now: datetime) -> None:
        task.priority = self.priority

    def data(self, task: Task, held: Held) -> dict[str, Any]:
        return {"before": task.priority, "after": self.priority}


@dataclass(frozen=True)
class SetMilestone(Edit):
    is_milestone: bool
    kind = "milestone"
    parts = ("milestone",)

    def judge(self, task: Task, held: Held) -> str:
        return SAME if task.is_milestone == self.is_milestone else ""

    def put(self, task: Task, *, now: datetime) -> None:
        task.is_milestone = self.is_milestone

    def data(self, task: Task, held: Held) -> dict[str, Any]:
        return {"after": self.is_milestone}


@dataclass(frozen=True)
class SetDeadline(Edit):
    deadline: Deadline | None
    kind = "deadline"
    parts = ("deadline",)

    def after(self, task: Task) -> Deadline | None:
        return self.deadline

    def judge(self, task: Task, held: Held) -> str:
        after = self.after(task)
        if task.deadline == after:
            return SAME
        if after is None:
            return "in_hand" if _is_in_hand(task) else ""
        return "start" if starts_after(task, after) else ""

    def put(self, task: Task, *, now: datetime) -> None:
        put_deadline(task, self.after(task))

    def data(self, task: Task, held: Held) -> dict[str, Any]:
        return {"before": deadline_data(task.deadline), "after": deadline_data(self.after(task))}


@dataclass(frozen=True)
class ShiftDeadline(SetDeadline):
    """By whole days: the time of day and the zone stay, across clock changes too. Fixed ones do not move."""

    deadline: None = None
    days: int = 0
    today: date = date.min
    kind = "shift"

    def after(self, task: Task) -> Deadline | None:
        return task.deadline.moved_to_day(task.deadline.on + timedelta(days=self.days)) if task.deadline else None

    def judge(self, task: Task, held: Held) -> str:
        if task.deadline is None:
            return "no_deadline"
        if task.is_fixed:
            return "fixed"
        try:
            check_range(task.deadline.on + timedelta(days=self.days), today=self.today)
        except (DeadlineOutOfRange, OverflowError):
            return "range"
        return super().judge(task, held)


@dataclass(frozen=True)
class Archive(Edit):
    kind = "archive"
    parts = ("archived",)
    to = "archive"

    def judge(self, task: Task, held: Held) -> str:
        return SAME if task.is_archived else ""

    def put(self, task: Task, *, now: datetime) -> None:
        task.archived_at = now

    def data(self, task: Task, held: Held) -> dict[str, Any]:
        return {"title": task.title}


@dataclass(frozen=True)
class Bin(Edit):
    kind = "bin"
    parts = ("deleted",)
    to = "delete"

    def judge(self, task: Task, held: Held) -> str:
        return ""

    def put(self, task: Task, *, now: datetime) -> None:
        task.deleted_at = now

    def data(self, task: Task, held: Held) -> dict[str, Any]:
        return {"title": task.title}
