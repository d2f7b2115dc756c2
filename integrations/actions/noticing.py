"""What changed at a shop and nobody recorded: one quiet question, and its answers."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from integrations.actions.estimating import KIND as EFFECT
from integrations.actions.estimating import promise
from integrations.actions.sales_actions import set_aside, trace_recorded
from integrations.detecting import EXPLAINED_BY, KINDS, Change
from integrations.effects import recorded
from integrations.models import ChannelAccount, SalesAction
from linkstar.lib.products import Product
from linkstar.members.models import Member
from linkstar.workspaces import due
from notifications.actions.notify import notify
from projects.actions.products import link_products
from projects.actions.tasks import create_task
from projects.models import Column, Task

NEAR = timedelta(days=2)
# What was answered with "not ours" is not asked again for a while: somebody else's tool may change it every day.
_QUIET = timedelta(days=14)
_CONCERNED = timedelta(days=90)
_MOST_SKUS = 200
State, Origin = SalesAction.State, SalesAction.Origin


class IsAnswered(Exception):
    """Somebody else was quicker, or what was to be answered is no longer there."""


def notice(account: ChannelAccount, changes: Sequence[Change], *, now: datetime) -> list[SalesAction]:
    """The new questions: one for each field, however many SKUs. In the transaction that holds the account's row.

    A SKU about which the same is still asked, or was answered lately with "not ours", is not asked about again.
    """
    made = []
    for field, group in groupby(
        sorted(changes, key=lambda change: (change.field, change.sku)), key=lambda one: one.field
    ):
        left = _unexplained(account, field, list(group), now=now)
        left = _unasked(account, field, left, now=now)
        if left and (question := _ask(account, field, left, now=now)) is not None:
            made.append(question)
    return made


def _unexplained(account: ChannelAccount, field: str, changes: list[Change], *, now: datetime) -> list[Change]:
    """Those near which no recorded action of that kind went live, ended, or had its task done."""
    span = (now - NEAR, now + NEAR)
    near = Q(live_at__range=span) | Q(ended_at__range=span) | Q(live_at=None, task__completed_at__range=span)
    skus = recorded(account).filter(near, kind__in=EXPLAINED_BY[field]).values_list("skus", flat=True)
    explained = {sku for each in skus for sku in each}
    return [change for change in changes if change.sku not in explained]


def _unasked(account: ChannelAccount, field: str, changes: list[Change], *, now: datetime) -> list[Change]:
    quiet = Q(state=State.OPEN) | Q(state=State.DISMISSED, created_at__gte=now - _QUIET)
    asked = SalesAction.objects.filter(quiet, account=account, origin=Origin.NOTICED, seen__field=field)
    known = {sku for skus in asked.values_list("skus", flat=True) for sku in skus}
    return [change for change in changes if change.sku not in known]


def _ask(account: ChannelAccount, field: str, changes: list[Change], *, now: datetime) -> SalesAction | None:
    """None: the question of this pass over the shop is there already, and now names these SKUs too."""
    told = {change.sku: [change.before, change.after] for change in changes[:_MOST_SKUS]}
    questions = SalesAction.objects.filter(account=account, origin=Origin.NOTICED, state=State.OPEN, seen__field=field)
    same = questions.filter(live_at__gte=now - timedelta(hours=12)).order_by("pk").select_for_update().first()
    if same is not None and len(same.skus) + len(told) <= _MOST_SKUS:
        same.skus = [*same.skus, *told]
        same.seen = {**same.seen, "changes": {**same.seen["changes"], **told}}
        same.save(update_fields=["skus", "seen"])
        return None
    first = changes[0]
    seen = {"field": field, "before": first.before, "after": first.after, "changes": told}
    question = SalesAction.objects.create(
        account=account, kind=KINDS[field], skus=list(told), live_at=now, origin=Origin.NOTICED, state=State.OPEN,
        seen=seen, created_at=now,
    )  # fmt: skip
    notify(
        _concerned(account, told, now=now),
        kind="change_noticed",
        key=f"noticed:{question.pk}",
        data={"shop": account.name, "field": field, "sku": first.sku, "count": len(told)},
        url=reverse("integrations:noticed"),
        now=now,
    )
    return question


def _concerned(account: ChannelAccount, skus: Collection[str], *, now: datetime) -> list[Member]:
    """Who acted on these SKUs lately; else who connected the shop."""
    lately = recorded(account).filter(skus__overlap=list(skus), live_at__gte=now - _CONCERNED)
    ids: list[int | None] = [*lately.exclude(created_by=None).values_list("created_by", flat=True)]
    ids = ids or [account.created_by_id]
    concerned = Member.objects.active().insiders().filter(pk__in=[pk for pk in ids if pk is not None])
    return list(concerned.order_by("pk"))


@transaction.atomic
def say_ours(question: SalesAction, *, title: str, actor: Member, now: datetime) -> SalesAction:
    """It becomes a mark. Raises IsAnswered."""
    found = _open(question)
    found.state, found.answered_by, found.title = State.RECORDED, actor, title
    found.save(update_fields=["state", "answered_by", "title"])
    promise(found, now=now)
    return found


@transaction.atomic
def say_not_ours(question: SalesAction, *, actor: Member) -> None:
    """Raises IsAnswered."""
    found = _open(question)
    found.state, found.answered_by = State.DISMISSED, actor
    found.save(update_fields=["state", "answered_by"])


@transaction.atomic
def attach(question: SalesAction, task: Task, *, title: str, actor: Member, now: datetime) -> SalesAction:
    """A task did it: its action, if it has none, or one more sign of the one it has. Raises IsAnswered."""
    Task.objects.select_for_update(no_key=True).get(pk=task.pk)
    theirs = SalesAction.objects.filter(task=task).values_list("pk", flat=True).first()
    if theirs is not None:
        due.lock(EFFECT, theirs)
    found = _open(question)
    if theirs is None:
        found.state, found.answered_by, found.task, found.project = State.RECORDED, actor, task, task.project
        found.title = title
        found.save(update_fields=["state", "answered_by", "task", "project", "title"])
    else:
        mine, found = found, SalesAction.objects.select_for_update().get(pk=theirs)
        more = [sku for sku in mine.skus if sku not in found.skus] if mine.account_id == found.account_id else []
        if more or found.live_at is None:
            set_aside(found, now=now)
            found.skus, found.live_at = [*found.skus, *more], found.live_at or mine.live_at
            found.save(update_fields=["skus", "live_at", "estimates"])
        mine.state, mine.answered_by = State.DISMISSED, actor
        mine.seen = {**mine.seen, "task": task.pk}
        mine.save(update_fields=["state", "answered_by", "seen"])
    promise(found, now=now)
    trace_recorded(found, zone=task.project.time_zone, actor=actor, now=now)
    return found


@transaction.atomic
def make_task(question: SalesAction, column: Column, *, title: str, actor: Member, now: datetime) -> Task:
    """Somebody is to look into it; the change itself was not ours. Raises IsAnswered, and what create_task does."""
    found = _open(question)
    task = create_task(title=title, column=column, actor=actor, now=now, owner=actor)
    link_products(task, [Product(sku=sku[:60]) for sku in found.skus[:20]], actor=actor, now=now)
    found.state, found.answered_by = State.DISMISSED, actor
    found.seen = {**found.seen, "task": task.pk}
    found.save(update_fields=["state", "answered_by", "seen"])
    return task


def _open(question: SalesAction) -> SalesAction:
    """Two people may answer at the same moment: the second is told."""
    due.lock(EFFECT, question.pk)
    found = SalesAction.objects.select_for_update(of=("self",)).select_related("account").filter(pk=question.pk).first()
    if found is None or found.state != State.OPEN:
        raise IsAnswered
    return found
