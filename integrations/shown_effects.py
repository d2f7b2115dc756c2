"""A frozen result in words, numbers and a picture; who may not see finances is told that there is one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from math import exp
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from integrations.effects import HORIZONS, action_day, ready_on
from integrations.models import SalesAction
from linkstar.lib.effects import ByChance, Verdict, by_chance

VERDICTS: dict[str, Promise] = {
    "likely_up": pgettext_lazy("verdict on an action", "Likely up"),
    "likely_down": pgettext_lazy("verdict on an action", "Likely down"),
    "not_clear": pgettext_lazy("verdict on an action", "Not clear"),
    "not_enough_data": pgettext_lazy("verdict on an action", "Not enough data"),
}
REASONS: dict[str, Promise] = {
    "short_history": gettext_lazy("Fewer than 8 weeks of sales were known before it."),
    "short_post": gettext_lazy("Fewer than 7 closed days have passed since."),
    "few_units": gettext_lazy("So few are sold that chance alone moves more: fewer than 10 were to be expected."),
    "out_of_stock": gettext_lazy("It was out of stock on more than a fifth of the days."),
    "other_action": gettext_lazy("Something else was done to the same SKUs, or to a variation, in the same weeks."),
    "few_controls": gettext_lazy("Fewer than 3 SKUs of the shop are left to compare with."),
    "site_wide": gettext_lazy("Most of the shop was changed at once, so nothing is left to compare with."),
    "disconnected": gettext_lazy("The shop was not connected in these weeks."),
    "gaps": gettext_lazy("Days are missing in the sales of these weeks."),
}
REMARKS: dict[str, Promise] = {
    "event": gettext_lazy("A sales event lies in one of the two periods and not in the other."),
    "event_days_left_out": gettext_lazy("Days of sales events were left out."),
    "days_without_stock_left_out": gettext_lazy("Days without stock were left out."),
    "ad_spend_changed": gettext_lazy("Ad spend changed by more than 30 percent at the same time."),
    "price_changed": gettext_lazy("The price changed at the same time."),
    "buy_box_lost": gettext_lazy("The share of the buy box fell by more than 10 points."),
    "siblings_left_out": gettext_lazy("Variations of the same product are not compared with: sales move between them."),
    "launch": gettext_lazy("The SKU was new, and new SKUs grow by themselves."),
    "few_controls": gettext_lazy("There were fewer than 5 SKUs to compare with."),
    "small_controls": gettext_lazy("The SKUs compared with sell little beside this one."),
}
LOOKS = {"likely_up": "up", "likely_down": "down", "not_clear": "even", "not_enough_data": "none"}
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 640, 190, 34, 10, 22
_BEFORE_DAYS = 28


def percent(share: float) -> str:
    """A change as "+12 %", "−8 %"; beyond tenfold as a factor."""
    if share > 9:
        return f"×{share + 1:.0f}"
    rounded = round(100 * share)
    return f"{'−' if rounded < 0 else '+'}{abs(rounded)} %"


def units(value: float) -> str:
    """With a sign; a decimal below ten."""
    shown = f"{abs(value):.1f}" if abs(value) < 9.95 else f"{abs(value):.0f}"
    return f"{'−' if value < 0 and float(shown) else '+'}{shown}"


@dataclass(frozen=True)
class Bar:
    """A range as "worst", "likely" and "best" words."""

    name: str
    worst: str
    likely: str
    best: str


@dataclass(frozen=True)
class DayRow:
    on: date
    actual: float
    expected: float
    is_counted: bool


@dataclass(frozen=True)
class Picture:
    """Points of an SVG of `width` × `height`: what was sold, what was expected with the breadth of the interval."""

    width: int
    height: int
    left: int
    actual: str
    expected: str
    band: str
    live_x: float
    most: str
    most_y: float
    zero_y: float
    first: date
    live: date
    last: date


class ShownEffect:
    """One frozen result, for those who see finances."""

    def __init__(self, horizon: int, frozen: Mapping[str, Any]) -> None:
        self.horizon, self._frozen = horizon, frozen
        self.verdict: str = frozen["verdict"]

    @property
    def word(self) -> str:
        return str(VERDICTS[self.verdict])

    @property
    def look(self) -> str:
        return LOOKS[self.verdict]

    @property
    def made_at(self) -> datetime:
        return datetime.fromisoformat(self._frozen["made_at"])

    @property
    def through(self) -> date:
        return date.fromisoformat(self._frozen["through"])

    @property
    def estimate(self) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = self._frozen["estimate"]
        return found

    @property
    def sentence(self) -> str:
        """Never a bare percentage, and never a proof."""
        if self.estimate is None:
            return _("There is not enough data to say what it did.")
        effect = self.estimate["effect"]
        values = {name: percent(effect[name]) for name in ("worst", "likely", "best")}
        if self.verdict == Verdict.NOT_CLEAR:
            return _("Anything between %(worst)s and %(best)s against comparable SKUs fits these days.") % values
        if self.verdict == Verdict.LIKELY_UP:
            return (
                _("More was sold than of comparable SKUs: likely %(likely)s, between %(worst)s and %(best)s.") % values
            )
        return _("Less was sold than of comparable SKUs: likely %(likely)s, between %(worst)s and %(best)s.") % values

    @property
    def short(self) -> str:
        """For a line of a table."""
        if self.estimate is None:
            return self.reasons[0] if self.reasons else ""
        daily = self.estimate["extra_daily"]
        return _("%(worst)s to %(best)s units a day") % {name: units(daily[name]) for name in ("worst", "best")}

    @property
    def bars(self) -> list[Bar]:
        if self.estimate is None:
            return []
        days = ngettext("In %(days)s day", "In %(days)s days", self.horizon) % {"days": self.horizon}
        rows = (
            (_("Units a day"), "extra_daily", units),
            (days, "extra", units),
            (_("Against comparable"), "effect", percent),
        )
        return [
            Bar(name, *(show(self.estimate[key][part]) for part in ("worst", "likely", "best")))
            for name, key, show in rows
        ]

    @property
    def reasons(self) -> list[str]:
        return [str(REASONS[reason]) for reason in self._frozen["reasons"]]

    @property
    def remarks(self) -> list[str]:
        return [str(REMARKS[remark]) for remark in self._frozen["remarks"]]

    @property
    def money(self) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = self._frozen.get("money")
        return found if self.estimate is not None else None

    @property
    def controls(self) -> Sequence[str]:
        return self.estimate["controls"] if self.estimate else ()

    @property
    def method(self) -> int:
        return int(self._frozen["method"])

    @property
    def again(self) -> "ShownEffect | None":
        """What the same days say with the numbers that came later."""
        return ShownEffect(self.horizon, self._frozen["again"]) if "again" in self._frozen else None

    @cached_property
    def days(self) -> list[DayRow]:
        if self.estimate is None:
            return []
        return [
            DayRow(date.fromisoformat(day["on"]), day["actual"], day["expected"], day["is_counted"])
            for day in self.estimate["days"]
        ]

    @cached_property
    def picture(self) -> Picture | None:
        if self.estimate is None:
            return None
        panel = self._frozen["panel"]
        start, live = date.fromisoformat(panel["start"]), date.fromisoformat(panel["action_date"])
        at = (live - start).days
        first = max(0, at - _BEFORE_DAYS)
        sold = panel["units"][first : at + 1] + [day.actual for day in self.days]
        breadth = exp(1.96 * self.estimate["error"])
        expected = [day.expected for day in self.days]
        most = max(
            [1.0, *(value for value in sold if value is not None), *(value * min(breadth, 3) for value in expected)]
        )
        step = (_WIDTH - _LEFT - 8) / max(1, len(sold) - 1)
        floor = _HEIGHT - _BOTTOM

        def x(day: int) -> float:
            return round(_LEFT + step * day, 1)

        def y(value: float) -> float:
            return round(floor - (floor - _TOP) * min(value, most) / most, 1)

        after = at + 1 - first
        upper = [f"{x(after + day)},{y(value * breadth)}" for day, value in enumerate(expected)]
        lower = [f"{x(after + day)},{y(value / breadth)}" for day, value in enumerate(expected)]
        return Picture(
            width=_WIDTH,
            height=_HEIGHT,
            left=_LEFT,
            actual=" ".join(f"{x(day)},{y(value)}" for day, value in enumerate(sold) if value is not None),
            expected=" ".join(f"{x(after + day)},{y(value)}" for day, value in enumerate(expected)),
            band=" ".join([*upper, *reversed(lower)]),
            live_x=x(at - first),
            most=f"{most:.0f}",
            most_y=y(most),
            zero_y=float(floor),
            first=start + timedelta(days=first),
            live=live,
            last=self.days[-1].on,
        )


@dataclass(frozen=True)
class Awaited:
    """A result that is still to come: after so many closed days, on that day of the shop."""

    horizon: int
    on: date


class Effects:
    """All results of one action, as far as the reader may see them."""

    def __init__(self, action: SalesAction, *, sees_numbers: bool, now: datetime) -> None:
        self.action, self.sees_numbers, self.now = action, sees_numbers, now

    @property
    def horizons(self) -> list[int]:
        """Of which there is a result."""
        return [horizon for horizon in HORIZONS if str(horizon) in self.action.estimates]

    @cached_property
    def shown(self) -> list[ShownEffect]:
        """The longest first; nothing for who may not see numbers."""
        if not self.sees_numbers:
            return []
        return [ShownEffect(horizon, self.action.estimates[str(horizon)]) for horizon in reversed(self.horizons)]

    @property
    def newest(self) -> ShownEffect | None:
        """The longest that could be estimated; where none could, the longest."""
        return next((effect for effect in self.shown if effect.estimate), self.shown[0] if self.shown else None)

    @property
    def others(self) -> list[ShownEffect]:
        return [effect for effect in self.shown if effect is not self.newest]

    @property
    def awaited(self) -> Awaited | None:
        """The next one."""
        if self.action.live_at is None or not self.action.skus:
            return None
        missing = [horizon for horizon in HORIZONS if str(horizon) not in self.action.estimates]
        return Awaited(missing[0], ready_on(self.action, missing[0])) if missing else None

    @property
    def is_late(self) -> bool:
        """Its day has come, and the shop has not told the sales yet."""
        awaited = self.awaited
        return awaited is not None and awaited.on <= self.action.account.day_of(self.now)

    @property
    def is_over_early(self) -> bool:
        """It ended before the days of the newest result did."""
        newest, ended = self.newest, self.action.ended_at
        if newest is None or ended is None:
            return False
        return self.action.account.day_of(ended) < action_day(self.action) + timedelta(days=newest.horizon)


def chances(effects: Sequence[Effects]) -> ByChance:
    """By the newest result of each."""
    return by_chance(Verdict(each.newest.verdict) for each in effects if each.newest is not None)
