"""The signs people put under a comment: few, so that each says one thing, and as a line of names when drawn."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from linkstar.members.models import Member
from projects.models import Reaction

# Each with the word that a screen reader speaks, in the order they are offered.
SIGNS: dict[str, Promise] = {
    "👍": pgettext_lazy("reaction", "Agreed"),
    "✅": pgettext_lazy("reaction", "Done"),
    "👀": pgettext_lazy("reaction", "I am looking at it"),
    "🙏": pgettext_lazy("reaction", "Thank you"),
    "🎉": pgettext_lazy("reaction", "Well done"),
    "❓": pgettext_lazy("reaction", "I do not understand"),
}


@dataclass(slots=True)
class Sign:
    """One sign under a comment; `names` in the order they came, a guest reads none but their own."""

    sign: str
    word: str
    count: int = 0
    is_mine: bool = False
    names: list[str] = field(default_factory=list)


def reactions_of_comment() -> ArraySubquery:
    """For annotating comments: "sign member-id name", one text each, oldest first."""
    rows = Reaction.objects.filter(comment_id=OuterRef("pk")).order_by("pk")
    text = Concat(
        "sign",
        Value(" "),
        Cast("member_id", CharField()),
        Value(" "),
        "member__display_name",
        output_field=CharField(),
    )
    return ArraySubquery(rows.values(text=text))


def signs_of(rows: Iterable[str], reader: Member) -> list[Sign]:
    """What reactions_of_comment gave, counted, in the order of SIGNS; what is no sign any more is left out."""
    found: dict[str, Sign] = {}
    for row in rows:
        sign, member, name = row.split(" ", 2)
        if sign not in SIGNS:
            continue
        shown = found.setdefault(sign, Sign(sign, str(SIGNS[sign])))
        shown.count += 1
        is_own = member == str(reader.pk)
        shown.is_mine = shown.is_mine or is_own
        if is_own or reader.is_insider:
            shown.names.append(name)
    return [found[sign] for sign in SIGNS if sign in found]
