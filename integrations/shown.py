"""Shops as pages show them. Instants stay instants: templates put them on the reader's clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from integrations.actions.connecting import ERASE, SYNC
from integrations.files.kinds import KINDS
from integrations.models import ChannelAccount, DailySales
from integrations.problems import Problem, problem_of
from integrations.streams import LISTINGS, ORDERS, REFUNDS, TRAFFIC, Stream
from linkstar.workspaces.jobs import current_workspace_id
from linkstar.workspaces.models import DueItem

Words = str | Promise
_STATE = ChannelAccount.State
LOOKS = {
    _STATE.CONNECTED: "done",
    _STATE.NEEDS_ATTENTION: "soon",
    _STATE.RECONNECT: "overdue",
    _STATE.PAUSED: "",
    _STATE.DISCONNECTED: "missing",
}
STREAMS = {
    ORDERS: pgettext_lazy("data of a shop", "Orders"),
    REFUNDS: pgettext_lazy("data of a shop", "Refunds"),
    TRAFFIC: pgettext_lazy("data of a shop", "Visits"),
    LISTINGS: pgettext_lazy("data of a shop", "Products"),
}
PURPOSES = {
    "live": pgettext_lazy("reading of a shop", "news"),
    "fill": pgettext_lazy("reading of a shop", "history"),
    "reconcile": pgettext_lazy("reading of a shop", "the last 35 days once more"),
    "asked": pgettext_lazy("reading of a shop", "asked for by hand"),
}
# How long a permission lasts by itself (integrations.md 1.2): a seller at Amazon renews it once a year.
_PERMISSION_DAYS = {ChannelAccount.Channel.AMAZON: 365}
# integrations.md 1.2: every permission of the sellers outlives it.
_SECRET_LASTS = timedelta(days=180)
SOON_DAYS = 30
_NEAR = timedelta(minutes=1)


@dataclass(frozen=True)
class ShownStream:
    """One kind of data: `since` is how far back it is complete, `percent` of the history that can be reached."""

    name: Words
    percent: int
    since: datetime | None
    good_at: datetime | None
    problem: Problem | None


@dataclass(frozen=True)
class ShownRun:
    what: Words
    why: Words
    started_at: datetime
    ended_at: datetime
    counts: dict[str, int]
    problem: Problem | None


@dataclass(frozen=True)
class ShownCheck:
    """On `same` of `days` the channel's own units are ours; `apart` are the others (day, theirs, ours, pending)."""

    at: datetime
    days: int
    same: int
    apart: list[dict[str, Any]]


@dataclass(frozen=True)
class ShownShop:
    """`up_to`: every sale before it is told (for files: the last day told). `next_at` None: nothing is promised."""

    account: ChannelAccount
    look: str
    words: Words
    problem: Problem | None
    up_to: datetime | None
    up_to_day: date | None
    next_at: datetime | None
    is_busy: bool
    is_erasing: bool
    percent: int
    # Something is being read, or will be within a minute: a page that is open asks again.
    is_awaited: bool

    @property
    def is_filling(self) -> bool:
        """Its history is still coming in."""
        return self.account.is_synced and self.percent < 100


def shown_shops(accounts: Iterable[ChannelAccount], *, now: datetime) -> list[ShownShop]:
    accounts = list(accounts)
    due = _promises([account.pk for account in accounts])
    days = _last_days_of_files([each.pk for each in accounts if each.source == ChannelAccount.Source.FILES])
    return [_shop(account, due, days.get(account.pk), now) for account in accounts]


def shown_streams(account: ChannelAccount) -> list[ShownStream]:
    """In the order they are read; those that have never begun are left out."""
    found = [(name, Stream.of(account, key)) for key, name in STREAMS.items() if key in account.streams]
    return [
        ShownStream(
            name,
            stream.fill_percent,
            _instant(stream.fill_until),
            _instant(stream.good_at),
            problem_of(stream.error) if stream.error else None,
        )
        for name, stream in found
    ]


def shown_check(account: ChannelAccount) -> ShownCheck | None:
    """What came of holding the channel's own totals against ours, last."""
    check = Stream.of(account, ORDERS).check
    if not check.get("days"):
        return None
    apart = [{**day, "day": date.fromisoformat(day["day"])} for day in check["apart"]]
    return ShownCheck(datetime.fromisoformat(check["at"]), check["days"], check["days"] - len(apart), apart)


def shown_runs(account: ChannelAccount, *, limit: int = 20) -> list[ShownRun]:
    """Of all kinds of data together, newest first."""
    runs = [
        _run(name, run)
        for key, name in STREAMS.items()
        if key in account.streams
        for run in Stream.of(account, key).runs
    ]
    return sorted(runs, key=lambda run: run.ended_at, reverse=True)[:limit]


@dataclass(frozen=True)
class ShownUpload:
    """A file that was taken in at `at`: numbers as of that instant came from it."""

    name: str
    kind: Words
    at: datetime
    by: str
    rows: int
    left_out: int
    since: date | None
    until: date | None


def shown_upload(upload: dict[str, Any]) -> ShownUpload:
    days = [date.fromisoformat(upload[name]) if upload[name] else None for name in ("since", "until")]
    at, kind = datetime.fromisoformat(upload["at"]), KINDS[upload["kind"]].name
    return ShownUpload(upload["name"], kind, at, upload["by"], upload["rows"], upload["left_out"], *days)


def permission_until(account: ChannelAccount) -> datetime | None:
    """When the seller has to say yes again; None: not by the calendar.

    Shopify's 90 days begin anew whenever the store is read.
    """
    days = _PERMISSION_DAYS.get(ChannelAccount.Channel(account.channel))
    is_on = account.source == ChannelAccount.Source.API and account.state != _STATE.DISCONNECTED
    if is_on and account.channel == ChannelAccount.Channel.SHOPIFY:
        until = account.credentials.get("refresh_until")
        return datetime.fromtimestamp(float(until), UTC) if until else None
    return account.authorised_at + timedelta(days=days) if days and account.authorised_at and is_on else None


def app_keys_until(account: ChannelAccount) -> datetime | None:
    """When LinkStar's own secret at Amazon runs out; None where the operator does not say when it was made."""
    if account.channel != ChannelAccount.Channel.AMAZON or not settings.AMAZON_LWA_SECRET_MADE_ON:
        return None
    made_on = date.fromisoformat(settings.AMAZON_LWA_SECRET_MADE_ON)
    return datetime.combine(made_on + _SECRET_LASTS, time.min, UTC)


def days_until(at: datetime, *, now: datetime) -> int:
    """Whole days left, 0 for less than one, negative once it has passed."""
    return (at - now).days


def _shop(
    account: ChannelAccount, due: dict[tuple[str, int], datetime], last_day: date | None, now: datetime
) -> ShownShop:
    orders = Stream.of(account, ORDERS)
    is_erasing = (ERASE, account.pk) in due
    is_files = account.source == ChannelAccount.Source.FILES
    is_busy, percent = account.busy_until is not None and account.busy_until > now, _percent(account)
    next_at = due.get((SYNC, account.pk)) if account.is_synced else None
    is_near = next_at is not None and next_at < now + _NEAR
    return ShownShop(
        account=account,
        look="" if is_files else LOOKS[_STATE(account.state)],
        words=_words(account, is_erasing=is_erasing),
        problem=_problem(account),
        up_to=None if is_files else _instant(orders.cursor if orders.good_at else ""),
        up_to_day=last_day,
        next_at=next_at,
        is_busy=is_busy,
        is_erasing=is_erasing,
        percent=percent,
        is_awaited=account.is_synced and (is_busy or is_near or percent < 100),
    )


def _words(account: ChannelAccount, *, is_erasing: bool) -> Words:
    if is_erasing:
        return _("Being deleted")
    if account.source == ChannelAccount.Source.FILES and account.state == _STATE.CONNECTED:
        return _("From files")
    if account.source == ChannelAccount.Source.FILES and account.state == _STATE.DISCONNECTED:
        return pgettext_lazy("a store of files", "Put away")
    return account.get_state_display()


def _problem(account: ChannelAccount) -> Problem | None:
    if not account.is_synced and account.state != _STATE.RECONNECT:
        return None
    if account.state == _STATE.RECONNECT:
        return problem_of(account.last_error or "revoked")
    errors = [stream["error"] for stream in account.streams.values() if stream.get("error")]
    return problem_of(errors[0]) if errors else None


def _percent(account: ChannelAccount) -> int:
    """Of the history of all kinds of data; 100 where nothing is to be filled."""
    if not account.is_synced:
        return 100
    if ORDERS not in account.streams:
        return 0
    return min(Stream.of(account, key).fill_percent for key in STREAMS if key in account.streams)


def _promises(ids: list[int]) -> dict[tuple[str, int], datetime]:
    rows = DueItem.objects.filter(workspace=current_workspace_id(), kind__in=[SYNC, ERASE], object_id__in=ids)
    return {(kind, pk): at for kind, pk, at in rows.values_list("kind", "object_id", "run_at")}


def _last_days_of_files(ids: list[int]) -> dict[int, date]:
    if not ids:
        return {}
    told = DailySales.objects.filter(account=OuterRef("pk"), sales_source=DailySales.Origin.FILES)
    last = Subquery(told.order_by("-day_on").values("day_on")[:1])
    return dict(ChannelAccount.objects.filter(pk__in=ids).values_list("pk", last))


def _run(name: Words, run: dict[str, Any]) -> ShownRun:
    return ShownRun(
        name,
        PURPOSES.get(run["purpose"], ""),
        datetime.fromisoformat(run["started_at"]),
        datetime.fromisoformat(run["ended_at"]),
        run["counts"],
        problem_of(run["error"]) if run["error"] else None,
    )


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
