"""What is asked for each edit of many tasks, and the edit that the answers make."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from linkstar.lib.forms import set_choices
from linkstar.lib.text import clean_line
from linkstar.lib.zones import zone_choices
from linkstar.members.models import Member
from projects import access
from projects.actions.bulk_edits import (
    Archive,
    Bin,
    ChangeHelpers,
    ChangeLabels,
    Edit,
    Finish,
    Move,
    SetDeadline,
    SetMilestone,
    SetOwner,
    SetPriority,
    ShiftDeadline,
)
from projects.actions.relocating import Relocate
from projects.models import Column, Label, Project, Task
from projects.views.deadlines import SELLERS_ZONES, DeadlineForm

MOST_CHOICES = 50
_WAYS = (("add", pgettext_lazy("bulk edit", "Add")), ("remove", pgettext_lazy("bulk edit", "Remove")))


class EditForm(forms.Form):
    """`asks` is False where there is nothing to choose."""

    asks = True

    def __init__(self, data: QueryDict | None, *, project: Project, member: Member, now: datetime) -> None:
        super().__init__(data, auto_id="bulk-%s")
        self.project, self.member, self.now = project, member, now
        self.prepare()

    def prepare(self) -> None:
        """Fill what can be chosen."""

    def edit(self) -> Edit:
        raise NotImplementedError

    @cached_property
    def columns(self) -> list[Column]:
        return list(self.project.board.columns.order_by("position"))

    @cached_property
    def people(self) -> list[Member]:
        return list(access.assignable_to(self.member, None, self.project))


def _select(label: Any, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, widget=forms.Select(attrs={"class": "select"}), **more)


def _despite() -> forms.CharField:
    """Asked only where some of the tasks wait for others."""
    return forms.CharField(required=False, max_length=500, label=gettext_lazy("Why they go on all the same"))


class MoveForm(EditForm):
    despite = _despite()
    column = _select(gettext_lazy("To the column"))

    def prepare(self) -> None:
        set_choices(self, "column", [(str(column.pk), column.name) for column in self.columns])

    def edit(self) -> Edit:
        column = next(column for column in self.columns if str(column.pk) == self.cleaned_data["column"])
        return Move(column, clean_line(self.cleaned_data["despite"], 500))


class RelocateForm(EditForm):
    target = _select(gettext_lazy("To the project"))

    @cached_property
    def projects(self) -> list[Project]:
        others = Project.objects.visible_to(self.member).open().exclude(pk=self.project.pk).select_related("board")
        found = others.order_by("-last_activity_at", "pk")
        return [project for project in found if access.may(self.member, "add task", project)]

    def prepare(self) -> None:
        names = [(str(project.pk), project.name) for project in self.projects]
        set_choices(self, "target", [("", _("Choose a project")), *names])

    def edit(self) -> Edit:
        chosen = self.cleaned_data["target"]
        return Relocate(next(project for project in self.projects if str(project.pk) == chosen))


class OwnerForm(EditForm):
    owner = _select(pgettext_lazy("of a task", "Owner"))

    def prepare(self) -> None:
        people = [(str(person.pk), person.display_name) for person in self.people]
        set_choices(self, "owner", [("", _("Choose a person")), ("none", _("Nobody")), *people])

    def edit(self) -> Edit:
        chosen = self.cleaned_data["owner"]
        return SetOwner(next((person for person in self.people if str(person.pk) == chosen), None))


class _ManyForm(EditForm):
    way = forms.ChoiceField(choices=_WAYS, initial="add", widget=forms.RadioSelect, label="")
    chosen = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label="")

    def clean_chosen(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["chosen"]
        if len(chosen) > MOST_CHOICES:
            raise ValidationError(_("Choose up to %(most)d at a time."), params={"most": MOST_CHOICES})
        return chosen


class HelpersForm(_ManyForm):
    def prepare(self) -> None:
        set_choices(self, "chosen", [(str(person.pk), person.display_name) for person in self.people])

    def edit(self) -> Edit:
        chosen = set(self.cleaned_data["chosen"])
        members = tuple(person for person in self.people if str(person.pk) in chosen)
        return ChangeHelpers(members, self.cleaned_data["way"] == "add")


class LabelsForm(_ManyForm):
    @cached_property
    def labels(self) -> list[Label]:
        return list(Label.objects.order_by("name"))

    def prepare(self) -> None:
        set_choices(self, "chosen", [(str(label.pk), label.name) for label in self.labels])

    def edit(self) -> Edit:
        chosen = set(self.cleaned_data["chosen"])
        labels = tuple(label for label in self.labels if str(label.pk) in chosen)
        return ChangeLabels(labels, self.cleaned_data["way"] == "add")


class PriorityForm(EditForm):
    priority = _select(gettext_lazy("Priority"), choices=Task.Priority.choices, initial=Task.Priority.HIGH)

    def edit(self) -> Edit:
        return SetPriority(int(self.cleaned_data["priority"]))


class MilestoneForm(EditForm):
    milestone = _select(
        gettext_lazy("Milestone"),
        choices=[("1", gettext_lazy("Make them milestones")), ("0", gettext_lazy("Make them ordinary tasks"))],
    )

    def edit(self) -> Edit:
        return SetMilestone(self.cleaned_data["milestone"] == "1")


class DueForm(EditForm):
    """To one moment, by days, or away."""

    way = forms.ChoiceField(
        label="",
        initial="shift",
        widget=forms.RadioSelect,
        choices=[
            ("shift", gettext_lazy("Move each by days")),
            ("set", gettext_lazy("Set all to")),
            ("clear", gettext_lazy("Take the deadlines away")),
        ],
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days later, or earlier with a minus"),
        required=False,
        min_value=-3650,
        max_value=3650,
        widget=forms.NumberInput(attrs={"class": "input"}),
        help_text=gettext_lazy("The time of day stays as it is, in its own time zone."),
    )
    typed = forms.CharField(
        label=gettext_lazy("Deadline"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={
                "class": "input",
                "placeholder": gettext_lazy("tomorrow 18:00, fri 5pm PT, +3d"),
                "autocomplete": "off",
            }
        ),
    )
    zone = _select(gettext_lazy("Time zone"), required=False)

    def prepare(self) -> None:
        zones = dict.fromkeys([self.project.time_zone, *SELLERS_ZONES])
        set_choices(self, "zone", zone_choices(get_language() or "en", first=tuple(zones)))
        self.fields["zone"].initial = self.project.time_zone

    def clean(self) -> None:
        given = self.cleaned_data
        if given.get("way") == "shift" and not given.get("days") and "days" not in self.errors:
            self.add_error("days", _("Say by how many days."))
        if given.get("way") == "set":
            deadline = DeadlineForm(self._as_typed(), now=self.now)
            if deadline.is_valid():
                given["deadline"] = deadline.deadline
            else:
                self.add_error("typed", [message for messages in deadline.errors.values() for message in messages])

    def _as_typed(self) -> QueryDict:
        typed = QueryDict(mutable=True)
        typed["typed"] = self.cleaned_data.get("typed", "")
        typed["zone"] = self.cleaned_data.get("zone") or self.project.time_zone
        return typed

    def edit(self) -> Edit:
        given = self.cleaned_data
        if given["way"] == "shift":
            return ShiftDeadline(days=given["days"], today=self.now.date())
        return SetDeadline(given["deadline"] if given["way"] == "set" else None)


class FinishForm(EditForm):
    despite = _despite()
    asks = False

    def edit(self) -> Edit:
        despite = clean_line(self.cleaned_data["despite"], 500)
        return Finish(next(column for column in self.columns if column.is_done), despite)


class ArchiveForm(EditForm):
    asks = False

    def edit(self) -> Edit:
        return Archive()


class BinForm(EditForm):
    asks = False

    def edit(self) -> Edit:
        return Bin()


FORMS: dict[str, type[EditForm]] = {
    "move": MoveForm,
    "relocate": RelocateForm,
    "owner": OwnerForm,
    "helpers": HelpersForm,
    "labels": LabelsForm,
    "deadline": DueForm,
    "priority": PriorityForm,
    "milestone": MilestoneForm,
    "finish": FinishForm,
    "archive": ArchiveForm,
    "bin": BinForm,
}
