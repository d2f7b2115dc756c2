"""The inbox: what I was told, newest first, by day on my own clock."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linkstar.lib.clock_text import day_text
from linkstar.lib.deadlines import DueLabel
from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from notifications import access
from notifications.actions.reading import read, read_everything
from notifications.deadlines import due_of
from notifications.kinds import Kind, kind_of
from notifications.models import Notification

PAGE = 25


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as its reader sees it: `at` and `due`, the deadline that it speaks of, are on their clock."""

    notification: Notification
    kind: Kind
    sentence: str
    at: datetime
    day: str
    due: DueLabel | None


@require_safe
@guests_allowed
def inbox(request: WorkspaceRequest) -> HttpResponse:
    only_unread = request.GET.get("show") == "unread"
    notices = access.inbox_of(request.member)
    page = Paginator(notices.unread() if only_unread else notices, PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    context = {
        "page": page,
        "lines": [_line(notice, today) for notice in page],
        "only_unread": only_unread,
        "unread_count": notices.unread().count(),
    }
    return render(request, "notifications/inbox.html", context)


@require_safe
@guests_allowed
def unread(request: WorkspaceRequest) -> HttpResponse:
    """The number on the rail's inbox; asked again each minute."""
    return render(request, "notifications/_unread.html", {"count": access.inbox_of(request.member).unread().count()})


@require_POST
@guests_allowed
def read_all(request: WorkspaceRequest) -> HttpResponse:
    read_everything(request.member, now=timezone.now())
    return redirect("notifications:inbox")


@require_POST
@guests_allowed
def notification_open(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Mark it read and go to what it is about."""
    notification = access.get_notification(request.member, pk)
    read(notification, now=timezone.now())
    url = notification.data["url"]
    if not url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        url = "/"
    return redirect(url)


def _line(notification: Notification, today: date) -> Line:
    kind = kind_of(notification.kind)
    at = timezone.localtime(notification.created_at)
    return Line(
        notification=notification,
        kind=kind,
        sentence=kind.words(notification.data),
        at=at,
        day=_day(at.date(), today),
        due=due_of(notification.data.get("deadline")),
    )


def _day(day: date, today: date) -> str:
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return day_text(day, get_language() or "en", with_year=day.year != today.year)
