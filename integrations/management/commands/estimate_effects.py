"""`manage.py estimate_effects --panels FILE.json --out FILE.csv`: the estimator on given panels, without a database."""

import csv
import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linkstar.lib.effects import BadPanel, Panel, Result, estimate_effect, read_panel

HEAD = ("case_id", "verdict", "effect", "lo", "hi")


class Command(BaseCommand):
    help = (
        "Estimate what actions did to sales, from panels in a JSON file (linkstar/lib/effects/reading.py has the form)."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--panels", type=Path, required=True, metavar="FILE.json", help="a list of panels")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE.csv", help="written when all are read")

    def handle(self, *args: Any, panels: Path, out: Path, **options: Any) -> None:
        results = [(case_id, estimate_effect(panel)) for case_id, panel in _read(panels)]
        _write(out, results)
        reasons = Counter(result.reasons[0].value for _case_id, result in results if result.reasons)
        refused = sum(reasons.values())
        why = f" ({', '.join(f'{reason} {count}' for reason, count in sorted(reasons.items()))})" if reasons else ""
        self.stdout.write(f"{len(results) - refused} estimated, {refused} refused{why}: {out}")


def _read(path: Path) -> list[tuple[str, Panel]]:
    """Every panel, or an error that names the first case that cannot be read, and its field."""
    try:
        given = json.loads(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{path} is no JSON: {error}.") from error
    if not isinstance(given, list):
        raise CommandError(f"{path} holds no list of panels.")
    return [_panel(raw, number) for number, raw in enumerate(given, 1)]


def _panel(raw: Any, number: int) -> tuple[str, Panel]:
    if not isinstance(raw, dict):
        raise CommandError(f"Panel {number}: is no object.")
    case_id = raw.get("case_id")
    if case_id is None:
        raise CommandError(f"Panel {number}: case_id is missing.")
    try:
        return str(case_id), read_panel(raw)
    except BadPanel as error:
        raise CommandError(f"Case {case_id}: {error.field} {error.message}.") from error


def _write(path: Path, results: Sequence[tuple[str, Result]]) -> None:
    """All of it or nothing: a file that is there is replaced only by a whole one."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows((case_id, *_cells(result)) for case_id, result in results)
    try:
        with NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", encoding="utf-8", delete=False) as draft:
            draft.write(text.getvalue())
        # A temporary file is its owner's alone; the result is as readable as any other.
        Path(draft.name).chmod(0o644)
        Path(draft.name).replace(path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error


def _cells(result: Result) -> tuple[str, ...]:
    if result.estimate is None:
        return ("refuse", "", "", "")
    effect = result.estimate.effect
    return ("estimate", *(f"{value:.6f}" for value in (effect.likely, effect.worst, effect.best)))
