"""The anchor of a project: when the date that everything counts from moves, the plan moves with it."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from linkstar.lib.clock_text import day_text
from linkstar.lib.deadlines import DeadlineOutOfRange, DueLabel, check_range
from linkstar.lib.forms import problems
from linkstar.lib.zones import get_zone, zone_name
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest, posted
from projects import access
from projects.actions.rescheduling import PreviewChanged
from projects.cards import Reader
from projects.filters import is_pk
from projects.models import Change, Project, Task
from projects.scheduling.preview import Preview, Stays
from projects.views import previews
from projects.views.boards import reader_of
from projects.views.task_fields import range_text
from templates_sop.actions.anchors import AnchorRecorded, NoAnchor, examine, planned, shift_anchor, template_of
from templates_sop.named_anchors import Contradiction, contradictions
from templates_sop.origins import origin_of
from templates_sop.planning import Plan
from templates_sop.questions import asked_for
from templates_sop.reasons import contradiction_text
from templates_sop.shifting import DECISIONS, KEEP, SOON, TAKE
from templates_sop.wording import caution_text

PAGE = "templates_sop/project_anchor.html"
_WORDS = {
    TAKE: gettext_lazy("Take the new date, late already"),
    SOON: gettext_lazy("As soon as possible"),
    KEEP: gettext_lazy("Keep the date of now"),
}


class AnchorForm(forms.Form):
    """The new day in the market's zone, whether tasks added by hand go along, and `decide-<pk>` for what is past."""

    anchor_on = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Choose a day."),
            "invalid": gettext_lazy("This is not a date."),
        },
    )
    along = forms.BooleanField(required=False, label=gettext_lazy("Tasks added by hand go along, by as many days"))

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        """`label` is the template's own name of the day."""
        super().__init__(*args, **kwargs)
        self.fields["anchor_on"].label = label

    def clean_anchor_on(self) -> date:
        day: date = self.cleaned_data["anchor_on"]
        try:
            check_range(day, today=timezone.localdate())
        except DeadlineOutOfRange as error:
            raise forms.ValidationError(range_text(error)) from error
        return day

    def decisions(self) -> dict[int, str]:
        """What was chosen for steps that would be past, by task; anything else that was sent is passed over."""
        found = {name.removeprefix("decide-"): value for name, value in self.data.items() if name.startswith("decide-")}
        return {int(pk): str(word) for pk, word in found.items() if is_pk(pk) and word in DECISIONS}


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def project_anchor(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """GET draws the question; POST says what would move, and with `step=apply` and the seal of that it moves."""
    project, now = access.get_project(request.member, pk, to="edit"), timezone.now()
    try:
        template = template_of(project)
    except (NoAnchor, AnchorRecorded) as error:
        return _without(request, project, error)
    current = {"anchor_on": _offered(request.GET.get("to", "")) or project.anchor_on, "along": True}
    label = template.anchor.label.get(get_language() or "en")
    form = AnchorForm(posted(request), initial=current, label=label)
    if not form.is_bound or not form.is_valid():
        return _draw(request, project, form, now)
    day, decisions, along = form.cleaned_data["anchor_on"], form.decisions(), form.cleaned_data["along"]
    if request.POST.get("step") != "apply":
        preview = examine(project, day, actor=request.member, now=now, decisions=decisions, along=along)
        return _draw(request, project, form, now, preview)
    try:
        preview, change = shift_anchor(
            project,
            day,
            seal=request.POST.get("seal", ""),
            actor=request.member,
            now=now,
            decisions=decisions,
            along=along,
        )
    except PreviewChanged as error:
        return _draw(request, project, form, now, error.preview, has_changed=True)
    return _applied(request, project, preview, change, now)


def _offered(text: str) -> date | None:
    """The day that another page proposes; nothing moves before somebody has seen what would."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _without(request: WorkspaceRequest, project: Project, error: Exception) -> HttpResponse:
    """Nothing here can be moved, and the page says why; whoever tries all the same is refused."""
    status = 200 if request.method != "POST" else 422
    context = {"project": project, "is_recorded": isinstance(error, AnchorRecorded), "recorded": project.anchor_at}
    return render(request, PAGE, context, status=status)


def _draw(
    request: WorkspaceRequest,
    project: Project,
    form: AnchorForm,
    now: datetime,
    preview: Preview | None = None,
    *,
    has_changed: bool = False,
) -> HttpResponse:
    reader, template = reader_of(request), template_of(project)
    context: dict[str, Any] = {
        "project": project,
        "form": form,
        "template": template.name.get(reader.language),
        "asks": bool(asked_for(template)),
        "market": zone_name(project.time_zone, reader.language, now),
        "now_on": _day(project.anchor_on, reader) if project.anchor_on else "",
        "preview": preview,
        "has_changed": has_changed,
        "error": problems(form) if form.errors else "",
    }
    if preview is not None:
        context |= _shown(preview, project, form, reader)
    status = 409 if has_changed else 422 if form.errors else 200
    return render(request, f"{PAGE}#plan" if request.htmx else PAGE, context, status=status)


def _shown(preview: Preview, project: Project, form: AnchorForm, reader: Reader) -> dict[str, Any]:
    day: date = form.cleaned_data["anchor_on"]
    rows = previews.rows(preview, reader)
    today = reader.now.astimezone(get_zone(project.time_zone)).date()
    after = planned(project, day)
    return {
        "headline": previews.headline(preview),
        "facts": previews.facts(preview, reader),
        "cautions": [
            *(contradiction_text(found, after.template, reader.language) for found in _contradictions(project, after)),
            *(caution_text(caution, after, reader.language) for caution in after.warnings),
        ],
        "anchor_past": _day(day, reader) if day < today else "",
        "to_decide": _to_decide(preview, rows, form.decisions(), reader),
        "kept": previews.stay_rows(preview, reader, Stays.FIXED, Stays.PINNED, Stays.RANGE),
        "done_count": preview.stay_counts()[Stays.DONE],
        "rows": rows,
        "more": len(preview.moves) - len(rows),
        "decisions": [(word, _WORDS[word]) for word in DECISIONS],
        "is_same": day == project.anchor_on,
        "to_be": _day(day, reader),
    }


def _contradictions(project: Project, after: Plan) -> list[Contradiction]:
    """Anchors that were chosen by themselves stay where they are; the new day may be on their wrong side."""
    if isinstance(after.anchor, datetime):
        return []
    return contradictions(after.template, after.composition.steps, after.anchor, origin_of(project).anchors)


def _to_decide(
    preview: Preview, rows: list[previews.Row], chosen: dict[int, str], reader: Reader
) -> list[tuple[Task, DueLabel | None, str]]:
    """Each step whose new date is past, or was and is decided: with that date, and what is chosen for it."""
    moved = [(row.task, row.after, chosen.get(row.task.pk, TAKE)) for row in rows]
    kept = [
        (stay.task, previews.label(stay.wanted, reader), KEEP)
        for stay in preview.stays
        if stay.why is Stays.KEPT and stay.wanted is not None
    ]
    past = {row.task.pk for row in rows if row.is_past}
    return sorted(
        [*((task, due, word) for task, due, word in moved if task.pk in past or word == SOON), *kept],
        key=lambda one: one[0].number,
    )


def _applied(
    request: WorkspaceRequest, project: Project, preview: Preview, change: Change | None, now: datetime
) -> HttpResponse:
    count = len(preview.all_moves)
    said = ngettext(
        "The anchor has moved, and %(count)d task with it.", "The anchor has moved, and %(count)d tasks with it.", count
    ) % {"count": count}
    undo = reverse("projects:change-undo", args=[change.pk]) if change else ""
    messages.success(request, said, extra_tags=undo)
    late = len(preview.past(now))
    if late:
        messages.info(
            request,
            ngettext(
                "%(count)d step is late already: decide what becomes of it.",
                "%(count)d steps are late already: decide what becomes of them.",
                late,
            )
            % {"count": late},
        )
        return redirect(f"{reverse('projects:list', args=[project.pk])}?overdue=1")
    return redirect(project)


def _day(day: date, reader: Reader) -> str:
    return day_text(day, reader.language, with_year=True)
