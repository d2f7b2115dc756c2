"""Passports in words, for one reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from linkstar.compliance.models import Paper, PassportEvent
from linkstar.compliance.rulebook import Rulebook, Text
from linkstar.compliance.standing import Line, Standing
from linkstar.lib.clock_text import day_text
from projects.wording import listed

# Of a passport as a whole: its words, and the look of its mark.
STATES: dict[str, tuple[Promise, str]] = {
    "expired": (pgettext_lazy("passport", "A paper has run out"), "overdue"),
    "missing": (pgettext_lazy("passport", "Papers missing"), "missing"),
    "ask": (pgettext_lazy("passport", "Questions open"), "missing"),
    "soon": (pgettext_lazy("passport", "Expires soon"), "soon"),
    "valid": (pgettext_lazy("passport", "In order"), "done"),
}
_PAPERS = {
    "missing": "missing",
    "in_progress": "on",
    "valid": "done",
    "soon": "soon",
    "expired": "overdue",
    "waived": "",
}
LEVELS: dict[str, Promise] = {
    "verified": gettext_lazy("Read in an official text"),
    "verified_secondary": gettext_lazy("Read at a law firm, a lab or in the trade"),
    "unverified": gettext_lazy("General trade knowledge, not verified: ask a lab"),
}


def said(text: Text) -> str:
    return text.get(get_language() or "en")


def day(on: date | None) -> str:
    return day_text(on, get_language() or "en", with_year=True) if on else ""


def days_left(days: int | None) -> str:
    """ "in 25 days", "today", "3 days ago"; "" where nothing ends."""
    if days is None:
        return ""
    if days == 0:
        return _("ends today")
    if days > 0:
        return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}
    return ngettext("ran out %(count)d day ago", "ran out %(count)d days ago", -days) % {"count": -days}


@dataclass(frozen=True)
class ShownLine:
    """A requirement as it is drawn; `look` is that of its mark."""

    line: Line
    key: str
    kind: str
    name: str
    short: str
    who: str
    body: str
    because: str
    state: str
    look: str
    left: str
    lead: str
    lead_level: str
    level: str
    is_sure: bool
    documents: tuple[str, ...]
    pitfalls: tuple[str, ...]
    effective: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]

    @property
    def paper(self) -> Paper | None:
        return self.line.paper

    @property
    def issued(self) -> str:
        return day(self.paper.issued_on) if self.paper else ""

    @property
    def until(self) -> str:
        return day(self.paper.expires_on) if self.paper else ""


def shown_line(line: Line, book: Rulebook) -> ShownLine:
    requirement, verdict = line.requirement, line.verdict
    between = "；" if get_language() == "zh-hans" else "; "
    because = between.join(said(text) for text in verdict.because)
    if verdict.state == "ask":
        because = _("It depends on: %(questions)s") % {
            "questions": listed(question_text(book, key) for key in verdict.asks)
        }
    return ShownLine(
        line=line,
        key=requirement.key,
        kind=requirement.kind,
        name=said(requirement.name),
        short=said(requirement.short),
        who=said(requirement.who),
        body=requirement.body,
        because=because,
        state=str(line.state.label),
        look=_PAPERS[line.state],
        left=days_left(line.days_left),
        lead=said(requirement.lead_days),
        lead_level=str(LEVELS[requirement.lead_level]),
        level=str(LEVELS[requirement.level]),
        is_sure=requirement.level != "unverified",
        documents=tuple(said(text) for text in requirement.documents),
        pitfalls=tuple(said(text) for text in requirement.pitfalls),
        effective=tuple((day(one.since), said(one.scope)) for one in requirement.effective),
        sources=tuple(source.title for source in requirement.sources),
    )


def question_text(book: Rulebook, key: str) -> str:
    return _("Where is it sold?") if key == "channels" else said(book.questions[key].ask)


@dataclass(frozen=True)
class ShownPassport:
    """A row of the list, and the head of the page."""

    standing: Standing
    pk: int
    sku: str
    asin: str
    name: str
    category: str
    market: str
    channels: tuple[str, ...]
    state: str
    words: str
    look: str
    lacks: tuple[str, ...]
    next_end: str
    next_left: str

    @property
    def required(self) -> int:
        return len(self.standing.required)

    @property
    def done(self) -> int:
        return self.standing.done

    @property
    def questions(self) -> int:
        return len(self.standing.questions)


def shown_passport(standing: Standing) -> ShownPassport:
    passport, book = standing.passport, standing.passport.book
    product = passport.product
    words, look = STATES[standing.state]
    end = standing.next_end
    category = book.categories.get(product.category)
    return ShownPassport(
        standing=standing,
        pk=passport.pk,
        sku=product.sku,
        asin=product.asin,
        name=product.name,
        category=said(category.name) if category else "",
        market=said(book.name),
        channels=tuple(book.channels[key].name for key in book.channels if key in (passport.channels or ())),
        state=standing.state,
        words=str(words),
        look=look,
        lacks=tuple(said(line.requirement.short) for line in standing.lacking),
        next_end=day(end),
        next_left=days_left((end - standing.today).days) if end else "",
    )


def sections(standing: Standing) -> dict[str, list[ShownLine]]:
    """The lines by where they stand on the page."""
    book = standing.passport.book
    found: dict[str, list[ShownLine]] = {name: [] for name in ("required", "open", "ask", "company", "duty", "not")}
    for line in standing.lines:
        found[_section(line)].append(shown_line(line, book))
    return found


def _section(line: Line) -> str:
    if not line.is_relevant:
        return "not"
    if line.requirement.kind != "document":
        return line.requirement.kind
    if line.is_required:
        return "required"
    return "ask" if line.verdict.state == "ask" else "open"


@dataclass(frozen=True)
class ShownQuestion:
    """`answer` is "yes", "no" or ""; `implied` the same, as it follows from the rest."""

    key: str
    ask: str
    answer: str
    implied: str


def _word(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


def question_groups(
    book: Rulebook, answers: dict[str, bool], known: dict[str, bool]
) -> list[tuple[str, list[ShownQuestion]]]:
    """The questions under their headings, with what was answered and what follows."""
    groups: dict[str, list[ShownQuestion]] = {}
    for question in book.questions.values():
        key = question.key
        implied = _word(known.get(key)) if key not in answers else ""
        shown = ShownQuestion(key, said(question.ask), _word(answers.get(key)), implied)
        groups.setdefault(said(question.group), []).append(shown)
    return list(groups.items())


_EVENTS: dict[str, Promise] = {
    "passport made": gettext_lazy("%(actor)s made the passport."),
    "product described": gettext_lazy("%(actor)s described the product: %(fields)s."),
    "paper saved": gettext_lazy("%(actor)s recorded %(paper)s: %(fields)s."),
    "paper filed": gettext_lazy("%(actor)s added version %(version)s of %(paper)s."),
    "requirement decided": gettext_lazy("%(actor)s said of %(paper)s: %(decision)s. %(reason)s"),
    "paper waived": gettext_lazy("%(actor)s waived %(paper)s: %(reason)s"),
    "waiver taken back": gettext_lazy("%(actor)s asks for %(paper)s again."),
    "task made": gettext_lazy("LinkStar made the task “%(title)s”."),
}
_FIELDS: dict[str, Promise] = {
    "sku": gettext_lazy("SKU"),
    "asin": gettext_lazy("ASIN"),
    "name": gettext_lazy("name"),
    "category": gettext_lazy("category"),
    "answers": gettext_lazy("answers"),
    "channels": gettext_lazy("channels"),
    "project": gettext_lazy("project for tasks"),
    "progress": gettext_lazy("state"),
    "number": gettext_lazy("number"),
    "issuer": gettext_lazy("issuer"),
    "issued_on": gettext_lazy("day of issue"),
    "expires_on": gettext_lazy("valid until"),
    "owner": gettext_lazy("owner"),
}
_PLAIN = frozenset({"number", "issuer", "issued_on", "expires_on", "owner"})


def event_text(event: PassportEvent, book: Rulebook) -> str:
    """One sentence; a verb nobody taught us is named as it is."""
    data: dict[str, Any] = event.data
    changed = data.get("changed", {})
    verb = "paper filed" if event.verb == "paper saved" and not changed else event.verb
    requirement = book.requirements.get(event.requirement)
    values = {
        **data,
        "actor": event.actor.display_name if event.actor else "LinkStar",
        "paper": said(requirement.short) if requirement else event.requirement,
        "fields": listed(_field(name, pair) for name, pair in changed.items()),
        "decision": str(dict(Paper.Decision.choices).get(data.get("after", ""), "–")),
        "reason": data.get("reason", ""),
        "title": data.get("title", ""),
        "version": data.get("version", ""),
    }
    return (str(_EVENTS.get(verb, "%(actor)s: ")) % values or verb).strip()


def _field(name: str, pair: Sequence[Any]) -> str:
    label = str(_FIELDS.get(name, name))
    return f"{label} {pair[1] or '–'}" if name in _PLAIN else label
