"""Slips of the hand in Latin words: one in a word of four letters or more, two in a word of eight or more."""

from collections.abc import Iterator
from itertools import combinations
from zlib import crc32

_LONG = 8


def most_slips(word: str) -> int:
    return 2 if len(word) >= _LONG else 1


def near(word: str) -> list[int]:
    """Numbers for the word and for what is left when one letter is dropped, from long words two.

    Two words that are a slip apart have a number in common; the reverse is for `slips` to find out.
    """
    return sorted({_number(text) for text in _shorter(word)})


def slips(one: str, other: str, *, limit: int) -> int:
    """Letters added, dropped, changed or swapped with the next, from one word to the other; counts to `limit` + 1."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for index, char in enumerate(one, start=1):
        older, before, row = before, row, [index]
        for place, sign in enumerate(other, start=1):
            best = min(before[place] + 1, row[-1] + 1, before[place - 1] + (char != sign))
            if older and place > 1 and char == other[place - 2] and one[index - 2] == sign:
                best = min(best, older[place - 2] + 1)
            row.append(best)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def _shorter(word: str) -> Iterator[str]:
    for dropped in range(most_slips(word) + 1):
        for kept in combinations(word, len(word) - dropped):
            yield "".join(kept)


def _number(text: str) -> int:
    """As PostgreSQL's integer takes it."""
    return crc32(text.encode()) - 2**31
