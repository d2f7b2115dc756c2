"""How passports stand: each requirement with its verdict and its paper, and whether a launch may rely on it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from linkstar.compliance.models import Paper, Passport
from linkstar.compliance.rulebook import Requirement, get_rulebook
from linkstar.compliance.verdicts import Verdict, judge
from linkstar.lib.zones import get_zone

_LACKING = frozenset({Paper.State.MISSING, Paper.State.IN_PROGRESS, Paper.State.EXPIRED})
# What a passport as a whole is, the worst first.
STATES = ("expired", "missing", "ask", "soon", "valid")


def today_in(market: str, now: datetime) -> date:
    """The market's day: papers begin and end by it."""
    return now.astimezone(get_zone(get_rulebook(market).zone)).date()


@dataclass(frozen=True)
class Line:
    """One requirement of a passport. `paper` is the passport's own or the company's; None: nobody has touched it."""

    verdict: Verdict
    paper: Paper | None
    today: date

    @property
    def requirement(self) -> Requirement:
        return self.verdict.requirement

    @property
    def decision(self) -> str:
        return self.paper.decision if self.paper and self.verdict.state == "may" else ""

    @property
    def is_required(self) -> bool:
        """A paper has to be there: by the rule, or because a lab or somebody of the team found out."""
        if not self.requirement.is_paper:
            return False
        return self.verdict.state == "applies" or self.decision == Paper.Decision.APPLIES

    @property
    def is_relevant(self) -> bool:
        """Not settled as out of the question."""
        return self.verdict.state != "not" and self.decision != Paper.Decision.NOT

    @cached_property
    def state(self) -> Paper.State:
        return self.paper.state(today=self.today) if self.paper else Paper.State.MISSING

    @property
    def lacks(self) -> bool:
        """What keeps a launch from relying on it."""
        return self.is_required and self.state in _LACKING

    @property
    def days_left(self) -> int | None:
        """Until the last day on which it holds; negative after it."""
        if self.paper is None or self.paper.expires_on is None or not self.paper.is_there:
            return None
        return (self.paper.expires_on - self.today).days


@dataclass
class Standing:
    """`lines` in the order of the rule book."""

    passport: Passport
    today: date
    lines: list[Line] = field(default_factory=list)

    @property
    def required(self) -> list[Line]:
        return [line for line in self.lines if line.is_required]

    @property
    def open(self) -> list[Line]:
        """What may apply and nobody has clarified."""
        return [line for line in self.lines if line.verdict.state == "may" and not line.decision]

    @property
    def lacking(self) -> list[Line]:
        return [line for line in self.required if line.lacks]

    @cached_property
    def questions(self) -> list[str]:
        """Keys of what has to be answered before anybody can say which papers are needed."""
        asks = [
            key
            for line in self.lines
            if line.verdict.state == "ask" and line.requirement.is_document and line.requirement.level != "unverified"
            for key in line.verdict.asks
        ]
        return list(dict.fromkeys(asks))

    @property
    def is_in_order(self) -> bool:
        return not self.lacking and not self.questions

    @cached_property
    def state(self) -> str:
        """One of STATES: the worst of what is required."""
        states = {line.state for line in self.required}
        if Paper.State.EXPIRED in states:
            return "expired"
        if self.lacking:
            return "missing"
        if self.questions:
            return "ask"
        return "soon" if Paper.State.SOON in states else "valid"

    @property
    def counts(self) -> Counter[str]:
        """Of the required ones by state."""
        return Counter(line.state.value for line in self.required)

    @property
    def done(self) -> int:
        return len(self.required) - len(self.lacking)

    @property
    def next_end(self) -> date | None:
        """When the first of the required papers ends."""
        ends = [line.paper.expires_on for line in self.required if line.paper and line.days_left is not None]
        return min((end for end in ends if end is not None), default=None)


def standing_of(passport: Passport, *, now: datetime) -> Standing:
    return standings_of([passport], now=now)[0]


def standings_of(passports: Collection[Passport], *, now: datetime) -> list[Standing]:
    """Of many, in two statements."""
    own, company = _papers(passports)
    found = []
    for passport in passports:
        today = today_in(passport.market, now)
        papers = {**company[passport.market], **own[passport.pk]}
        lines = [
            Line(verdict, papers.get(verdict.requirement.key), today)
            for verdict in judge(passport.book, passport.facts)
        ]
        found.append(Standing(passport, today, lines))
    return found


_Papers = Mapping[str, Paper]


def _papers(passports: Iterable[Passport]) -> tuple[Mapping[int, _Papers], Mapping[str, _Papers]]:
    own: dict[int, dict[str, Paper]] = defaultdict(dict)
    company: dict[str, dict[str, Paper]] = defaultdict(dict)
    pks, markets = [one.pk for one in passports], {one.market for one in passports}
    beside = ("file", "owner", "waived_by")
    for paper in Paper.objects.filter(passport__in=pks).select_related(*beside):
        own[paper.passport_id or 0][paper.requirement] = paper
    for paper in Paper.objects.filter(passport=None, market__in=markets).select_related(*beside):
        company[paper.market][paper.requirement] = paper
    return own, company
