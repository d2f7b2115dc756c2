"""Bring every workspace to this code's migrations: planned once per distinct state, one transaction a schema.

Whatever fails is rolled back whole and named; running again resumes (tenancy.md, rule 3).
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby

import structlog
from django.db import connection, transaction
from django.db.migrations import Migration, RunPython
from django.db.migrations.executor import MigrationExecutor

from linkstar.workspaces.fleet import current_ledger, is_newer, ledger_of
from linkstar.workspaces.hosts import forget_hosts
from linkstar.workspaces.models import Workspace
from linkstar.workspaces.recording import migrate_and_record, replay, workspace_leaves

log = structlog.get_logger()
_SECOND_WAVE = 10


@dataclass
class FleetReport:
    """What a run did: slugs of the workspaces brought up, and of those left as they were with the reason."""

    states: int = 0
    migrated: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def migrate_fleet(*, workers: int = 2) -> FleetReport:
    """Migrate all workspaces that are behind; the public schema is current already.

    One that is ahead, because a release was taken back, keeps its ledger: it is the truth about its schema.
    """
    connection.set_schema_to_public()
    report = FleetReport()
    behind = Workspace.objects.exclude(ledger=current_ledger()).order_by("ledger", "pk")
    for ledger, group in groupby(behind, key=lambda workspace: workspace.ledger):
        if is_newer(ledger):
            continue
        report.states += 1
        _migrate_state(list(group), report, workers)
    if report.migrated:
        forget_hosts()
    return report


def drifted_workspaces() -> list[str]:
    """Slugs whose ledger says something else than their own django_migrations: the weekly cross-check."""
    return [
        workspace.slug
        for workspace in Workspace.objects.order_by("pk")
        if applied_ledger(workspace) != workspace.ledger
    ]


def applied_ledger(workspace: Workspace) -> str:
    """The ledger by what stands in the workspace's schema."""
    connection.set_schema(workspace.schema_name)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            return ledger_of(cursor.fetchall())
    finally:
        connection.set_schema_to_public()


def _migrate_state(group: Sequence[Workspace], report: FleetReport, workers: int) -> None:
    """One canary by Django's own way, recorded; then ten by replay, then the rest. A broken canary stops its state."""
    canary, *rest = group
    statements: list[str] = []

    def by_django() -> None:
        statements.extend(migrate_and_record(canary.schema_name, finish=lambda: _write_ledger(canary)))

    replayable = _can_replay(canary)
    if not _attempt(canary, by_django, report):
        report.failed |= {workspace.slug: f"waits for {canary.slug}" for workspace in rest}
        return

    def bring_up(workspace: Workspace) -> None:
        if replayable:
            _attempt(workspace, lambda: _replay_on(workspace, statements), report)
        else:
            _attempt(workspace, lambda: _by_django_alone(workspace), report)

    _in_threads(bring_up, rest[:_SECOND_WAVE], workers)
    _in_threads(bring_up, rest[_SECOND_WAVE:], workers)


def _can_replay(workspace: Workspace) -> bool:
    """Recorded statements stand for a migration unless it runs Python on rows or asks to run outside a transaction."""
    connection.set_schema(workspace.schema_name, include_public=True)
    try:
        executor = MigrationExecutor(connection)
        plan: Iterable[tuple[Migration, bool]] = executor.migration_plan(workspace_leaves(executor))
        return all(
            migration.atomic and not any(isinstance(operation, RunPython) for operation in migration.operations)
            for migration, _backwards in plan
        )
    finally:
        connection.set_schema_to_public()


def _replay_on(workspace: Workspace, statements: Sequence[str]) -> None:
    with transaction.atomic():
        replay(statements, workspace.schema_name)
        _write_ledger(workspace)


def _by_django_alone(workspace: Workspace) -> None:
    migrate_and_record(workspace.schema_name, finish=lambda: _write_ledger(workspace))


def _write_ledger(workspace: Workspace) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(ledger=current_ledger())


def _attempt(workspace: Workspace, migrate: Callable[[], None], report: FleetReport) -> bool:
    try:
        migrate()
    except Exception as error:
        log.exception("workspace not migrated", workspace=workspace.slug)
        report.failed[workspace.slug] = f"{type(error).__name__}: {error}".strip()
        return False
    report.migrated.append(workspace.slug)
    return True


def _in_threads(work: Callable[[Workspace], None], workspaces: Sequence[Workspace], workers: int) -> None:
    def in_own_connection(workspace: Workspace) -> None:
        connection.set_schema_to_public()
        try:
            work(workspace)
        finally:
            connection.close()

    if workspaces:
        with ThreadPoolExecutor(max_workers=workers) as pool:
            list(pool.map(in_own_connection, workspaces))
