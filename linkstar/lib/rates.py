"""Amounts in another currency, by the rate of their own day. Decimal throughout, and nothing is rounded here."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

EURO = "EUR"
# Over a weekend and Easter the last rate is five days old; what is older than a week is no rate of that day.
LONGEST_DAYS = 7


class Rate(NamedTuple):
    """What one euro was worth in `currency` on a day."""

    day_on: date
    currency: str
    per_euro: Decimal


class Rates:
    """Into `target`, by way of the euro. A day without a rate takes the last one before, at most LONGEST_DAYS old."""

    def __init__(self, target: str, published: Iterable[Rate]) -> None:
        self.target = target
        self._days: dict[str, list[date]] = {}
        self._values: dict[str, list[Decimal]] = {}
        for rate in sorted(published):
            self._days.setdefault(rate.currency, []).append(rate.day_on)
            self._values.setdefault(rate.currency, []).append(rate.per_euro)

    def factor(self, currency: str, day: date) -> Decimal | None:
        """How much of the target one unit was worth; None: there is no rate for that day."""
        if currency == self.target:
            return Decimal(1)
        source, target = self._per_euro(currency, day), self._per_euro(self.target, day)
        return target / source if source and target else None

    def convert(self, amount: Decimal, currency: str, day: date) -> Decimal | None:
        """Not rounded: sums are rounded once, where they are shown."""
        factor = self.factor(currency, day)
        return None if factor is None else amount * factor

    def day_of(self, currency: str, day: date) -> date | None:
        """The day whose rate counts for `day`, the older one of two; None where there is none, or none is needed."""
        if currency == self.target:
            return None
        days = [self._days[each][at] for each in (currency, self.target) if (at := self._place(each, day)) is not None]
        wanted = 1 if EURO in (currency, self.target) else 2
        return min(days) if len(days) == wanted else None

    def _per_euro(self, currency: str, day: date) -> Decimal | None:
        if currency == EURO:
            return Decimal(1)
        at = self._place(currency, day)
        return None if at is None else self._values[currency][at]

    def _place(self, currency: str, day: date) -> int | None:
        days = self._days.get(currency, [])
        at = bisect_right(days, day) - 1
        return at if at >= 0 and day - days[at] <= timedelta(days=LONGEST_DAYS) else None
