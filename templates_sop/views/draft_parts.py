"""The further days and the roles of a draft's own: a dialog for each, to make one, change it or take it away."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linkstar.workspaces.access import managers_only
from linkstar.workspaces.http import WorkspaceRequest
from templates_sop import access
from templates_sop.actions.draft_parts import (
    MOST_ANCHORS,
    MOST_ROLES,
    PartInUse,
    TooMany,
    own_roles,
    remove_anchor,
    remove_role,
    save_anchor,
    save_role,
)
from templates_sop.models import WorkspaceTemplate
from templates_sop.parsing import FURTHEST_DAYS, TemplateInvalid, parse
from templates_sop.shapes import SopTemplate
from templates_sop.views.drafts import NewForm, closed


class RoleForm(NewForm):
    nameless = gettext_lazy("Give the role a name, in one language at least.")


class AnchorForm(NewForm):
    nameless = gettext_lazy("Name the day, in one language at least.")
    days = forms.IntegerField(
        label=gettext_lazy("Days from the template's own day"),
        min_value=-FURTHEST_DAYS,
        max_value=FURTHEST_DAYS,
        help_text=gettext_lazy("Usually, minus for before: -45. Whoever starts a project chooses the real day."),
        error_messages={"required": gettext_lazy("Type whole days, such as -45 or 7.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def draft_anchor(request: WorkspaceRequest, key: str, anchor: str = "") -> HttpResponse:
    """`do` is "save" or "remove". Without `anchor` a new one."""
    template = access.get_draft(request.member, key, to="edit")
    draft = parse(template.draft, is_draft=True)
    found = next((one for one in draft.anchors if one.key == anchor), None)
    if anchor and found is None:
        raise Http404
    initial = {"name_zh": found.label.zh, "name_en": found.label.en, "days": found.days} if found else {}
    form = AnchorForm(request.POST if request.method == "POST" else None, initial=initial)

    def save() -> SopTemplate:
        return save_anchor(template, anchor, label=form.name(), days=form.cleaned_data["days"], **_by(request))

    def remove() -> SopTemplate:
        return remove_anchor(template, anchor, **_by(request))

    words = {
        "title": _("Further day"),
        "too_many": _("A template has up to %(most)d further days.") % {"most": MOST_ANCHORS},
        "in_use": _("Steps count from this day. Choose another one for them first."),
    }
    is_used = any(step.anchor == anchor for step in draft.every_step)
    return _dialog(request, template, form, words, save, remove, can_remove=found is not None and not is_used)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def draft_role(request: WorkspaceRequest, key: str, role: str = "") -> HttpResponse:
    """As `draft_anchor`, of a role; those that all templates share are not changed here."""
    template = access.get_draft(request.member, key, to="edit")
    draft = parse(template.draft, is_draft=True)
    found = next((one for one in own_roles(draft) if one.key == role), None)
    if role and found is None:
        raise Http404
    initial = {"name_zh": found.name.zh, "name_en": found.name.en} if found else {}
    form = RoleForm(request.POST if request.method == "POST" else None, initial=initial)

    def save() -> SopTemplate:
        return save_role(template, role, name=form.name(), **_by(request))

    def remove() -> SopTemplate:
        return remove_role(template, role, **_by(request))

    words = {
        "title": _("Role of this template"),
        "too_many": _("A template has up to %(most)d roles of its own.") % {"most": MOST_ROLES},
        "in_use": _("Steps are done by this role. Choose another one for them first."),
    }
    is_used = any(step.role == role for step in draft.every_step)
    return _dialog(request, template, form, words, save, remove, can_remove=found is not None and not is_used)


def _by(request: WorkspaceRequest) -> dict[str, Any]:
    return {"actor": request.member, "now": timezone.now()}


def _dialog(
    request: WorkspaceRequest,
    template: WorkspaceTemplate,
    form: NewForm,
    words: dict[str, str],
    save: Any,
    remove: Any,
    *,
    can_remove: bool,
) -> HttpResponse:
    error = ""
    try:
        if request.POST.get("do") == "remove":
            remove()
            return closed(request, template)
        if form.is_bound and form.is_valid():
            save()
            return closed(request, template)
    except TooMany:
        error = words["too_many"]
    except PartInUse:
        error = words["in_use"]
    except TemplateInvalid:
        error = _("A step stands at most two years from the anchor.")
    form.fields["name_zh"].label, form.fields["name_en"].label = _("In Chinese"), _("In English")
    context = {"template": template, "form": form, "error": error, "title": words["title"], "can_remove": can_remove}
    name = "templates_sop/draft_part.html"
    status = 422 if error or (form.is_bound and form.errors) else 200
    return render(request, f"{name}#dialog" if request.htmx else name, context, status=status)
