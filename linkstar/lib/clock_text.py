"""Days, clock times and distances in time as words: "Fri 27 Nov", "11月27日 周五", "23:59", "in 3 h", "2 天前".

`language` is "zh-hans" or "en"; anything else reads as English. strftime is avoided: it is slow and follows the
machine's locale.
"""

from datetime import date, datetime, time, timedelta

WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_UNITS = {"en": ("{} min", "{} h", "{} day", "{} days"), "zh-hans": ("{} 分钟", "{} 小时", "{} 天", "{} 天")}


def day_text(day: date, language: str, *, with_year: bool = False) -> str:
    """As in "Fri 27 Nov" or "11月27日 周五"; with the year "Fri 27 Nov 2026" or "2026年11月27日 周五"."""
    if language == "zh-hans":
        year = f"{day.year}年" if with_year else ""
        return f"{year}{day.month}月{day.day}日 {WEEKDAYS_ZH[day.weekday()]}"
    year = f" {day.year}" if with_year else ""
    return f"{WEEKDAYS_EN[day.weekday()]} {day.day} {MONTHS_EN[day.month - 1]}{year}"


def time_text(clock: time | datetime) -> str:
    """As in "09:05"; seconds only when there are some, because a label may not name another instant."""
    text = f"{clock.hour:02d}:{clock.minute:02d}"
    return f"{text}:{clock.second:02d}" if clock.second else text


def relative_text(instant: datetime, now: datetime, language: str) -> str:
    """How far `instant` is from `now`, both aware, in elapsed time rounded down: "in 3 h", "2 days ago", "now".

    Minutes below one hour, hours below 48, then days of 24 hours.
    """
    chinese = language == "zh-hans"
    seconds = int((instant - now).total_seconds())
    length = abs(seconds)
    if length < _MINUTE:
        return "现在" if chinese else "now"
    amount = _amount(length, "zh-hans" if chinese else "en")
    if chinese:
        return f"{amount}后" if seconds > 0 else f"{amount}前"
    return f"in {amount}" if seconds > 0 else f"{amount} ago"


def length_text(length: timedelta, language: str) -> str:
    """A length of at least a minute, exact to the minute: "1 h", "30 min", "1 h 30 min", "1 小时 30 分钟"."""
    minute, hour, _, _ = _UNITS["zh-hans" if language == "zh-hans" else "en"]
    hours, rest = divmod(int(length.total_seconds()), _HOUR)
    parts = [hour.format(hours)] if hours else []
    if rest or not parts:
        parts.append(minute.format(rest // _MINUTE))
    return " ".join(parts)


def _amount(seconds: int, language: str) -> str:
    minute, hour, day, days = _UNITS[language]
    if seconds < _HOUR:
        return minute.format(seconds // _MINUTE)
    if seconds < 2 * _DAY:
        return hour.format(seconds // _HOUR)
    count = seconds // _DAY
    return (day if count == 1 else days).format(count)
