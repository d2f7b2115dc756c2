"""What must find a new owner before a member can go. The rooms above this one register what they own.

    @hands_over(open_work=open_work)
    def hand_over_work(member: Member, *, heir: Member | None, actor: Member, now: datetime) -> None: ...

`open_work(member)` gives one sentence a kind of thing, in the reader's language ("2 projects", "5 open tasks"), and
nothing for what there is none of. Without an heir, as when a guest goes, each thing falls to whoever answers for the
whole that it is part of. Registration happens on import, so the app imports its module in `AppConfig.ready`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from linkstar.members.models import Member

OpenWork = Callable[[Member], Sequence[str]]


class HandOver(Protocol):
    def __call__(self, member: Member, *, heir: Member | None, actor: Member, now: datetime) -> None: ...


_registered: dict[HandOver, OpenWork] = {}


def hands_over(*, open_work: OpenWork) -> Callable[[HandOver], HandOver]:
    """Register what gives all open work of `member` to `heir` or, for None, back; inside the caller's transaction."""

    def decorate(hand_over: HandOver) -> HandOver:
        _registered[hand_over] = open_work
        return hand_over

    return decorate


def open_work_of(member: Member) -> list[str]:
    """Everything the member would leave behind, a sentence each; [] when they can go as they are."""
    return [sentence for open_work in _registered.values() for sentence in open_work(member)]


def hand_over_everything(member: Member, *, heir: Member | None, actor: Member, now: datetime) -> None:
    for hand_over in list(_registered):
        hand_over(member, heir=heir, actor=actor, now=now)
