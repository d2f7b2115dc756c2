"""A project saved as a template, after a look at what becomes of it."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linkstar.lib.forms import set_choices
from linkstar.lib.text import clean_line, has_han
from linkstar.members.models import Member
from linkstar.workspaces.access import managers_only
from linkstar.workspaces.http import WorkspaceRequest
from projects.access import get_project
from projects.models import Project
from templates_sop.actions.templates import save_from_project
from templates_sop.common import common
from templates_sop.drafting import Anchored, Drafted, anchored_of, draft_from, guessed_roles
from templates_sop.outline import outline_of
from templates_sop.shapes import LANGUAGES, Text
from templates_sop.views.library import language_of_reader
from templates_sop.wording import LOSSES

PAGE = "templates_sop/project_template.html"
NAME_LIMIT = 80


class FromProjectForm(forms.Form):
    """The template's name, the day that everything counts from where the project has none, and a role a person."""

    name_zh = forms.CharField(required=False, max_length=NAME_LIMIT, label=gettext_lazy("Name in Chinese"))
    name_en = forms.CharField(required=False, max_length=NAME_LIMIT, label=gettext_lazy("Name in English"))

    def __init__(
        self,
        data: Any = None,
        *,
        project: Project,
        anchored: Anchored | None,
        people: list[tuple[Member, str]],
        latest: date | None,
        language: str,
    ) -> None:
        """`latest` is the last deadline of the project, which is offered as the day."""
        initial: dict[str, Any] = {"name_zh" if has_han(project.name) else "name_en": project.name[:NAME_LIMIT]}
        initial |= {f"role_{person.pk}": role for person, role in people}
        if anchored is None:
            initial |= {"anchor_on": latest, "anchor_zh": "上线日", "anchor_en": "Launch day"}
        super().__init__(data, initial=initial)
        self.anchored, self.project, self.people = anchored, project, people
        if anchored is None:
            day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            self.fields["anchor_on"] = forms.DateField(label=_("The day that everything counts from"), widget=day)
            self.fields["anchor_zh"] = forms.CharField(
                required=False, max_length=NAME_LIMIT, label=_("Its name in Chinese")
            )
            self.fields["anchor_en"] = forms.CharField(
                required=False, max_length=NAME_LIMIT, label=_("Its name in English")
            )
        roles = [("", _("Nobody's yet")), *((role.key, role.name.get(language)) for role in common().roles)]
        for person, _role in people:
            self.fields[f"role_{person.pk}"] = forms.ChoiceField(label=person.display_name, required=False)
            set_choices(self, f"role_{person.pk}", roles)
        for field in self.fields.values():
            field.widget.attrs["class"] = "select" if isinstance(field.widget, forms.Select) else "input"

    @property
    def role_fields(self) -> list[forms.BoundField]:
        return [self[f"role_{person.pk}"] for person, _role in self.people]

    def clean(self) -> None:
        if self.name().is_empty and not self.errors:
            self.add_error("name_zh", _("Give the template a name, in one language at least."))
        if self.anchored is None and not self.errors and self._text("anchor").is_empty:
            self.add_error("anchor_zh", _("Name the day."))

    def name(self) -> Text:
        return self._text("name")

    def _text(self, name: str) -> Text:
        return Text(*(clean_line(self.cleaned_data.get(f"{name}_{each}", ""), NAME_LIMIT) for each in LANGUAGES))

    def chosen_anchor(self) -> Anchored | None:
        """None while the day is missing or wrong."""
        if self.anchored is not None:
            return self.anchored
        on = self.cleaned_data.get("anchor_on")
        return Anchored(self._text("anchor"), on, self.project.time_zone) if on else None

    def roles(self) -> dict[int, str]:
        return {person.pk: self.cleaned_data.get(f"role_{person.pk}", "") for person, _role in self.people}


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def project_template(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """GET looks at it, as the form stands; POST makes the draft. htmx asks for the preview alone."""
    project, member, language = get_project(request.member, pk), request.member, language_of_reader()
    typed = request.POST if request.method == "POST" else request.GET if "name_zh" in request.GET else None
    latest = project.tasks.alive().allowed_to(member).exclude(due_on=None).order_by("-due_on").first()
    form = FromProjectForm(
        typed,
        project=project,
        anchored=anchored_of(project),
        people=guessed_roles(project, member),
        latest=latest.due_on if latest else None,
        language=language,
    )
    if request.method == "POST" and form.is_valid():
        anchored = form.chosen_anchor()
        assert anchored is not None  # noqa: S101 - a valid form has a day
        template, _drafted = save_from_project(
            project,
            name=form.name(),
            anchored=anchored,
            roles=form.roles(),
            reader=member,
            actor=member,
            now=timezone.now(),
        )
        messages.success(request, _("The project is saved as a template. Look through it, then publish it."))
        return redirect(template)
    drafted = _preview(form, project, member)
    context = {
        "project": project,
        "form": form,
        "show_errors": request.method == "POST",
        "drafted": drafted,
        "outline": outline_of(drafted.template, language) if drafted else None,
        "losses": _losses(drafted) if drafted else [],
    }
    status = 422 if request.method == "POST" else 200
    response = render(request, f"{PAGE}#preview" if request.htmx else PAGE, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _preview(form: FromProjectForm, project: Project, reader: Member) -> Drafted | None:
    if form.is_bound:
        form.is_valid()
        name, anchored, roles = form.name(), form.chosen_anchor(), form.roles()
    else:
        name, roles = Text(project.name, ""), {person.pk: role for person, role in form.people}
        day = form.initial.get("anchor_on")
        label = Text(form.initial.get("anchor_zh", ""), form.initial.get("anchor_en", ""))
        anchored = form.anchored or (Anchored(label, day, project.time_zone) if day else None)
    if anchored is None:
        return None
    name = Text(project.name, "") if name.is_empty else name
    return draft_from(project, name=name, anchored=anchored, roles=roles, reader=reader)


def _losses(drafted: Drafted) -> list[tuple[Any, Any, int, list[str]]]:
    """What, what becomes of it and why, how many, and some titles."""
    return [
        (*LOSSES[dropped.loss], dropped.count, list(dict.fromkeys(title for title in dropped.titles if title)))
        for dropped in drafted.dropped
    ]
