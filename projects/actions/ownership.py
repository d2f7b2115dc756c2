"""A project changes its owner by offer and acceptance; a leaving member's work goes to an heir."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import ngettext

from linkstar.members.handover import hands_over
from linkstar.members.models import Member
from notifications.actions.notify import notify
from projects.actions.notices import tell_assigned
from projects.actions.trace import leave_trace, lock_tasks, touch
from projects.models import OwnerOffer, Project, Task


class OfferRefused(ValueError):
    """`reason` is "on offer" (there is an open one), "answered" (no longer open) or "archived" (the project is)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def offer_project(project: Project, *, to: Member, note: str, actor: Member, now: datetime) -> OwnerOffer:
    """Ask somebody to take a project over. Nothing changes until they accept. Raises OfferRefused."""
    try:
        with transaction.atomic():
            offer = OwnerOffer.objects.create(
                project=project, offered_by=actor, offered_to=to, note=note, created_at=now
            )
    except IntegrityError as error:
        raise OfferRefused("on offer") from error
    leave_trace("owner offered", project=project, actor=actor, now=now, to=to.display_name)
    _tell(offer, [to], kind="owner_offered", actor=actor, now=now)
    return offer


@transaction.atomic
def answer_offer(offer: OwnerOffer, *, accept: bool, actor: Member, now: datetime) -> None:
    """Accept or decline, once. Raises OfferRefused; an archived project is not taken over, but may be declined."""
    offer = _open_offer(offer)
    project = offer.project
    if accept and project.is_archived:
        raise OfferRefused("archived")
    offer.state = OwnerOffer.State.ACCEPTED if accept else OwnerOffer.State.DECLINED
    offer.answered_at = now
    offer.save(update_fields=["state", "answered_at"])
    told = {offer.offered_by}
    if accept:
        before, project.owner, project.owner_opened_at = project.owner, actor, now
        project.save(update_fields=["owner", "owner_opened_at"])
        told.add(before)
        leave_trace(
            "project owner changed",
            project=project,
            actor=actor,
            now=now,
            before=before.display_name,
            after=actor.display_name,
        )
    else:
        leave_trace("owner offer declined", project=project, actor=actor, now=now)
    _tell(offer, list(told), kind="owner_answered", actor=actor, now=now)


@transaction.atomic
def withdraw_offer(offer: OwnerOffer, *, actor: Member, now: datetime) -> None:
    """Take an open offer back. Raises OfferRefused."""
    offer = _open_offer(offer)
    offer.state, offer.answered_at = OwnerOffer.State.WITHDRAWN, now
    offer.save(update_fields=["state", "answered_at"])
    leave_trace("owner offer withdrawn", project=offer.project, actor=actor, now=now)


def open_work(member: Member) -> list[str]:
    """What a member owns that is not finished, a sentence each, in the reader's language."""
    projects = Project.objects.filter(owner=member).count()
    tasks = Task.objects.alive().unfinished().filter(owner=member).count()
    told = []
    if projects:
        told.append(ngettext("%(count)s project", "%(count)s projects", projects) % {"count": projects})
    if tasks:
        told.append(ngettext("%(count)s open task", "%(count)s open tasks", tasks) % {"count": tasks})
    return told


@hands_over(open_work=open_work)
@transaction.atomic
def hand_over_work(member: Member, *, heir: Member | None, actor: Member, now: datetime) -> None:
    """Give everything a leaving member owns to `heir`: projects whatever their state, and unfinished tasks.

    Without an heir, as when a guest goes, each task falls to the owner of its project, who is told; projects stay.
    Offers that they made or were made are withdrawn: who comes after them decides anew.
    """
    tasks = lock_tasks(Task.objects.alive().unfinished().filter(owner=member))
    if heir is not None:
        _hand_over_projects(member, heir, actor, now)
    for task in tasks.select_related("project__owner"):
        task.owner = heir or task.project.owner
        touch(task, "owner", now=now)
        leave_trace(
            "owner changed",
            project=task.project,
            task=task,
            actor=actor,
            now=now,
            before=member.display_name,
            after=task.owner.display_name,
        )
        if heir is None:
            tell_assigned(task, [task.owner], actor=actor, now=now)
    theirs = Q(offered_to=member) | Q(offered_by=member)
    OwnerOffer.objects.filter(theirs, state=OwnerOffer.State.OPEN).update(
        state=OwnerOffer.State.WITHDRAWN, answered_at=now
    )


def _hand_over_projects(member: Member, heir: Member, actor: Member, now: datetime) -> None:
    for project in Project.objects.select_for_update(no_key=True).filter(owner=member).order_by("pk"):
        project.owner, project.owner_opened_at = heir, now
        project.save(update_fields=["owner", "owner_opened_at"])
        leave_trace(
            "project owner changed",
            project=project,
            actor=actor,
            now=now,
            before=member.display_name,
            after=heir.display_name,
        )


def _open_offer(offer: OwnerOffer) -> OwnerOffer:
    """The offer and its project as they are now. The project is locked first, so that an acceptance, a withdrawal and
    a handing over cannot both win, nor wait for each other forever.
    """
    # Without a join: after waiting, PostgreSQL would join the new row with the owner of the old one, and find nothing.
    project = Project.objects.select_for_update(no_key=True).get(pk=offer.project_id)
    locked = OwnerOffer.objects.select_for_update().get(pk=offer.pk)
    if locked.state != OwnerOffer.State.OPEN:
        raise OfferRefused("answered")
    locked.project = project
    return locked


def _tell(offer: OwnerOffer, members: list[Member], *, kind: str, actor: Member, now: datetime) -> None:
    notify(
        members,
        kind=kind,
        key=f"{kind}:{offer.pk}",
        data={"project": offer.project.name, "actor": actor.display_name, "note": offer.note, "state": offer.state},
        url=offer.project.get_absolute_url(),
        actor=actor,
        now=now,
    )
