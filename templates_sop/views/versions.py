"""Publishing a draft, and the versions of a template with what each of them changed."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from linkstar.workspaces.access import managers_only, members_only
from linkstar.workspaces.http import WorkspaceRequest, go_to
from templates_sop import access
from templates_sop.actions.templates import NothingNew, NotReady, publish
from templates_sop.checking import findings
from templates_sop.differences import compare
from templates_sop.library import library
from templates_sop.models import TemplateVersion, WorkspaceTemplate
from templates_sop.parsing import parse
from templates_sop.questions import with_anchors
from templates_sop.shapes import SopTemplate
from templates_sop.views.library import language_of_reader

PER_PAGE = 20


class PublishForm(forms.Form):
    """The first version changes nothing, so nothing is to be said of it."""

    what_changed = forms.CharField(
        label=gettext_lazy("What is different, and why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"class": "textarea", "rows": 3}),
        error_messages={"required": gettext_lazy("Say in a sentence what is different: projects will show it.")},
    )

    def __init__(self, *args: object, is_first: bool) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.fields["what_changed"].required = not is_first
        if is_first:
            self.fields["what_changed"].label = _("A word to your team (optional)")


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def draft_publish(request: WorkspaceRequest, key: str) -> HttpResponse:
    """A dialog: what is to be mended first, or what this version changes; POST makes it."""
    template = access.get_draft(request.member, key, to="publish")
    newest = template.versions.order_by("-number").first()
    form = PublishForm(request.POST if request.method == "POST" else None, is_first=newest is None)
    problem = ""
    if form.is_bound and form.is_valid():
        try:
            version = publish(
                template, what_changed=form.cleaned_data["what_changed"], actor=request.member, now=timezone.now()
            )
        except NotReady:
            problem = _("Some things are still to be mended. The draft was not published.")
        except NothingNew:
            problem = _("Nothing has changed since the last version.")
        else:
            return _published(request, template, version)
    language = language_of_reader()
    draft = parse(template.draft, is_draft=True)
    said = findings(draft, language)
    titles = {step.key: step.title.get(language) for step in draft.steps}
    context = {
        "template": template,
        "newest": newest,
        "number": newest.number + 1 if newest else 1,
        "form": form,
        "problem": problem,
        "wrong": [(titles.get(each.step, ""), each) for each in said if each.is_error],
        "advice": [(titles.get(each.step, ""), each) for each in said if not each.is_error],
        "differences": compare(parse(newest.content), draft, language) if newest else None,
    }
    name = "templates_sop/draft_publish.html"
    status = 422 if problem or form.errors else 200
    return render(request, f"{name}#dialog" if request.htmx else name, context, status=status)


@require_safe
@members_only
def version_list(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Newest first, each with what it changed; the first of a copy against the built-in one it was made from."""
    template = access.get_draft(request.member, key)
    page = Paginator(template.versions.select_related("published_by").order_by("-number"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    shown = list(page.object_list)
    before = _before(template, shown)
    language = language_of_reader()
    rows = []
    for version in shown:
        older = before.get(version.number)
        rows.append((version, compare(older, parse(version.content), language) if older else None))
    context = {"template": template, "page": page, "rows": rows, "may_edit": access.may_edit_templates(request.member)}
    return render(request, "templates_sop/version_list.html", context)


def _before(template: WorkspaceTemplate, shown: list[TemplateVersion]) -> dict[int, SopTemplate]:
    """By number the state that a version is compared with."""
    if not shown:
        return {}
    found = {version.number + 1: parse(version.content) for version in shown}
    older = template.versions.filter(number=shown[-1].number - 1).first()
    built_in = library().get(template.origin_key)
    if older is not None:
        found[older.number + 1] = parse(older.content)
    elif (
        template.origin == WorkspaceTemplate.Origin.BUILT_IN
        and built_in
        and built_in.version == template.origin_version
    ):
        found[1] = with_anchors(built_in)
    return found


def _published(request: WorkspaceRequest, template: WorkspaceTemplate, version: TemplateVersion) -> HttpResponse:
    messages.success(request, _("Version %(number)s is published.") % {"number": version.number})
    return go_to(request, template.get_absolute_url())
