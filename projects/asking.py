"""What a page's filter offers, and what is left of an asked one when things it named are gone."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from linkstar.lib.clock_text import day_text
from linkstar.lib.kept import Kept
from linkstar.members.models import Member
from projects import access, models
from projects.cards import Reader
from projects.field_conditions import EMPTY, condition_everywhere, condition_of
from projects.filters import DUE_WORDS, FieldCondition, TaskFilter, is_pk
from projects.models import Column, Label, Project, Task
from projects.models.tasks import TaskQuerySet


class Choice(NamedTuple):
    value: str
    name: str


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """A custom field that can be filtered and sorted by, and what it offers; nothing: words are typed.

    `is_everywhere`: the tasks asked are of many projects, some of which may not show the field.
    """

    field: models.CustomField
    values: Sequence[Choice] = ()
    is_everywhere: bool = False

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def condition(self) -> FieldCondition:
        return condition_everywhere(self.field) if self.is_everywhere else condition_of(self.field)

    def asked_text(self, values: Iterable[str]) -> str:
        return f"{self.name}: {', '.join(_choice_name(self.values, value) for value in values)}"


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What the reader can choose from; `fields` are custom ones by their pk. A guest is not told who works here."""

    people: Sequence[Choice] = ()
    labels: Sequence[Choice] = ()
    columns: Sequence[Choice] = ()
    fields: dict[int, FieldChoice] = field(default_factory=dict)

    @property
    def priorities(self) -> list[Choice]:
        return [Choice(str(value), str(name)) for value, name in reversed(Task.Priority.choices)]

    @property
    def statuses(self) -> list[Choice]:
        return [Choice(str(value), str(name)) for value, name in Column.Status.choices]

    @property
    def channels(self) -> list[Choice]:
        return [Choice(str(value) or "none", str(name)) for value, name in Project.Channel.choices]

    @property
    def due(self) -> list[Choice]:
        return [Choice(word, str(_DUE_NAMES[word])) for word in DUE_WORDS]


class FilterChip(NamedTuple):
    """One thing that is asked, in words, and the address's query without it."""

    text: str
    query: str


class CustomField(NamedTuple):
    """As the filter bar draws it; `asked` is the first value asked of it."""

    pk: int
    name: str
    values: Sequence[Choice]
    asked: str


@dataclass(frozen=True, slots=True)
class Asked:
    """`wanted` is without what no longer exists, of which `lost` tells; `kept` is what else the address says."""

    wanted: TaskFilter
    choices: FilterChoices
    lost: list[str]
    names: dict[str, str]
    kept: Sequence[tuple[str, str]] = ()

    def scope(self, member: Member, project: Project | None) -> TaskQuerySet:
        """What is looked through: the project's current tasks or its archived ones, or those of all open projects."""
        return tasks_in_scope(member, project, self.wanted)

    def narrow(self, tasks: TaskQuerySet, reader: Reader) -> TaskQuerySet:
        conditions = {pk: choice.condition for pk, choice in self.choices.fields.items()}
        return tasks.filter(
            self.wanted.condition(now=reader.now, zone=reader.zone, me=reader.member.pk, fields=conditions)
        )

    @property
    def query(self) -> str:
        """The filter and what else is kept, for addresses of other views and of further pages."""
        return urlencode([*self.wanted.params, *self.kept])

    @property
    def custom(self) -> list[CustomField]:
        asked = dict(self.wanted.fields)
        return [
            CustomField(pk, choice.name, choice.values, (asked.get(pk) or ("",))[0])
            for pk, choice in self.choices.fields.items()
        ]

    @property
    def chips(self) -> list[FilterChip]:
        given = self.wanted.params
        return [
            FilterChip(
                _chip_text(key, value, self),
                urlencode([*given[:place], *given[place + 1 :], *self.kept]),
            )
            for place, (key, value) in enumerate(given)
        ]

    @property
    def kept_query(self) -> str:
        """The address's query when the filter is cleared."""
        return urlencode(self.kept)


def tasks_in_scope(member: Member, project: Project | None, wanted: TaskFilter) -> TaskQuerySet:
    if project is None:
        tasks = Task.objects.visible_to(member).exclude(project__state=Project.State.ARCHIVED)
        return tasks.exclude(archived_at=None) if wanted.is_archived else tasks.current()
    if wanted.is_archived:
        return access.tasks_of(member, project).exclude(archived_at=None)
    return access.current_tasks_of(member, project)


def choices_for(member: Member, project: Project, columns: Iterable[Column]) -> FilterChoices:
    """Two statements, for a guest one, and one more when the project shows custom fields.

    A guest is told of no label but those they see worn, and of no person.
    """
    labels = _labels_for(member, project)
    offered = _people_for(member, project) if member.is_insider else []
    team = [*offered, Choice(str(member.pk), member.display_name)] if member.is_insider else []
    return FilterChoices(
        people=offered,
        labels=labels,
        columns=[Choice(str(column.pk), column.name) for column in columns],
        fields={field.pk: field_choice(field, team) for field in access.fields_of(member, project)},
    )


def _labels_for(member: Member, project: Project) -> list[Choice]:
    return [Choice(str(pk), name) for pk, name in (_worn(member, project) if member.is_guest else _labels())]


def _worn(member: Member, project: Project) -> QuerySet[Any, Any]:
    worn = Task.labels.through.objects.filter(task__in=access.tasks_of(member, project).values("pk"))
    return _named(Label.objects.filter(pk__in=worn.values("label")))


def _named(labels: QuerySet[Label]) -> QuerySet[Any, Any]:
    return labels.order_by("name").values_list("pk", "name")


def _people_for(member: Member, project: Project) -> list[Choice]:
    return [Choice(str(pk), name) for pk, name in _people(member, project.pk)]


def _others(member: Member, project: int) -> QuerySet[Any, Any]:
    people = access.assignable_to(member, None, Project(pk=project)).exclude(pk=member.pk)
    return people.values_list("pk", "display_name")


_labels, _people = Kept(lambda: _named(Label.objects.all())), Kept(_others)


def field_choice(field: models.CustomField, people: Sequence[Choice], *, is_everywhere: bool = False) -> FieldChoice:
    """Choices and people are offered, and that there is none; for the others words or a range are typed."""
    values: list[Choice] = []
    if field.kind == models.CustomField.Kind.CHOICE:
        values = [Choice(choice.key, choice.name) for choice in field.options]
    elif field.kind == models.CustomField.Kind.PERSON:
        values = list(people)
    if values:
        values.append(Choice(EMPTY, _("Empty")))
    return FieldChoice(field, values, is_everywhere)


def settle(
    wanted: TaskFilter, choices: FilterChoices, reader: Reader, *, kept: Sequence[tuple[str, str]] = ()
) -> Asked:
    """Take out of a filter what no longer exists, so that the rest applies. Asks the database only of strangers."""
    wanted = wanted.for_guest() if reader.member.is_guest else wanted
    names = {f"label:{value}": name for value, name in choices.labels}
    names |= {f"column:{value}": name for value, name in choices.columns}
    names |= {f"person:{value}": name for value, name in choices.people}
    names |= {f"person:{reader.member.pk}": reader.member.display_name, "person:me": "", "person:none": ""}
    names |= _strangers(reader.member, [*wanted.owners, *wanted.helpers], names)
    left = replace(
        wanted,
        owners=_known(wanted.owners, "person", names),
        helpers=_known(wanted.helpers, "person", names),
        labels=_known(wanted.labels, "label", names),
        columns=_known(wanted.columns, "column", names),
        fields=tuple((pk, values) for pk, values in wanted.fields if pk in choices.fields),
    )
    lost = [str(text) for key, text in _LOST.items() if getattr(left, key) != getattr(wanted, key)]
    return Asked(left, choices, list(dict.fromkeys(lost)), names, kept)


def as_asked(wanted: TaskFilter) -> Asked:
    """A filter that a page of ours wrote into an address, where everything it names was there."""
    return Asked(wanted, FilterChoices(), [], {})


def _known(values: tuple[str, ...], kind: str, names: dict[str, str]) -> tuple[str, ...]:
    return tuple(value for value in values if f"{kind}:{value}" in names)


def _strangers(member: Member, values: Iterable[str], names: dict[str, str]) -> dict[str, str]:
    """People who are not offered, as those who have left, but on whose tasks one can still look."""
    unknown = {int(value) for value in values if is_pk(value) and f"person:{value}" not in names}
    if not unknown:
        return {}
    people = Member.objects.filter(pk__in=unknown)
    if member.is_guest:
        people = people.filter(pk__in=Task.objects.visible_to(member).values("owner"))
    return {f"person:{pk}": name for pk, name in people.values_list("pk", "display_name")}


_LOST = {
    "owners": gettext_lazy("A person this filter asks for no longer exists. The rest of it applies."),
    "helpers": gettext_lazy("A person this filter asks for no longer exists. The rest of it applies."),
    "labels": gettext_lazy("A label this filter asks for no longer exists. The rest of it applies."),
    "columns": gettext_lazy("A column this filter asks for no longer exists. The rest of it applies."),
    "fields": gettext_lazy("A field this filter asks for no longer exists. The rest of it applies."),
}
_DUE_NAMES: dict[str, Promise] = {
    "today": gettext_lazy("Due today"),
    "week": gettext_lazy("Due this week"),
    "next7": gettext_lazy("Due within 7 days"),
    "none": gettext_lazy("No deadline"),
}


def _chip_text(key: str, value: str, asked: Asked) -> str:
    if key in _WORDS:
        return _WORDS[key](value, asked)
    return asked.choices.fields[int(key.removeprefix("f"))].asked_text([value])


def _owner_text(value: str, asked: Asked) -> str:
    if value == "none":
        return _("No owner")
    return _("My tasks") if value == "me" else _("Owner: %(name)s") % {"name": asked.names[f"person:{value}"]}


def _helper_text(value: str, asked: Asked) -> str:
    if value == "none":
        return _("No helpers")
    if value == "me":
        return _("Where I help")
    return _("Helper: %(name)s") % {"name": asked.names[f"person:{value}"]}


def due_text(due: str, language: str) -> str:
    """What a filter by deadline asks, in words."""
    if due in DUE_WORDS:
        return str(_DUE_NAMES[due])
    first, between, last = due.partition("..")
    days = {
        "first": day_text(date.fromisoformat(first), language, with_year=True) if first else "",
        "last": day_text(date.fromisoformat(last), language, with_year=True) if last else "",
    }
    if not between:
        return _("Due on %(first)s") % days
    if not last:
        return _("Due from %(first)s") % days
    return _("Due until %(last)s") % days if not first else _("Due from %(first)s to %(last)s") % days


def _choice_name(choices: Iterable[Choice], value: str) -> str:
    return next((choice.name for choice in choices if choice.value == value), value)


_WORDS: dict[str, Callable[[str, Asked], str]] = {
    "q": lambda value, asked: f"“{value}”",
    "owner": _owner_text,
    "helper": _helper_text,
    "label": lambda value, asked: asked.names[f"label:{value}"],
    "column": lambda value, asked: asked.names[f"column:{value}"],
    "status": lambda value, asked: _choice_name(asked.choices.statuses, value),
    "priority": lambda value, asked: _("Priority: %(name)s") % {"name": _choice_name(asked.choices.priorities, value)},
    "channel": lambda value, asked: _choice_name(asked.choices.channels, value),
    "due": lambda value, asked: due_text(value, get_language() or "en"),
    "milestone": lambda value, asked: _("Milestones only") if value == "1" else _("Without milestones"),
    "draft": lambda value, asked: _("No owner or deadline"),
    "overdue": lambda value, asked: _("Overdue"),
    "blocked": lambda value, asked: _("Blocked"),
    "archived": lambda value, asked: _("Archived"),
}
