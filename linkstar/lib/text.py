"""Text as people type it."""

import re
import unicodedata

_HAN = re.compile(r"[㐀-鿿𠀀-𲎯]")
_FACES = 6
# Marks that turn the reading direction of what follows on the page; RTL letters and the plain marks need none of them.
_TURNS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINER = "\u200d"
_SLUG_LENGTHS = range(3, 41)


def has_han(text: str) -> bool:
    """There is a Chinese character in it."""
    return _HAN.search(text) is not None


def clean_line(text: str, limit: int) -> str:
    """One line of at most `limit` characters: NFC, white space folded, control characters and lone surrogates gone.

    Emoji with their joiners and right-to-left text stay.
    """
    normal = unicodedata.normalize("NFC", text)
    kept = "".join(" " if char.isspace() else char for char in normal if char.isspace() or _is_shown(char))
    return " ".join(kept.split())[:limit].rstrip(_JOINER + " ")


def split_lines(text: str, *, limit: int) -> list[str]:
    """The lines of a pasted text that say something, each cleaned to at most `limit` characters."""
    lines = (clean_line(line, limit) for line in text.splitlines())
    return [line for line in lines if line]


def indented_lines(text: str, *, limit: int, deepest: int) -> list[tuple[int, str]]:
    """The same lines, each with how deep it stands below the ones above it: 0 for the outermost, at most `deepest`."""
    found: list[tuple[int, str]] = []
    open_indents: list[int] = []
    for raw in text.splitlines():
        line = clean_line(raw, limit)
        if not line:
            continue
        spread = raw.expandtabs(4)
        indent = len(spread) - len(spread.lstrip())
        while open_indents and open_indents[-1] >= indent:
            open_indents.pop()
        found.append((min(len(open_indents), deepest), line))
        open_indents.append(indent)
    return found


def slugify_workspace(name: str) -> str:
    """A proposal for a workspace's address: "Blue Harbor Ltd." gives "blue-harbor-ltd".

    "" when fewer than three Latin characters are left, as with a Chinese name: the form then asks.
    """
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only).lstrip("0123456789-")[: _SLUG_LENGTHS[-1]].strip("-")
    return slug if len(slug) in _SLUG_LENGTHS else ""


def initial(name: str) -> str:
    """What an avatar shows: one Han character, or up to two Latin initials; "?" for a name without letters."""
    han = _HAN.search(name)
    if han:
        return han.group()
    firsts = [next((char for char in word if char.isalnum()), "") for word in name.split()]
    return "".join([first for first in firsts if first][:2]).upper() or "?"


def face(number: int) -> int:
    """Which of the six avatar tints belongs to a row's number, 1 to 6."""
    return number % _FACES + 1


def _is_shown(char: str) -> bool:
    return char not in _TURNS and unicodedata.category(char) not in ("Cc", "Cs")
