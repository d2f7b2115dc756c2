"""The questionnaire of a project that has begun: how it was answered, and what further answers would do."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linkstar.lib.deadlines import describe
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest, posted
from projects import access
from projects.models import Project
from templates_sop.actions.questionnaire import NoQuestions, Outcome, answer_questions, examine_answers
from templates_sop.catalogue import template_of
from templates_sop.library import TemplateNotFound
from templates_sop.origins import open_questions, origin_of
from templates_sop.reasons import change_text
from templates_sop.views.library import language_of_reader
from templates_sop.views.question_form import QuestionForm, initial_of

PAGE = "templates_sop/questionnaire.html"


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def questionnaire(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """GET draws the questions; POST says what the answers do, and with `step=apply` does it. Some may stay open."""
    project, now = access.get_project(request.member, pk, to="edit"), timezone.now()
    try:
        template = template_of(project)
    except TemplateNotFound as error:
        raise Http404("this project has no template") from error
    answers = origin_of(project).answers
    form = QuestionForm(
        posted(request) or initial_of(answers.properties), template=template, words=language_of_reader()
    )
    if not form.asked:
        raise Http404("this template asks nothing")
    if not form.is_valid():
        return _draw(request, project, form, None, now)
    try:
        if request.POST.get("step") == "apply":
            outcome = answer_questions(project, form.properties(), actor=request.member, now=now)
            messages.success(request, _said(outcome))
            return redirect(project)
        outcome = examine_answers(project, form.properties(), now=now)
    except NoQuestions as error:
        raise Http404("this project does not count from a date") from error
    return _draw(request, project, form, outcome, now)


@require_safe
@members_only
def project_signs(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """What stands beside the name of a project that came from a template; nothing when there is nothing to say."""
    project = access.get_project(request.member, pk)
    try:
        count = len(open_questions(project))
    except TemplateNotFound:
        count = 0
    context = {"project": project, "open_count": count, "may_answer": access.may(request.member, "edit", project)}
    return render(request, "templates_sop/_project_signs.html", context)


def _draw(
    request: WorkspaceRequest, project: Project, form: QuestionForm, outcome: Outcome | None, now: datetime
) -> HttpResponse:
    context = {
        "project": project,
        "form": form,
        "show_errors": bool(form.errors),
        "outcome": outcome,
        "open_count": len(form.missing()) if form.is_valid() else 0,
        **(_shown(project, outcome, request, now) if outcome else {}),
    }
    status = 422 if form.errors else 200
    response = render(request, f"{PAGE}#outcome" if request.htmx else PAGE, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _shown(project: Project, outcome: Outcome, request: WorkspaceRequest, now: datetime) -> dict[str, Any]:
    """Tasks that the reader may not see move and go all the same; they are not named."""
    language, zone = language_of_reader(), request.member.time_zone
    seen = set(project.tasks.visible_to(request.member).values_list("pk", flat=True))
    changes = outcome.plan.composition.by_step

    def why(key: str) -> str:
        return change_text(changes[key], language) if key in changes else ""

    return {
        "added": [
            {
                "title": one.step.title.get(language),
                "why": why(one.step.key),
                "due": describe(one.deadline, reader_zone=zone, language=language, now=now),
                "is_past": one.is_past,
            }
            for one in outcome.add
        ],
        "removed": [(task, why(task.sop_step)) for task in outcome.remove if task.pk in seen],
        "staying": [task for task in outcome.stay if task.pk in seen],
        "moved": [
            {
                "task": move.task,
                "why": why(move.task.sop_step),
                "due": describe(move.deadline, reader_zone=zone, language=language, now=now) if move.deadline else None,
            }
            for move in outcome.moves
            if move.task.pk in seen
        ],
    }


def _said(outcome: Outcome) -> str:
    return _("Answers kept. Steps added: %(added)d, taken out: %(removed)d, with new dates or days: %(moved)d.") % {
        "added": len(outcome.add),
        "removed": len(outcome.remove),
        "moved": len(outcome.moves),
    }
