"""Propose a change of an SOP, accept it, reject it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.lib.text import clean_line
from linkstar.retrospectives import access
from linkstar.retrospectives.actions.changes import IsDecided, SaysSo, accept_change, propose_change, reject_change
from linkstar.retrospectives.models import Note, ProposedChange
from linkstar.retrospectives.proposing import NotApplicable, find_steps, steps_in
from linkstar.retrospectives.views.propose_form import FORMS
from linkstar.retrospectives.wording import said
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest, posted
from projects.models import Project
from templates_sop.actions.templates import NothingNew, NotReady
from templates_sop.writing import dump

Kind = ProposedChange.Kind


class RejectForm(forms.Form):
    answer = forms.CharField(max_length=500, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def propose(request: WorkspaceRequest, key: str) -> HttpResponse:
    """`?step=&kind=` choose what it is about; `project` and `note` say where it was learnt, `days` and `field` what
    the form begins with.
    """
    template = access.get_template(request.member, key)
    given: QueryDict = request.POST if request.method == "POST" else request.GET
    content = dump(template)
    kind = given.get("kind", "") if given.get("kind", "") in Kind.values else Kind.DURATION
    steps = {step["key"]: said(step["title"]) for step in steps_in(content)}
    found = find_steps(content, given.get("step", ""))
    step = found[0] if found else None
    project, note = _origin(request, given)
    form = None
    if step is not None or kind == Kind.NEW_STEP:
        initial: dict[str, Any] = {name: given[name] for name in ("days", "field") if given.get(name)}
        if note is not None:
            initial["reason"] = note.text[:500]
        form = FORMS[kind](
            posted(request), initial=initial, template=template, step=step, language=get_language() or "en"
        )
    status = 200
    if request.method == "POST":
        if form is not None and form.is_valid():
            before, after = form.read()
            try:
                propose_change(
                    template,
                    kind=kind,
                    step="" if kind == Kind.NEW_STEP or step is None else step["key"],
                    before=before,
                    after=after,
                    reason=clean_line(form.cleaned_data["reason"], 500),
                    source=ProposedChange.Source.RETROSPECTIVE if project else ProposedChange.Source.PERSON,
                    project=project,
                    note=note,
                    actor=request.member,
                    now=timezone.now(),
                )
                messages.success(request, _("Proposed. Who looks after the templates decides on it."))
                back = "retrospectives:retrospective" if project else "retrospectives:learning"
                return redirect(back, project.pk if project else template.key)
            except SaysSo:
                form.add_error(None, _("The template says so already."))
            except NotApplicable:
                form.add_error(None, _("The template cannot do without this step, or it is no longer there."))
        status = 422
    context = {
        "template": template,
        "name": template.name.get(get_language() or "en"),
        "steps": steps,
        "step": step["key"] if step else "",
        "kind": kind,
        "kinds": Kind.choices,
        "form": form,
        "project": project,
        "note": note,
    }
    return render(request, "retrospectives/propose.html", context, status=status)


def _origin(request: WorkspaceRequest, given: QueryDict) -> tuple[Project | None, Note | None]:
    """The project and the note that the address names, when this person may see them."""
    project = note = None
    of_project, of_note = str(given.get("project", "")), str(given.get("note", ""))
    if of_project.isdecimal():
        project = access.get_project(request.member, int(of_project))
    if project is not None and of_note.isdecimal():
        note = Note.objects.filter(retrospective=project.pk, pk=int(of_note)).first()
    return project, note


@require_POST
@members_only
def accept(request: WorkspaceRequest, pk: int) -> HttpResponse:
    change = access.get_change(request.member, pk, to="decide")
    try:
        version = accept_change(change, actor=request.member, now=timezone.now())
    except IsDecided:
        messages.error(request, _("Somebody has decided on it meanwhile."))
    except (NotApplicable, NothingNew):
        messages.error(
            request, _("The template has changed since: this no longer fits. Reject it, or propose it anew.")
        )
    except NotReady as wrong:
        findings = " ".join(finding.message for finding in wrong.findings[:3])
        messages.error(request, _("The template could not be published like that: %(why)s") % {"why": findings})
    else:
        messages.success(request, _("Accepted: it is part of version %(version)s.") % {"version": version.number})
        return redirect("retrospectives:learning", change.made_template)
    return redirect("retrospectives:learning", change.template)


@require_POST
@members_only
def reject(request: WorkspaceRequest, pk: int) -> HttpResponse:
    change = access.get_change(request.member, pk, to="decide")
    form = RejectForm(request.POST)
    answer = clean_line(form.cleaned_data["answer"], 500) if form.is_valid() else ""
    try:
        reject_change(change, answer=answer, actor=request.member, now=timezone.now())
    except IsDecided:
        messages.error(request, _("Somebody has decided on it meanwhile."))
    return redirect("retrospectives:learning", change.template)
