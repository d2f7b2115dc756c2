"""Panels whose numbers can be checked by hand."""

from datetime import date, timedelta
from typing import Any

from linkstar.lib.effects import Panel

START = date(2026, 1, 5)
HISTORY = 84


def day(number: int) -> date:
    return START + timedelta(days=number)


def panel(**changes: Any) -> Panel:
    """10 units a day for 12 weeks, 20 a day for the 14 days after the action; four steady controls of 30 a day."""
    days = HISTORY + 1 + 14
    values: dict[str, Any] = {
        "sku": "MUG",
        "start": START,
        "action_on": day(HISTORY),
        "action_kind": "images",
        "post_days_wanted": 14,
        "closed_days": days,
        "units": steady(10, HISTORY + 1) + steady(20, 14),
        "in_stock": steady(1, days),
        "controls": {f"C{number}": steady(30, days) for number in range(4)},
    }
    return Panel(**values | changes)


def steady(daily: float, days: int) -> tuple[float, ...]:
    return (float(daily),) * days


def with_days(series: tuple[Any, ...], numbers: Any, value: Any) -> tuple[Any, ...]:
    changed = list(series)
    for number in numbers:
        changed[number] = value
    return tuple(changed)
