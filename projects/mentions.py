"""Who is meant by an @name, and how that looks. Names may hold spaces, and Chinese goes on without one."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from linkstar.members.models import Member

_QUOTED = 600
_TAG_OR_TEXT = re.compile(r"(<[^>]*>)")


def mentioned(text: str, people: Iterable[Member]) -> list[Member]:
    """Everybody of `people` whose whole display name follows an @; of "@Ann Lee" never also Ann. Case is ignored.

    Quoted lines call nobody again.
    """
    text = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">"))
    by_name: dict[str, list[Member]] = {}
    for member in people:
        by_name.setdefault(member.display_name.casefold(), []).append(member)
    pattern = _pattern(by_name)
    if pattern is None:
        return []
    found = dict.fromkeys(match[1].casefold() for match in pattern.finditer(text))
    return [member for name in found for member in by_name.get(name, [])]


def quotation(author: str, body: str) -> str:
    """A comment as the beginning of an answer: who, the first lines quoted, and an empty line to write on.

    Of a quotation within it only the answer is kept.
    """
    lines = [line for line in body.split("\n") if not line.lstrip().startswith(">")]
    text = "\n".join(lines).strip()
    if len(text) > _QUOTED:
        text = f"{text[:_QUOTED].rstrip()} …"
    return "\n".join(["> " + line for line in [f"**{author}**", "", *text.split("\n")]]) + "\n\n"


def mark(html: str, names: Sequence[str]) -> str:
    """Sanitised HTML with each @name of `names` in a span, outside tags and code."""
    pattern = _pattern([escape(name, quote=False) for name in names]) if "@" in html else None
    if pattern is None:
        return html
    parts, code = [], 0
    for part in _TAG_OR_TEXT.split(html):
        if part.startswith("<"):
            code += part.startswith("<code") - part.startswith("</code")
            parts.append(part)
        else:
            parts.append(part if code else pattern.sub(r'<span class="mention">@\1</span>', part))
    return "".join(parts)


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Longest first, so that the whole name is taken; a Latin name ends where its word does."""
    longest = sorted({name for name in names if name}, key=len, reverse=True)
    if not longest:
        return None
    choices = "|".join(re.escape(name) + (r"(?![A-Za-z0-9])" if name[-1].isascii() else "") for name in longest)
    return re.compile(rf"@({choices})", re.IGNORECASE)
