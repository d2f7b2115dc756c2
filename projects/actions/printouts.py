"""Long timelines as PDF files: laid out when they are asked for, with what was seen then, and drawn later."""

from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction

from linkstar.members.models import Member
from linkstar.workspaces import due
from notifications.actions.notify import notify
from projects.models import Printout, Project
from projects.pdf import pdf_of

KIND = "printout"
KEPT_HOURS = 24
KEPT = timedelta(hours=KEPT_HOURS)
MOST_WAITING = 3


class TooManyWaiting(Exception):
    """This person waits for MOST_WAITING already."""


@transaction.atomic
def ask_for_printout(project: Project, *, html: str, sheets: int, actor: Member, now: datetime) -> Printout:
    """Keep the sheets to be drawn; the view enqueues it. Raises TooManyWaiting."""
    # One press after the other, or two windows would get past the limit.
    Member.objects.select_for_update(no_key=True).get(pk=actor.pk)
    waiting = Printout.objects.filter(member=actor, ready_at=None, asked_at__gt=now - KEPT)
    if waiting.count() >= MOST_WAITING:
        raise TooManyWaiting
    key = _store(html.encode(), "html")
    printout = Printout.objects.create(member=actor, project=project, key=key, sheets=sheets, asked_at=now)
    due.schedule(KIND, printout.pk, now + KEPT)
    return printout


def make_printout(printout: Printout, *, now: datetime) -> None:
    """Draw it, and tell the one who asked. Nothing happens to one that is there already. Raises CannotPrint."""
    if printout.ready_at is not None:
        return
    with default_storage.open(printout.key) as kept:
        pdf = pdf_of(kept.read().decode())
    with transaction.atomic():
        due.lock(KIND, printout.pk)
        # A job may come twice, and a day may pass meanwhile.
        held = Printout.objects.select_for_update(no_key=True).filter(pk=printout.pk, ready_at=None).first()
        if held is None:
            return
        _drop(held.key)
        held.key, held.ready_at = _store(pdf, "pdf"), now
        held.save(update_fields=["key", "ready_at"])
        due.schedule(KIND, held.pk, now + KEPT)
        data = {"project": held.project.name, "count": held.sheets}
        notify([held.member], kind=KIND, key=f"printout:{held.pk}", data=data, url=held.get_absolute_url(), now=now)


@due.handles(KIND)
def remove_printout(pk: int, *, now: datetime) -> None:
    """A day after it was made; one that could never be drawn, a day after it was asked for."""
    printout = Printout.objects.select_for_update().filter(pk=pk).first()
    if printout is None:
        return
    ends_at = (printout.ready_at or printout.asked_at) + KEPT
    if ends_at > now:
        due.schedule(KIND, pk, ends_at)
        return
    _drop(printout.key)
    printout.delete()


def _store(content: bytes, kind: str) -> str:
    return default_storage.save(f"{connection.tenant.pk}/printouts/{uuid4().hex}.{kind}", ContentFile(content))


def _drop(key: str) -> None:
    """Once it is sure that nothing leads to it."""
    transaction.on_commit(partial(default_storage.delete, key), robust=True)
