from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from linkstar.workspaces.due import run_due
from linkstar.workspaces.letters import deliver
from linkstar.workspaces.rounds import make_rounds, workspaces_to_visit


def instant(text: str) -> datetime:
    """An instant in ISO 8601; it names its offset, because a wall time alone could mean several."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not an ISO instant.") from error
    if moment.tzinfo is None:
        raise ArgumentTypeError(f"{text!r} names no offset; end it with Z or +08:00.")
    return moment


class Command(BaseCommand):
    help = "Do what is due and send what waits in the outbox: one pass of what the scheduler does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", type=instant, help="pretend that it is this instant, as in 2026-11-27T08:00:00Z")

    def handle(self, *args: Any, **options: Any) -> None:
        now = options["now"] or timezone.now()
        due = run_due(now)
        rounds: Counter[str] = Counter()
        for workspace in list(workspaces_to_visit(now)):
            rounds += make_rounds(workspace, now=now)
        # The clock of new letters is the real one, so a pretended past still sends what this pass wrote.
        letters = deliver(max(now, timezone.now()))
        # Most days there is nothing that is looked at once a day.
        daily = (("daily", rounds),) if rounds else ()
        for title, counts in (("due", due), *daily, ("letters", letters)):
            words = ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "nothing"
            self.stdout.write(f"{title}: {words}")
