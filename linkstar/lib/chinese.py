"""Chinese as it is compared: traditional characters beside simplified ones, full-width letters beside plain ones."""

import unicodedata
from functools import cache

# Han characters that have a traditional form: the basic block and the compatibility ideographs, with extension A.
_HAN = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0xF900, 0xFB00))


def fold(text: str) -> str:
    """The text for comparing, never for showing: NFKC, case folded, each traditional character made simplified.

    Character by character and never by phrase, so that a part of a text folds to the same part of the folded text.
    """
    return unicodedata.normalize("NFKC", text).casefold().translate(_simplified())


def is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\U00020000" <= char <= "\U000323af"


@cache
def _simplified() -> dict[int, str]:
    """Some four thousand characters. Read from OpenCC on the first use: the package costs start-up time."""
    from opencc import OpenCC

    convert = OpenCC("t2s").convert
    table = {}
    for code in (code for block in _HAN for code in block):
        simple = convert(chr(code))
        if len(simple) == 1 and ord(simple) != code:
            table[code] = simple
    return table
