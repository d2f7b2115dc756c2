"""Made-up exchange rates of the demo's days, so that its sales can be shown in other currencies without a network."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from linkstar.demo.sales import DAYS
from linkstar.lib.rates import LONGEST_DAYS
from linkstar.workspaces.models import ExchangeRate

# Per euro, about as it was in 2026; each swings around it by up to 1 % over so many days.
_USUAL = {
    "USD": ("1.1620", 86), "CNY": ("8.2470", 74), "GBP": ("0.87850", 58), "JPY": ("180.40", 66),
    "CAD": ("1.6310", 70), "MXN": ("21.4300", 62), "HKD": ("9.0450", 86),
}  # fmt: skip
_SATURDAY = 5


def add_rates(*, now: datetime) -> None:
    """Of the working days of the demo's sales, where none was published."""
    days = [now.date() - timedelta(days=back) for back in range(DAYS + LONGEST_DAYS + 1)]
    ExchangeRate.objects.bulk_create(
        [
            ExchangeRate(
                day_on=day, currency=currency, per_euro=_rate(Decimal(usual), swing, day),
                source=ExchangeRate.Source.DEMO, fetched_at=now,
            )
            for currency, (usual, swing) in _USUAL.items()
            for day in days
            if day.weekday() < _SATURDAY
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _rate(usual: Decimal, swing: int, day: date) -> Decimal:
    """Up and down in a straight line, the same for a day whenever the demo is loaded."""
    at = day.toordinal() % swing
    height = Decimal(4 * min(at, swing - at) - swing) / swing
    return (usual * (1 + height / 100)).quantize(usual)
