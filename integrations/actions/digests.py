"""Once a week a letter on the sales of the closed week, to whoever asked for it: at nine on their own clock."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from django.core import signing
from django.db import connection, transaction
from django.db.models import Case, F, Func, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from integrations import access
from integrations.digests import MOST_VIEWS, is_worth_a_letter, section_of, views_for
from integrations.models import ChannelAccount
from linkstar.lib.zones import get_zone
from linkstar.members.models import Member
from linkstar.workspaces import due
from linkstar.workspaces.letters import send_letter
from linkstar.workspaces.rounds import daily
from projects.models import SavedView

# object_id is the member's pk.
KIND = "sales_letter"
_HOUR = time(9)
# What was sold on Sunday night is read before Monday is counted.
_SETTLES = timedelta(hours=3)
# Rounds are a day apart; a little more, so that none falls between two.
_ROUND = timedelta(hours=25)
_DAYS = frozenset({6, 0, 1})
_SALT = "integrations.sales-letter"


class TooMany(ValueError):
    """A letter about more dashboards is not read."""


@transaction.atomic
def subscribe(view: SavedView, member: Member, *, now: datetime) -> None:
    """Twice is once. Raises TooMany beyond MOST_VIEWS."""
    views = SavedView.objects.filter(pk=view.pk).exclude(mailed_to__contains=[member.pk])
    others = SavedView.objects.of_sales().filter(mailed_to__contains=[member.pk]).exclude(pk=view.pk)
    if views.exists() and others.count() >= MOST_VIEWS:
        raise TooMany
    views.update(mailed_to=Func(F("mailed_to"), Value(member.pk), function="array_append"))
    # The round that would have promised tomorrow's letter may be over.
    due.schedule_many(_promises([(member.pk, member.time_zone)], now=now))


def unsubscribe(view_id: int, member_id: int) -> None:
    views = SavedView.objects.of_sales().filter(pk=view_id)
    views.update(mailed_to=Func(F("mailed_to"), Value(member_id), function="array_remove"))


def keep_to_author(view: SavedView) -> None:
    """What is no longer shared is mailed to nobody else."""
    own = Case(When(mailed_to__contains=[view.member_id], then=Value([view.member_id])), default=Value([]))
    SavedView.objects.filter(pk=view.pk).update(mailed_to=own)


def unsubscribe_all(member_id: int) -> None:
    """From all letters on sales, of this workspace."""
    views = SavedView.objects.of_sales().filter(mailed_to__contains=[member_id])
    views.update(mailed_to=Func(F("mailed_to"), Value(member_id), function="array_remove"))


def stop_token(member: Member) -> str:
    return signing.dumps([connection.tenant.pk, member.pk], salt=_SALT, compress=True)


def member_of(token: str) -> int | None:
    """Whose letters a token ends; None for what is no token of this workspace."""
    try:
        workspace, member = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(member) if workspace == connection.tenant.pk else None


def letter_at(member_zone: str, shop_zones: Iterable[str], *, week: date) -> datetime:
    """When the letter on the week that ended before `week`, a Monday, is sent: the reader's first nine o'clock after
    that week was over in every shop.
    """
    ends = (datetime.combine(week, time(), get_zone(zone)).astimezone(UTC) for zone in shop_zones)
    over = max(ends) + _SETTLES
    reader = get_zone(member_zone)
    for days in range(3):
        on = over.astimezone(reader).date() + timedelta(days=days)
        at = datetime.combine(on, _HOUR, reader).astimezone(UTC)
        if at >= over:
            return at
    raise AssertionError("every day has a morning")


@daily("letters on sales", is_needed=lambda now: now.weekday() in _DAYS)
def promise_letters(*, now: datetime) -> int:
    """Promise the letters whose hour comes before the next round."""
    wanted = SavedView.objects.of_sales().exclude(mailed_to=[]).values_list("mailed_to", flat=True)
    ids = {pk for each in wanted for pk in each}
    rows = _promises(Member.objects.active().insiders().filter(pk__in=ids).values_list("pk", "time_zone"), now=now)
    due.schedule_many(rows)
    return len(rows)


def _promises(members: Iterable[tuple[int, str]], *, now: datetime) -> list[tuple[str, int, datetime]]:
    """Of these members and their zones: the letters whose hour comes before the next round."""
    zones = set(ChannelAccount.objects.values_list("time_zone", flat=True))
    if not zones:
        return []
    monday = (now - timedelta(days=now.weekday())).date()
    weeks = (monday, monday + timedelta(days=7))
    mornings = ((pk, letter_at(zone, zones, week=week)) for pk, zone in members for week in weeks)
    return [(KIND, pk, at) for pk, at in mornings if now <= at <= now + _ROUND]


@due.handles(KIND)
def send(member_id: int, *, now: datetime) -> None:
    """Part of the transaction that takes the promise. Who may no longer see sales, or has left, gets none."""
    member = Member.objects.active().filter(pk=member_id).first()
    views = views_for(member) if member is not None else []
    if member is None or not views:
        return
    shops = list(access.shops_of(member).order_by("name", "pk"))
    with override(member.language), timezone.override(get_zone(member.time_zone)):
        found = [section_of(view, member, shops, now=now) for view in views]
    sections = [section for section in found if section is not None and is_worth_a_letter(section)]
    if not sections:
        return
    site = connection.tenant.url
    stop = reverse("integrations:sales-letters-stop", args=[stop_token(member)])
    week = now.astimezone(get_zone(member.time_zone)).isocalendar()
    send_letter(
        to=member.email,
        name="sales_week",
        language=member.language,
        key=f"sales:{member.pk}:{week.year}-{week.week}",
        context={
            "workspace": connection.tenant.name,
            "reader": member.display_name,
            "time_zone": member.time_zone,
            "sections": [{**section, "url": site + section.pop("path")} for section in sections],
            "unsubscribe_url": site + stop,
        },
    )
