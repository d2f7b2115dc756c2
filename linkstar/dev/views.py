"""The component sheet and the mail reader. Both exist under DEBUG only."""

from datetime import datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from linkstar.dev.mail import read_mail, read_mails
from linkstar.lib.deadlines import Deadline, DueLabel, describe
from linkstar.public.example import CHINA, WEST
from linkstar.workspaces.access import anonymous_allowed

_builders = anonymous_allowed(reason="exists on a developer's machine only")

_ICONS = (
    "home inbox project template people module settings board list timeline calendar file activity table report shop "
    "search filter plus minus check close more chevron chevron-down arrow-left arrow-right arrow-up arrow-down expand "
    "rail drag edit copy trash archive undo upload download attach image camera link send comment mail bell clock flag "
    "baton eye lock key user globe sun moon star risk info help sign-out"
).split()


@require_safe
@_builders
def components(request: HttpRequest) -> HttpResponse:
    """`?theme=dark|light&language=en|zh-hans&density=compact` chooses how the sheet is drawn."""
    language = request.GET.get("language", translation.get_language() or "en")
    with translation.override(language):
        context = {
            "icons": _ICONS,
            "labels": _due_labels(timezone.now().replace(second=0, microsecond=0), language),
            "theme": request.GET.get("theme", ""),
            "density": request.GET.get("density", ""),
            "language": language,
        }
        return render(request, "dev/components.html", context)


def _due_labels(now: datetime, language: str) -> list[DueLabel]:
    """One label of every state: done, later, soon, overdue, late."""
    spans = [(timedelta(days=-9), True), (timedelta(days=6), False), (timedelta(hours=5), False)]
    spans += [(timedelta(hours=-7), False), (timedelta(days=-6), False)]
    return [
        describe(
            Deadline.from_instant(now + span, WEST),
            reader_zone=CHINA,
            language=language,
            now=now,
            is_done=is_done,
        )
        for span, is_done in spans
    ]


@require_safe
@_builders
def mail_list(request: HttpRequest) -> HttpResponse:
    return render(request, "dev/mail.html", {"mails": read_mails()})


@require_safe
@_builders
def mail_show(request: HttpRequest, name: str) -> HttpResponse:
    mail = read_mail(name)
    if mail is None:
        raise Http404
    return render(request, "dev/mail_show.html", {"mail": mail})
