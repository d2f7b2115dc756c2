"""What admins set for the whole workspace: its name and defaults, and which modules are on."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linkstar.lib.forms import set_choices
from linkstar.lib.text import clean_line
from linkstar.lib.zones import zone_choices
from linkstar.workspaces.access import admins_only
from linkstar.workspaces.actions.workspaces import change_settings, switch_module
from linkstar.workspaces.http import WorkspaceRequest, posted
from linkstar.workspaces.models import Workspace
from linkstar.workspaces.trial import days_left


class SettingsForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the workspace"), max_length=80)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Default time zone"),
        help_text=gettext_lazy("New projects start with it. Running projects keep theirs."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Default language"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("Every member reads in their own."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = ("America/New_York", "America/Los_Angeles", "Asia/Shanghai")
        set_choices(self, "time_zone", zone_choices(get_language() or "en", first))

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"], 80)
        if not name:
            raise ValidationError(_("Give the workspace a name."))
        return name


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def workspace_settings(request: WorkspaceRequest) -> HttpResponse:
    workspace = request.workspace
    initial = {"name": workspace.name, "time_zone": workspace.time_zone, "language": workspace.language}
    form = SettingsForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        change_settings(workspace, actor_id=request.member.pk, **form.cleaned_data)
        messages.success(request, _("The settings are saved."))
        return redirect("workspaces:settings")
    context = {"form": form, "workspace": workspace, "days_left": days_left(workspace, now=timezone.now())}
    return render(request, "workspaces/settings.html", context, status=422 if form.errors else 200)


@require_safe
@admins_only
def module_list(request: WorkspaceRequest) -> HttpResponse:
    workspace = request.workspace
    modules = [_module(workspace, module) for module in Workspace.Module]
    context = {"modules": modules, "workspace": workspace, "days_left": days_left(workspace, now=timezone.now())}
    return render(request, "workspaces/modules.html", context)


@require_POST
@admins_only
def module_switch(request: WorkspaceRequest, module: str) -> HttpResponse:
    """`on=1` turns it on, anything else off."""
    if module not in Workspace.Module:
        raise Http404
    is_on = request.POST.get("on") == "1"
    switch_module(request.workspace, module=module, is_on=is_on, actor_id=request.member.pk, now=timezone.now())
    label = Workspace.Module(module).label
    messages.success(
        request,
        _("%(module)s is on.") % {"module": label}
        if is_on
        else _("%(module)s is off. Everything in it is kept.") % {"module": label},
    )
    return redirect("workspaces:modules")


def _module(workspace: Workspace, module: Workspace.Module) -> dict[str, Any]:
    last = workspace.module_switches.get(module.value, {})
    return {
        "key": module.value,
        "label": module.label,
        "is_on": workspace.has_module(module),
        "switched_at": datetime.fromisoformat(last["at"]) if last else None,
        # The page asks the members' room for the name, by address (style.md: by URL, not by import).
        "switched_by": last.get("member"),
    }
