"""A paper: recorded with its file and its days, found needed or not, waived."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.compliance import access
from linkstar.compliance.actions.papers import (
    NothingToShow,
    PaperWords,
    StalePaper,
    ask_again,
    decide,
    save_paper,
    waive,
)
from linkstar.compliance.models import Paper, Passport, PassportEvent
from linkstar.compliance.rulebook import Requirement
from linkstar.compliance.shown import event_text, said, shown_line
from linkstar.compliance.standing import standing_of
from linkstar.lib.forms import problems, send_again, set_queryset
from linkstar.lib.text import clean_line
from linkstar.lib.zones import zone_name
from linkstar.members.models import Member
from linkstar.workspaces.access import admins_only, members_only
from linkstar.workspaces.http import WorkspaceRequest
from linkstar.workspaces.uploads import takes_files
from projects.actions.files import UploadRefused
from projects.views.files import refusal, upload_limits

EARLIEST, LATEST_YEARS = date(2000, 1, 1), 30


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    """A day as browsers' own pickers give it."""
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Type a day, as in 2026-11-27.")},
        **kwargs,
    )


class PaperForm(forms.Form):
    """`version` is the one that the person has read."""

    progress = forms.ChoiceField(
        label=gettext_lazy("State"), choices=Paper.Progress.choices, required=False, widget=forms.RadioSelect
    )
    number = forms.CharField(label=pgettext_lazy("of a paper", "Number"), max_length=100, required=False)
    issuer = forms.CharField(label=gettext_lazy("Issued by"), max_length=120, required=False)
    issued_on = _day(gettext_lazy("Issued on"))
    expires_on = _day(
        gettext_lazy("Valid until"), help_text=gettext_lazy("The last day on which it holds. Empty: without an end.")
    )
    owner: "forms.ModelChoiceField[Member]" = forms.ModelChoiceField(
        None,
        label=gettext_lazy("Who answers for it"),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
        help_text=gettext_lazy("Gets a task 90, 30 and 7 days before it runs out."),
    )
    file = forms.FileField(label=gettext_lazy("File"), required=False, allow_empty_file=True)
    note = forms.CharField(label=gettext_lazy("What is new in this version"), max_length=300, required=False)
    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        set_queryset(self, "owner", access.owners())

    def clean_number(self) -> str:
        return clean_line(self.cleaned_data["number"], 100)

    def clean_issuer(self) -> str:
        return clean_line(self.cleaned_data["issuer"], 120)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("issued_on", "expires_on"):
            on = given.get(name)
            if on is not None and not EARLIEST <= on <= date(timezone.now().year + LATEST_YEARS, 12, 31):
                self.add_error(name, ValidationError(_("This day is out of reach. Is the year right?")))
        issued, expires = given.get("issued_on"), given.get("expires_on")
        if issued and expires and expires < issued:
            self.add_error("expires_on", ValidationError(_("It would run out before it was issued.")))
        return given


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=500, error_messages={"required": gettext_lazy("Say why, in a few words.")})

    def clean_reason(self) -> str:
        reason = clean_line(self.cleaned_data["reason"], 500)
        if not reason:
            raise ValidationError(_("Say why, in a few words."))
        return reason


class DecisionForm(ReasonForm):
    decision = forms.ChoiceField(choices=[("applies", ""), ("not", ""), ("", "")], required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
@takes_files
def paper(request: WorkspaceRequest, pk: int, key: str) -> HttpResponse:
    passport = access.get_passport(request.member, pk, to="edit")
    requirement = access.get_requirement(passport, key)
    held = access.paper_of(passport, requirement)
    if request.method != "POST":
        return _draw(request, passport, requirement, PaperForm(None, initial=_initial(held)))
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid() and _save(request, passport, requirement, form):
        messages.success(request, _("Saved: %(paper)s.") % {"paper": said(requirement.short)})
        return redirect(passport)
    return _draw(request, passport, requirement, form, status=409 if form.has_error("version") else 422)


def _save(request: WorkspaceRequest, passport: Passport, requirement: Requirement, form: PaperForm) -> bool:
    given = dict(form.cleaned_data)
    upload, note, version = given.pop("file"), given.pop("note"), given.pop("version") or 0
    try:
        save_paper(
            passport,
            requirement,
            PaperWords(**given),
            upload=upload,
            note=note,
            version=version,
            actor=request.member,
            now=timezone.now(),
        )
    except NothingToShow:
        form.add_error("file", _("A paper in hand needs its file or its number."))
    except UploadRefused as error:
        form.add_error("file", refusal(error))
    except StalePaper as error:
        form.add_error(
            "version",
            _(
                "Somebody else has changed this paper meanwhile. Below is what you typed; saving it now puts it in the"
                " place of theirs."
            ),
        )
        send_again(form, "version", error.paper.version)
    return not form.errors


def _initial(held: Paper | None) -> dict[str, Any]:
    if held is None:
        return {"version": 0, "progress": Paper.Progress.IN_HAND}
    names = ("progress", "number", "issuer", "issued_on", "expires_on", "owner", "version")
    return {name: getattr(held, name) for name in names}


def _draw(
    request: WorkspaceRequest,
    passport: Passport,
    requirement: Requirement,
    form: PaperForm,
    *,
    status: int = 200,
    why: str = "",
) -> HttpResponse:
    book = passport.book
    line = next(one for one in standing_of(passport, now=timezone.now()).lines if one.requirement == requirement)
    events = PassportEvent.objects.filter(
        passport=passport if requirement.is_document else None, market=passport.market, requirement=requirement.key
    )
    versions = line.paper.file.versions.order_by("-number")[:10] if line.paper and line.paper.file else []
    context = {
        "passport": passport,
        "line": shown_line(line, book),
        "held": line.paper,
        "verdict": line.verdict,
        "is_required": line.is_required,
        "form": form,
        "why": why,
        "versions": versions,
        "zone": zone_name(book.zone, get_language() or "en", timezone.now()),
        "events": [(event, event_text(event, book)) for event in events.select_related("actor").order_by("-pk")[:20]],
        "may_waive": access.may(request.member, "waive"),
        "book": book,
        "disclaimer": said(book.disclaimer),
        **upload_limits(),
    }
    return render(request, "compliance/paper.html", context, status=status)


@require_POST
@members_only
def paper_decide(request: WorkspaceRequest, pk: int, key: str) -> HttpResponse:
    """`decision` "applies", "not" or "" for open again, with a reason."""
    passport = access.get_passport(request.member, pk, to="edit")
    requirement = access.get_requirement(passport, key)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _refuse(request, passport, requirement, form)
    given = form.cleaned_data
    decide(passport, requirement, given["decision"], reason=given["reason"], actor=request.member, now=timezone.now())
    messages.success(request, _("Noted for %(paper)s.") % {"paper": said(requirement.short)})
    return redirect(passport)


@require_POST
@admins_only
def paper_waive(request: WorkspaceRequest, pk: int, key: str) -> HttpResponse:
    passport = access.get_passport(request.member, pk, to="waive")
    requirement = access.get_requirement(passport, key)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _refuse(request, passport, requirement, form)
    waive(passport, requirement, reason=form.cleaned_data["reason"], actor=request.member, now=timezone.now())
    messages.success(request, _("%(paper)s is waived.") % {"paper": said(requirement.short)})
    return redirect(passport)


@require_POST
@admins_only
def paper_ask_again(request: WorkspaceRequest, pk: int, key: str) -> HttpResponse:
    passport = access.get_passport(request.member, pk, to="waive")
    requirement = access.get_requirement(passport, key)
    ask_again(passport, requirement, actor=request.member, now=timezone.now())
    messages.success(request, _("%(paper)s is asked for again.") % {"paper": said(requirement.short)})
    return redirect(passport)


def _refuse(request: WorkspaceRequest, passport: Passport, requirement: Requirement, form: forms.Form) -> HttpResponse:
    blank = PaperForm(None, initial=_initial(access.paper_of(passport, requirement)))
    return _draw(request, passport, requirement, blank, status=422, why=problems(form))
