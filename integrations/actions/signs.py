"""An action that a task is still to do and the shop's data already shows: suggested to its owner, and answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet

from integrations.actions.estimating import KIND as EFFECT
from integrations.actions.noticing import IsAnswered, notice
from integrations.actions.sales_actions import went_live
from integrations.detecting import Change
from integrations.effects import recorded
from integrations.models import ChannelAccount, SalesAction, SalesLine
from integrations.signs import DISCOUNT, SPEAKS_OF, Sign, is_refused, sign_of, speaks, without_sign
from linkstar.members.models import Member
from linkstar.workspaces import due
from notifications.actions.notify import notify
from projects.models import Task

# A task that is due much later is not what is seen today.
_EARLY = timedelta(days=14)
# Discounts speak when so many orders have one within two days, and none had in the week before.
_FRESH, _BASE, _FEWEST = timedelta(days=2), timedelta(days=7), 2


def spot(account: ChannelAccount, changes: Sequence[Change], *, now: datetime) -> list[Change]:
    """Tell of the changes that a task was to make; the others are returned. In the transaction that holds the row."""
    if not changes:
        return []
    explained: set[Change] = set()
    for action in _awaited(account, [change.sku for change in changes], now=now):
        mine = [change for change in changes if change.sku in action.skus and speaks(change, action.kind)]
        for field in dict.fromkeys(change.field for change in mine):
            seen = {change.sku: (change.before, change.after) for change in mine if change.field == field}
            if _suggest(action, Sign(field, now, seen), now=now):
                explained |= {change for change in mine if change.field == field}
    return [change for change in changes if change not in explained]


def spot_discounts(account: ChannelAccount, *, now: datetime) -> None:
    """Orders of the last days have a discount that those of the week before had not: a coupon or a deal is live."""
    since = now - _FRESH
    for action in _awaited(account, None, now=now).filter(kind__in=SPEAKS_OF[DISCOUNT]):
        lines = SalesLine.objects.filter(
            account=account, kind=SalesLine.Kind.SALE, status=SalesLine.Status.COUNTED, sku__in=action.skus,
            discount__gt=0, day_on__gte=account.day_of(since - _BASE), happened_at__gte=since - _BASE,
        )  # fmt: skip
        found = lines.aggregate(
            before=Count("order_id", filter=Q(happened_at__lt=since), distinct=True),
            fresh=Count("order_id", filter=Q(happened_at__gte=since), distinct=True),
            at=Min("happened_at", filter=Q(happened_at__gte=since)),
        )
        if not found["before"] and found["fresh"] >= _FEWEST:
            skus = lines.filter(happened_at__gte=since).values_list("sku", flat=True).distinct()
            _suggest(action, Sign(DISCOUNT, found["at"], dict.fromkeys(sorted(skus), ("", ""))), now=now)


@transaction.atomic
def take_sign(action: SalesAction, *, actor: Member, now: datetime) -> SalesAction:
    """It was this task, live since then unless an instant was said before; the sign goes. Raises IsAnswered."""
    found, sign = _waiting(action)
    if found.live_at is not None and found.live_at <= now:
        found.seen = without_sign(found.seen)
        found.save(update_fields=["seen"])
        return found
    return went_live(found, sign.at, actor=actor, now=now)


@transaction.atomic
def refuse_sign(action: SalesAction, *, now: datetime) -> None:
    """It was something else, which is now asked of everybody. Raises IsAnswered."""
    # First, as the workers do, who hold it while they write down what they see.
    account = ChannelAccount.objects.select_for_update(no_key=True).get(pk=action.account_id)
    found, sign = _waiting(action)
    kept = without_sign(found.seen)
    found.seen = {**kept, "not_this": [*kept.get("not_this", []), sign.field]}
    found.save(update_fields=["seen"])
    if sign.field != DISCOUNT:
        left = [Change(sku, sign.field, before, after) for sku, (before, after) in sign.changes.items()]
        notice(account, left, now=now)


def _awaited(account: ChannelAccount, skus: Sequence[str] | None, *, now: datetime) -> QuerySet[SalesAction]:
    """Of tasks that are not done and are due before long."""
    soon = Q(task__due_at=None) | Q(task__due_at__lte=now + _EARLY)
    open_tasks = recorded(account).filter(soon, task__completed_at=None, task__archived_at=None, task__isnull=False)
    if skus is not None:
        open_tasks = open_tasks.filter(skus__overlap=list(skus))
    open_tasks = open_tasks.select_related("task__owner", "task__project", "account")
    return open_tasks.order_by("pk").select_for_update(of=("self",))


def _suggest(action: SalesAction, sign: Sign, *, now: datetime) -> bool:
    """Whether it stands on the task now: said once, and never again after somebody said no."""
    if is_refused(action, sign.field):
        return False
    before = sign_of(action)
    if before is not None and before.field != sign.field:
        return True
    if before is not None:
        sign = Sign(sign.field, before.at, {**before.changes, **sign.changes})
    action.seen = {**action.seen, "sign": sign.told()}
    action.save(update_fields=["seen"])
    task = action.task
    assert task is not None  # noqa: S101 - asked for by _awaited
    if before is None and task.owner is not None and task.owner.is_insider:
        notify(
            [task.owner],
            kind="looks_live",
            key=f"looks-live:{action.pk}:{sign.field}",
            data={"task": task.title, "shop": action.account.name, "field": sign.field},
            url=task.get_absolute_url(),
            now=now,
        )
    return True


def _waiting(action: SalesAction) -> tuple[SalesAction, Sign]:
    """The row as it is now, locked, with its sign."""
    # In the order of whoever changes an action.
    Task.objects.select_for_update(no_key=True).get(sales_action=action.pk)
    due.lock(EFFECT, action.pk)
    found = (
        SalesAction.objects.select_for_update(of=("self",)).select_related("account", "task__project").get(pk=action.pk)
    )
    sign = sign_of(found)
    if sign is None:
        raise IsAnswered
    return found, sign
