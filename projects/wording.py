"""Several things in one sentence, in the reader's language."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language


def listed(names: Iterable[Any]) -> str:
    """Names one after the other, with the comma of the reader's language."""
    return ("、" if get_language() == "zh-hans" else ", ").join(str(name) for name in names)
