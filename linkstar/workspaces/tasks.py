"""What the scheduler and the outbox ask of a worker."""

from django.utils import timezone

from linkstar.celery import app
from linkstar.workspaces.due import run_due
from linkstar.workspaces.letters import deliver


@app.task(public=True)
def tick() -> None:
    """Every ten seconds: do what is due, then send what that wrote. A doubled or a missed tick changes nothing."""
    run_due(timezone.now())
    deliver(timezone.now())


@app.task(public=True)
def deliver_letters() -> None:
    """Letters that were just written leave at once."""
    deliver(timezone.now())
