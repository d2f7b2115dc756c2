"""Say what was done to a shop's SKUs and when shoppers saw it: by a task, or as a mark on the line of sales."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from integrations.actions.estimating import KIND, promise
from integrations.models import ChannelAccount, SalesAction
from integrations.shown_actions import zone_of
from integrations.signs import without_sign
from linkstar.lib.deadlines import Deadline, as_parts
from linkstar.members.models import Member
from linkstar.workspaces import due
from projects.actions.trace import leave_trace
from projects.models import Project, Task

# What an estimate rests on: where one of these changes, what was frozen is about something else.
_BASIS = ("account_id", "kind", "skus", "live_at", "ended_at")
_SET_ASIDE = 3
_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True)
class Said:
    """What a person says of an action. `live_at` None: not live yet; `ended_at` only after it. `zone`: whose clock they
    thought in, for the trace.
    """

    account: ChannelAccount
    kind: str
    skus: Sequence[str]
    live_at: datetime | None
    ended_at: datetime | None = None
    title: str = ""
    zone: str = "UTC"


@transaction.atomic
def record_action(task: Task, said: Said, *, actor: Member, now: datetime) -> SalesAction:
    """What the task does to the shop, said for the first time or anew."""
    # Two people may say it at the same moment: the second changes what the first has said.
    Task.objects.select_for_update(no_key=True).get(pk=task.pk)
    found = SalesAction.objects.filter(task=task).values_list("pk", flat=True).first()
    if found is not None:
        return _change(_locked(found), said, actor=actor, now=now)
    action = SalesAction(origin=SalesAction.Origin.TASK, task=task, project=task.project, created_by=actor)
    return _begun(action, said, actor=actor, now=now)


@transaction.atomic
def note_mark(said: Said, *, project: Project | None, actor: Member, now: datetime) -> SalesAction:
    """Something that happened without a task. Said twice in a moment, as by a double click, it is one."""
    # Both clicks are on their way at once.
    Member.objects.select_for_update(no_key=True).get(pk=actor.pk)
    same = SalesAction.objects.filter(
        origin=SalesAction.Origin.MARK, created_by=actor, account=said.account, kind=said.kind, live_at=said.live_at,
        title=said.title, skus=list(said.skus), created_at__gte=now - _MOMENT,
    )  # fmt: skip
    if (noted := same.first()) is not None:
        return noted
    action = SalesAction(origin=SalesAction.Origin.MARK, project=project, created_by=actor)
    return _begun(action, said, actor=actor, now=now)


@transaction.atomic
def change_action(action: SalesAction, said: Said, *, actor: Member, now: datetime) -> SalesAction:
    """Frozen estimates of what it was before are set aside, and begun anew. Raises DoesNotExist when it is gone."""
    if action.task_id:
        Task.objects.select_for_update(no_key=True).get(pk=action.task_id)
    return _change(_locked(action.pk), said, actor=actor, now=now)


def went_live(action: SalesAction, at: datetime, *, actor: Member, now: datetime) -> SalesAction:
    """Shoppers have seen it since that instant; all else stays, but an end that would lie before. As change_action."""
    said = Said(
        account=action.account,
        kind=action.kind,
        skus=action.skus,
        live_at=at,
        ended_at=action.ended_at if action.ended_at and action.ended_at > at else None,
        title=action.title,
        zone=zone_of(action),
    )
    return change_action(action, said, actor=actor, now=now)


@transaction.atomic
def remove_action(action: SalesAction, *, zone: str, actor: Member, now: datetime) -> None:
    """A second removal finds nothing and says nothing."""
    if action.task_id:
        Task.objects.select_for_update(no_key=True).get(pk=action.task_id)
    try:
        found = _locked(action.pk)
    except SalesAction.DoesNotExist:
        return
    if (home := _home(found)) is not None:
        leave_trace("sales action removed", project=home, actor=actor, now=now, **_told(found, zone))
    due.cancel(KIND, found.pk)
    found.delete()


def _locked(pk: int) -> SalesAction:
    """The row as it is now. Workers take its promise first, and then the row."""
    due.lock(KIND, pk)
    return (
        SalesAction.objects.select_for_update(of=("self",))
        .select_related("account", "task__project", "project")
        .get(pk=pk)
    )


def _change(action: SalesAction, said: Said, *, actor: Member, now: datetime) -> SalesAction:
    before = _of(action)
    _put(action, said)
    after = _of(action)
    if before == after:
        return action
    if any(before[name] != after[name] for name in _BASIS):
        set_aside(action, now=now)
        # What the shop showed spoke of what it was before.
        action.seen = without_sign(action.seen)
    action.save()
    promise(action, now=now)
    if (home := _home(action)) is not None:
        leave_trace("sales action changed", project=home, actor=actor, now=now, **_told(action, said.zone))
    return action


def set_aside(action: SalesAction, *, now: datetime) -> None:
    """What was frozen stays readable, under "before", and is no longer the answer; the caller saves."""
    frozen = {name: value for name, value in action.estimates.items() if name != "before"}
    if frozen:
        kept = [{"at": now.isoformat(), "estimates": frozen}, *action.estimates.get("before", [])]
        action.estimates = {"before": kept[:_SET_ASIDE]}


def _put(action: SalesAction, said: Said) -> None:
    action.account, action.kind, action.skus = said.account, said.kind, list(said.skus)
    action.live_at, action.ended_at, action.title = said.live_at, said.ended_at, said.title


def _of(action: SalesAction) -> dict[str, Any]:
    return {name: getattr(action, name) for name in (*_BASIS, "title")}


def trace_recorded(action: SalesAction, *, zone: str, actor: Member, now: datetime) -> None:
    """In the activity of its project, on the clock of `zone`."""
    if (home := _home(action)) is not None:
        leave_trace("sales action recorded", project=home, actor=actor, now=now, **_told(action, zone))


def _begun(action: SalesAction, said: Said, *, actor: Member, now: datetime) -> SalesAction:
    _put(action, said)
    action.save()
    promise(action, now=now)
    trace_recorded(action, zone=said.zone, actor=actor, now=now)
    return action


def _home(action: SalesAction) -> Project | None:
    """Whose activity tells of it; a mark of no project leaves no trace but its author."""
    return action.task.project if action.task else action.project


def _told(action: SalesAction, zone: str) -> dict[str, Any]:
    live = as_parts(Deadline.from_instant(action.live_at, zone)) if action.live_at else None
    return {
        "task": action.task,
        "kind": action.kind,
        "title": action.title,
        "shop": action.account.name,
        "skus": list(action.skus),
        "live": live,
    }
