"""Files of a task and of a project."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linkstar.lib.drive import DriveFile, read_drive_address
from linkstar.lib.text import clean_line
from linkstar.workspaces.access import guests_allowed, members_only
from linkstar.workspaces.http import WorkspaceRequest
from linkstar.workspaces.models import DriveGrant
from linkstar.workspaces.uploads import takes_files
from projects import access
from projects.actions.files import (
    UploadRefused,
    add_file,
    add_version,
    delete_file,
    file_name,
    link_drive_file,
    restore_file,
    share_file,
)
from projects.models import FileVersion, Project, StoredFile, Task
from projects.stream import left_at
from projects.views.sheet import trigger

PAGE = 30
MOST_AT_ONCE = 20


class ManyFiles(forms.FileField):
    """Files under one name; an empty one is let through, so that only it is refused and not the others."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list) else [data] if data else []
        if not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(files) > MOST_AT_ONCE:
            raise forms.ValidationError(_("At most %(count)d files at once.") % {"count": MOST_AT_ONCE})
        return [super(ManyFiles, self).clean(file, initial) for file in files]


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class UploadForm(forms.Form):
    files = ManyFiles(  # type: ignore[assignment]
        widget=ManyFilesInput(attrs={"multiple": True}),
        label=gettext_lazy("Files"),
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choose a file first.")},
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)
    is_shared = forms.BooleanField(label=gettext_lazy("Show to the guests of this project"), required=False)

    def clean_note(self) -> str:
        return clean_line(self.cleaned_data["note"], 300)


class DriveForm(forms.Form):
    address = forms.CharField(
        label=gettext_lazy("Link from Google Drive"),
        max_length=2000,
        error_messages={"required": gettext_lazy("Paste the address of the file first.")},
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    is_shared = forms.BooleanField(label=gettext_lazy("Show to the guests of this project"), required=False)

    def clean_address(self) -> DriveFile:
        target = read_drive_address(self.cleaned_data["address"])
        if target is None:
            raise forms.ValidationError(
                _("This is no address of a file at drive.google.com or docs.google.com.")
                + " "
                + _("Copy it from the browser while the file is open.")
            )
        return target


@require_safe
@guests_allowed
def task_files(request: WorkspaceRequest, pk: int) -> HttpResponse:
    task = access.get_task(request.member, pk)
    return _files(request, task.project, task)


@require_POST
@guests_allowed
@takes_files
def task_file_add(request: WorkspaceRequest, pk: int) -> HttpResponse:
    task = access.get_task(request.member, pk, to="attach")
    return _add(request, task.project, task)


@require_POST
@guests_allowed
def task_file_link(request: WorkspaceRequest, pk: int) -> HttpResponse:
    task = access.get_task(request.member, pk, to="attach")
    return _link(request, task.project, task)


@require_safe
@guests_allowed
def project_files(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """All files of the project that this person may see, those of its tasks too, newest first; `?q=` searches names,
    `?bin=1` shows what insiders can take out of the bin.
    """
    return _files(request, access.get_project(request.member, pk), None)


@require_POST
@guests_allowed
@takes_files
def project_file_add(request: WorkspaceRequest, pk: int) -> HttpResponse:
    return _add(request, access.get_project(request.member, pk, to="attach"), None)


@require_POST
@guests_allowed
def project_file_link(request: WorkspaceRequest, pk: int) -> HttpResponse:
    return _link(request, access.get_project(request.member, pk, to="attach"), None)


@require_safe
@guests_allowed
def file_show(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The stable address of a file: its newest version, all older ones, and what can be done."""
    return _file(request, access.get_file(request.member, pk), UploadForm())


@require_POST
@guests_allowed
@takes_files
def file_replace(request: WorkspaceRequest, pk: int) -> HttpResponse:
    file = access.get_file(request.member, pk, to="replace")
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        upload, note = form.cleaned_data["files"][0], form.cleaned_data["note"]
        try:
            add_version(file, upload, note=note, uploader=request.member, now=timezone.now())
        except UploadRefused as error:
            form.add_error("files", refusal(error))
    if form.errors or request.htmx:
        return _file(request, file, form)
    return redirect(file)


@require_POST
@members_only
def file_share(request: WorkspaceRequest, pk: int) -> HttpResponse:
    file = access.get_file(request.member, pk, to="share")
    share_file(file, is_shared=request.POST.get("is_shared") == "1", actor=request.member, now=timezone.now())
    return _file(request, file, UploadForm()) if request.htmx else redirect(file)


@require_POST
@guests_allowed
def file_delete(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Into the bin, from where any insider takes it back."""
    file = access.get_file(request.member, pk, to="delete")
    delete_file(file, actor=request.member, now=timezone.now())
    messages.success(request, _("“%(name)s” is in the bin of the project's files.") % {"name": file.name})
    home = file.task.get_absolute_url() if file.task else reverse("projects:files", args=[file.project_id])
    return redirect(home)


@require_POST
@members_only
def file_restore(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Back out of the bin, for whoever saw it there."""
    file = access.get_binned_file(request.member, pk)
    try:
        restore_file(file, actor=request.member, now=timezone.now())
    except StoredFile.DoesNotExist as error:
        raise Http404 from error
    return redirect(file)


def refusal(error: UploadRefused) -> str:
    """What to tell a person whose upload was refused."""
    words = {
        "empty": _("This file is empty."),
        "too large": _("This file is larger than %(limit)s.") % {"limit": filesizeformat(settings.UPLOAD_MAX_BYTES)},
        "quota": _("The workspace's storage is full. Ask an admin for more room; nothing else is blocked."),
        "gone": _("This file is in the bin. Take it out first."),
    }
    return words[error.reason]


def _add(request: WorkspaceRequest, project: Project, task: Task | None) -> HttpResponse:
    """Each file by itself: one that is refused is named, the others are kept, and so is the note."""
    form = UploadForm(request.POST, request.FILES)
    now, kept = timezone.now(), 0
    for upload in form.cleaned_data["files"] if form.is_valid() else []:
        try:
            add_file(
                project,
                upload,
                task=task,
                note=form.cleaned_data["note"],
                is_shared=form.cleaned_data["is_shared"],
                uploader=request.member,
                now=now,
            )
            kept += 1
        except UploadRefused as error:
            form.add_error("files", f"{file_name(upload.name)}: {refusal(error)}")
    if not form.errors and not request.htmx:
        return redirect(task or reverse("projects:files", args=[project.pk]))
    response = _files(request, project, task, form)
    if task and kept and request.htmx:
        _tell_sheet(request, response, task, now)
    return response


def _link(request: WorkspaceRequest, project: Project, task: Task | None) -> HttpResponse:
    """A pasted address of Google Drive becomes a row among the files. The file itself is never asked for."""
    form, now = DriveForm(request.POST), timezone.now()
    if form.is_valid():
        link_drive_file(
            project,
            form.cleaned_data["address"],
            task=task,
            name=form.cleaned_data["name"],
            is_shared=form.cleaned_data["is_shared"],
            actor=request.member,
            now=now,
        )
        if not request.htmx:
            return redirect(task or reverse("projects:files", args=[project.pk]))
    response = _files(request, project, task, drive=form)
    if task and form.is_valid():
        _tell_sheet(request, response, task, now)
    return response


def _files(
    request: WorkspaceRequest,
    project: Project,
    task: Task | None,
    form: UploadForm | None = None,
    drive: DriveForm | None = None,
) -> HttpResponse:
    of_task = task is not None
    words = "" if of_task else clean_line(request.GET.get("q", ""), 100)
    in_bin = not of_task and request.GET.get("bin") == "1" and request.member.is_insider
    files = access.files_of(request.member, project, task, in_bin=in_bin)
    if words:
        files = files.filter(name__icontains=words)
    failed = form is not None and bool(form.errors)
    is_no_link = drive is not None and bool(drive.errors)
    context = {
        "project": project,
        "task": task,
        "page": Paginator(with_newest(files), PAGE).get_page(request.GET.get("page")),
        "form": form if failed else UploadForm(),
        "drive": drive if is_no_link else DriveForm(),
        "drive_is_offered": DriveGrant.is_offered(),
        "may_attach": not in_bin and _may_attach(request, project, task),
        "workspace": request.workspace,
        "q": words,
        "in_bin": in_bin,
        **upload_limits(),
    }
    template = "projects/files.html"
    if request.htmx:
        template = "projects/_task_files.html" if of_task else "projects/files.html#files"
    response = render(request, template, context, status=422 if failed or is_no_link else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _file(request: WorkspaceRequest, file: StoredFile, form: UploadForm) -> HttpResponse:
    versions = file.versions.select_related("uploaded_by").order_by("-number")
    mine = request.member.is_insider or file.created_by_id == request.member.pk
    context = {
        "file": file,
        "project": file.project,
        "form": form if form.errors else UploadForm(),
        "versions": Paginator(versions, PAGE).get_page(request.GET.get("page")),
        "may_delete": not file.is_readonly and mine,
        "may_replace": not file.is_readonly and mine and not file.drive,
        "may_share": not file.is_readonly and request.member.is_insider,
        "drive_is_offered": DriveGrant.is_offered(),
        **upload_limits(),
    }
    part = "projects/file.html#file" if request.htmx else "projects/file.html"
    response = render(request, part, context, status=422 if form.errors else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


def upload_limits() -> dict[str, Any]:
    """What the upload form says before it sends."""
    return {"most_bytes": settings.UPLOAD_MAX_BYTES, "most_files": MOST_AT_ONCE}


def _may_attach(request: WorkspaceRequest, project: Project, task: Task | None) -> bool:
    if task is not None:
        return access.may_task(request.member, "attach", task)
    return access.may(request.member, "attach", project)


def _tell_sheet(request: WorkspaceRequest, response: HttpResponse, task: Task, now: datetime) -> None:
    """The task's stream gets the lines of what was added, and the board behind it draws the card anew."""
    entries = left_at(task, request.member, now)
    if entries:
        response.write(render_to_string("projects/_task_left.jinja", {"entries": entries}, request))
    trigger(response, "task:changed", {"task": task.pk})


def with_newest(files: QuerySet[StoredFile]) -> QuerySet[StoredFile]:
    """Each with its newest version and who put that there, newest file first, in one more query; links with nobody
    but their own `created_by`.
    """
    newest = FileVersion.objects.filter(number=F("file__version_count")).select_related("uploaded_by")
    files = files.select_related("task", "created_by").prefetch_related(Prefetch("versions", queryset=newest))
    return files.order_by("-created_at", "-pk")
