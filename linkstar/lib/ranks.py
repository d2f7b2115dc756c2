"""Keys that order a list and leave room between any two: moving one row writes one row.

A key is eight base-62 digits, and more of them, as a fraction, where two neighbours leave no whole number between. Keys
compare as bytes (COLLATE "C"). No key ends in the lowest digit after the eighth, so there is room below every key.
"""

from string import ascii_lowercase, ascii_uppercase, digits

DIGITS = digits + ascii_uppercase + ascii_lowercase
_BASE = len(DIGITS)
_VALUE = {digit: value for value, digit in enumerate(DIGITS)}
_WIDTH = 8
_LARGEST = _BASE**_WIDTH - 1
_FIRST = _BASE**_WIDTH // 2


def between(before: str | None, after: str | None) -> str:
    """A key above `before` and below `after`; None is the list's end on that side.

    Raises ValueError out of order, and below the lowest key of all, which no list of rows ever comes to.
    """
    if before is None:
        return _encode(_FIRST) if after is None else _below(after)
    if after is None:
        return _above(before)
    if before >= after:
        raise ValueError(f"{before!r} is not below {after!r}.")
    low, high = _decode(before[:_WIDTH]), _decode(after[:_WIDTH])
    if high - low > 1:
        return _encode((low + high) // 2)
    return before[:_WIDTH] + _middle(before[_WIDTH:], after[_WIDTH:] if high == low else None)


def evenly(count: int) -> list[str]:
    """`count` keys in order, a thousand apart, for rows written together."""
    first = _FIRST - count * 500
    return [_encode(first + index * 1000) for index in range(count)]


def _above(key: str) -> str:
    number = _decode(key[:_WIDTH])
    return _encode(number + 1) if number < _LARGEST else key[:_WIDTH] + _middle(key[_WIDTH:], None)


def _below(key: str) -> str:
    number = _decode(key[:_WIDTH])
    if number > 0:
        return _encode(number - 1)
    if len(key) == _WIDTH:
        raise ValueError(f"Nothing is below {key!r}.")
    return key[:_WIDTH] + _middle("", key[_WIDTH:])


def _middle(low: str, high: str | None) -> str:
    """A fraction strictly between two; None above is one. The digits of both are those after the point."""
    out = ""
    while True:
        low_digit = _VALUE[low[0]] if low else 0
        high_digit = _VALUE[high[0]] if high else _BASE
        if high_digit - low_digit > 1:
            return out + DIGITS[(low_digit + high_digit) // 2]
        if high_digit - low_digit == 1 and high is not None and len(high) > 1:
            return out + high[0]
        high = high[1:] if high and high_digit == low_digit else None
        out += DIGITS[low_digit]
        low = low[1:]


def _encode(number: int) -> str:
    out = ""
    for _place in range(_WIDTH):
        number, digit = divmod(number, _BASE)
        out = DIGITS[digit] + out
    return out


def _decode(text: str) -> int:
    number = 0
    for digit in text:
        number = number * _BASE + _VALUE[digit]
    return number
