"""The words that dateparse understands, in Chinese and English, lower case."""

import re
from collections.abc import Iterable

_EASTERN = "America/New_York"
_CENTRAL = "America/Chicago"
_MOUNTAIN = "America/Denver"
_PACIFIC = "America/Los_Angeles"
_BEIJING = "Asia/Shanghai"

# Summer and standard letters both mean the place: the date decides which of the two is in force.
ZONES = {
    "北京时间": _BEIJING, "中国时间": _BEIJING, "北京": _BEIJING, "beijing time": _BEIJING, "china time": _BEIJING,
    "beijing": _BEIJING, "太平洋时间": _PACIFIC, "美西时间": _PACIFIC, "太平洋": _PACIFIC, "美西": _PACIFIC,
    "洛杉矶时间": _PACIFIC, "pacific time": _PACIFIC, "pacific": _PACIFIC, "pt": _PACIFIC, "pst": _PACIFIC,
    "pdt": _PACIFIC, "美东时间": _EASTERN, "美东": _EASTERN, "纽约时间": _EASTERN, "eastern time": _EASTERN,
    "eastern": _EASTERN, "et": _EASTERN, "est": _EASTERN, "edt": _EASTERN, "美中时间": _CENTRAL, "美中": _CENTRAL,
    "central time": _CENTRAL, "central": _CENTRAL, "ct": _CENTRAL, "cdt": _CENTRAL, "山地时间": _MOUNTAIN,
    "mountain time": _MOUNTAIN, "mountain": _MOUNTAIN, "mt": _MOUNTAIN, "mst": _MOUNTAIN, "mdt": _MOUNTAIN,
    "亚利桑那时间": "America/Phoenix", "夏威夷时间": "Pacific/Honolulu", "hst": "Pacific/Honolulu",
    "阿拉斯加时间": "America/Anchorage", "akst": "America/Anchorage", "akdt": "America/Anchorage",
    "utc": "UTC", "gmt": "UTC",
}  # fmt: skip
# China Standard Time or Central Standard Time: who writes Chinese means the first.
AMBIGUOUS_ZONE = "cst"
CST = {"zh-hans": _BEIJING, "en": _CENTRAL}

DAYS = {
    "today": 0, "tod": 0, "今天": 0, "今日": 0, "tomorrow": 1, "tmr": 1, "tmrw": 1, "明天": 1, "明日": 1, "后天": 2,
    "day after tomorrow": 2, "the day after tomorrow": 2, "大后天": 3, "yesterday": -1, "昨天": -1, "前天": -2,
}  # fmt: skip
# Month ends, as months from now.
MONTH_ENDS = {
    "月底": 0, "本月底": 0, "这个月底": 0, "end of month": 0, "eom": 0, "下月底": 1, "下个月底": 1,
    "end of next month": 1,
}  # fmt: skip
YEAR_ENDS = {"年底": 0, "今年底": 0, "end of year": 0, "eoy": 0, "明年底": 1, "end of next year": 1}
DAY_ENDS = ("end of day", "当日结束", "当天结束", "eod", "cob")

WEEKDAYS = {
    "mon": 0, "monday": 0, "tue": 1, "tues": 1, "tuesday": 1, "wed": 2, "weds": 2, "wednesday": 2, "thu": 3, "thur": 3,
    "thurs": 3, "thursday": 3, "fri": 4, "friday": 4, "sat": 5, "saturday": 5, "sun": 6, "sunday": 6,
}  # fmt: skip
WEEKDAYS_ZH = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
WEEKDAYS_ZH |= {str(number + 1): number for number in range(7)}
MONTHS = {
    "jan": 1, "january": 1, "feb": 2, "february": 2, "mar": 3, "march": 3, "apr": 4, "april": 4, "may": 5, "jun": 6,
    "june": 6, "jul": 7, "july": 7, "aug": 8, "august": 8, "sep": 9, "sept": 9, "september": 9, "oct": 10,
    "october": 10, "nov": 11, "november": 11, "dec": 12, "december": 12,
}  # fmt: skip
UNITS = {
    "d": "days", "day": "days", "days": "days", "天": "days", "日": "days", "w": "weeks", "wk": "weeks",
    "week": "weeks", "weeks": "weeks", "周": "weeks", "星期": "weeks", "个星期": "weeks", "礼拜": "weeks",
    "month": "months", "months": "months", "个月": "months",
}  # fmt: skip

# Abbreviations of a day with its part, spelled out before anything is read.
EXPANSIONS = {
    "今晚": "今天晚上", "明晚": "明天晚上", "后晚": "后天晚上", "今早": "今天早上", "明早": "明天早上",
    "tonight": "today evening",
}  # fmt: skip
MORNING = ("凌晨", "清晨", "早上", "早晨", "上午", "早", "morning")
EVENING = ("下午", "傍晚", "晚上", "夜里", "晚", "afternoon", "evening")
NOON = ("中午", "正午")

_HAN_DIGITS = {
    "〇": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
# Not after 周, 星期, 礼拜, where the number is the name of a day.
_HAN_NUMBER = re.compile(
    "(?<![周期拜〇零一二两三四五六七八九十])[〇零一二两三四五六七八九十]{1,3}(?=[点时天周个小月日号分刻星礼])"
    "|(?<=[点时])[〇零一二两三四五六七八九十]{1,3}"
)


def choose(words: Iterable[str]) -> str:
    """A regular expression of any of the words, longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def with_digits(text: str) -> str:
    """Chinese numbers up to ninety-nine that count or date something, as digits: 三天后 gives 3天后."""
    return _HAN_NUMBER.sub(lambda match: str(_han_value(match.group())), text)


def _han_value(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(str(_HAN_DIGITS[char]) for char in text))
    return (_HAN_DIGITS.get(tens[-1:], 1) * 10) + (_HAN_DIGITS.get(ones[:1], 0))
