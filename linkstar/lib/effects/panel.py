"""What one action is judged by: daily units of a SKU and of the SKUs it is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Days = NDArray[np.bool_]
Series = tuple[float | None, ...]

# A day counts, for the part it was in stock, when that is at least so much.
LEAST_STOCK = 0.5


@dataclass(frozen=True)
class OtherAction:
    """`sku` None: on the SKU itself or its parent."""

    on: date
    sku: str | None = None
    kind: str = ""


@dataclass(frozen=True)
class Panel:
    """Every series has one value a day from `start`, in the channel's own days; None is a gap.

    `closed_days` counts from `start`; later values are preliminary and never read. `in_stock` is the share of the day.
    `siblings` are variations of the same parent, never used as controls. The last three series only lead to warnings;
    `buy_box` is a share from 0 to 1, `prices` and `ad_spend` are in any one currency.
    """

    sku: str
    start: date
    action_on: date
    action_kind: str
    post_days_wanted: int
    closed_days: int
    units: Series
    in_stock: tuple[float, ...]
    controls: Mapping[str, Series]
    treated_controls: frozenset[str] = frozenset()
    siblings: frozenset[str] = frozenset()
    other_actions: tuple[OtherAction, ...] = ()
    event_days: frozenset[date] = frozenset()
    is_disconnected: bool = False
    ad_spend: Series = ()
    prices: Series = ()
    buy_box: Series = ()
    days: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", len(self.units))
        series = {"in_stock": self.in_stock, **{f"controls[{sku}]": units for sku, units in self.controls.items()}}
        series |= {name: getattr(self, name) for name in ("ad_spend", "prices", "buy_box") if getattr(self, name)}
        for name, values in series.items():
            if len(values) != self.days:
                raise BadPanel(name, f"has {len(values)} days, units has {self.days}")
        if self.post_days_wanted < 1:
            raise BadPanel("post_days_wanted", "must be at least 1")

    @property
    def action_day(self) -> int:
        """Which day of the series the action was on, from 0; beyond the series when it is not in it."""
        return (self.action_on - self.start).days

    def date_of(self, day: int) -> date:
        return self.start + timedelta(days=day)

    def is_event(self) -> Days:
        return np.array([self.date_of(day) in self.event_days for day in range(self.days)], bool)


class BadPanel(ValueError):
    """A panel that cannot be read: which field, and what is wrong with it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field, self.message = field, message


def numbers(series: Series) -> Numbers:
    """Gaps as NaN."""
    return np.array([np.nan if value is None else value for value in series], float)
