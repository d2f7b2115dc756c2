"""Chinese as it is typed without an input method: "heiwu" or "hw" for 黑五."""

import os
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice, product

from linkstar.lib.chinese import fold, is_han

# Characters that are met with more than one reading, in names or in the trade's words. Of all others the most common
# reading is taken: with every reading that a dictionary knows, half of all searches would find something by accident.
_SEVERAL = frozenset(
    "重行长单乐曾解仇查区盖任朴折参调都还会卡壳率露便传弹得的地和角觉了模屏奇强塞色什石识似宿吓系校削血择粘着种属薄剥藏"
    "称乘盛差降给大车说提尾柏翟覃尉万俞缪没贾伯阿熟厦埋脉扒刨炮绿六落迫仔扎攒钥叶遗殷刹臭畜纤巷省否斗处泊颤颉逄牟祭洗"
)
_MOST_WAYS = 8
_PARTS = re.compile(r"[a-z0-9]+|[㐀-鿿豈-﫿]|[\U00020000-\U000323af]")


def keys(text: str) -> list[str]:
    """How the text can be typed, lower case: whole ("heiwucoupon"), then by initials ("hwcoupon"); [] without Han.

    A character with several usual readings gives a key for each, eight of a kind at most. Of ü the key has v.
    """
    folded = fold(text)
    if not any(is_han(char) for char in folded):
        return []
    parts = _PARTS.findall(folded)
    typed = [_typed(part) for part in parts]
    first = [_initials(ways) if is_han(part) else ways for part, ways in zip(parts, typed, strict=True)]
    return list(dict.fromkeys([*spellings(typed), *spellings(first)]))


def matches(query: str, text: str) -> bool:
    """Whether what was typed stands in the text: as it is, or by pinyin, whole or initials, from any character on."""
    wanted = "".join(fold(query).split())
    if not wanted:
        return True
    folded = "".join(fold(text).split())
    if wanted in folded:
        return True
    if not wanted.isascii():
        return False
    parts = _PARTS.findall(folded)
    starts = [index for index, part in enumerate(parts) if is_han(part)]
    return any(_continues(wanted, parts, start) for start in starts)


def span(query: str, text: str) -> tuple[int, int] | None:
    """Where in the text stands the Chinese that `query` is the pinyin or the initials of; None: nowhere."""
    wanted = "".join(fold(query).split())
    if not (wanted.isascii() and wanted.isalpha()):
        return None
    parts = [fold(char) for char in text]
    for start in (index for index, part in enumerate(parts) if part and is_han(part)):
        for end in range(start + 1, min(len(parts), start + len(wanted)) + 1):
            if is_han(parts[end - 1] or " ") and _continues(wanted, parts[start:end], 0):
                return start, end
    return None


def spellings(syllables: list[tuple[str, ...]]) -> list[str]:
    """The ways to join one reading of each, eight at most, the most common ones first."""
    return ["".join(way) for way in islice(product(*syllables), _MOST_WAYS)]


@lru_cache(maxsize=8192)
def readings(char: str) -> tuple[str, ...]:
    """The usual readings of one Han character without tones, the most common first; () when no dictionary has it."""
    known = _dictionary().get(ord(char), "")
    plain = tuple(dict.fromkeys(_without_tone(reading) for reading in known.split(","))) if known else ()
    return plain if char in _SEVERAL else plain[:1]


def _typed(part: str) -> tuple[str, ...]:
    return (readings(part) or (part,)) if is_han(part) else (part,)


def _initials(several: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reading[0] for reading in several))


def _continues(wanted: str, parts: list[str], start: int) -> bool:
    """Whether `wanted` is a beginning of what can be typed for `parts` from `start` on."""
    left = {wanted}
    for part in parts[start:]:
        left = set(_after(left, part))
        if "" in left:
            return True
        if not left:
            return False
    return False


def _after(left: set[str], part: str) -> Iterator[str]:
    """What remains to be explained once `part` has been typed in one of its ways; "" when nothing does."""
    ways = _typed(part)
    both = (*ways, *_initials(ways)) if is_han(part) else ways
    for text in left:
        for way in both:
            if text.startswith(way):
                yield text[len(way) :]
            elif way.startswith(text):
                yield ""


@cache
def _dictionary() -> dict[int, str]:
    """Readings with tone marks by code point, comma separated, the most common first.

    Without pypinyin's phrases, which take 45 MB of each process and tell no more than one reading of each character.
    """
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
    from pypinyin.pinyin_dict import pinyin_dict

    return dict(pinyin_dict)


_TONES = {
    ord(marked): plain
    for plain, several in {
        "a": "āáǎà", "e": "ēéěèê", "i": "īíǐì", "o": "ōóǒò", "u": "ūúǔù", "v": "üǖǘǚǜ", "n": "ńňǹ", "m": "ḿ",
    }.items()
    for marked in several
}  # fmt: skip


def _without_tone(reading: str) -> str:
    plain = reading.strip().translate(_TONES)
    return "".join(char for char in plain if char.isascii() and char.isalpha())
