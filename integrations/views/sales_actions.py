"""What a task does to a shop, marks without a task, and what is known of each: read, said, changed, taken off."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations import access
from integrations.actions.noticing import IsAnswered
from integrations.actions.sales_actions import (
    change_action,
    note_mark,
    record_action,
    remove_action,
    went_live,
)
from integrations.actions.signs import refuse_sign, take_sign
from integrations.also import also_in_the_weeks_of
from integrations.links import links_of
from integrations.models import ChannelAccount, SalesAction
from integrations.shown_actions import shown, two_clocks, zone_of
from integrations.shown_changes import sign_text
from integrations.shown_effects import Effects
from integrations.signs import sign_of
from integrations.skus import named, skus_of_task
from integrations.stock import empties_of_tasks
from integrations.suggesting import suggested_kind
from integrations.views.action_form import ENDING, ActionForm, InstantForm, initial_of, wall_of
from linkstar.lib.deadlines import note_text
from linkstar.lib.forms import problems
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest, go_to, posted
from projects import access as projects_access
from projects.actions.finishing import finish_task
from projects.actions.refusals import MoveRefused
from projects.models import Project, Task
from projects.views.beginning import hold
from projects.views.moving import why_not
from projects.views.sheet import offer_undo, trigger

_PANEL = "integrations/_task_action.html"


@require_safe
@members_only
def task_action(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The panel on a task's sheet; empty in a workspace without shops."""
    task = projects_access.get_task(request.member, pk)
    action = _action_of(request, task)
    if action is None and not access.shops_of(request.member).exists():
        return HttpResponse("")
    return _panel(request, task, action)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def task_action_edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """GET opens the dialog, filled with what the task says of itself; POST saves it."""
    task, now = projects_access.get_task(request.member, pk, to="edit"), timezone.now()
    action = _action_of(request, task)
    initial = initial_of(action, zone_of(action)) if action else _guess(request, task)
    if action is not None and action.live_at is None:
        initial |= wall_of(task.completed_at, initial["zone"])
    form = ActionForm(posted(request), member=request.member, now=now, is_mark=False, initial=initial)
    context = {"task": task, "project": task.project, "action": action, "is_mark": False}
    if not form.shops:
        raise Http404
    if request.method == "POST" and "search" not in request.POST and form.is_valid():
        record_action(task, form.said, actor=request.member, now=now)
        return _saved(request, task.get_absolute_url(), task)
    return _dialog(request, form, context)


@require_POST
@members_only
def task_action_live(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """One tap: it went live when the task was done."""
    task = projects_access.get_task(request.member, pk, to="edit")
    action = _action_of(request, task)
    if action is None or task.completed_at is None:
        raise Http404
    went_live(action, task.completed_at, actor=request.member, now=timezone.now())
    return _saved(request, task.get_absolute_url(), task, is_dialog=False)


@require_POST
@members_only
def task_action_sign(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """What the shop shows: `answer` "done" finishes the task, "live" says only since when, "no" that it is not this."""
    answer, now = request.POST.get("answer", ""), timezone.now()
    task = projects_access.get_task(request.member, pk, to="move" if answer == "done" else "edit")
    action = _action_of(request, task)
    if action is None or answer not in ("done", "live", "no"):
        raise Http404
    try:
        if answer == "no":
            refuse_sign(action, now=now)
        else:
            take_sign(action, actor=request.member, now=now)
    except IsAnswered:
        response = _saved(request, task.get_absolute_url(), task, is_dialog=False)
        return _said(request, response, _("Somebody was quicker, or the action was changed: look again."), "error")
    if answer != "done":
        return _saved(request, task.get_absolute_url(), task, is_dialog=False)
    return _finished(request, task, now)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def mark_add(request: WorkspaceRequest) -> HttpResponse:
    """Note something that happened; `?shop=`, `?project=` and `?sku=` say where the person came from."""
    now = timezone.now()
    project = _project(request)
    shop = _shop(request)
    zone = project.time_zone if project else shop.time_zone if shop else request.workspace.time_zone
    initial = {"zone": zone, "shop": shop.pk if shop else None, "skus": request.GET.getlist("sku")[:50]}
    form = ActionForm(posted(request), member=request.member, now=now, is_mark=True, initial=initial)
    if not form.shops:
        raise Http404
    if request.method == "POST" and "search" not in request.POST and form.is_valid():
        action = note_mark(form.said, project=project, actor=request.member, now=now)
        return _saved(request, action.get_absolute_url(), None)
    return _dialog(request, form, {"project": project, "action": None, "is_mark": True})


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def action_edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Of a mark; what a task did is changed at the task."""
    action, now = access.get_action(request.member, pk, to="edit"), timezone.now()
    if action.task is not None:
        return redirect("integrations:task-action-edit", action.task.pk)
    initial = initial_of(action, zone_of(action))
    form = ActionForm(posted(request), member=request.member, now=now, is_mark=True, initial=initial)
    if request.method == "POST" and "search" not in request.POST and form.is_valid():
        try:
            change_action(action, form.said, actor=request.member, now=now)
        except SalesAction.DoesNotExist as error:
            raise Http404 from error
        return _saved(request, action.get_absolute_url(), None)
    return _dialog(request, form, {"project": action.project, "action": action, "is_mark": True})


@require_safe
@members_only
def action(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """All that is known of one, whoever noted it."""
    found, now = access.get_action(request.member, pk), timezone.now()
    context = {
        "shown": shown(found, now=now),
        "skus": named(found.account, found.skus),
        "links": links_of(found),
        "may_edit": access.may_act_on(request.member, found, "edit"),
        "effects": Effects(found, sees_numbers=access.may(request.member, "numbers"), now=now),
        "also": also_in_the_weeks_of(request.member, found),
    }
    return render(request, "integrations/action.html", context)


@require_POST
@members_only
def action_remove(request: WorkspaceRequest, pk: int) -> HttpResponse:
    action = access.get_action(request.member, pk, to="remove")
    task = action.task
    remove_action(action, zone=zone_of(action), actor=request.member, now=timezone.now())
    if task is not None:
        return _saved(request, task.get_absolute_url(), task)
    back = action.project.get_absolute_url() if action.project else action.account.get_absolute_url()
    return _saved(request, back, None)


@require_safe
@members_only
def live_preview(request: WorkspaceRequest) -> HttpResponse:
    """What the fields of a moment come to, in both clocks, before anything is saved."""
    now = timezone.now()
    form = InstantForm(request.GET, now=now)
    context: dict[str, Any] = {}
    if form.is_valid() and form.instant is not None and form.resolved is not None:
        context = {
            "label": two_clocks(form.instant, form.cleaned_data["zone"], now=now),
            "note": note_text(form.resolved, get_language() or "en"),
            "is_ahead": form.instant > now,
        }
    elif request.GET.get("typed") or (request.GET.get("on") and request.GET.get("time")):
        context["error"] = problems(form)
    return render(request, "integrations/_live_preview.html", context)


def _action_of(request: WorkspaceRequest, task: Task) -> SalesAction | None:
    found = access.actions_of(request.member).filter(task=task).first()
    if found is not None:
        # The row that was read already.
        found.task = task
    return found


def _guess(request: WorkspaceRequest, task: Task) -> dict[str, Any]:
    """The shop of the task's project, if it can be told, the SKUs of its products, and the moment it was done."""
    shops = list(access.shops_of(request.member).order_by("name", "pk"))
    channel = task.project.channel.removesuffix("_us")
    near = [shop for shop in shops if shop.channel == channel] or shops
    by_name = [shop for shop in near if task.project.store and shop.name.casefold() == task.project.store.casefold()]
    fitting = by_name or near
    known = ((shop, skus_of_task(task, shop)) for shop in fitting)
    shop, skus = next((each for each in known if each[1]), (fitting[0] if fitting else None, []))
    zone = task.due_zone or task.project.time_zone
    return {
        "kind": suggested_kind(task),
        "shop": shop.pk if shop else None,
        "skus": skus,
        "zone": zone,
        **wall_of(task.completed_at, zone),
    }


def _panel(request: WorkspaceRequest, task: Task, action: SalesAction | None) -> HttpResponse:
    now = timezone.now()
    kinds = dict(SalesAction.Kind.choices)
    context = {
        "task": task,
        "shown": shown(action, now=now) if action else None,
        "done": two_clocks(task.completed_at, task.due_zone or task.project.time_zone, now=now)
        if task.completed_at
        else None,
        "suggested": "" if action else kinds.get(suggested_kind(task), ""),
        "may_edit": projects_access.may_task(request.member, "edit", task),
        "dangers": empties_of_tasks([task.pk], member=request.member, now=now).get(task.pk, []) if action else [],
        "effects": Effects(action, sees_numbers=access.may(request.member, "numbers"), now=now) if action else None,
        **(_sign(action, task, now) if action else {}),
    }
    return render(request, _PANEL, context)


def _sign(action: SalesAction, task: Task, now: datetime) -> dict[str, Any]:
    """What the shop shows of it, while nobody has said so."""
    sign = sign_of(action)
    if sign is None or (task.completed_at is not None and action.live_at is not None):
        return {}
    return {
        "sign": sign,
        "sign_text": sign_text(sign, action.account),
        "sign_at": two_clocks(sign.at, zone_of(action), now=now),
        "sign_more": len(sign.changes) - 1,
    }


def _finished(request: WorkspaceRequest, task: Task, now: datetime) -> HttpResponse:
    """The task is done, or what keeps it from being done is said; that it is live stays said either way."""
    try:
        change = finish_task(task, actor=request.member, now=now)
    except MoveRefused as error:
        held = hold(request, task, error, {})
        if held is not None:
            return held
        response = _saved(request, task.get_absolute_url(), task, is_dialog=False)
        return _said(request, response, why_not(error, request.member), "error")
    response = _saved(request, task.get_absolute_url(), task, is_dialog=False)
    offer_undo(response, change, _("Done: %(title)s") % {"title": task.title})
    return response


def _said(request: WorkspaceRequest, response: HttpResponse, text: str, level: str) -> HttpResponse:
    if request.htmx:
        trigger(response, "toast", {"message": text, "level": level})
    else:
        messages.error(request, text)
    return response


def _dialog(request: WorkspaceRequest, form: ActionForm, context: dict[str, Any]) -> HttpResponse:
    """The SKUs alone while somebody looks for them; 422 for what was refused."""
    context |= {"form": form, "url": request.get_full_path(), "ending": [kind.value for kind in ENDING]}
    is_search = "search" in request.POST
    if is_search and request.htmx:
        return render(request, "integrations/action_form.html#skus", context)
    if is_search:
        # What was typed stays; nothing is refused yet.
        form.errors.clear()
    name = "integrations/action_form.html#dialog" if request.htmx else "integrations/action_form.html"
    return render(request, name, context, status=422 if form.is_bound and form.errors else 200)


def _saved(request: WorkspaceRequest, url: str, task: Task | None, *, is_dialog: bool = True) -> HttpResponse:
    """The dialog shuts; what shows the task asks for itself again."""
    if task is None or not request.htmx:
        return go_to(request, url)
    response = HttpResponse(status=204)
    if is_dialog:
        trigger(response, "dialog:close", {})
    trigger(response, "task:changed", {"task": task.pk})
    return response


def _project(request: WorkspaceRequest) -> Project | None:
    given = request.GET.get("project", "")
    if not given.isdecimal():
        return None
    return projects_access.get_project(request.member, int(given), to="add task")


def _shop(request: WorkspaceRequest) -> ChannelAccount | None:
    given = request.GET.get("shop", "")
    return access.get_shop(request.member, int(given)) if given.isdecimal() else None
