"""What is looked at once a day in every workspace, by the rooms above this one.

    @daily("clocks", is_needed=any_zone_changes)
    def tell_clock_changes(*, now: datetime) -> int: ...

It runs inside the workspace and says how many people or things it touched; a second run the same day touches none.
`is_needed(now)` asks no workspace: it is asked first, so that nobody walks five thousand of them for nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple, Protocol

import structlog
from django.db import connection, transaction
from django_tenants.utils import tenant_context

from linkstar.workspaces.fleet import accepts
from linkstar.workspaces.models import Workspace

log = structlog.get_logger(__name__)


class Look(Protocol):
    def __call__(self, *, now: datetime) -> int: ...


class _Round(NamedTuple):
    name: str
    is_needed: Callable[[datetime], bool]
    look: Look


_rounds: list[_Round] = []


def daily(name: str, *, is_needed: Callable[[datetime], bool]) -> Callable[[Look], Look]:
    """Register on import; the app imports the module in `AppConfig.ready`."""

    def register(look: Look) -> Look:
        _rounds.append(_Round(name, is_needed, look))
        return look

    return register


def workspaces_to_visit(now: datetime) -> Iterator[Workspace]:
    """Open workspaces whose schema this code can run on, if anything is to be looked at; by id."""
    connection.set_schema_to_public()
    if not any(each.is_needed(now) for each in _rounds):
        return
    for workspace in Workspace.objects.filter(state=Workspace.State.ACTIVE).order_by("pk").iterator():
        if accepts(workspace.ledger):
            yield workspace


def make_rounds(workspace: Workspace, *, now: datetime) -> Counter[str]:
    """Those needed now, in one workspace, each in a transaction of its own; one that fails leaves the others."""
    touched: Counter[str] = Counter()
    with tenant_context(workspace):
        for each in [each for each in _rounds if each.is_needed(now)]:
            try:
                with transaction.atomic():
                    touched[each.name] += each.look(now=now)
            except Exception:
                log.exception("daily round failed", name=each.name, workspace=workspace.slug)
    return touched
