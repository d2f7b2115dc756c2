"""Who is listening to which bells, and what rang for them since they last looked. One per process, in one loop."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

# How many bells one page may listen to: its projects, its reader's inbox, the workspace's access.
MOST_BELLS = 24


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream. `rung` is bounded by what it listens to: who reads slowly hears less often, never too late."""

    bells: frozenset[str]
    rung: set[str] = field(default_factory=set)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    # Everything may have changed: nobody heard the bells for a while.
    has_missed: bool = False
    is_ended: bool = False

    def ring(self, bell: str) -> None:
        self.rung.add(bell)
        self.wake.set()

    def miss(self) -> None:
        self.has_missed = True
        self.wake.set()

    def end(self) -> None:
        self.is_ended = True
        self.wake.set()

    def take(self) -> set[str]:
        """What rang, which is then forgotten."""
        rung, self.rung = self.rung, set()
        self.wake.clear()
        return rung


class Hub:
    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self._by_bell: dict[str, set[Listener]] = defaultdict(set)
        # Whether the bells are heard at all: there is a connection to Valkey.
        self.is_hearing = False
        self.is_closing = False

    def add(self, listener: Listener) -> None:
        self.listeners.add(listener)
        for bell in listener.bells:
            self._by_bell[bell].add(listener)

    def remove(self, listener: Listener) -> None:
        self.listeners.discard(listener)
        for bell in listener.bells:
            around = self._by_bell[bell]
            around.discard(listener)
            if not around:
                del self._by_bell[bell]

    def ring(self, bells: Iterable[str]) -> None:
        for bell in bells:
            for listener in self._by_bell.get(bell, ()):
                listener.ring(bell)

    def miss_all(self) -> None:
        for listener in self.listeners:
            listener.miss()

    def close(self) -> None:
        """No new streams, and the open ones end."""
        self.is_closing = True
        for listener in self.listeners:
            listener.end()
