"""Files of a task and of a project."""

from django import forms
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db.models import F, Prefetch, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from linkstar.workspaces.access import anonymous_allowed, guests_allowed, members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.files import UploadRefused, add_file, add_version, delete_file, restore_file, share_file
from projects.downloads import content_disposition, signed_address, version_of
from projects.models import FileVersion, Project, StoredFile, Task

PAGE = 30


class ManyFiles(forms.FileField):
    """Zero or more files under one name."""

    def clean(self, data: object, initial: object = None) -> list[object]:
        files = data if isinstance(data, list) else [data]
        return [super(ManyFiles, self).clean(file, initial) for file in files]


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class UploadForm(forms.Form):
    files = ManyFiles(
        widget=ManyFilesInput(attrs={"multiple": True}), label=gettext_lazy("Files"), max_length=255, allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choose a file first.")},
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)
    is_shared = forms.BooleanField(label=gettext_lazy("Show to the guests of this project"), required=False)


@require_GET
@guests_allowed
def task_files(request: WorkspaceRequest, pk: int) -> HttpResponse:
    task = access.get_task(request.member, pk)
    return _files(request, task.project, task)


@require_POST
@guests_allowed
def task_file_add(request: WorkspaceRequest, pk: int) -> HttpResponse:
    task = access.get_task(request.member, pk, to="attach")
    return _add(request, task.project, task)


@require_GET
@guests_allowed
def project_files(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """All files of the project that this person may see, those of its tasks too, newest first."""
    return _files(request, access.get_project(request.member, pk), None)


@require_POST
@guests_allowed
def project_file_add(request: WorkspaceRequest, pk: int) -> HttpResponse:
    return _add(request, access.get_project(request.member, pk, to="attach"), None)


@require_GET
@guests_allowed
def file_show(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The stable address of a file: its newest version, all older ones, and what can be done."""
    file = access.get_file(request.member, pk)
    return _file(request, file, UploadForm())


@require_GET
@guests_allowed
def file_download(request: WorkspaceRequest, pk: int, number: int | None = None) -> HttpResponse:
    """To the bytes of the newest version, or of the one with `number`."""
    file = access.get_file(request.member, pk)
    version = get_object_or_404(FileVersion, file=file, number=number or file.version_count)
    return redirect(signed_address(version, file.name))


@require_GET
@anonymous_allowed(reason="the address is signed and lives five minutes")
def file_bytes(request: HttpRequest, token: str) -> HttpResponse:
    version_id = version_of(token)
    if version_id is None:
        raise Http404
    version = get_object_or_404(FileVersion.objects.select_related("file"), pk=version_id)
    response = FileResponse(default_storage.open(version.key), content_type=version.content_type)
    response["Content-Disposition"] = content_disposition(version.file.name)
    response["Content-Length"] = version.size_bytes
    response["Cache-Control"] = "private, max-age=300"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
@guests_allowed
def file_replace(request: WorkspaceRequest, pk: int) -> HttpResponse:
    file = access.get_file(request.member, pk, to="replace")
    form = UploadForm({"note": request.POST.get("note", "")}, {"files": request.FILES.getlist("files")[:1]})
    if form.is_valid():
        try:
            add_version(
                file, form.cleaned_data["files"][0], note=form.cleaned_data["note"], uploader=request.member, now=timezone.now()
            )
            form = UploadForm()
        except UploadRefused as error:
            form.add_error("files", refusal(error))
    if not request.htmx and not form.errors:
        return redirect(file)
    return _file(request, file, form)


@require_POST
@members_only
def file_share(request: WorkspaceRequest, pk: int) -> HttpResponse:
    file = access.get_file(request.member, pk, to="share")
    share_file(file, is_shared=request.POST.get("is_shared") == "1", actor=request.member, now=timezone.now())
    return _file(request, file, UploadForm()) if request.htmx else redirect(file)


@require_POST
@guests_allowed
def file_delete(request: WorkspaceRequest, pk: int) -> HttpResponse:
    file = access.get_file(request.member, pk, to="delete")
    delete_file(file, actor=request.member, now=timezone.now())
    return redirect(file.task or "projects:files", *([] if file.task else [file.project_id]))


@require_POST
@members_only
def file_restore(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Back out of the bin, for whoever saw it there."""
    project_ids = Project.objects.visible_to(request.member).values("pk")
    file = get_object_or_404(StoredFile.objects.exclude(deleted_at=None), pk=pk, project__in=project_ids)
    if file.task is not None:
        access.get_task(request.member, file.task.pk, to="attach")
    else:
        access.get_project(request.member, file.project_id, to="attach")
    restore_file(file, actor=request.member, now=timezone.now())
    return redirect(file)


def refusal(error: UploadRefused) -> str:
    """What to tell a person whose upload was refused."""
    return {
        "empty": _("This file is empty."),
        "too large": _("This file is too large."),
        "quota": _("The workspace's storage is full. Ask an admin for more room; nothing else is blocked."),
    }[error.reason]


def _add(request: WorkspaceRequest, project: Project, task: Task | None) -> HttpResponse:
    form = UploadForm(request.POST, {"files": request.FILES.getlist("files")})
    if form.is_valid():
        shared = form.cleaned_data["is_shared"] and request.member.is_insider
        for upload in form.cleaned_data["files"]:
            try:
                add_file(
                    project, upload, task=task, note=form.cleaned_data["note"], is_shared=shared,
                    uploader=request.member, now=timezone.now(),
                )
            except UploadRefused as error:
                form.add_error("files", f"{upload.name}: {refusal(error)}")
    if request.htmx or form.errors:
        return _files(request, project, task, form)
    return redirect(task or "projects:files", *([] if task else [project.pk]))


def _files(request: WorkspaceRequest, project: Project, task: Task | None, form: UploadForm | None = None) -> HttpResponse:
    seen = StoredFile.objects.visible_to(request.member).filter(project=project)
    files = _with_newest(seen.filter(task=task) if task else seen.select_related("task"))
    page = Paginator(files, PAGE).get_page(request.GET.get("page"))
    may_attach = access.may_task(request.member, "attach", task) if task else access.may(request.member, "attach", project)
    context = {
        "project": project, "task": task, "page": page, "form": form or UploadForm(), "may_attach": may_attach,
        "workspace": request.workspace,
    }
    template = "projects/_task_files.html" if task and request.htmx else "projects/files.html"
    return render(request, template, context, status=422 if form is not None and form.errors else 200)


def _file(request: WorkspaceRequest, file: StoredFile, form: UploadForm) -> HttpResponse:
    versions = file.versions.select_related("uploaded_by").order_by("-number")
    context = {
        "file": file, "project": file.project, "form": form,
        "versions": Paginator(versions, PAGE).get_page(request.GET.get("page")),
        "may_replace": not file.project.is_archived and (request.member.is_insider or file.created_by_id == request.member.pk),
        "may_share": not file.project.is_archived and request.member.is_insider,
    }
    part = "projects/file.html#file" if request.htmx else "projects/file.html"
    return render(request, part, context, status=422 if form.errors else 200)


def _with_newest(files: QuerySet[StoredFile]) -> QuerySet[StoredFile]:
    newest = FileVersion.objects.filter(number=F("file__version_count")).select_related("uploaded_by")
    return files.prefetch_related(Prefetch("versions", queryset=newest)).order_by("-created_at", "-pk")
