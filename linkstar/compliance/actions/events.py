"""What was done with a passport, kept with who did it."""

from datetime import datetime
from typing import Any

from linkstar.compliance.models import Paper, Passport, PassportEvent
from linkstar.members.models import Member


def note(
    passport: Passport, verb: str, *, actor: Member | None, now: datetime, requirement: str = "", **data: Any
) -> None:
    """`data` is JSON: names and values as they are now."""
    PassportEvent.objects.create(
        passport=passport,
        market=passport.market,
        requirement=requirement,
        actor=actor,
        verb=verb,
        data=data,
        created_at=now,
    )


def note_paper(paper: Paper, verb: str, *, actor: Member | None, now: datetime, **data: Any) -> None:
    """Of a paper: in its passport's history, or in that of the company."""
    PassportEvent.objects.create(
        passport=paper.passport,
        market=paper.market,
        requirement=paper.requirement,
        actor=actor,
        verb=verb,
        data=data,
        created_at=now,
    )
