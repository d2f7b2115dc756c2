"""Reading the YAML files of the release.

Values are built from the parser's events: composing nodes and resolving their tags takes three times as long, and the
library is read whenever a process starts. What the files do not use (aliases, tags) is refused, and so is an empty
value, which an unquoted comma in a text leaves behind.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamStartEvent,
)

# The pure parser needs ten times as long as libyaml's and is only the fallback.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_CONSTANTS = {"true": True, "false": False}


class FileInvalid(ValueError):
    """A file of the release holds what these files never do."""


def read(path: Path) -> Any:
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> Any:
    loader = _Loader(text)
    try:
        for expected in (StreamStartEvent, DocumentStartEvent):
            if not isinstance(loader.get_event(), expected):
                raise FileInvalid("there is no document")
        return _value(loader.get_event(), loader.get_event)
    finally:
        loader.dispose()


def _value(event: Any, following: Callable[[], Any]) -> Any:
    """`event` begins the value; `following` gives the events after it, one a call."""
    kind = type(event)
    if kind is ScalarEvent:
        return _plain(event.value) if event.implicit[0] else event.value
    if kind is MappingStartEvent:
        mapping: dict[str, Any] = {}
        while type(event := following()) is not MappingEndEvent:
            mapping[event.value] = _value(following(), following)
        return mapping
    if kind is SequenceStartEvent:
        sequence: list[Any] = []
        while type(event := following()) is not SequenceEndEvent:
            sequence.append(_value(event, following))
        return sequence
    raise FileInvalid(str(event))


def _plain(text: str) -> Any:
    """What an unquoted word means."""
    if not text:
        raise FileInvalid("a value is empty: is there a comma in an unquoted text?")
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    number = _NUMBER.fullmatch(text)
    if number is None:
        return text
    return float(text) if number[1] else int(text)
