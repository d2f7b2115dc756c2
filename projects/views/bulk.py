"""Many tasks at once: which are meant, what is to be done with them, what that comes to, and then doing it."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions import bulk as many
from projects.actions import relocating
from projects.asking import choices_for, settle
from projects.bulk_kinds import NAMES, bulk_kinds
from projects.filters import TaskFilter, is_pk
from projects.models import Change, Project
from projects.views import bulk_words, relocation_words
from projects.views.boards import reader_of, refused
from projects.views.bulk_forms import FORMS, EditForm
from projects.views.sheet import asking_why, trigger


class Selection(NamedTuple):
    """`lost` says what of it is no more; `fields` are what names it again in the next form."""

    ids: list[int]
    lost: list[str]
    fields: dict[str, str]


@require_POST
@members_only
def bulk(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`tasks` and `task` name tasks, or `all` with a filter's `query` means those that it finds; `kind` is the edit.

    The answer is what would happen; with `step=apply` and the `seal` of what was shown, it happens.
    """
    project = access.get_project(request.member, pk, to="add task")
    selection = _selection(request, project)
    kind = request.POST.get("kind", "")
    if not selection.ids:
        return _not_done(request, project, " ".join(selection.lost) or _("Choose tasks first."))
    if len(selection.ids) > many.MOST:
        return _not_done(request, project, _too_many())
    if kind not in FORMS:
        return _show(request, project, selection)
    now = timezone.now()
    is_answered = "shown" in request.POST or not FORMS[kind].asks
    form = FORMS[kind](request.POST if is_answered else None, project=project, member=request.member, now=now)
    if not is_answered or not form.is_valid():
        return _show(request, project, selection, form=form)
    edit = form.edit()
    acting = relocating if kind == "relocate" else many
    despite = request.POST.get("despite", "")
    if request.POST.get("step") != "apply" or despite != request.POST.get("said", despite):
        # What is said to those that wait for others changes the plan, which is shown before it is carried out.
        if isinstance(edit, relocating.Relocate):
            moving = relocating.examine(edit, selection.ids, project=project, actor=request.member)
            return _show(request, project, selection, form=form, plan=moving)
        plan = many.examine(edit, selection.ids, project=project, actor=request.member, now=now)
        return _show(request, project, selection, form=form, plan=plan)
    try:
        plan, change = acting.apply(
            edit,
            selection.ids,
            project=project,
            actor=request.member,
            now=now,
            seal=request.POST.get("seal", ""),
        )
    except many.PlanChanged as error:
        return _show(request, project, selection, form=form, plan=error.plan, has_changed=True)
    return _applied(request, project, plan, change)


def _selection(request: WorkspaceRequest, project: Project) -> Selection:
    if request.POST.get("all") == "1":
        return _all_that_match(request, project)
    given = [*request.POST.get("tasks", "").split(","), *request.POST.getlist("task")]
    wanted = list(dict.fromkeys(int(word) for word in given if is_pk(word)))[: many.MOST + 1]
    found = list(access.tasks_of(request.member, project).filter(pk__in=wanted).values_list("pk", flat=True))
    gone = len(wanted) - len(found)
    lost = ngettext("%(count)d of them is gone meanwhile.", "%(count)d of them are gone meanwhile.", gone)
    return Selection(found, [lost % {"count": gone}] if gone else [], {"tasks": ",".join(str(pk) for pk in found)})


def _all_that_match(request: WorkspaceRequest, project: Project) -> Selection:
    """The filter is read anew each time, so that what matches now is what is shown."""
    query, reader = request.POST.get("query", "")[:8000], reader_of(request)
    choices = choices_for(request.member, project, project.board.columns.order_by("position"))
    asked = settle(TaskFilter.read(QueryDict(query)), choices, reader)
    found = asked.narrow(asked.scope(request.member, project), reader).order_by("pk")
    ids = list(found.values_list("pk", flat=True)[: many.MOST + 1])
    return Selection(ids, asked.lost, {"all": "1", "query": asked.wanted.query})


def _show(
    request: WorkspaceRequest,
    project: Project,
    selection: Selection,
    *,
    form: EditForm | None = None,
    plan: many.Plan | None = None,
    has_changed: bool = False,
) -> HttpResponse:
    kind = request.POST.get("kind", "")
    context: dict[str, Any] = {
        "project": project,
        "selection": selection,
        "kinds": bulk_kinds(),
        "kind": kind if form is not None else "",
        "kind_name": NAMES[kind] if form is not None else "",
        "form": form,
        "asks": form is not None and form.asks,
        "plan": plan,
        "has_changed": has_changed,
    }
    if plan is not None:
        context |= {
            "headline": bulk_words.headline(plan.edit, len(plan.changed)),
            "reasons": bulk_words.reasons(plan),
            "rows": bulk_words.rows(plan),
            "notes": relocation_words.notes(plan, project) if isinstance(plan, relocating.Relocation) else [],
            "more": len(plan.changed) - bulk_words.SHOWN,
            "is_dangerous": kind in ("archive", "bin"),
            "blocked": bulk_words.blocked(plan),
            "despite": request.POST.get("despite", ""),
        }
    name = "projects/bulk.html"
    status = 409 if has_changed else 422 if form is not None and form.errors else 200
    return render(request, f"{name}#dialog" if request.htmx else name, context, status=status)


def _applied(request: WorkspaceRequest, project: Project, plan: many.Plan, change: Change | None) -> HttpResponse:
    if change is None:
        return _not_done(request, project, _("Nothing was changed: all of it is like that already, or stays as it is."))
    message = bulk_words.done(plan.edit, len(plan.changed))
    if not request.htmx:
        messages.success(request, message)
        return redirect("projects:activity", project.pk)
    response = HttpResponse()
    undo = reverse("projects:change-undo", args=[change.pk])
    trigger(response, "toast", {"message": message, "undo_url": undo, **asking_why(change)})
    for event in ("board:changed", "select:clear", "dialog:close"):
        trigger(response, event, {})
    if len(plan.changed) - plan.along == 1:  # its sheet may be open
        trigger(response, "task:changed", {"task": plan.changed[0].pk})
    return response


def _not_done(request: WorkspaceRequest, project: Project, why: str) -> HttpResponse:
    if request.htmx:
        return refused(why)
    messages.error(request, why)
    return redirect(project.board)


def _too_many() -> str:
    return _("That is more than %(most)d tasks. Narrow the filter, and take them in parts.") % {"most": many.MOST}
