"""What of a task can be put back: each part as JSON, read from a task, compared, and written into it again."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, time
from typing import Any, NamedTuple, cast

from django.db import connection, models

from linkstar.lib.deadlines import Deadline
from projects.models import Dependency, Project, Task

# By the name of the part.
State = dict[str, Any]


class Part(NamedTuple):
    """`fields` are those of the model that hold it, `to` is what one must be allowed to change it.

    `read` gives it as JSON and `put` writes what `read` gave.
    """

    fields: tuple[str, ...]
    to: str
    read: Callable[[Task], Any]
    put: Callable[[Task, Any], None]


def _instant(field: str, to: str) -> Part:
    def read(task: Task) -> str | None:
        at: datetime | None = getattr(task, field)
        return at.isoformat() if at else None

    def put(task: Task, value: str | None) -> None:
        setattr(task, field, datetime.fromisoformat(value) if value else None)

    return Part((field,), to, read, put)


def _plain(field: str, *, to: str = "edit") -> Part:
    return Part((field,), to, lambda task: getattr(task, field), lambda task, value: setattr(task, field, value))


def _read_deadline(task: Task) -> list[Any] | None:
    if task.due_on is None or task.due_at is None:
        return None
    at = task.due_time.isoformat() if task.due_time else None
    return [task.due_on.isoformat(), at, task.due_zone, task.due_at.isoformat()]


def deadline_of(value: list[Any] | None) -> Deadline | None:
    """The deadline that the part of that name keeps."""
    if value is None:
        return None
    on, at, zone, instant = value
    clock = time.fromisoformat(at) if at else None
    return Deadline.stored(date.fromisoformat(on), clock, zone, datetime.fromisoformat(instant))


def as_kept(deadline: Deadline | None) -> list[Any] | None:
    """A deadline as the part of that name keeps it."""
    if deadline is None:
        return None
    at = deadline.time.isoformat() if deadline.time else None
    return [deadline.on.isoformat(), at, deadline.zone, deadline.instant.isoformat()]


def _put_deadline(task: Task, value: list[Any] | None) -> None:
    on, at, zone, instant = value or (None, None, "", None)
    task.due_on, task.due_time = date.fromisoformat(on) if on else None, time.fromisoformat(at) if at else None
    task.due_zone, task.due_at = zone, datetime.fromisoformat(instant) if instant else None


def _read_start(task: Task) -> list[Any] | None:
    if task.start_on is None:
        return None
    return [task.start_on.isoformat(), task.start_time.isoformat() if task.start_time else None]


def _put_start(task: Task, value: list[Any] | None) -> None:
    on, at = value or (None, None)
    task.start_on, task.start_time = date.fromisoformat(on) if on else None, time.fromisoformat(at) if at else None


def _put_place(task: Task, value: list[Any]) -> None:
    task.column_id, task.rank = value


def _field_part(name: str) -> Part:
    """One custom field: "f" and its pk. An empty value has no key."""
    key = name.removeprefix("f")

    def put(task: Task, value: Any) -> None:
        rest = {other: kept for other, kept in task.field_values.items() if other != key}
        task.field_values = rest if value is None else {**rest, key: value}

    return Part(("field_values",), "edit", lambda task: task.field_values.get(key), put)


def _read_home(task: Task) -> list[Any]:
    return [task.project_id, task.number, task.column_id, task.rank, task.parent_id]


def _put_home(task: Task, value: list[Any]) -> None:
    task.project_id, task.number, task.column_id, task.rank, task.parent_id = value


def _read_faster(task: Task) -> list[Any]:
    return [task.faster_days, task.faster_note]


def _put_faster(task: Task, value: list[Any]) -> None:
    task.faster_days, task.faster_note = value


PARTS: dict[str, Part] = {
    # The whole of where a task stands, when it changes its project (actions/relocating.py).
    "home": Part(("project_id", "number", "column_id", "rank", "parent_id"), "edit", _read_home, _put_home),
    "place": Part(("column_id", "rank"), "move", lambda task: [task.column_id, task.rank], _put_place),
    "completed": _instant("completed_at", "move"),
    "owner": _plain("owner_id"),
    "priority": _plain("priority"),
    "milestone": _plain("is_milestone"),
    "passport": _plain("needs_passport"),
    "deadline": Part(("due_on", "due_time", "due_zone", "due_at"), "edit", _read_deadline, _put_deadline),
    "start": Part(("start_on", "start_time"), "edit", _read_start, _put_start),
    "duration": _plain("duration_days"),
    "faster": Part(("faster_days", "faster_note"), "edit", _read_faster, _put_faster),
    "title": _plain("title"),
    "description": _plain("description"),
    "estimate": _plain("estimate_minutes"),
    "reminders": _plain("remind_hours_before"),
    "visibility": _plain("visibility", to="share"),
    "archived": _instant("archived_at", "archive"),
    "deleted": _instant("deleted_at", "delete"),
}
# Those that are rows of their own: read and written for many tasks together.
LINKS: dict[str, tuple[Any, str]] = {
    "helpers": (Task.helpers.through, "member_id"),
    "labels": (Task.labels.through, "label_id"),
}
# What a task waits for: its links, each as "blocker:kind:lag:is working".
WAITS = "waits"
ROWS = frozenset({*LINKS, WAITS})


def part_named(name: str) -> Part:
    """One of PARTS, or a custom field by "f" and its pk."""
    return PARTS[name] if name in PARTS else _field_part(name)


def snapshot(task: Task, *parts: str) -> State:
    return {part: part_named(part).read(task) for part in parts}


def linked(part: str, tasks: Collection[int]) -> dict[int, list[Any]]:
    """Helpers or labels by task, as sorted ids; one statement."""
    if part == WAITS:
        return waits_of(tasks)
    through, field = LINKS[part]
    found: dict[int, list[int]] = defaultdict(list)
    for task, other in through.objects.filter(task_id__in=tasks).order_by(field).values_list("task_id", field):
        found[task].append(other)
    return found


def waits_of(tasks: Collection[int]) -> dict[int, list[str]]:
    """Of these tasks (pks) what each waits for and how; one statement."""
    found: dict[int, list[str]] = defaultdict(list)
    links = Dependency.objects.filter(blocked__in=tasks).order_by("blocker")
    for task, *link in links.values_list("blocked_id", "blocker_id", "kind", "lag_days", "lag_is_working"):
        found[task].append(":".join(str(int(part) if isinstance(part, bool) else part) for part in link))
    return found


def _write_waits(*, add: Iterable[tuple[int, str]], remove: Iterable[tuple[int, str]]) -> None:
    for task, link in remove:
        Dependency.objects.filter(blocked=task, blocker=int(link.split(":")[0])).delete()
    for task, link in add:
        blocker, kind, lag, is_working = link.split(":")
        Dependency.objects.create(
            blocker_id=int(blocker), blocked_id=task, kind=kind, lag_days=int(lag), lag_is_working=is_working == "1"
        )


def is_same(part: str, one: Any, other: Any) -> bool:
    """A card that was only moved up or down in its column stands where it stood."""
    return bool(one[0] == other[0] if part == "place" else one == other)


def write_links(part: str, *, add: Iterable[tuple[int, Any]], remove: Iterable[tuple[int, Any]]) -> None:
    """Pairs of task and helper or label, put in and taken out: one statement for each of the others named."""
    if part == WAITS:
        _write_waits(add=add, remove=remove)
        return
    through, field = LINKS[part]
    by_other: dict[int, list[int]] = defaultdict(list)
    for task, other in remove:
        by_other[other].append(task)
    for other, tasks in by_other.items():
        through.objects.filter(**{field: other, "task_id__in": tasks}).delete()
    rows = [through(**{"task_id": task, field: other}) for task, other in add]
    if rows:
        through.objects.bulk_create(rows, ignore_conflicts=True)


def save_all(tasks: Collection[Task], *parts: str, now: datetime) -> None:
    """Save these parts of many locked tasks, and count the change, in one statement.

    The ORM's bulk_update writes a branch a row and field: of a thousand tasks it takes longer than everything else.
    """
    names = [field for part in parts if part not in ROWS for field in part_named(part).fields]
    fields = [_field(name) for name in ("id", *names)]
    # Names and types come from the model.
    record = ", ".join(f'"{field.column}" {field.db_type(connection)}' for field in fields)
    values = "".join(f'"{field.column}" = given."{field.column}", ' for field in fields[1:])
    update = (
        f"UPDATE projects_task task SET {values}updated_at = %s, version = task.version + 1"  # noqa: S608
        f" FROM jsonb_to_recordset(%s) AS given ({record}) WHERE task.id = given.id"
    )
    rows = [{field.column: _as_json(getattr(task, field.attname)) for field in fields} for task in tasks]
    with connection.cursor() as cursor:
        cursor.execute(update, [now, json.dumps(rows)])
    for task in tasks:
        task.updated_at, task.version = now, task.version + 1


def _field(name: str) -> "models.Field[Any, Any]":
    return cast("models.Field[Any, Any]", Task._meta.get_field(name.removesuffix("_id")))


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | time) else value


def project_field(name: str) -> "models.Field[Any, Any]":
    """Of a field of the project that changes along with its tasks."""
    return cast("models.Field[Any, Any]", Project._meta.get_field(name))
