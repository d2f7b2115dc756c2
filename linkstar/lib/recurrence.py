"""Days on which something comes again: every third day, Mondays and Fridays, the 31st, a month's second Tuesday.

Only days are counted here. A rule's time of day is a wall time in its zone, turned into an instant for each day alone
(lib/deadlines.py), so that 18:00 stays 18:00 when clocks change. `language` is "zh-hans" or "en".
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, islice
from typing import Literal

from linkstar.lib.clock_text import WEEKDAYS_EN, WEEKDAYS_ZH, time_text
from linkstar.lib.deadlines import Deadline, Resolved, resolve
from linkstar.lib.workdays import get_calendar
from linkstar.lib.zones import zone_name

Unit = Literal["days", "weeks", "month_day", "month_weekday", "weekdays", "workdays"]
LAST = -1
_FRIDAY = 4
_ONE_DAY = timedelta(days=1)
_FULL_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NTH_EN = {1: "first", 2: "second", 3: "third", 4: "fourth", LAST: "last"}
_NTH_ZH = {1: "第一个", 2: "第二个", 3: "第三个", 4: "第四个", LAST: "最后一个"}


@dataclass(frozen=True, slots=True)
class Rule:
    """`every` N units are counted from `anchor`, which no day of the rule lies before; `at` None is the whole day.

    `weekdays` (Monday is 0) belong to "weeks"; `month_day` to "month_day", where a shorter month has its last day
    instead; `nth` (LAST or 1 to 4) and the first of `weekdays` to "month_weekday"; `calendar`, "cn" or "us", to
    "workdays". The weeks of every N weeks begin on Mondays.
    """

    unit: Unit
    anchor: date
    zone: str
    at: time | None = None
    every: int = 1
    weekdays: tuple[int, ...] = ()
    month_day: int = 1
    nth: int = 1
    calendar: str = ""

    def days(self, *, after: date) -> Iterator[date]:
        """The rule's days later than `after`, oldest first, up to the end of the year 9000."""
        after = max(after, self.anchor - _ONE_DAY)
        days = _DAYS[self.unit](self, after)
        for day in days:
            if day.year > _LAST_YEAR:
                return
            if day > after:
                yield day

    def next_day(self, *, after: date) -> date | None:
        return next(self.days(after=after), None)

    def some_days(self, number: int, *, after: date) -> list[date]:
        return list(islice(self.days(after=after), number))

    def resolve(self, on: date) -> Resolved:
        """The instant of a day, and what clock changes did to it."""
        return resolve(on, self.at, self.zone)

    def deadline(self, on: date) -> Deadline:
        """As it is stored: a time that clocks skip on that day is the one they show instead."""
        found = self.resolve(on)
        if found.note == "skipped":
            return Deadline(found.wall.date(), found.wall.time() if self.at else None, self.zone)
        return Deadline(on, self.at, self.zone)

    def opens_at(self, on: date, *, window_days: int) -> datetime:
        """When the copy for `on` may appear: as that day begins in the zone, `window_days` days earlier. In UTC."""
        return resolve(on - timedelta(days=window_days), time(), self.zone).instant

    def is_certain(self, on: date) -> bool:
        """False for a working day of a year whose holidays are not announced yet: Monday to Friday was taken."""
        return self.unit != "workdays" or get_calendar(self.calendar).knows(on.year)


_LAST_YEAR = 9000


def _every_days(rule: Rule, after: date) -> Iterator[date]:
    passed = (after - rule.anchor).days // rule.every + 1
    return (rule.anchor + timedelta(days=rule.every * number) for number in count(max(passed, 0)))


def _every_weeks(rule: Rule, after: date) -> Iterator[date]:
    monday = rule.anchor - timedelta(days=rule.anchor.weekday())
    first = max((after - monday).days // (7 * rule.every), 0)
    for number in count(first):
        for weekday in sorted(set(rule.weekdays)):
            yield monday + timedelta(days=7 * rule.every * number + weekday)


def _month_day(rule: Rule, after: date) -> Iterator[date]:
    for year, month in _months(rule, after):
        yield date(year, month, min(rule.month_day, monthrange(year, month)[1]))


def _month_weekday(rule: Rule, after: date) -> Iterator[date]:
    weekday = rule.weekdays[0]
    for year, month in _months(rule, after):
        first, length = monthrange(year, month)
        day = 1 + (weekday - first) % 7
        yield date(year, month, day + 7 * ((length - day) // 7 if rule.nth == LAST else rule.nth - 1))


def _months(rule: Rule, after: date) -> Iterator[tuple[int, int]]:
    start = rule.anchor.year * 12 + rule.anchor.month - 1
    passed = (after.year * 12 + after.month - 1 - start) // rule.every
    for number in count(max(passed, 0)):
        year, month = divmod(start + rule.every * number, 12)
        yield year, month + 1


def _weekdays(rule: Rule, after: date) -> Iterator[date]:
    days = (after + timedelta(days=number) for number in count(1))
    return (day for day in days if day.weekday() <= _FRIDAY)


def _workdays(rule: Rule, after: date) -> Iterator[date]:
    calendar = get_calendar(rule.calendar)
    return (calendar.add_workdays(after, number) for number in count(1))


_DAYS = {
    "days": _every_days,
    "weeks": _every_weeks,
    "month_day": _month_day,
    "month_weekday": _month_weekday,
    "weekdays": _weekdays,
    "workdays": _workdays,
}


def rule_text(rule: Rule, language: str) -> str:
    """As in "every Friday 18:00 (America/Los_Angeles)", "每周五 18:00（太平洋时间）"; without a time the end of day."""
    if language == "zh-hans":
        zone = zone_name(rule.zone, language, rule.resolve(rule.anchor).instant)
        clock = f" {time_text(rule.at)}" if rule.at else "，当日结束前"
        return f"{_DAYS_ZH[rule.unit](rule)}{clock}（{zone}）".replace("） ", "）")
    clock = time_text(rule.at) if rule.at else "by the end of the day"
    return f"{_DAYS_EN[rule.unit](rule)} {clock} ({rule.zone})"


def _times_en(rule: Rule, one: str) -> str:
    return f"every {one}" if rule.every == 1 else f"every {rule.every} {one}s"


def _weeks_en(rule: Rule) -> str:
    days = sorted(set(rule.weekdays))
    if rule.every == 1:
        return f"every {_listed_en([_FULL_EN[day] for day in days])}"
    return f"every {rule.every} weeks on {_listed_en([_FULL_EN[day] for day in days])}"


def _month_day_en(rule: Rule) -> str:
    shorter = " (or its last day)" if rule.month_day > _SHORTEST_MONTH else ""
    return f"{_times_en(rule, 'month')} on day {rule.month_day}{shorter}"


def _listed_en(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _times_zh(rule: Rule, one: str, many: str) -> str:
    return f"每{one}" if rule.every == 1 else f"每 {rule.every} {many}"


def _weeks_zh(rule: Rule) -> str:
    days = "、".join(WEEKDAYS_ZH[day] for day in sorted(set(rule.weekdays)))
    return f"每{days}" if rule.every == 1 else f"每 {rule.every} 周的{days}"


def _month_day_zh(rule: Rule) -> str:
    shorter = "（当月没有则为最后一天）" if rule.month_day > _SHORTEST_MONTH else ""
    return f"{_times_zh(rule, '月', '个月的')} {rule.month_day} 日{shorter}"


_SHORTEST_MONTH = 28
_COUNTRY = {"cn": ("in China", "中国"), "us": ("in the United States", "美国")}
_DAYS_EN = {
    "days": lambda rule: _times_en(rule, "day"),
    "weeks": _weeks_en,
    "month_day": _month_day_en,
    "month_weekday": lambda rule: f"{_times_en(rule, 'month')} on the {_NTH_EN[rule.nth]} {_FULL_EN[rule.weekdays[0]]}",
    "weekdays": lambda rule: f"every weekday ({WEEKDAYS_EN[0]}–{WEEKDAYS_EN[_FRIDAY]})",
    "workdays": lambda rule: f"every working day {_COUNTRY[rule.calendar][0]}",
}
_DAYS_ZH = {
    "days": lambda rule: _times_zh(rule, "天", "天"),
    "weeks": _weeks_zh,
    "month_day": _month_day_zh,
    "month_weekday": lambda rule: (
        f"{_times_zh(rule, '月', '个月的')}{_NTH_ZH[rule.nth]}{WEEKDAYS_ZH[rule.weekdays[0]]}"
    ),
    "weekdays": lambda rule: "每周一至周五",
    "workdays": lambda rule: f"每个{_COUNTRY[rule.calendar][1]}工作日",
}
