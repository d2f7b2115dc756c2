"""Reading what somebody wrote in YAML or JSON, and saying where it is wrong.

A Node is a value and the path to it. What is wrong is noted and reading goes on with something harmless, so that one
look finds all of it; whoever reads must not use the result while there are problems.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any, TypeVar

N = TypeVar("N", int, float)


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` is like "steps[velocity].due_time"; `message` is for developers and for who calls the API."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


@dataclass(frozen=True, slots=True)
class Node:
    value: Any
    path: str = ""
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, message: str) -> None:
        self.problems.append(Problem(self.path or "template", message))

    def __contains__(self, name: str) -> bool:
        return isinstance(self.value, Mapping) and self.value.get(name) is not None

    def at(self, name: str) -> Node:
        """What stands under `name`; a problem when this is no mapping or there is nothing."""
        path = f"{self.path}.{name}" if self.path else name
        if not isinstance(self.value, Mapping):
            self.wrong("must be a mapping")
            return Node(None, path, [])
        if self.value.get(name) is None:
            self.problems.append(Problem(path, "is missing"))
            return Node(None, path, [])
        return Node(self.value[name], path, self.problems)

    def each(self, name: str) -> Iterator[Node]:
        """The items of a list, [] when it is left out; those with a key are named by it in the path."""
        if name not in self:
            return
        found = self.at(name)
        if not isinstance(found.value, list | tuple):
            found.wrong("must be a list")
            return
        for place, item in enumerate(found.value):
            key = item.get("key") if isinstance(item, Mapping) else None
            yield Node(item, f"{found.path}[{key or place}]", self.problems)

    def line(self, name: str, default: str | None = None, *, most: int = 300) -> str:
        """A string of at most `most` characters; without a default it may not be left out or empty."""
        if default is not None and not (name in self and self.value[name] != ""):
            return default
        found = self.at(name)
        if found.value is None:
            return ""
        if not isinstance(found.value, str):
            found.wrong("must be a text")
            return ""
        if not found.value.strip():
            found.wrong("is empty")
        if len(found.value) > most:
            found.wrong(f"is longer than {most} characters")
        return found.value

    def word(self, name: str, default: str | None = None) -> str:
        return self.line(name, default, most=60)

    def one_of(self, name: str, choices: Collection[str], default: str | None = None) -> str:
        found = self.word(name, default)
        if found and found != default and found not in choices:
            self.at(name).wrong(f"must be one of {', '.join(sorted(choices))}, not {found!r}")
        return found

    def flag(self, name: str, default: bool = False) -> bool:
        found = self.value.get(name) if isinstance(self.value, Mapping) else None
        if found is None:
            return default
        if not isinstance(found, bool):
            self.at(name).wrong("must be true or false")
            return default
        return found

    def whole(self, name: str, low: int, high: int, default: int | None = None) -> int:
        if name not in self and default is not None:
            return default
        found = self.at(name)
        if found.value is None:
            return low
        if isinstance(found.value, bool) or not isinstance(found.value, int):
            found.wrong("must be a whole number")
            return low
        return found._within(found.value, low, high)

    def number(self, name: str, low: float, high: float) -> float:
        found = self.at(name)
        if found.value is None:
            return low
        if isinstance(found.value, bool) or not isinstance(found.value, int | float):
            found.wrong("must be a number")
            return low
        return found._within(found.value, low, high)

    def _within(self, number: N, low: N, high: N) -> N:
        if low <= number <= high:
            return number
        self.wrong(f"must be from {low} to {high}, not {number}")
        return low

    def clock(self, name: str) -> time:
        found = self.at(name)
        try:
            return time.fromisoformat(found.value)
        except (TypeError, ValueError):
            if found.value is not None:
                found.wrong(f"must be a time of day like 18:00, not {found.value!r}")
            return time.min

    def words(self, name: str) -> tuple[str, ...]:
        """A list of keys, each once; () when it is left out."""
        found = []
        for node in self.each(name):
            if isinstance(node.value, str) and node.value:
                found.append(node.value)
            else:
                node.wrong("must be a key")
        return tuple(dict.fromkeys(found))
