"""The workspace's own templates: the list of them, the editor of one, and its steps moved and changed together."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linkstar.lib.forms import problems, set_choices
from linkstar.lib.text import clean_line, has_han, split_lines
from linkstar.workspaces.access import managers_only, members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects.views.sheet import trigger
from templates_sop import access
from templates_sop.actions.draft_parts import own_roles
from templates_sop.actions.drafts import (
    MOST_PHASES,
    PhaseInUse,
    TooManySteps,
    add_phase,
    add_steps,
    change_steps,
    move_phase,
    move_steps,
    nudge_steps,
    remove_phase,
    remove_steps,
    rename_phase,
)
from templates_sop.actions.templates import archive, copy_built_in, create_template, restore
from templates_sop.library import library
from templates_sop.models import WorkspaceTemplate
from templates_sop.outline import outline_of
from templates_sop.parsing import FURTHEST_DAYS, MOST_STEPS, TemplateInvalid, parse
from templates_sop.shapes import LANGUAGES, SopTemplate, Text
from templates_sop.views.library import language_of_reader
from templates_sop.wording import CALENDARS

PER_PAGE = 50
TITLE_LIMIT, NAME_LIMIT = 200, 80
MOST_LINES = 100
_OUTLINE = "templates_sop/_outline.jinja"


class NewForm(forms.Form):
    """The name in one language or in both."""

    nameless = gettext_lazy("Give the template a name, in one language at least.")

    name_zh = forms.CharField(required=False, max_length=NAME_LIMIT, label=gettext_lazy("Name in Chinese"))
    name_en = forms.CharField(required=False, max_length=NAME_LIMIT, label=gettext_lazy("Name in English"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"class": "input", "autocomplete": "off"}

    def clean(self) -> None:
        if not self.errors and self.name().is_empty:
            self.add_error("name_zh", self.nameless)

    def name(self) -> Text:
        return Text(*(clean_line(self.cleaned_data.get(f"name_{each}", ""), NAME_LIMIT) for each in LANGUAGES))


class StepsForm(forms.Form):
    """What is to be done with the steps that are ticked, or with the one that was dragged."""

    do = forms.ChoiceField(choices=[(verb, verb) for verb in ("move", "up", "down", "change", "remove")])
    step = forms.MultipleChoiceField(error_messages={"required": gettext_lazy("Tick the steps first.")})
    phase = forms.ChoiceField(required=False)
    before = forms.CharField(required=False, max_length=60)
    role = forms.ChoiceField(required=False)
    calendar = forms.ChoiceField(required=False, choices=[("", ""), *CALENDARS.items()])
    shift = forms.IntegerField(
        required=False,
        min_value=-FURTHEST_DAYS,
        max_value=FURTHEST_DAYS,
        error_messages={"invalid": gettext_lazy("Shift by whole days, such as -3 or 5.")},
    )

    def __init__(self, data: Any, *, draft: SopTemplate) -> None:
        super().__init__(data)
        set_choices(self, "step", ((step.key, step.key) for step in draft.steps))
        set_choices(self, "phase", [("", ""), *((phase.key, phase.key) for phase in draft.phases)])
        set_choices(self, "role", [("", ""), *((role.key, role.key) for role in draft.roles)])

    def clean(self) -> None:
        given = self.cleaned_data
        if given.get("do") == "move" and not given.get("phase"):
            self.add_error("phase", _("Choose a phase."))
        changes = ("role", "phase", "calendar", "shift")
        if given.get("do") == "change" and not self.errors and not any(given.get(name) for name in changes):
            self.add_error("do", _("Choose what to change first."))


@require_safe
@members_only
def draft_list(request: WorkspaceRequest) -> HttpResponse:
    """`?archived=1` shows what was put away."""
    is_archived = request.GET.get("archived") == "1"
    rows = WorkspaceTemplate.objects.filter(archived_at__isnull=not is_archived).select_related("draft_by")
    rows = rows.annotate(newest=Max("versions__number"), published_at=Max("versions__published_at")).defer("draft")
    language = language_of_reader()
    page = Paginator(rows.order_by("-draft_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, _stands_for(row, language)) for row in page.object_list],
        "is_archived": is_archived,
        "may_edit": access.may_edit_templates(request.member),
    }
    return render(request, "templates_sop/draft_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def draft_new(request: WorkspaceRequest) -> HttpResponse:
    """From scratch; the page also offers the built-in ones to begin with."""
    form = NewForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        name = form.name()
        languages = [each for each in LANGUAGES if getattr(name, each)]
        template = create_template(name, actor=request.member, now=timezone.now(), languages=languages)
        return redirect(template)
    language = language_of_reader()
    built_in = [(template.key, template.name.get(language)) for template in library().values()]
    context = {"form": form, "built_in": built_in}
    return render(request, "templates_sop/draft_new.html", context, status=422 if form.errors else 200)


@require_POST
@managers_only
def template_copy(request: WorkspaceRequest, key: str) -> HttpResponse:
    """A built-in template, or a published one of the workspace, becomes a draft of its own."""
    source = access.get_template(request.member, key)
    template = copy_built_in(source, actor=request.member, now=timezone.now())
    messages.success(request, _("This is your copy. Change what you do differently, then publish it."))
    return redirect(template)


@require_safe
@members_only
def draft(request: WorkspaceRequest, key: str) -> HttpResponse:
    """The editor; who may not edit reads it. htmx asks for the outline alone."""
    template = access.get_draft(request.member, key)
    if request.htmx:
        return _outline(request, template)
    response = render(request, "templates_sop/draft.html", _context(request, template))
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
@managers_only
def draft_steps(request: WorkspaceRequest, key: str) -> HttpResponse:
    """`do` with each `step`: moved to a `phase` (above `before`), up, down, changed or removed."""
    template = access.get_draft(request.member, key, to="edit")
    form = StepsForm(request.POST, draft=parse(template.draft, is_draft=True))
    if not form.is_valid():
        return _answer(request, template, error=problems(form))
    given: dict[str, Any] = form.cleaned_data
    by: dict[str, Any] = {"actor": request.member, "now": timezone.now()}
    keys = given["step"]
    try:
        match given["do"]:
            case "move":
                move_steps(template, keys, phase=given["phase"], before=given["before"] or None, **by)
            case "up" | "down":
                nudge_steps(template, keys, by=-1 if given["do"] == "up" else 1, **by)
            case "remove":
                remove_steps(template, keys, **by)
            case _:
                shift = given["shift"] or 0
                change_steps(template, keys, role=given["role"], calendar=given["calendar"], shift_days=shift, **by)
                if given["phase"]:
                    move_steps(template, keys, phase=given["phase"], before=None, **by)
    except TemplateInvalid:
        return _answer(request, template, error=_("A step stands at most two years from the anchor."))
    return _answer(
        request, template, done=_done_text(given["do"], len(keys)), clears=given["do"] in ("change", "remove")
    )


@require_POST
@managers_only
def step_add(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Each line becomes a step at the end of the `phase`."""
    template = access.get_draft(request.member, key, to="edit")
    phase, lines = request.POST.get("phase", ""), split_lines(request.POST.get("titles", ""), limit=TITLE_LIMIT + 1)
    if phase not in {each["key"] for each in template.draft["phases"]}:
        raise Http404
    if error := _lines_error(lines):
        return _answer(request, template, error=error)
    language = language_of_reader()
    titles = [_in_its_language(line, language) for line in lines]
    try:
        add_steps(template, titles, phase=phase, actor=request.member, now=timezone.now())
    except TooManySteps:
        return _answer(request, template, error=_("A template has up to %(most)d steps.") % {"most": MOST_STEPS})
    return _answer(request, template, focus=f"add-{phase}")


@require_POST
@managers_only
def phase_add(request: WorkspaceRequest, key: str) -> HttpResponse:
    template = access.get_draft(request.member, key, to="edit")
    name = clean_line(request.POST.get("name", ""), NAME_LIMIT)
    if not name:
        return _answer(request, template, error=_("Give the phase a name."))
    try:
        add_phase(template, _in_its_language(name, language_of_reader()), actor=request.member, now=timezone.now())
    except PhaseInUse:
        return _answer(request, template, error=_("A template has up to %(most)d phases.") % {"most": MOST_PHASES})
    return _answer(request, template)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def phase_edit(request: WorkspaceRequest, key: str, phase: str) -> HttpResponse:
    """A dialog with its names; `do` is "rename", "up", "down" or "remove"."""
    template = access.get_draft(request.member, key, to="edit")
    parsed = parse(template.draft, is_draft=True)
    found = next((each for each in parsed.phases if each.key == phase), None)
    if found is None:
        raise Http404
    form = NewForm(
        request.POST if request.POST.get("do") == "rename" else None,
        initial={"name_zh": found.name.zh, "name_en": found.name.en},
    )
    form.fields["name_zh"].label, form.fields["name_en"].label = _("In Chinese"), _("In English")
    do = request.POST.get("do", "")
    by: dict[str, Any] = {"actor": request.member, "now": timezone.now()}
    error = ""
    if request.method == "POST":
        try:
            if do in ("up", "down"):
                move_phase(template, phase, by=-1 if do == "up" else 1, **by)
                return _answer(request, template)
            if do == "remove":
                remove_phase(template, phase, **by)
                return closed(request, template)
            if do == "rename" and form.is_valid():
                rename_phase(template, phase, form.name(), **by)
                return closed(request, template)
        except PhaseInUse:
            error = _("There are still steps in this phase, or it is the only one. Move them first.")
    context = {
        "template": template,
        "phase": found,
        "form": form,
        "error": error,
        "is_empty": not any(step.phase == phase for step in parsed.steps) and len(parsed.phases) > 1,
    }
    name = "templates_sop/phase_edit.html"
    status = 422 if error or form.errors else 200
    return render(request, f"{name}#dialog" if request.htmx else name, context, status=status)


@require_POST
@managers_only
def draft_archive(request: WorkspaceRequest, key: str) -> HttpResponse:
    template = access.get_draft(request.member, key, to="archive")
    archive(template, now=timezone.now())
    messages.success(request, _("“%(name)s” is archived. Projects keep what they use.") % {"name": template.shown_name})
    return redirect("templates_sop:draft-list")


@require_POST
@managers_only
def draft_restore(request: WorkspaceRequest, key: str) -> HttpResponse:
    template = access.get_draft(request.member, key, to="restore")
    restore(template)
    return redirect(template)


def _stands_for(row: WorkspaceTemplate, language: str) -> str:
    """The name of the built-in template in whose place it stands, "" for others."""
    built_in = library().get(row.origin_key) if row.origin == WorkspaceTemplate.Origin.BUILT_IN else None
    return built_in.name.get(language) if built_in else ""


def _context(request: WorkspaceRequest, template: WorkspaceTemplate, error: str = "") -> dict[str, Any]:
    language = language_of_reader()
    parsed = parse(template.draft, is_draft=True)
    newest = template.versions.order_by("-number").defer("content").first()
    return {
        "template": template,
        "parsed": parsed,
        "name": parsed.name.get(language),
        "purpose": parsed.purpose.get(language),
        "anchor": parsed.anchor.label.get(language),
        "outline": outline_of(parsed, language),
        "days": [(one.key, one.label.get(language), one.days) for one in parsed.anchors],
        "own_roles": [(role.key, role.name.get(language)) for role in own_roles(parsed)],
        "roles": [(role.key, role.name.get(language)) for role in parsed.roles],
        "phases": [(phase.key, phase.name.get(language)) for phase in parsed.phases],
        "calendars": list(CALENDARS.items()),
        "newest": newest,
        "has_changes": newest is None or template.draft_at > newest.published_at,
        "stands_for": _stands_for(template, language),
        "may_edit": access.may_edit_templates(request.member) and not template.is_archived,
        "may_restore": access.may_edit_templates(request.member),
        "error": error,
    }


def _outline(request: WorkspaceRequest, template: WorkspaceTemplate, error: str = "") -> HttpResponse:
    response = render(request, _OUTLINE, _context(request, template, error), status=422 if error else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _answer(
    request: WorkspaceRequest,
    template: WorkspaceTemplate,
    *,
    error: str = "",
    done: str = "",
    focus: str = "",
    clears: bool = False,
) -> HttpResponse:
    """The outline as it is now; a plain form goes back to the page of it."""
    if not request.htmx:
        if error:
            return render(request, "templates_sop/draft.html", _context(request, template, error), status=422)
        return redirect(template)
    response = _outline(request, template, error)
    if done:
        trigger(response, "toast", {"message": done})
    if clears:
        trigger(response, "outline:clear", {})
    if focus:
        trigger(response, "outline:focus", {"id": focus})
    return response


def closed(request: WorkspaceRequest, template: WorkspaceTemplate) -> HttpResponse:
    """What was open over the page shuts, and the outline is asked for again."""
    if not request.htmx:
        return redirect(template)
    response = HttpResponse(status=204)
    for event in ("dialog:close", "sheet:close", "draft:changed"):
        trigger(response, event, {})
    return response


def _lines_error(lines: list[str]) -> str:
    if not lines:
        return _("Type what is to be done.")
    if len(lines) > MOST_LINES:
        return _("%(count)d lines are too many: up to %(most)d at a time.") % {"count": len(lines), "most": MOST_LINES}
    if any(len(line) > TITLE_LIMIT for line in lines):
        return _("A title has up to %(most)d characters.") % {"most": TITLE_LIMIT}
    return ""


def _in_its_language(line: str, language: str) -> Text:
    """What has a Chinese character in it is Chinese; what has none is English, unless the reader writes Chinese and it
    is a name or a number that stands in both.
    """
    if has_han(line):
        return Text(line, "")
    return Text("", line) if not language.startswith("zh") else Text(line, line)


def _done_text(do: str, count: int) -> str:
    if do == "remove":
        return ngettext("%(count)s step is removed.", "%(count)s steps are removed.", count) % {"count": count}
    if do == "change":
        return ngettext("%(count)s step is changed.", "%(count)s steps are changed.", count) % {"count": count}
    return ""
