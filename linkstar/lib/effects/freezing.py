"""A result as JSON with all that it was made of, so that it can be shown and checked when the data has moved on."""

from dataclasses import asdict
from datetime import date
from typing import Any

from linkstar.lib.effects.estimate import Result
from linkstar.lib.effects.panel import Panel
from linkstar.lib.effects.reading import as_json


def freeze(panel: Panel, result: Result) -> dict[str, Any]:
    """Days are ISO dates. `read_panel(frozen["panel"])` estimates to the same again while `method` is ours."""
    return {
        "method": result.method,
        "verdict": result.verdict.value,
        "reasons": [reason.value for reason in result.reasons],
        "remarks": [remark.value for remark in result.remarks],
        "estimate": None if result.estimate is None else _plain(asdict(result.estimate)),
        "panel": as_json(panel),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
