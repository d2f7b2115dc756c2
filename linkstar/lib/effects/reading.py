"""Panels as JSON: the form that `estimate_effects` reads, and in which the inputs of a result are frozen."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from linkstar.lib.effects.panel import BadPanel, OtherAction, Panel, Series

# More than anything that is sold, spent or counted in a day.
_MOST = 1_000_000_000
_NEEDED = ("sku", "start", "action_date", "post_days_wanted", "closed_days", "units", "controls")


def read_panel(raw: Mapping[str, Any]) -> Panel:
    """Raises BadPanel, which names the field.

    `closed_days` is the number of closed days from `start`, the last closed day, a list of the closed days, or one
    yes or no a day. A number that would end before the action is taken for the closed days after it, when the series
    has so many. Days are ISO dates, or whole numbers counted from `start` as 0. `in_stock` may be left out or null:
    always in stock; a null in it is a day in stock as well. An other action without a SKU is the SKU's own.
    """
    for name in _NEEDED:
        if raw.get(name) is None:
            raise BadPanel(name, "is missing")
    start = _date(raw["start"], "start", None)
    units = _series(raw["units"], "units")
    stock = raw.get("in_stock") or [1] * len(units)
    controls = _controls(raw["controls"])
    action_on = _date(raw["action_date"], "action_date", start)
    # Every day of the series is a date.
    _date(len(units), "units", start)
    closed, units = _closed(raw["closed_days"], units, start, action_on)
    return Panel(
        sku=str(raw["sku"]),
        start=start,
        action_on=action_on,
        action_kind=str(raw.get("action_type") or ""),
        post_days_wanted=_whole(raw["post_days_wanted"], "post_days_wanted"),
        closed_days=min(closed, len(units)),
        units=units,
        in_stock=tuple(1.0 if share is None else min(1.0, share) for share in _series(stock, "in_stock")),
        controls=controls,
        treated_controls=frozenset(map(str, _list(raw, "treated_controls"))),
        siblings=frozenset(map(str, _list(raw, "siblings"))),
        other_actions=tuple(_other(item, start) for item in _list(raw, "other_actions")),
        event_days=frozenset(_date(item, "event_days", start) for item in _list(raw, "event_days")),
        is_disconnected=bool(raw.get("is_disconnected", False)),
        ad_spend=_optional(raw, "ad_spend"),
        prices=_optional(raw, "prices"),
        buy_box=_optional(raw, "buy_box"),
    )


def as_json(panel: Panel) -> dict[str, Any]:
    """`read_panel` makes the same panel of it again."""
    return {
        "sku": panel.sku,
        "start": panel.start.isoformat(),
        "action_date": panel.action_on.isoformat(),
        "action_type": panel.action_kind,
        "post_days_wanted": panel.post_days_wanted,
        "closed_days": panel.date_of(panel.closed_days - 1).isoformat(),
        "units": list(panel.units),
        "in_stock": list(panel.in_stock),
        "controls": {sku: list(units) for sku, units in panel.controls.items()},
        "treated_controls": sorted(panel.treated_controls),
        "siblings": sorted(panel.siblings),
        "other_actions": [
            {"date": action.on.isoformat(), "sku": action.sku, "kind": action.kind} for action in panel.other_actions
        ],
        "event_days": sorted(day.isoformat() for day in panel.event_days),
        "is_disconnected": panel.is_disconnected,
        "ad_spend": list(panel.ad_spend),
        "prices": list(panel.prices),
        "buy_box": list(panel.buy_box),
    }


def _closed(raw: Any, units: Series, start: date, action_on: date) -> tuple[int, Series]:
    """How many days from `start`, and the units with gaps where a day before the last closed one is not closed."""
    if isinstance(raw, str):
        return max(0, (_date(raw, "closed_days", start) - start).days + 1), units
    if isinstance(raw, Sequence):
        if raw and all(isinstance(item, bool) for item in raw):
            closed = {day for day, is_closed in enumerate(raw) if is_closed}
        else:
            closed = {(_date(item, "closed_days", start) - start).days for item in raw}
        known = tuple(value if day in closed else None for day, value in enumerate(units))
        return max(closed, default=-1) + 1, known
    count = _whole(raw, "closed_days")
    if count < 0:
        raise BadPanel("closed_days", "is below 0")
    before = (action_on - start).days + 1
    return (count + before if count < before and count <= len(units) - before else count), units


def _other(raw: Any, start: date) -> OtherAction:
    if not isinstance(raw, Mapping):
        return OtherAction(_date(raw, "other_actions", start))
    on = next((raw[name] for name in ("date", "action_date", "on", "day") if raw.get(name) is not None), None)
    if on is None:
        raise BadPanel("other_actions", "an entry has no date")
    kind = next((raw[name] for name in ("kind", "action_type", "type") if raw.get(name)), "")
    return OtherAction(_date(on, "other_actions", start), str(raw["sku"]) if raw.get("sku") else None, str(kind))


def _date(raw: Any, name: str, start: date | None) -> date:
    if start is not None and isinstance(raw, int) and not isinstance(raw, bool):
        try:
            return start + timedelta(days=raw)
        except OverflowError as error:
            raise BadPanel(name, f"{raw} is too far away") from error
    try:
        # An instant is given by its day: the panel's days are the channel's already.
        return date.fromisoformat(str(raw)[:10])
    except ValueError as error:
        raise BadPanel(name, f"{str(raw)[:40]!r} is no date like 2026-11-24") from error


def _whole(raw: Any, name: str) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not abs(raw) <= _MOST or int(raw) != raw:
        raise BadPanel(name, f"{str(raw)[:40]!r} is no whole number")
    return int(raw)


def _list(raw: Mapping[str, Any], name: str) -> Sequence[Any]:
    value = raw.get(name)
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise BadPanel(name, "is no list")
    return value


def _optional(raw: Mapping[str, Any], name: str) -> Series:
    return _series(_list(raw, name), name)


def _controls(raw: Any) -> dict[str, Series]:
    if not isinstance(raw, Mapping):
        raise BadPanel("controls", "is no object of SKU: units")
    return {str(sku): _series(units, f"controls[{sku}]") for sku, units in raw.items()}


def _series(raw: Any, name: str) -> Series:
    if isinstance(raw, str) or not isinstance(raw, Sequence):
        raise BadPanel(name, "is no list of numbers")
    return tuple(_number(value, f"{name}[{day}]") for day, value in enumerate(raw))


def _number(raw: Any, name: str) -> float | None:
    if raw is None:
        return None
    if not isinstance(raw, bool | int | float) or not 0 <= raw <= _MOST:
        raise BadPanel(name, f"{str(raw)[:40]!r} is no number from 0 to {_MOST:,}")
    return float(raw)
