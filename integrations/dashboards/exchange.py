"""Amounts of a dashboard in one currency, for reading only: by the rate of each day, never by today's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from django.db import connection

from integrations.dashboards.periods import Period
from linkstar.lib.rates import LONGEST_DAYS, Rate, Rates
from linkstar.workspaces.models import ExchangeRate

Table = tuple[list[str], list[date], list[Decimal]]


@dataclass(frozen=True)
class Exchange:
    """`currencies` are those whose rates were looked for, over all days of `periods`, the shown one first."""

    rates: Rates
    currencies: frozenset[str]
    periods: Sequence[Period]
    sources: frozenset[str]

    @property
    def target(self) -> str:
        return self.rates.target

    @cached_property
    def table(self) -> Table:
        """Currencies, days and factors side by side, for SQL. What is missing has no rate."""
        found = [
            (currency, day, factor)
            for currency in sorted(self.currencies - {self.target})
            for day in self._days
            if (factor := self.rates.factor(currency, day)) is not None
        ]
        return [row[0] for row in found], [row[1] for row in found], [row[2] for row in found]

    @property
    def is_empty(self) -> bool:
        """No rate at all: nothing can be converted."""
        return not self.table[0]

    @property
    def is_whole(self) -> bool:
        """Whether what has a rate on one of the days has it on all, so that periods can be held against each other."""
        return len(self.table[0]) == len(self._days) * len(set(self.table[0]))

    @property
    def newest(self) -> date | None:
        """The last day of which a rate counts in the shown period; None: there is none, or none is needed."""
        used = (
            self.rates.day_of(currency, day)
            for currency in self.currencies
            for day in self.periods[0].days
        )  # fmt: skip
        return max((day for day in used if day), default=None)

    @property
    def is_made_up(self) -> bool:
        return ExchangeRate.Source.DEMO in self.sources

    @cached_property
    def _days(self) -> list[date]:
        return sorted({day for period in self.periods for day in period.days})


def find_exchange(target: str, currencies: Iterable[str], periods: Sequence[Period]) -> Exchange:
    """One statement. What the demo made up counts in the demo workspace alone."""
    wanted = frozenset(currencies)
    first, last = min(each.first for each in periods), max(each.last for each in periods)
    rows = ExchangeRate.objects.filter(
        currency__in={*wanted, target}, day_on__gte=first - timedelta(days=LONGEST_DAYS), day_on__lte=last
    )
    if not getattr(connection.tenant, "is_demo", False):
        rows = rows.published()
    told = list(rows.values_list("day_on", "currency", "per_euro", "source"))
    rates = Rates(target, (Rate(day, currency, per_euro) for day, currency, per_euro, _source in told))
    return Exchange(rates, wanted, periods, frozenset(source for *_rate, source in told))
