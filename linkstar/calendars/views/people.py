"""One person's working time: their hours, whose holidays they keep, their leave, and when both are at work."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linkstar.calendars import access
from linkstar.calendars.actions.absences import LeaveOverlaps, add_leave, delete_leave, set_hours
from linkstar.calendars.models import Leave
from linkstar.calendars.overlap import meeting_of
from linkstar.calendars.views.forms import SpanForm
from linkstar.calendars.views.hours_form import HoursForm
from linkstar.lib.clock_text import day_text
from linkstar.lib.hours import HoursRefused, week_text
from linkstar.lib.text import clean_line
from linkstar.lib.zones import get_zone
from linkstar.members.models import Member
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest

# Leave is planned ahead; more than this at once belongs to no page.
_MOST_LEAVES = 60
_BACK = timedelta(days=31)


class LeaveForm(SpanForm):
    note = forms.CharField(
        label=gettext_lazy("Why"), max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    note_for = forms.ChoiceField(
        label=gettext_lazy("Who reads why"),
        choices=Leave.Audience.choices,
        required=False,
        help_text=gettext_lazy("That somebody is away, the whole team sees."),
    )

    def clean_note(self) -> str:
        return clean_line(self.cleaned_data["note"], 200)

    def clean_note_for(self) -> str:
        return self.cleaned_data["note_for"] or Leave.Audience.MANAGERS


@require_safe
@members_only
def member_time(request: WorkspaceRequest, pk: int) -> HttpResponse:
    return _page(request, access.get_person(request.member, pk))


@require_safe
@members_only
def member_hours_text(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """A fragment for the page of a person, which lies below this room: their hours, and when they meet the reader."""
    person = access.get_person(request.member, pk)
    language, now = get_language() or "en", timezone.now()
    today = now.astimezone(get_zone(person.time_zone)).date()
    away = access.leaves_of(person, since=today).filter(first_on__lte=today).first()
    context = {
        "week_text": week_text(person.week, language),
        "meeting": meeting_of(request.member, person, language=language, now=now)
        if person.pk != request.member.pk
        else None,
        "away_until": away.last_on if away else None,
    }
    return render(request, "calendars/_hours_text.html", context)


@require_POST
@members_only
def member_hours(request: WorkspaceRequest, pk: int) -> HttpResponse:
    person = access.get_person(request.member, pk, to="change")
    form = HoursForm(request.POST)
    if form.is_valid():
        try:
            set_hours(person, form.week, holidays=form.cleaned_data["holidays"], actor=request.member)
        except HoursRefused:
            form.add_error(None, _("Somebody who never works can finish nothing. Fill in at least one day."))
        else:
            messages.success(request, _("The working hours are saved. Plans count in them from now on."))
            return redirect("calendars:member-time", pk)
    return _page(request, person, hours=form)


@require_POST
@members_only
def leave_add(request: WorkspaceRequest, pk: int) -> HttpResponse:
    person = access.get_person(request.member, pk, to="change")
    form = LeaveForm(request.POST)
    if form.is_valid():
        try:
            add_leave(person, **form.cleaned_data, actor=request.member)
        except LeaveOverlaps as error:
            words = {"days": _days(error.leave.first_on, error.leave.last_on)}
            form.add_error("first_on", _("There is leave on some of these days already: %(days)s.") % words)
        else:
            messages.success(request, _("Plans count these days as off from now on."))
            return redirect("calendars:member-time", pk)
    return _page(request, person, leave=form)


@require_POST
@members_only
def leave_delete(request: WorkspaceRequest, pk: int) -> HttpResponse:
    leave = access.get_leave(request.member, pk)
    member_id = leave.member_id
    delete_leave(leave, actor=request.member)
    messages.success(request, _("The leave is taken back."))
    return redirect("calendars:member-time", member_id)


def _page(
    request: WorkspaceRequest, person: Member, *, hours: HoursForm | None = None, leave: LeaveForm | None = None
) -> HttpResponse:
    reader, now = request.member, timezone.now()
    language = get_language() or "en"
    may_change = access.may_change_time_of(reader, person)
    context: dict[str, Any] = {
        "person": person,
        "is_me": person.pk == reader.pk,
        "may_change": may_change,
        "week_text": week_text(person.week, language),
        "hours": hours or HoursForm.of(person),
        "leave": leave or LeaveForm(initial={"note_for": Leave.Audience.MANAGERS}),
        "leaves": _leaves(person, reader, now),
        "meeting": meeting_of(reader, person, language=language, now=now) if person.pk != reader.pk else None,
        "now": now,
    }
    failed = any(form is not None and form.errors for form in (hours, leave))
    return render(request, "calendars/member_time.html", context, status=422 if failed else 200)


def _leaves(person: Member, reader: Member, now: datetime) -> list[dict[str, Any]]:
    today = now.astimezone(get_zone(person.time_zone)).date()
    found = access.leaves_of(person, since=today - _BACK)[:_MOST_LEAVES]
    return [
        {
            "row": row,
            "days": _days(row.first_on, row.last_on),
            "note": row.note_for_reader(reader),
            "is_over": row.last_on < today,
            "is_now": row.first_on <= today <= row.last_on,
        }
        for row in found
    ]


def _days(first: Any, last: Any) -> str:
    language = get_language() or "en"
    year = timezone.localdate().year
    texts = [day_text(day, language, with_year=day.year != year) for day in (first, last)]
    return texts[0] if first == last else " – ".join(texts)
