"""A dashboard, read: tiles, the line and what stands on it, shops and how current they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from integrations.dashboards.asking import Asked
from integrations.dashboards.exchange import Exchange, find_exchange
from integrations.dashboards.marks import Mark, marks_of
from integrations.dashboards.periods import WEEK, Period, events_in
from integrations.dashboards.sums import Found, Sums, Told, added, find, find_told
from integrations.models import ChannelAccount
from linkstar.calendars.market import Entry
from linkstar.members.models import Member
from projects.models import Project

# More days than these are drawn by the week.
_MOST_DAYS = 120
# Visits of the newest days come late and are corrected (integrations.md, rule 27).
TRAFFIC_IS_LATE = timedelta(days=3)
_CHANNELS = {
    ChannelAccount.Channel.AMAZON: Project.Channel.AMAZON_US,
    ChannelAccount.Channel.WALMART: Project.Channel.WALMART_US,
    ChannelAccount.Channel.SHOPIFY: Project.Channel.SHOPIFY,
    ChannelAccount.Channel.TIKTOK: Project.Channel.TIKTOK_US,
}


class Point(NamedTuple):
    """A day, or a week of days, and the same of what it is compared with (None: nothing is)."""

    period: Period
    now: Sums
    before: Sums | None


class Left(NamedTuple):
    """What has no rate of its days and so is in no sum, in the currency it was sold in."""

    currency: str
    sums: Sums


class ShopLine(NamedTuple):
    shop: ChannelAccount
    now: Sums
    before: Sums | None
    told: Told | None
    left: Sequence[Left] = ()


@dataclass(frozen=True)
class Board:
    """`currencies` are all that something was sold in, the biggest in units first; numbers are of `currency` alone.

    With `exchange` everything is converted into `currency`, which is then the only one, but for what is `left`,
    of the days `left_on`.
    `known_from` is the first day that any shop in view has facts of, `known_until` the last one up to the end. From
    `sales_open` on sales are preliminary, from `traffic_open` on visits.
    """

    asked: Asked
    currency: str
    currencies: Sequence[str]
    total: Sums
    before: Sums | None
    points: Sequence[Point]
    shops: Sequence[ShopLine]
    events: Sequence[Entry]
    marks: Sequence[Mark]
    known_from: date | None
    known_until: date | None
    sales_open: date
    traffic_open: date
    exchange: Exchange | None = None
    left: Sequence[Left] = ()
    left_on: frozenset[date] = frozenset()

    @property
    def is_weekly(self) -> bool:
        return self.asked.period.length > _MOST_DAYS

    @property
    def is_known_before(self) -> bool:
        """Whether the days that it is compared with are known from their first on."""
        before = self.asked.before
        return before is not None and self.known_from is not None and self.known_from <= before.first

    @property
    def has_all_rates(self) -> bool:
        return self.exchange is None or self.exchange.is_whole

    @property
    def is_comparable(self) -> bool:
        return self.is_known_before and self.has_all_rates and self.is_told

    @property
    def is_told(self) -> bool:
        """Whether any shop has told of these days at all: nothing told is no fall to nothing."""
        return self.known_until is not None and self.known_until >= self.asked.period.first

    @property
    def latecomers(self) -> list[tuple[str, date]]:
        """Names of shops that sold something, with their first day, where that lies in or after the compared days."""
        before = self.asked.before
        if before is None or not self.is_comparable:
            return []
        sold = [(line.shop.name, line.told.first_on) for line in self.shops if line.told and line.now.units]
        return [(name, since) for name, since in sold if since > before.first]

    @property
    def has_numbers(self) -> bool:
        return any(point.now != Sums() and point.now != Sums(orders=None) for point in self.points)


def read_board(asked: Asked, member: Member) -> Board:
    """Four statements, however many facts, shops, events and actions there are; five in another currency."""
    found, exchange = _found(asked)
    currencies = [asked.show] if exchange else _currencies([each.by_day for each in found], asked)
    wanted = asked.wanted.currency
    currency = wanted if wanted in currencies else currencies[0] if currencies else ""
    days = [each.by_day.get(currency, {}) for each in found]
    told = {each.account: each for each in find_told(asked.scope.accounts, asked.period.last)}
    channels = {_CHANNELS[ChannelAccount.Channel(shop.channel)] for shop in asked.shops}
    return Board(
        asked=asked,
        currency=currency,
        currencies=currencies,
        total=_total(days[0], asked),
        before=_total(days[1], asked) if asked.before else None,
        points=_points(asked, *days),
        shops=[
            ShopLine(
                shop,
                found[0].by_shop.get(currency, {}).get(shop.pk, Sums()),
                found[1].by_shop.get(currency, {}).get(shop.pk, Sums()) if asked.before else None,
                told.get(shop.pk),
                _left({each: shops[shop.pk] for each, shops in found[0].by_shop.items() if shop.pk in shops}, exchange),
            )
            for shop in asked.shops
            if asked.scope.skus is None or any(account == shop.pk for account, _sku in asked.scope.skus)
        ],
        events=events_in(asked.period, channels),
        marks=marks_of(member, asked),
        known_from=min((each.first_on for each in told.values()), default=None),
        known_until=max((each.last_on for each in told.values()), default=None),
        sales_open=asked.open_from,
        traffic_open=asked.open_from - TRAFFIC_IS_LATE,
        exchange=exchange,
        left=_left({each: added(days.values()) for each, days in found[0].by_day.items()}, exchange),
        left_on=frozenset(
            day for each, days in found[0].by_day.items() if exchange and each != currency for day in days
        ),
    )


def _found(asked: Asked) -> tuple[list[Found], Exchange | None]:
    """Rates are looked for of the shops' currencies; where something was sold in yet another one, also of that.

    With no rate at all everything is as it was sold, and no Exchange.
    """
    if not asked.show:
        return find(asked.scope, asked.periods), None
    currencies = {shop.currency for shop in asked.shops}
    while True:
        exchange = find_exchange(asked.show, currencies, asked.periods)
        found = find(asked.scope, asked.periods, exchange)
        others = {currency for each in found for currency in each.by_day} - currencies - {asked.show}
        if not others:
            has_strange = any(currency != asked.show for each in found for currency in each.by_day)
            return found, None if exchange.is_empty and has_strange else exchange
        currencies |= others


def _left(sums: Mapping[str, Sums], exchange: Exchange | None) -> list[Left]:
    if exchange is None:
        return []
    return [Left(currency, sums[currency]) for currency in sorted(sums) if currency != exchange.target]


def _currencies(found: Sequence[Mapping[str, Mapping[date, Sums]]], asked: Asked) -> list[str]:
    """Those with facts in a period; with none at all the shops' own."""
    units: dict[str, int] = {}
    for by_currency in found:
        for currency, days in by_currency.items():
            units[currency] = units.get(currency, 0) + sum(sums.units for sums in days.values())
    if not units:
        return list(dict.fromkeys(shop.currency for shop in asked.shops))
    own = {shop.currency for shop in asked.shops}
    return sorted(units, key=lambda currency: (-units[currency], currency not in own, currency))


def _total(days: Mapping[date, Sums], asked: Asked) -> Sums:
    total = added(days.values())
    if asked.scope.order_column is None:
        total.orders = None
    return total


def _points(asked: Asked, now: Mapping[date, Sums], before: Mapping[date, Sums] | None = None) -> list[Point]:
    shift = (asked.period.first - asked.before.first).days if asked.before else 0
    points = []
    for part in spans(asked.period):
        earlier = _within(part.moved(-shift), before, asked) if before is not None else None
        points.append(Point(part, _within(part, now, asked), earlier))
    return points


def _within(period: Period, days: Mapping[date, Sums], asked: Asked) -> Sums:
    return _total({day: days[day] for day in period.days if day in days}, asked)


def spans(period: Period) -> list[Period]:
    """What one point stands for: a day, or a week from Monday on, the first and the last cut to the period."""
    if period.length <= _MOST_DAYS:
        return [Period(day, day) for day in period.days]
    found, first = [], period.first
    while first <= period.last:
        last = min(first + timedelta(days=WEEK - 1 - first.weekday()), period.last)
        found.append(Period(first, last))
        first = last + timedelta(days=1)
    return found
