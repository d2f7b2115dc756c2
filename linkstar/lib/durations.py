"""How long work takes, as people type it and as it is read back: "3h", "1.5d", "1 h 30 min", "2天", "半天".

A day of work has eight hours and a week five days. A number alone is hours.
"""

import re
import unicodedata
from fractions import Fraction

HOUR, DAY, WEEK = 60, 8 * 60, 5 * 8 * 60
# About four years of one person; whoever types more has slipped.
MOST_MINUTES = 1000 * DAY

_UNITS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分", "分钟", "分鐘"), 1),
    **dict.fromkeys(
        ("h", "hr", "hrs", "hour", "hours", "时", "小时", "個小時", "个小时", "小時", "钟头", "个钟头", "个钟"), HOUR
    ),
    **dict.fromkeys(("d", "day", "days", "天", "日", "工作日", "个工作日", "個工作日", "人天", "人日"), DAY),
    **dict.fromkeys(("w", "wk", "week", "weeks", "周", "星期", "个星期", "礼拜", "个礼拜", "週"), WEEK),
}
_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}
_HALVES = ("half a ", "half an ", "half ", "半个", "半個", "半", "½")
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_NUMBER = r"[0-9]{1,7}(?:[.,][0-9]{1,4})?|[〇零一二三四五六七八九两兩十]{1,3}"
_PART = re.compile(
    rf"(?:(?P<half>{'|'.join(map(re.escape, _HALVES))})|(?P<number>{_NUMBER}))\s*(?P<unit>{_UNIT})(?P<more>半)?"
)
_CLOCK = re.compile(r"([0-9]{1,4}):([0-5][0-9])")
_BARE = re.compile(r"[0-9]{1,7}(?:[.,][0-9]{1,4})?")
# What stands between the parts of one length.
_JOIN = re.compile(r"\s*(?:,|、|and|又|零|加|\+)?\s*")


class DurationUnknown(ValueError):
    """This is no length of time that we know how to read."""


class DurationOutOfRange(ValueError):
    """Not a minute, or more than `most` minutes."""

    def __init__(self, most: int) -> None:
        super().__init__(f"from 1 to {most} minutes")
        self.most = most


def parse_duration(text: str, *, most: int = MOST_MINUTES) -> int:
    """Whole minutes, rounded half up. Raises DurationUnknown and DurationOutOfRange."""
    normal = unicodedata.normalize("NFKC", text.replace("½", "半")).casefold().strip()
    exact = _read(normal)
    minutes = int(exact + Fraction(1, 2))
    if not 1 <= minutes <= most:
        raise DurationOutOfRange(most)
    return minutes


def duration_text(minutes: int, language: str) -> str:
    """As in "2 d 3 h", "45 min", "2天3小时": in days of work, hours and minutes, exact; "0 h" for none."""
    days, rest = divmod(minutes, DAY)
    hours, left = divmod(rest, HOUR)
    if language == "zh-hans":
        parts = [f"{days}天" if days else "", f"{hours}小时" if hours else "", f"{left}分钟" if left else ""]
        return "".join(parts) or "0小时"
    parts = [f"{days} d" if days else "", f"{hours} h" if hours else "", f"{left} min" if left else ""]
    return " ".join(filter(None, parts)) or "0 h"


def _read(text: str) -> Fraction:
    if clock := _CLOCK.fullmatch(text):
        return Fraction(int(clock[1]) * HOUR + int(clock[2]))
    if _BARE.fullmatch(text):
        return _number(text) * HOUR
    total, at, last = Fraction(0), 0, 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            # The last number may leave its unit out when it is the next smaller one: "1h30".
            return total + _tail(text[at:], last)
        last = _UNITS[part["unit"]]
        amount = Fraction(1, 2) if part["half"] else _number(part["number"])
        total += (amount + (Fraction(1, 2) if part["more"] else 0)) * last
        at = part.end()
        if at < len(text):
            join = _JOIN.match(text, at)
            at = join.end() if join else at
    if not last:
        raise DurationUnknown(text)
    return total


def _tail(text: str, last: int) -> Fraction:
    smaller = {HOUR: 1, DAY: HOUR}.get(last)
    if smaller is None or not re.fullmatch(r"[0-9]{1,2}", text):
        raise DurationUnknown(text)
    return Fraction(int(text) * smaller)


def _number(text: str) -> Fraction:
    if text[0].isascii():
        return Fraction(text.replace(",", "."))
    if "十" not in text:
        if len(text) > 1:
            raise DurationUnknown(text)
        return Fraction(_DIGITS[text])
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        raise DurationUnknown(text)
    return Fraction((_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0))
