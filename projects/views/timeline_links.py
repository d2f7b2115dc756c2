"""Arrows of the timeline: two bars are joined by their ends, and parted again. Lags are said in the sheet."""

from django import forms
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linkstar.lib.forms import problems, set_queryset
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.dependencies import LinkGone, LinkRefused, link_tasks, unlink_tasks
from projects.models import Change, Dependency, Task
from projects.views.link_refusals import why_no_link
from projects.views.timeline_edits import refused


class JoinForm(forms.Form):
    """The task of the address waits for `before`; or `remove` is the link of the two that goes."""

    before: "forms.ModelChoiceField[Task]" = forms.ModelChoiceField(None, required=False)
    kind = forms.ChoiceField(choices=Dependency.Kind.choices, required=False)
    remove: "forms.ModelChoiceField[Dependency]" = forms.ModelChoiceField(None, required=False)

    def clean(self) -> None:
        if not self.errors and not self.cleaned_data.get("before") and not self.cleaned_data.get("remove"):
            self.add_error(None, _("This task is not there any more. Choose another one."))


@require_POST
@members_only
def task_join(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """200 with what was done and the way back; 422 with why not."""
    task, form = access.get_task(request.member, pk, to="edit"), JoinForm(request.POST)
    set_queryset(form, "before", Task.objects.visible_to(request.member).select_related("project"))
    set_queryset(form, "remove", Dependency.objects.filter(blocked=task).select_related("blocker", "blocked"))
    if not form.is_valid():
        gone = form.has_error("remove") or form.has_error("before")
        return refused(why_no_link(LinkGone(), request.member) if gone else problems(form))
    try:
        change, said = _carry_out(request, task, form)
    except LinkRefused as error:
        return refused(why_no_link(error, request.member))
    return JsonResponse({"message": said, "undo_url": reverse("projects:change-undo", args=[change.pk])})


def _carry_out(request: WorkspaceRequest, task: Task, form: JoinForm) -> tuple[Change, str]:
    given, now = form.cleaned_data, timezone.now()
    if given["remove"]:
        return unlink_tasks(given["remove"], actor=request.member, now=now), _("They are not linked any more.")
    kind = given["kind"] or Dependency.Kind.FINISH_START
    _link, change = link_tasks(given["before"], task, kind=kind, actor=request.member, now=now)
    return change, _("Linked with “%(title)s”.") % {"title": given["before"].title}
