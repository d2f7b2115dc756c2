"""Deadlines in people's own calendar programs: secret addresses to subscribe to, and single entries."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django import forms
from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linkstar.lib.ics import CONTENT_TYPE
from linkstar.members.models import Member
from linkstar.members.models.links import hash_of
from linkstar.workspaces.access import anonymous_allowed, guests_allowed, members_only
from linkstar.workspaces.http import HostRequest, WorkspaceRequest
from projects import access
from projects.actions.feeds import make_feed, note_reading, send_invites
from projects.feeds import event_file, feed_file
from projects.models import CalendarFeed, Project, Task
from projects.views.sheet import trigger


@dataclass(frozen=True)
class FeedLine:
    """What can be subscribed to, and the address if there is one; `address` only just after it was made."""

    scope: str
    name: str
    about: str
    feed: CalendarFeed | None
    address: str = ""

    @property
    def webcal(self) -> str:
        """The same address as a link that opens the calendar program."""
        return "webcal://" + self.address.partition("://")[2]


@require_safe
@anonymous_allowed(reason="the token is the credential")
@cache_control(private=True, no_cache=True)
def feed(request: HostRequest, token: str) -> HttpResponse:
    """The calendar, with an ETag. 404 for an address that was withdrawn, and for one of somebody who has left."""
    found = get_object_or_404(
        CalendarFeed.objects.select_related("member", "project"), token_hash=hash_of(token), member__is_active=True
    )
    now = timezone.now()
    if found.project_id:
        # A guest's key may have ended, and a project may have gone, since the address was made.
        get_object_or_404(Project.objects.visible_to(found.member), pk=found.project_id)
    note_reading(found, now=now)
    content = feed_file(found, now=now)
    etag = quote_etag(sha256(content).hexdigest()[:32])
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers={"ETag": etag})
    return HttpResponse(content, content_type=CONTENT_TYPE, headers={"ETag": etag})


@require_http_methods(["GET", "HEAD", "POST"])
@guests_allowed
def feeds(request: WorkspaceRequest, pk: int | None = None) -> HttpResponse:
    """What of a project, or without one of one's own work, can be followed; POST makes the address of a scope anew."""
    project = access.get_project(request.member, pk) if pk else None
    if request.method != "POST":
        return _panel(request, project)
    scope = request.POST.get("scope", "")
    if scope not in CalendarFeed.Scope:
        return HttpResponse(status=400)
    token = make_feed(request.member, project=project, scope=scope, now=timezone.now())
    return _panel(request, project, made=(scope, token))


@require_POST
@guests_allowed
def feed_withdraw(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(request.member.calendar_feeds.select_related("project"), pk=pk)
    found.delete()
    if request.htmx:
        return _panel(request, found.project)
    return redirect("projects:project-feeds", found.project_id) if found.project_id else redirect("projects:feeds")


def _panel(request: WorkspaceRequest, project: Project | None, *, made: tuple[str, str] = ("", "")) -> HttpResponse:
    kept = {feed.scope: feed for feed in request.member.calendar_feeds.filter(project=project)}
    name = "projects/feeds.html"
    context = {
        "project": project,
        "lines": [_line(scope, project, kept.get(scope), made) for scope in CalendarFeed.Scope],
    }
    return render(request, f"{name}#panel" if request.htmx else name, context)


def _line(
    scope: CalendarFeed.Scope, project: Project | None, feed: CalendarFeed | None, made: tuple[str, str]
) -> FeedLine:
    if scope == CalendarFeed.Scope.MILESTONES:
        about = _("Of this project.") if project else _("Of all projects that you see.")
    else:
        about = (
            _("All tasks of this project that you see.")
            if project
            else _("All tasks that you are on, of all projects.")
        )
    address = ""
    if made[0] == scope:
        address = connection.tenant.url + reverse("projects:feed", args=[made[1]])
    return FeedLine(scope, str(scope.label), about, feed, address)


@require_safe
@guests_allowed
def task_event(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The deadline of one task, for a calendar program to open."""
    task = access.get_task(request.member, pk)
    if task.due_on is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="task-{task.number}.ics"'}
    content = event_file(task, request.member, now=timezone.now())
    return HttpResponse(content, content_type=CONTENT_TYPE, headers=headers)


class InviteForm(forms.Form):
    """Who gets the letter, of those who may see the task."""

    people = forms.ModelMultipleChoiceField(
        queryset=Member.objects.none(),
        error_messages={
            "required": gettext_lazy("Choose at least one person."),
            "invalid_choice": gettext_lazy("One of these people cannot see the task any more. Choose again."),
            "invalid_pk_value": gettext_lazy("One of these people cannot see the task any more. Choose again."),
        },
    )

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = self.fields["people"]
        assert isinstance(people, forms.ModelMultipleChoiceField)  # noqa: S101 - for the type checker
        people.queryset = access.readers_of(task)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def task_invite(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Mail the deadline as a calendar entry to people of the team and to guests who see the task."""
    task = access.get_task(request.member, pk, to="edit")
    if task.due_on is None:
        raise Http404
    form = InviteForm(request.POST if request.method == "POST" else None, task=task)
    if not form.is_valid():
        return _invite_page(request, task, form)
    count = send_invites(task, form.cleaned_data["people"], actor=request.member, now=timezone.now())
    if not request.htmx:
        return redirect(task)
    response = HttpResponse(status=204)
    sent = ngettext("The date is on its way to %(count)s person.", "The date is on its way to %(count)s people.", count)
    trigger(response, "toast", {"message": sent % {"count": count}})
    trigger(response, "dialog:close", {})
    return response


def _invite_page(request: WorkspaceRequest, task: Task, form: InviteForm) -> HttpResponse:
    people = list(form.fields["people"].queryset)  # type: ignore[attr-defined]
    on_it = {task.owner_id, *task.helpers.values_list("pk", flat=True)}
    chosen = {int(pk) for pk in request.POST.getlist("people") if pk.isdecimal()} if form.is_bound else on_it
    context = {
        "task": task,
        "project": task.project,
        "people": [(person, person.pk in chosen) for person in people],
        "errors": form.errors,
    }
    name = "projects/task_invite.html"
    status = 422 if form.is_bound else 200
    return render(request, f"{name}#dialog" if request.htmx else name, context, status=status)
