"""Changes to one field of a task, each refused when somebody else has changed that field meanwhile."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from linkstar.members.models import Member
from projects import access
from projects.actions.notices import tell_assigned
from projects.actions.refusals import check_not_in_hand
from projects.actions.remembering import leave_change
from projects.actions.search_index import index_tasks
from projects.actions.states import snapshot
from projects.actions.trace import touch
from projects.models import Change, Label, Task

TINTS = 6


class StaleEdit(ValueError):
    """The field was changed by somebody else since the person read it; nothing was saved.

    `theirs` is what stands there now, `mine` what the person wanted to write.
    """

    def __init__(self, field: str, *, theirs: Any, mine: Any) -> None:
        super().__init__(field)
        self.field, self.theirs, self.mine = field, theirs, mine


class NotShareable(ValueError):
    """The step is internal by its SOP: no guest may be put on it or shown it."""


@transaction.atomic
def edit_text(task: Task, field: str, value: str, *, was: str | None, actor: Member, now: datetime) -> Change | None:
    """Change "title" or "description". `was` is what the person had read (None: do not compare). Raises StaleEdit."""
    locked = _locked(task)
    held = snapshot(locked, field)
    before = getattr(locked, field)
    if _same_lines(before) == _same_lines(value):
        setattr(task, field, before)
        return None
    if was is not None and _same_lines(was) != _same_lines(before):
        raise StaleEdit(field, theirs=before, mine=value)
    value = _same_lines(value)
    setattr(task, field, value)
    # New words are looked at anew.
    task.is_size_fine = task.is_size_fine and field != "title"
    touch(task, field, "is_size_fine", now=now)
    setattr(locked, field, value)
    index_tasks([locked])
    verb = "title changed" if field == "title" else "description changed"
    return leave_change(verb, task, held, actor=actor, now=now, before=before, after=value)


@transaction.atomic
def set_owner(task: Task, owner: Member | None, *, actor: Member, now: datetime) -> Change | None:
    """Make one person accountable, or nobody.

    Raises NotShareable for a guest on an internal step, and StillDraft for nobody on a task in hand.
    """
    current = _locked(task)
    before = current.owner
    if before == owner:
        return None
    if owner is None:
        check_not_in_hand(current)
    _check_guests(task, [owner] if owner else [])
    task.owner = owner
    touch(task, "owner", now=now)
    change = leave_change(
        "owner changed",
        task,
        snapshot(current, "owner"),
        actor=actor,
        now=now,
        before=before.display_name if before else None,
        after=owner.display_name if owner else None,
    )
    if owner is not None:
        tell_assigned(task, [owner], actor=actor, now=now)
    return change


@transaction.atomic
def set_helpers(task: Task, helpers: Collection[Member], *, actor: Member, now: datetime) -> Change | None:
    """Make the helpers exactly these. Raises NotShareable for a guest on an internal step."""
    _locked(task)
    before = set(task.helpers.all())
    added = [member for member in helpers if member not in before]
    removed = [member for member in before if member not in helpers]
    if not added and not removed:
        return None
    _check_guests(task, added)
    task.helpers.set(helpers)
    touch(task, now=now)
    change = leave_change(
        "helpers changed",
        task,
        {"helpers": sorted(member.pk for member in before)},
        actor=actor,
        now=now,
        links={"helpers": sorted(member.pk for member in helpers)},
        added=[member.display_name for member in added],
        removed=[member.display_name for member in removed],
    )
    tell_assigned(task, added, actor=actor, now=now)
    return change


@transaction.atomic
def set_labels(task: Task, labels: Collection[Label], *, actor: Member, now: datetime) -> Change | None:
    """Make the labels exactly these."""
    _locked(task)
    before = set(task.labels.all())
    if before == set(labels):
        return None
    task.labels.set(labels)
    touch(task, now=now)
    return leave_change(
        "labels changed",
        task,
        {"labels": sorted(label.pk for label in before)},
        actor=actor,
        now=now,
        links={"labels": sorted(label.pk for label in set(labels))},
        added=sorted(label.name for label in set(labels) - before),
        removed=sorted(label.name for label in before - set(labels)),
    )


def make_label(name: str) -> Label:
    """The workspace's label of that name in whatever case, made when there is none."""
    label = Label(name=name, tint=Label.objects.count() % TINTS + 1)
    # Two people may think of the same word at once: the constraint lets one of them make it.
    Label.objects.bulk_create([label], ignore_conflicts=True)
    return Label.objects.get(name__iexact=name)


@transaction.atomic
def set_priority(task: Task, priority: int, *, actor: Member, now: datetime) -> Change | None:
    before = _locked(task).priority
    if before == priority:
        return None
    task.priority = priority
    touch(task, "priority", now=now)
    held = {"priority": before}
    return leave_change("priority changed", task, held, actor=actor, now=now, before=before, after=priority)


def accept_size(task: Task) -> None:
    """Hint no more that the task could be split, until it has another title. Nobody needs a trace of that."""
    Task.objects.filter(pk=task.pk).update(is_size_fine=True)
    task.is_size_fine = True


@transaction.atomic
def set_milestone(task: Task, is_milestone: bool, *, actor: Member, now: datetime) -> Change | None:
    """Mark the task as a point that the project is measured by, or stop."""
    if _locked(task).is_milestone == is_milestone:
        return None
    task.is_milestone = is_milestone
    touch(task, "is_milestone", now=now)
    held = {"milestone": not is_milestone}
    return leave_change("milestone changed", task, held, actor=actor, now=now, after=is_milestone)


@transaction.atomic
def set_passport_need(task: Task, needs: bool, *, actor: Member, now: datetime) -> Change | None:
    """Let the task be done only when the papers of its products are in order, or no longer ask for them.

    Raises PermissionDenied for who may not waive that.
    """
    if _locked(task).needs_passport == needs:
        return None
    if not needs and not access.may_waive(actor):
        raise PermissionDenied
    task.needs_passport = needs
    touch(task, "needs_passport", now=now)
    return leave_change("passport changed", task, {"passport": not needs}, actor=actor, now=now, after=needs)


@transaction.atomic
def set_visibility(task: Task, visibility: str, *, actor: Member, now: datetime) -> Change | None:
    """Show the task to the project's guests, or stop. Raises NotShareable."""
    before = _locked(task).visibility
    if before == visibility:
        return None
    if visibility == Task.Visibility.SHARED and not task.may_be_shared:
        raise NotShareable
    task.visibility = visibility
    touch(task, "visibility", now=now)
    held = {"visibility": before}
    return leave_change("visibility changed", task, held, actor=actor, now=now, before=before, after=visibility)


def _locked(task: Task) -> Task:
    """The row as it is now, locked, so that two edits of one field compare with the same truth.

    Without a join: after waiting, PostgreSQL would join the new row with the owner of the old one, and find nobody.
    """
    return Task.objects.select_for_update(no_key=True).get(pk=task.pk)


def _check_guests(task: Task, members: Sequence[Member]) -> None:
    if not task.may_be_shared and any(member.is_guest for member in members):
        raise NotShareable


def _same_lines(text: str) -> str:
    """Browsers send CRLF for the line ends that they were given as LF."""
    return text.replace("\r\n", "\n")
