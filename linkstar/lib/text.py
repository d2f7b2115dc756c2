"""Text as people type it."""

import re
import unicodedata

_HAN = re.compile(r"[\u3400-\u9fff]")
_FACES = 6


def clean_line(text: str, limit: int) -> str:
    """One line: NFC, control characters gone, white space folded, at most `limit` characters. Emoji and RTL text stay."""
    text = unicodedata.normalize("NFC", text)
    kept = "".join(
        " " if char.isspace() else char for char in text if char.isspace() or unicodedata.category(char) != "Cc"
    )
    return " ".join(kept.split())[:limit].rstrip()


def split_lines(text: str, *, limit: int, most: int) -> list[str]:
    """The non-empty lines of a pasted text, each cleaned to `limit` characters; the first `most` of them."""
    lines = (clean_line(line, limit) for line in text.splitlines())
    return [line for line in lines if line][:most]


def slugify_workspace(name: str) -> str:
    """A proposal for a workspace's address: "Blue Harbor Ltd." → "blue-harbor-ltd"; "" when nothing Latin is left."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-").lstrip("0123456789-")[:40].strip("-")
    return slug if len(slug) >= 3 else ""


def initial(name: str) -> str:
    """What an avatar shows: one Han character, or up to two Latin initials; "?" for an empty name."""
    han = _HAN.search(name)
    if han:
        return han.group()
    words = [word for word in name.split() if word]
    return "".join(word[0] for word in words[:2]).upper() or "?"


def face(number: int) -> int:
    """Which of the six avatar tints belongs to a row's number, 1 to 6."""
    return number % _FACES + 1
