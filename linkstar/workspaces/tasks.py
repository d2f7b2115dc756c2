"""What the scheduler and the outbox ask of a worker."""

import structlog
from django.conf import settings
from django.utils import timezone

from linkstar.celery import app
from linkstar.lib.announcements import AnnouncementRefused
from linkstar.lib.ecb import RatesRefused
from linkstar.workspaces.actions import rates
from linkstar.workspaces.actions.holidays import refresh_from_address
from linkstar.workspaces.due import run_due
from linkstar.workspaces.letters import deliver
from linkstar.workspaces.models import Workspace
from linkstar.workspaces.rounds import make_rounds, workspaces_to_visit
from linkstar.workspaces.sources import SourceFailed

log = structlog.get_logger(__name__)


@app.task(public=True)
def tick() -> None:
    """Every ten seconds: do what is due, then send what that wrote. A doubled or a missed tick changes nothing."""
    run_due(timezone.now())
    deliver(timezone.now())


@app.task(public=True)
def deliver_letters() -> None:
    """Letters that were just written leave at once."""
    deliver(timezone.now())


@app.task(public=True)
def start_rounds() -> None:
    """Once a day: one job for each workspace in which something is to be looked at."""
    for workspace in workspaces_to_visit(timezone.now()):
        make_round.apply_async(kwargs={"workspace_id": workspace.pk})


@app.task(public=True)
def make_round(workspace_id: int) -> None:
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is not None:
        make_rounds(workspace, now=timezone.now())


@app.task(public=True)
def refresh_holidays() -> None:
    """Once a day: what China announced for this year and the next. A source that fails is asked again tomorrow."""
    if not settings.HOLIDAYS_URL:
        return
    now = timezone.now()
    try:
        refresh_from_address([now.year, now.year + 1], now=now)
    except (SourceFailed, AnnouncementRefused) as error:
        log.warning("holidays not refreshed", reason=str(error))


@app.task(public=True)
def refresh_rates() -> None:
    """A few times a day: exchange rates that are missing. A source that fails is asked again at the next time."""
    if not settings.ECB_RATES_URL:
        return
    try:
        rates.refresh_rates(now=timezone.now())
    except (SourceFailed, RatesRefused) as error:
        log.warning("rates not refreshed", reason=str(error))
