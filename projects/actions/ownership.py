"""A project changes its owner by offer and acceptance; a leaving member's work goes to an heir."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import ngettext

from linkstar.members.handover import hands_over
from linkstar.members.models import Member
from notifications.actions.notify import notify
from projects.actions.trace import leave_trace
from projects.models import OwnerOffer, Project, Task


class OfferRefused(ValueError):
    """The project is already on offer, or the offer is no longer open."""


@transaction.atomic
def offer_project(project: Project, *, to: Member, note: str, actor: Member, now: datetime) -> OwnerOffer:
    """Ask somebody to take a project over. Nothing changes until they accept. Raises OfferRefused."""
    try:
        with transaction.atomic():
            offer = OwnerOffer.objects.create(
                project=project, offered_by=actor, offered_to=to, note=note, created_at=now
            )
    except IntegrityError as error:
        raise OfferRefused from error
    leave_trace("owner offered", project=project, actor=actor, now=now, to=to.display_name)
    _tell(offer, [to], kind="owner_offered", actor=actor, now=now)
    return offer


@transaction.atomic
def answer_offer(offer: OwnerOffer, *, accept: bool, actor: Member, now: datetime) -> None:
    """Accept or decline, once. Raises OfferRefused when it was answered or withdrawn meanwhile."""
    offer = _open_offer(offer)
    project = Project.objects.select_for_update(no_key=True).get(pk=offer.project_id)
    offer.state = OwnerOffer.State.ACCEPTED if accept else OwnerOffer.State.DECLINED
    offer.answered_at = now
    offer.save(update_fields=["state", "answered_at"])
    if accept:
        before = project.owner
        project.owner = actor
        project.save(update_fields=["owner"])
        leave_trace(
            "project owner changed", project=project, actor=actor, now=now,
            before=before.display_name, after=actor.display_name,
        )
    else:
        leave_trace("owner offer declined", project=project, actor=actor, now=now)
    _tell(offer, [offer.offered_by], kind="owner_answered", actor=actor, now=now)


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
def hand_over_work(member: Member, *, heir: Member, actor: Member, now: datetime) -> None:
    """Give everything a leaving member owns to `heir`: projects whatever their state, and unfinished tasks."""
    for project in Project.objects.filter(owner=member):
        project.owner = heir
        project.save(update_fields=["owner"])
        leave_trace(
            "project owner changed", project=project, actor=actor, now=now,
            before=member.display_name, after=heir.display_name,
        )
    for task in Task.objects.alive().unfinished().filter(owner=member).select_related("project"):
        task.owner = heir
        task.save(update_fields=["owner"])
        leave_trace(
            "owner changed", project=task.project, task=task, actor=actor, now=now,
            before=member.display_name, after=heir.display_name,
        )
    OwnerOffer.objects.filter(offered_to=member, state=OwnerOffer.State.OPEN).update(
        state=OwnerOffer.State.WITHDRAWN, answered_at=now
    )


def _open_offer(offer: OwnerOffer) -> OwnerOffer:
    # Locked, so that an acceptance and a withdrawal cannot both win.
    locked = OwnerOffer.objects.select_for_update().select_related("project", "offered_by").get(pk=offer.pk)
    if locked.state != OwnerOffer.State.OPEN:
        raise OfferRefused
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
