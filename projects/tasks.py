"""What runs after the request."""

from django.utils import timezone

from linkstar.celery import app
from projects.actions import printouts
from projects.models import Printout


@app.task
def make_printout(pk: int) -> None:
    """Draw a long timeline; nothing when it is gone."""
    printout = Printout.objects.filter(pk=pk).first()
    if printout is not None:
        printouts.make_printout(printout, now=timezone.now())
