"""What sales did after an action, from the facts of its shop (linkstar/lib/effects; integrations.md, section 6).

A result is made once the days after the action are closed and have settled, and is frozen with all it was made of:
`SalesAction.estimates` = {"7": {…}, "14": {…}, "28": {…}}. Where the numbers of those days are others later, a second
result stands beside the first, under "again"; the first stays as it was.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Max, Min, Q, QuerySet, Sum

from integrations.models import ChannelAccount, DailySales, Listing, SalesAction
from integrations.streams import ORDERS, Stream
from linkstar.calendars.market import dates_between
from linkstar.lib.effects import OtherAction, Panel, estimate_effect, freeze, pool

HORIZONS = (7, 14, 28)
# Cancellations and returns of the last days are still coming in.
SETTLES = timedelta(days=2)
# So long after the longest horizon the shop's last look back is over: then a frozen result is held against the data.
CHECKED = timedelta(days=35)
_HISTORY = timedelta(weeks=26)
_CANDIDATES, _MOST_CONTROLS = 40, 20
_MOST_OUT = 0.2
_WITH_MONEY = (SalesAction.Kind.PRICE, SalesAction.Kind.COUPON, SalesAction.Kind.DEAL)
_ONE, _NO_MONEY = timedelta(days=1), Decimal()


@dataclass(frozen=True)
class Day:
    units: int
    stock: int | None
    price: float | None
    ads: float | None
    buy_box: float | None
    net: Decimal


def told_through(account: ChannelAccount) -> date | None:
    """The last day of which all sales are here; None: no day."""
    if account.source == ChannelAccount.Source.API:
        cursor = Stream.of(account, ORDERS).cursor
        return account.day_of(datetime.fromisoformat(cursor)) - _ONE if cursor else None
    brought = DailySales.objects.filter(account=account, sales_source=DailySales.Origin.FILES)
    last: date | None = brought.aggregate(last=Max("day_on"))["last"]
    return last


def closed_through(account: ChannelAccount, *, now: datetime) -> date | None:
    """The last day that is over in the shop's zone, is told, and has settled."""
    told = told_through(account)
    return min(told, account.day_of(now) - _ONE - SETTLES) if told else None


def action_day(action: SalesAction) -> date:
    """The shop's day on which shoppers saw it; of one that is live."""
    assert action.live_at is not None  # noqa: S101 - asked for by the callers
    return action.account.day_of(action.live_at)


def ready_on(action: SalesAction, horizon: int) -> date:
    """The shop's day on which the result of so many days can be made."""
    return action_day(action) + timedelta(days=horizon) + SETTLES + _ONE


def result_of(action: SalesAction, horizon: int, *, through: date, now: datetime) -> dict[str, Any]:
    """As it is frozen: `freeze` of the estimator, when it was made, and for prices the money beside the units."""
    facts = _Facts(action, horizon, through)
    panels = [facts.panel(sku) for sku in action.skus]
    panel = panels[0] if len(panels) == 1 else pool(panels)
    frozen = freeze(panel, estimate_effect(panel))
    money = facts.money() if action.kind in _WITH_MONEY else None
    return {"made_at": now.isoformat(), "through": through.isoformat(), "money": money, **frozen}


class _Facts:
    """The days of an action's SKUs and of those they are compared with, in four statements."""

    def __init__(self, action: SalesAction, horizon: int, through: date) -> None:
        self.action, self.account, self.horizon, self.through = action, action.account, horizon, through
        self.on = action_day(action)
        self.end = self.on + timedelta(days=horizon)
        self.base = self.on - timedelta(days=2 * horizon)
        sold = DailySales.objects.filter(account=self.account).exclude(sales_source="")
        first = sold.aggregate(first=Min("day_on"))["first"] or self.on
        self.start = min(self.on, max(self.on - _HISTORY, first))
        self.own = set(action.skus)
        self.siblings = self._siblings()
        self.candidates = self._candidates()
        self.days = self._read()
        self.others, self.treated = self._others()
        self.controls = [sku for sku in self.candidates if self._may_control(sku)][:_MOST_CONTROLS]
        self.events = event_days(self.account, self.start, self.end)
        self.gaps = self._gaps()

    def panel(self, sku: str) -> Panel:
        shown = [sku, *self.controls, *sorted(self.siblings & set(self.candidates))]
        series = {each: self._units(each) for each in shown}
        return Panel(
            sku=sku,
            start=self.start,
            action_on=self.on,
            action_kind=self.action.kind,
            post_days_wanted=self.horizon,
            closed_days=max(0, (min(self.through, self.end) - self.start).days + 1),
            units=series.pop(sku),
            in_stock=tuple(0.0 if self._is_out(sku, day) else 1.0 for day in self._all_days()),
            controls=series,
            treated_controls=frozenset(self.treated),
            siblings=frozenset(self.siblings),
            other_actions=tuple(self.others),
            event_days=frozenset(self.events),
            ad_spend=self._series(sku, "ads"),
            prices=self._series(sku, "price"),
            buy_box=self._series(sku, "buy_box"),
        )

    def money(self) -> dict[str, Any]:
        """Net of discounts, a day, before and after: of the SKUs and of those they are compared with."""
        before = [self.base + timedelta(days=day) for day in range(2 * self.horizon)]
        after = [self.on + timedelta(days=day + 1) for day in range(self.horizon)]

        def daily(skus: Collection[str], days: list[date]) -> str:
            found = (self.days.get((sku, day)) for sku in skus for day in days)
            total = sum((day.net for day in found if day), _NO_MONEY)
            return str((total / len(days)).quantize(Decimal("0.01")))

        return {
            "currency": self.account.currency,
            "before": daily(self.own, before),
            "after": daily(self.own, after),
            "others_before": daily(self.controls, before),
            "others_after": daily(self.controls, after),
        }

    def _siblings(self) -> set[str]:
        """Variations of the same parents."""
        mine = Listing.objects.filter(account=self.account, sku__in=self.own).exclude(parent="")
        family = Listing.objects.filter(account=self.account, parent__in=mine.values("parent"))
        return set(family.exclude(sku__in=self.own).values_list("sku", flat=True)[:200])

    def _candidates(self) -> list[str]:
        """What sold before the action in the same shop, the most first."""
        before = DailySales.objects.filter(
            account=self.account, currency=self.account.currency, day_on__gte=self.base, day_on__lt=self.on
        )
        sums = before.exclude(sku__in=self.own).values("sku").annotate(sold=Sum("units_ordered")).filter(sold__gt=0)
        return list(sums.order_by("-sold", "sku").values_list("sku", flat=True)[:_CANDIDATES])

    def _read(self) -> dict[tuple[str, date], Day]:
        rows = DailySales.objects.filter(
            account=self.account,
            currency=self.account.currency,
            day_on__range=(self.start, self.end),
            sku__in=[*self.own, *self.candidates],
        )
        names = ("sku", "day_on", "units_ordered", "stock", "price", "ad_spend", "buy_box_percent")
        return {
            (sku, on): Day(units, stock, _float(price), _float(ads), _share(box), gross - off)
            for sku, on, units, stock, price, ads, box, gross, off in rows.values_list(
                *names, "gross_sales", "discounts"
            )
        }

    def _others(self) -> tuple[list[OtherAction], set[str]]:
        """Beginnings and ends of other actions on the SKUs and their variations; others that had some in the window."""
        near = recorded(self.account).exclude(pk=self.action.pk)
        near = near.filter(live_at__lt=self.account.beginning_of(self.end + _ONE))
        found, treated = set[OtherAction](), set[str]()
        for skus, live_at, ended_at, kind in near.values_list("skus", "live_at", "ended_at", "kind"):
            for on in [self.account.day_of(at) for at in (live_at, ended_at) if at]:
                if self.start <= on <= self.end and (self.own | self.siblings) & set(skus):
                    found.add(OtherAction(on, None, kind))
                if self.base <= on <= self.end:
                    treated |= set(skus) & set(self.candidates) - self.siblings
        return sorted(found, key=lambda other: (other.on, other.kind)), treated

    def _may_control(self, sku: str) -> bool:
        if sku in self.siblings or sku in self.treated:
            return False
        days = [self.base + timedelta(days=day) for day in range(3 * self.horizon + 1)]
        return sum(self._is_out(sku, day) for day in days) <= _MOST_OUT * len(days)

    def _gaps(self) -> set[date]:
        """Of files: days of which they say nothing at all. A channel tells every day."""
        if self.account.source == ChannelAccount.Source.API:
            return set()
        told = DailySales.objects.filter(account=self.account, day_on__range=(self.start, self.end))
        known = set(told.exclude(sales_source="").values_list("day_on", flat=True).distinct())
        return set(self._all_days()) - known

    def _all_days(self) -> list[date]:
        return [self.start + timedelta(days=day) for day in range((self.end - self.start).days + 1)]

    def _units(self, sku: str) -> tuple[float | None, ...]:
        return tuple(
            None if day in self.gaps else float(self.days[sku, day].units if (sku, day) in self.days else 0)
            for day in self._all_days()
        )

    def _series(self, sku: str, name: str) -> tuple[float | None, ...]:
        found = tuple(getattr(self.days.get((sku, day)), name, None) for day in self._all_days())
        return found if any(value is not None for value in found) else ()

    def _is_out(self, sku: str, day: date) -> bool:
        """At the end of the day; where nobody tells the stock it is taken to be there."""
        row = self.days.get((sku, day))
        return row is not None and row.stock == 0 and row.units == 0


def recorded(account: ChannelAccount) -> QuerySet[SalesAction]:
    """The shop's actions that the team stands by; those of tasks in the bin are left out."""
    found = SalesAction.objects.filter(account=account, state=SalesAction.State.RECORDED)
    return found.filter(Q(task=None) | Q(task__deleted_at=None))


def event_days(account: ChannelAccount, first: date, last: date) -> set[date]:
    """Sales of the marketplace, and Black Friday to Cyber Monday."""
    found: set[date] = set()
    friday: date | None = None
    for entry in dates_between(first - timedelta(days=4), last + timedelta(days=4)):
        if entry.first is None or entry.last is None:
            continue
        if entry.kind == "marketplace_event" and entry.channel.removesuffix("_us") == account.channel:
            found |= set(_days(entry.first, entry.last))
        elif entry.key == "black_friday":
            friday = entry.first
        elif entry.key == "cyber_monday" and friday is not None:
            found |= set(_days(friday, entry.last))
    return {day for day in found if first <= day <= last}


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=day) for day in range((last - first).days + 1))


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _share(percent: Decimal | None) -> float | None:
    return None if percent is None else float(percent) / 100
