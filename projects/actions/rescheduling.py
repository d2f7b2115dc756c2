"""Move many tasks at once, as it was shown before: one transaction, one undo, one line a task, one notice a person."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from linkstar.members.models import Member
from notifications.actions.notify import notify
from projects.actions.deadlines import deadline_data, plan_reminders_of, put_deadline, start_data
from projects.actions.links import follow_dates
from projects.actions.remembering import record
from projects.actions.slips import UNSAID, Cause, Moved, keep_slips
from projects.actions.states import project_field, save_all, snapshot
from projects.actions.trace import leave_trace, leave_traces, lock_tasks
from projects.models import Board, Change, Project, Task
from projects.scheduling.preview import Move, Preview, Why

PARTS = ("start", "deadline", "duration")


class PreviewChanged(ValueError):
    """Since the person looked, what would happen has become something else: `preview`."""

    def __init__(self, preview: Preview) -> None:
        super().__init__("the preview has changed")
        self.preview = preview


@dataclass(frozen=True)
class OfProject:
    """What of the project itself changes along: its fields as JSON, by name, before and after."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]


@transaction.atomic
def apply(
    examine: Callable[[], Preview],
    *,
    seal: str,
    actor: Member,
    now: datetime,
    verb: str = "rescheduled",
    of_project: OfProject | None = None,
    why: Cause = UNSAID,
) -> tuple[Preview, Change | None]:
    """Do what `examine` finds, when that is still what the person saw (`seal`); None when nothing was to be moved.

    `examine` is asked twice: for what is to be locked, and then under the locks. `why` is of all deadlines that move.
    Raises PreviewChanged. Locks as everybody does: boards, tasks by pk, then the traces, project by project.
    """
    _lock(examine())
    preview = examine()
    if preview.seal != seal:
        raise PreviewChanged(preview)
    moves = preview.all_moves
    if not moves and of_project is None:
        return preview, None
    rows = _write(moves, now)
    change = record(
        verb, project=preview.project, actor=actor, now=now, rows=rows, of_project=_both(of_project, preview.project)
    )
    if verb == "project planned":
        leave_trace("project planned", project=preview.project, actor=actor, now=now, change=change, tasks=len(moves))
    elif of_project is not None and verb == "zone changed":
        said: dict[str, Any] = {"before": of_project.before, "after": of_project.after, "tasks": len(moves)}
        leave_trace("zone changed", project=preview.project, actor=actor, now=now, change=change, **said)
    elif of_project is not None:
        said = {"before": of_project.before, "after": of_project.after, "tasks": len(moves)}
        leave_trace("anchor moved", project=preview.project, actor=actor, now=now, change=change, **said)
    _leave_lines(moves, change, actor, now)
    moved = [Moved(move.task, move.before.deadline, move.after.deadline) for move in moves]
    keep_slips(moved, change=change, actor=actor, now=now, why=why)
    follow_dates([move.task.pk for move in moves], now=now)
    _tell(moves, change, preview.project, actor, now)
    return preview, change


def _lock(preview: Preview) -> None:
    projects = {move.task.project_id for move in preview.all_moves} | {preview.project.pk}
    # One statement that locks by pk, as does whoever else takes more than one.
    list(Board.objects.select_for_update(no_key=True).filter(project__in=projects).order_by("pk"))
    lock_tasks(Task.objects.filter(pk__in=[move.task.pk for move in preview.all_moves]))


def _both(of_project: OfProject | None, project: Project) -> dict[str, list[Any]]:
    """Written into the project, and as undo remembers it."""
    if of_project is None:
        return {}
    for name, value in of_project.after.items():
        setattr(project, name, project_field(name).to_python(value))
    project.save(update_fields=list(of_project.after))
    return {name: [of_project.before[name], value] for name, value in of_project.after.items()}


def _write(moves: list[Move], now: datetime) -> list[tuple[Task, dict[str, Any], dict[str, Any]]]:
    if not moves:
        return []
    rows = []
    for move in moves:
        before = snapshot(move.task, *PARTS)
        move.task.start_on, move.task.start_time = move.after.start_on, move.after.start_time
        if move.duration_days is not None:
            move.task.duration_days = move.duration_days
        put_deadline(move.task, move.after.deadline)
        rows.append((move.task, before, snapshot(move.task, *PARTS)))
    tasks = [move.task for move in moves]
    save_all(tasks, *PARTS, now=now)
    plan_reminders_of(tasks, now=now)
    return rows


def _leave_lines(moves: list[Move], change: Change, actor: Member, now: datetime) -> None:
    """One a task. It names the task that moved it by number, since who reads the one may be kept from the other."""
    by_project: dict[Project, list[tuple[Task, dict[str, Any]]]] = defaultdict(list)
    for move in sorted(moves, key=lambda move: move.task.project_id):
        by_project[move.task.project].append((move.task, _line(move)))
    for project, lines in by_project.items():
        leave_traces("rescheduled", project=project, actor=actor, now=now, tasks=lines, change=change)


def _line(move: Move) -> dict[str, Any]:
    said: dict[str, Any] = {"why": move.why.value}
    if move.before.deadline != move.after.deadline:
        said |= {"before": deadline_data(move.before.deadline), "after": deadline_data(move.after.deadline)}
    if (move.before.start_on, move.before.start_time) != (move.after.start_on, move.after.start_time):
        said |= {"start_before": start_data(move.before), "start_after": start_data(move.after)}
    if move.by is not None and move.by.project_id != move.task.project_id:
        said["is_elsewhere"] = True
    elif move.by is not None:
        said["by"] = move.by.number
    return said


def _tell(moves: list[Move], change: Change, project: Project, actor: Member, now: datetime) -> None:
    """The owner of each task, once, whatever number of theirs has moved."""
    theirs: dict[Member, list[Move]] = defaultdict(list)
    for move in moves:
        if move.task.owner is not None and not (move.why is Why.ZONE and move.is_same_moment):
            theirs[move.task.owner].append(move)
    for member, moved in theirs.items():
        here = project if any(move.task.project_id == project.pk for move in moved) else moved[0].task.project
        first = moved[0].task
        data = {"actor": actor.display_name, "project": here.name, "task": first.title, "count": len(moved)}
        url = first.get_absolute_url() if len(moved) == 1 else f"{here.board.get_absolute_url()}?owner=me"
        key = f"rescheduled:{change.pk}"
        notify([member], kind="rescheduled", key=key, data=data, url=url, actor=actor, now=now)
