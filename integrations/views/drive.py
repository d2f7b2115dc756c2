"""Google Drive: one's own account, choosing files in Google's window, and asking whether one may open a file.

Nothing here exists until the operator has set it up; who may attach a file to a task may choose one, guests as well.
"""

import json
import secrets
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import structlog
from csp.constants import SELF
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations import google, states
from integrations.access import drive_grant_of
from integrations.actions.drive import connect_drive, disconnect_drive, link_chosen, look_at, token_for_window
from integrations.addresses import checked
from integrations.channels.errors import ChannelError, Refused, Revoked
from integrations.problems import Words
from integrations.states import Attempt
from integrations.views.callbacks import drive_callback_url
from linkstar.lib.drive import DriveFile, read_chosen
from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.handover import safe_path
from linkstar.workspaces.http import WorkspaceRequest
from linkstar.workspaces.models import DriveGrant
from projects import access as projects_access
from projects.models import Project, StoredFile, Task

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 20
_CHANNEL = "google"
# Where Google's window comes from, for the one page that has it.
_FRAMES = ["https://docs.google.com", "https://drive.google.com", "https://accounts.google.com"]
_IMAGES = ["https://*.gstatic.com", "https://*.googleusercontent.com"]

_OPEN_IT = gettext_lazy("You can open the file all the same: Google decides then anyway.")
_TELL = gettext_lazy("Tell whoever runs LinkStar; the log says more.")
_FAILED: dict[str, tuple[Words, Words]] = {
    "timeout": (gettext_lazy("Google took too long to answer."), _OPEN_IT),
    "unreachable": (gettext_lazy("Google cannot be reached, or answers with errors of its own."), _OPEN_IT),
    "unreadable": (gettext_lazy("Google's answer could not be read."), _OPEN_IT),
    "throttled": (gettext_lazy("Google asks us to slow down."), gettext_lazy("Try again in a minute.")),
    "revoked": (
        gettext_lazy("Google no longer accepts your permission: it was withdrawn there, or has run out."),
        gettext_lazy("Connect your account again."),
    ),
    "scope": (
        gettext_lazy("At Google the box for files was not ticked."),
        gettext_lazy("Connect again and tick it: without it LinkStar may not even open Google's window."),
    ),
    "app_keys": (gettext_lazy("Google does not know LinkStar: its keys are wrong or have run out."), _TELL),
    "refused": (
        gettext_lazy("Google refused what you came back with."),
        gettext_lazy("Begin again; nothing was connected."),
    ),
}
_UNEXPECTED = (gettext_lazy("Something went wrong that we did not expect."), _TELL)


class Said(NamedTuple):
    """What came of asking Google. `may_show`: the person could choose the file in Google's window first."""

    tone: str
    what: Words
    then: Words
    may_show: bool = False


class ChosenForm(forms.Form):
    """What Google's window told of the files that were chosen there, as JSON."""

    chosen = forms.CharField(max_length=100_000)
    is_shared = forms.BooleanField(label=gettext_lazy("Show to the guests of this project"), required=False)

    def clean_chosen(self) -> list[tuple[DriveFile, str]]:
        try:
            told = json.loads(self.cleaned_data["chosen"])
        except ValueError:
            told = None
        found = [read_chosen(one) for one in told] if isinstance(told, list) and len(told) <= MOST_AT_ONCE else []
        files = [one for one in found if one is not None]
        if not files or len(files) != len(found):
            raise ValidationError(_("Google's window told something that could not be read. Nothing was linked."))
        return files


@require_http_methods(["GET", "HEAD", "POST"])
@guests_allowed
@never_cache
def task_drive(request: WorkspaceRequest, pk: int) -> HttpResponse:
    _check_offered()
    task = projects_access.get_task(request.member, pk, to="attach")
    return _choose(request, task.project, task)


@require_http_methods(["GET", "HEAD", "POST"])
@guests_allowed
@never_cache
def project_drive(request: WorkspaceRequest, pk: int) -> HttpResponse:
    _check_offered()
    return _choose(request, projects_access.get_project(request.member, pk, to="attach"), None)


@require_http_methods(["GET", "HEAD", "POST"])
@guests_allowed
@never_cache
def file_drive(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The person chooses a file that is linked already, so that Google tells us about it for them too."""
    file, target = _linked(request, pk)
    form = ChosenForm(request.POST) if request.method == "POST" else None
    grant = drive_grant_of(request.member)
    if form and grant and form.is_valid():
        if any(one.file_id == target.file_id for one, _name in form.cleaned_data["chosen"]):
            said = _ask(request, grant, file, target, is_shown=True)
            level = messages.SUCCESS if said.tone == "green" else messages.WARNING
            messages.add_message(request, level, f"{said.what} {said.then}")
            return redirect(file)
        form.add_error("chosen", _("You chose another file than this one."))
    title = _("Show “%(name)s” to LinkStar") % {"name": file.name}
    return _window(request, title=title, home=file.get_absolute_url(), form=form, only=target.file_id)


@require_http_methods(["GET", "HEAD", "POST"])
@guests_allowed
@never_cache
def file_drive_check(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """A part of the file's page: nothing for who has not connected an account, else a button, and what came of it."""
    file, target = _linked(request, pk)
    grant = drive_grant_of(request.member)
    said = None
    if grant and request.method == "POST":
        said = _ask(request, grant, file, target, is_shown=False)
        if not request.htmx:
            messages.info(request, f"{said.what} {said.then}")
    if not request.htmx:
        return redirect(file)
    return render(request, "integrations/_drive_check.html", {"file": file, "grant": grant, "said": said})


@require_safe
@guests_allowed
@never_cache
def drive_account(request: WorkspaceRequest) -> HttpResponse:
    """One's own account at Google: which it is, since when, and how to take it away. Part of the profile."""
    _check_offered()
    name = "integrations/drive_account.html"
    return render(request, f"{name}#panel" if request.htmx else name, {"grant": drive_grant_of(request.member)})


@require_POST
@guests_allowed
@never_cache
def drive_connect(request: WorkspaceRequest) -> HttpResponse:
    """On to Google; `next` is where to come back to."""
    _check_offered()
    back = safe_path(request.POST.get("next"))
    attempt = replace(Attempt.of(request, _CHANNEL), next=back, verifier=secrets.token_urlsafe(48))
    there = google.authorize_url(
        state=states.begin(attempt), verifier=attempt.verifier, redirect_uri=drive_callback_url()
    )
    # A form may not lead to other hosts.
    response = render(request, "integrations/drive_going.html", {"choice": {"name": "Google"}, "there": there})
    response["Refresh"] = f"0; url={there}"
    return response


@require_safe
@guests_allowed
@never_cache
def drive_finish(request: WorkspaceRequest) -> HttpResponse:
    """Back from Google. What it said is good once, for who went there, in the session they went from."""
    _check_offered()
    attempt = states.redeem(request.GET.get("state", ""), Attempt.of(request, _CHANNEL))
    if attempt is None:
        return render(request, "integrations/drive_over.html", status=410)
    if request.GET.get("error"):
        messages.error(request, _("You did not agree at Google. Nothing was connected."))
        return redirect(attempt.next)
    try:
        credentials = google.exchange(
            request.GET.get("code", ""), verifier=attempt.verifier, redirect_uri=drive_callback_url()
        )
        connect_drive(request.member, request.workspace, credentials, now=timezone.now())
    except ChannelError as error:
        log.warning("google drive not connected", error=str(error), code=error.code)
        messages.error(request, " ".join(map(str, _words(error))))
        return redirect(attempt.next)
    messages.success(request, _("Your Google account is connected."))
    return redirect(attempt.next)


@require_POST
@guests_allowed
@never_cache
def drive_disconnect(request: WorkspaceRequest) -> HttpResponse:
    grant = drive_grant_of(request.member)
    if grant and not disconnect_drive(grant):
        messages.warning(
            request,
            _(
                "LinkStar has forgotten your permission, but Google could not be told. You can take it away there too: "
                "myaccount.google.com/connections."
            ),
        )
    elif grant:
        messages.success(request, _("Your Google account is disconnected. Links stay as they are."))
    return redirect("members:profile")


@require_POST
@guests_allowed
@never_cache
def drive_token(request: WorkspaceRequest) -> HttpResponse:
    """What Google's window needs of the person before it; asked by its page alone, and kept nowhere else."""
    _check_offered()
    grant = drive_grant_of(request.member)
    try:
        token = token_for_window(grant) if grant else ""
    except ChannelError as error:
        log.warning("no token for google's window", error=str(error), code=error.code)
        return JsonResponse({"error": " ".join(map(str, _words(error)))}, status=409)
    if not token:
        return JsonResponse({"error": _("Connect your Google account first.")}, status=409)
    return JsonResponse({"token": token})


def _check_offered() -> None:
    if not DriveGrant.is_offered():
        raise Http404


def _linked(request: WorkspaceRequest, pk: int) -> tuple[StoredFile, DriveFile]:
    """A link that this person sees."""
    _check_offered()
    file = projects_access.get_file(request.member, pk)
    if file.in_drive is None:
        raise Http404
    return file, file.in_drive


def _choose(request: WorkspaceRequest, project: Project, task: Task | None) -> HttpResponse:
    home = task.get_absolute_url() if task else reverse("projects:files", args=[project.pk])
    form = ChosenForm(request.POST) if request.method == "POST" else None
    if form and form.is_valid():
        linked = link_chosen(
            project,
            form.cleaned_data["chosen"],
            task=task,
            is_shared=form.cleaned_data["is_shared"],
            actor=request.member,
            now=timezone.now(),
        )
        count = len(linked)
        if count:
            said = ngettext("%(count)d file is linked.", "%(count)d files are linked.", count) % {"count": count}
            messages.success(request, said)
        else:
            messages.info(request, _("What you chose is linked here already."))
        return redirect(home)
    place = f"#{task.number} {task.title}" if task else project.name
    title = _("Choose files for “%(place)s”") % {"place": place}
    return _window(request, title=title, home=home, form=form, asks_about_guests=request.member.is_insider)


def _window(
    request: WorkspaceRequest, *, title: str, home: str, form: ChosenForm | None, **values: Any
) -> HttpResponse:
    """The page with Google's window, which alone may load what Google sends; before, the page that asks for consent."""
    status = 422 if form else 200
    grant = drive_grant_of(request.member)
    context = {"title": title, "home": home, "form": form, "grant": grant, **values}
    if grant is None:
        return render(request, "integrations/drive_connect.html", context, status=status)
    script = checked(settings.GOOGLE_PICKER_URL)
    context |= {
        "script": script,
        "key": settings.GOOGLE_API_KEY,
        "app": settings.GOOGLE_PROJECT_NUMBER,
        "locale": "zh-CN" if get_language() == "zh-hans" else "en",
        "most": MOST_AT_ONCE,
    }
    response = render(request, "integrations/drive_window.html", context, status=status)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(script))
    response._csp_replace = {  # type: ignore[attr-defined]
        "script-src": [SELF, origin],
        # Google's window lays itself out with a sheet of its own.
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:", *_IMAGES],
        "connect-src": [SELF, origin],
        "frame-src": _FRAMES,
    }
    # Google tells by it that the key is used from here.
    response["Referrer-Policy"] = "strict-origin"
    return response


def _ask(request: WorkspaceRequest, grant: DriveGrant, file: StoredFile, target: DriveFile, *, is_shown: bool) -> Said:
    """`is_shown`: the person has just chosen the file in Google's window."""
    account = grant.account or _("your Google account")
    is_mine = file.created_by_id == request.member.pk
    who = _("the owner of the file") if is_mine else file.created_by.display_name
    try:
        sight = look_at(grant, target)
    except Refused as error:
        if error.status in (403, 404) and error.code == Refused.code:
            if is_shown or (is_mine and target.is_chosen):
                then = _("Ask %(who)s to share it with %(account)s.") % {"who": who, "account": account}
                return Said("red", _("Google does not let you open this file, or it is gone."), then)
            then = _(
                "It tells LinkStar only about files that you chose here yourself. Choose this one once in Google's "
                "window, or simply open it; if Google refuses, ask %(who)s."
            ) % {"who": who}
            return Said("amber", _("Google does not show this file to LinkStar for you."), then, may_show=True)
        return Said("amber", *_words(error))
    except ChannelError as error:
        return Said("amber", *_words(error))
    then = _("As %(account)s you may change it.") if sight.may_edit else _("As %(account)s you may read it.")
    return Said("green", _("Google lets you open this file."), then % {"account": account})


def _words(error: ChannelError) -> tuple[Words, Words]:
    return _FAILED.get("revoked" if isinstance(error, Revoked) else error.code, _UNEXPECTED)
