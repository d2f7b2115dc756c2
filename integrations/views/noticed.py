"""Changes at shops that nobody recorded: the questions, and one tap to answer each."""

from collections import defaultdict
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations import access
from integrations.actions import noticing
from integrations.actions.noticing import IsAnswered
from integrations.models import SalesAction
from integrations.shown_changes import Question, sign_text
from integrations.signs import sign_of
from integrations.views.asking import asked_of, with_numbers
from linkstar.lib.forms import set_queryset
from linkstar.lib.text import clean_line
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest, go_to, posted
from projects import access as projects_access
from projects.actions.refusals import ColumnFull
from projects.models import Column, Project, Task

PER_PAGE = 20
_IN_PANEL = 3
_SIGNS = 20
_TASKS = 12


class TaskForm(forms.Form):
    title = forms.CharField(max_length=300, error_messages={"required": gettext_lazy("A task needs a title.")})
    project: "forms.ModelChoiceField[Project]" = forms.ModelChoiceField(
        None, error_messages={"required": gettext_lazy("Choose the project.")}
    )

    def clean_title(self) -> str:
        title = clean_line(self.cleaned_data["title"], 300)
        if not title:
            raise forms.ValidationError(self.fields["title"].error_messages["required"])
        return title


@require_safe
@members_only
def noticed(request: WorkspaceRequest) -> HttpResponse:
    """All open questions, the newest first, after tasks that look live; `?shop=` those of one."""
    shop = request.GET.get("shop", "")
    questions, waiting = access.questions_for(request.member), access.signs_for(request.member)
    chosen = access.get_shop(request.member, int(shop)) if shop.isdecimal() else None
    if chosen is not None:
        questions, waiting = questions.filter(account=chosen), waiting.filter(account=chosen)
    page = Paginator(questions.order_by("-live_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    signs = [
        {"action": action, "text": sign_text(sign, action.account), "at": sign.at}
        for action in (waiting.order_by("-pk")[:_SIGNS] if page.number == 1 else ())
        if (sign := sign_of(action)) is not None
    ]
    context = {"page": page, "questions": [Question(action) for action in page], "signs": signs, "shop": chosen}
    return render(request, "integrations/noticed.html", context)


@require_safe
@members_only
def noticed_panel(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """On a shop's own page: a few at a time; nothing where nothing is asked."""
    shop = access.get_shop(request.member, pk)
    return _panel(request, access.questions_for(request.member).filter(account=shop))


@require_safe
@members_only
@with_numbers
def sales_noticed(request: WorkspaceRequest, pk: int | None = None) -> HttpResponse:
    """On a page of sales: about the shops and SKUs that it shows. `pk` is a project's."""
    _project, asked, _shops = asked_of(request, pk)
    questions = access.questions_for(request.member).filter(account__in=asked.scope.accounts)
    if asked.scope.skus is not None:
        of_shop = defaultdict[int, list[str]](list)
        for account, sku in asked.scope.skus:
            of_shop[account].append(sku)
        about = Q(pk=None)
        for account, skus in of_shop.items():
            about |= Q(account=account, skus__overlap=skus)
        questions = questions.filter(about)
    return _panel(request, questions)


def _panel(request: WorkspaceRequest, questions: QuerySet[SalesAction]) -> HttpResponse:
    """`?page=`: pages ask for one another in their place."""
    page = Paginator(questions.order_by("-live_at", "-pk"), _IN_PANEL).get_page(request.GET.get("page"))
    if not page.paginator.count:
        return HttpResponse("")
    context = {"questions": [Question(action) for action in page], "page": page, "here": request.path}
    return render(request, "integrations/_noticed_panel.html", context)


@require_POST
@members_only
def noticed_answer(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`answer` is "ours" or "not_ours"."""
    action = access.get_action(request.member, pk, to="answer")
    question = Question(action)
    try:
        if request.POST.get("answer") == "ours":
            noticing.say_ours(action, title=question.title, actor=request.member, now=timezone.now())
        elif request.POST.get("answer") == "not_ours":
            noticing.say_not_ours(action, actor=request.member)
        else:
            return HttpResponse(status=422)
    except IsAnswered:
        return _answered_before(request)
    if not request.htmx:
        return redirect("integrations:noticed")
    said = _("Kept as a mark.") if request.POST["answer"] == "ours" else _("Kept as not ours.")
    return render(request, "integrations/_noticed_done.html", {"said": said, "action": action})


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def noticed_attach(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Which task did it: those that fit the words, or the newest of the last weeks."""
    action, now = access.get_action(request.member, pk, to="answer"), timezone.now()
    if action.state != SalesAction.State.OPEN:
        raise Http404
    if request.method == "POST":
        given = request.POST.get("task", "")
        if not given.isdecimal():
            return HttpResponse(status=422)
        task = projects_access.get_task(request.member, int(given), to="edit")
        try:
            noticing.attach(action, task, title="", actor=request.member, now=now)
        except IsAnswered:
            return _answered_before(request)
        return go_to(request, task.get_absolute_url())
    words = clean_line(request.GET.get("q", ""), 100)
    others = SalesAction.objects.filter(task=OuterRef("pk")).exclude(account=action.account_id)
    tasks = Task.objects.visible_to(request.member).current().exclude(Exists(others)).select_related("project")
    tasks = tasks.exclude(project__state=Project.State.ARCHIVED)
    if words:
        number = words.lstrip("#")
        tasks = tasks.filter(Q(title__icontains=words) | Q(number=int(number) if number.isdecimal() else 0))
    context = {
        "action": action,
        "question": Question(action),
        "tasks": tasks.order_by("-updated_at", "-pk")[:_TASKS],
        "q": words,
        "project": None,
    }
    name = "integrations/noticed_attach.html"
    if request.htmx:
        name += "#found" if request.htmx.target == "tasks-found" else "#dialog"
    return render(request, name, context)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def noticed_task(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """A task to look into it, in a project that the person chooses."""
    action, now = access.get_action(request.member, pk, to="answer"), timezone.now()
    if action.state != SalesAction.State.OPEN:
        raise Http404
    question = Question(action)
    title = _("Look into it: %(what)s at %(shop)s") % {"what": question.title, "shop": action.account.name}
    form = TaskForm(posted(request), initial={"title": title[:300], "project": action.project_id})
    open_projects = Project.objects.visible_to(request.member).filter(state=Project.State.ACTIVE)
    set_queryset(form, "project", open_projects.order_by("name", "pk"))
    if request.method == "POST" and form.is_valid():
        project = projects_access.get_project(request.member, form.cleaned_data["project"].pk, to="add task")
        column = Column.objects.filter(board__project=project, status=Column.Status.TODO).order_by("position").first()
        try:
            if column is None:
                raise Column.DoesNotExist
            task = noticing.make_task(action, column, title=form.cleaned_data["title"], actor=request.member, now=now)
            return go_to(request, task.get_absolute_url())
        except IsAnswered:
            return _answered_before(request)
        except (Column.DoesNotExist, ColumnFull):
            form.add_error("project", _("Its first column takes no more tasks."))
    context: dict[str, Any] = {"action": action, "question": question, "form": form, "project": None}
    name = "integrations/noticed_task.html#dialog" if request.htmx else "integrations/noticed_task.html"
    return render(request, name, context, status=422 if form.errors else 200)


def _answered_before(request: WorkspaceRequest) -> HttpResponse:
    said = _("Somebody has answered this meanwhile.")
    if request.htmx:
        return render(request, "integrations/_noticed_done.html", {"said": said, "action": None}, status=200)
    messages.error(request, said)
    return redirect("integrations:noticed")
