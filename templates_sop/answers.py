"""What was answered about a product when a project began: kept with the project, and enough to make its plan again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self


@dataclass(frozen=True)
class Answers:
    """`properties` by key, those not answered are absent; `left_out` are steps dropped for lack of time.

    `has_room`: whatever is squeezed begins earlier, so that every step has its working days. `waived_by` is the pk of
    the owner who let the project begin with the questionnaire open, None when nobody had to.
    """

    properties: Mapping[str, bool] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    has_room: bool = False
    waived_by: int | None = None

    def missing(self, asked: Iterable[str]) -> list[str]:
        """Which of these questions have no answer yet."""
        return [key for key in asked if key not in self.properties]

    def as_json(self) -> dict[str, Any]:
        """What was not answered and not chosen is left out."""
        said = {
            "properties": dict(sorted(self.properties.items())),
            "left_out": sorted(self.left_out),
            "has_room": self.has_room,
            "waived_by": self.waived_by,
        }
        return {key: value for key, value in said.items() if value}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """From what `as_json` gave; an empty object is a project from before the questionnaire."""
        return cls(
            properties={str(key): bool(value) for key, value in stored.get("properties", {}).items()},
            left_out=frozenset(stored.get("left_out", ())),
            has_room=bool(stored.get("has_room", False)),
            waived_by=stored.get("waived_by"),
        )


UNANSWERED = Answers()


def anchors_as_json(anchors: Mapping[str, date]) -> dict[str, str]:
    return {key: day.isoformat() for key, day in sorted(anchors.items())}


def anchors_of(stored: Mapping[str, Any]) -> dict[str, date]:
    return {str(key): date.fromisoformat(day) for key, day in stored.items()}
