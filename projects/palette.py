"""What the command palette offers for a few typed letters: a statement a kind, however much there is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from typing import NamedTuple

from django.db.models import F
from django.urls import reverse

from linkstar.lib.chinese import fold
from linkstar.lib.pinyin import matches
from linkstar.lib.text import clean_line
from linkstar.members.models import Member
from projects.models import Column, Label, Project, Task
from projects.search import search

SCOPES = {">": "actions", "@": "people", "#": "labels", "+": "projects"}
MOST_SHOWN = 6
# What a palette looks through by pinyin: beyond that there is the search.
_MOST_PROJECTS = 400
_MOST_PEOPLE = 500
# Of what the search finds best, so many are looked through for what is not done.
_LOOKED_THROUGH = 3 * MOST_SHOWN
_LONGEST_QUERY = 300
# Below four letters every word is near to another one.
_SHORTEST_TYPO = 4
_NEAR = 0.78
_OF_TASK = ("pk", "title", "number", "completed_at", "project__name")


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed: `scope` is one of SCOPES' values, "" for everything; `text` is what follows its sign."""

    text: str
    scope: str = ""

    @classmethod
    def read(cls, typed: str) -> "Query":
        line = clean_line(typed, _LONGEST_QUERY)
        scope = SCOPES.get(line[:1], "")
        return cls(line[1:].strip() if scope else line, scope)

    def asks_for(self, kind: str) -> bool:
        return self.scope in ("", kind)


@dataclass(frozen=True, slots=True)
class Option:
    """One line. It is a link to `url`, opens `dialog` there, or posts `values` to it.

    `plain` posts and leaves the page, `copies` copies the address, `words` are more names it is found by.
    """

    title: str
    url: str
    icon: str
    note: str = ""
    words: str = ""
    values: dict[str, str] | None = None
    plain: bool = False
    dialog: bool = False
    copies: bool = False
    keys: str = ""
    label: Label | None = None
    person: Member | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """`more` says that there are more than `count`."""

    name: str
    options: Sequence[Option]
    count: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """What the reader has open: a task, or the page of a project, or neither."""

    task: Task | None = None
    project: Project | None = None
    columns: Sequence[Column] = field(default=())


def fits(option: Option, text: str, *, typos: bool = True) -> bool:
    """Whether an option of the product's own is meant: by its words, by pinyin, or nearly."""
    names = f"{option.title} {option.words}"
    return matches(text, names) or (typos and _is_near(fold(text), fold(names)))


def _is_near(wanted: str, names: str) -> bool:
    if len(wanted) < _SHORTEST_TYPO or not wanted.isascii():
        return False
    words = [word for word in names.split() if abs(len(word) - len(wanted)) <= 2]
    return any(SequenceMatcher(None, wanted, word).ratio() >= _NEAR for word in words)


def projects_like(member: Member, text: str) -> list[Project]:
    """Open projects, those that begin with the text first, then as something last happened in them."""
    recent = Project.objects.visible_to(member).open().order_by("-last_activity_at", "pk")
    found = [one for one in recent.only("pk", "name", "channel")[:_MOST_PROJECTS] if matches(text, one.name)]
    return sorted(found, key=lambda one: not fold(one.name).startswith(fold(text)))


def people_like(member: Member, text: str) -> list[Member]:
    """Active members; nobody for a guest, who is not told who works here."""
    if member.is_guest:
        return []
    people = Member.objects.active().order_by("display_name", "pk")[:_MOST_PEOPLE]
    wanted = fold(text)
    return [one for one in people if matches(text, one.display_name) or fold(one.email).startswith(wanted)]


def labels_like(member: Member, text: str) -> list[Label]:
    if member.is_guest:
        return []
    return [label for label in Label.objects.order_by("name", "pk") if matches(text, label.name)]


class FoundTask(NamedTuple):
    pk: int
    title: str
    number: int
    completed_at: datetime | None
    project: str


def tasks_like(member: Member, text: str, *, now: datetime) -> list[FoundTask]:
    """What the search finds among tasks at work, unfinished ones first, and before them the one of that number.

    One more than is shown.
    """
    found = {task.pk: task for task in _numbered(member, text)}
    for hit in search(member, text, now=now, kinds=("tasks",), limit=_LOOKED_THROUGH).hits:
        if not hit.is_archived:
            done_at = now if hit.is_done else None
            found.setdefault(hit.pk, FoundTask(hit.pk, hit.text, hit.number or 0, done_at, hit.project))
    return sorted(found.values(), key=lambda task: task.completed_at is not None)[: MOST_SHOWN + 1]


def _numbered(member: Member, text: str) -> list[FoundTask]:
    number = text.removeprefix("#")
    if not (number.isascii() and number.isdigit() and len(number) <= 9):
        return []
    tasks = Task.objects.visible_to(member).current().filter(number=int(number))
    order = (F("completed_at").desc(nulls_first=True), "-updated_at", "pk")
    return [FoundTask(*row) for row in tasks.order_by(*order).values_list(*_OF_TASK)[: MOST_SHOWN + 1]]


def my_tasks(member: Member) -> list[FoundTask]:
    """What the reader has in hand, as it changed last."""
    tasks = Task.objects.visible_to(member).current().filter(owner=member, completed_at=None)
    return [FoundTask(*row) for row in tasks.order_by("-updated_at", "pk").values_list(*_OF_TASK)[:5]]


def project_option(project: Project) -> Option:
    return Option(project.name, reverse("projects:board", args=[project.pk]), "project", words=project.name)


def task_option(task: FoundTask) -> Option:
    icon = "list" if task.completed_at is None else "check"
    url = reverse("projects:task", args=[task.pk])
    return Option(task.title, url, icon, note=f"{task.project} #{task.number}")


def person_option(person: Member) -> Option:
    return Option(person.display_name, reverse("members:member-show", args=[person.pk]), "", person=person)


def group(name: str, options: Iterable[Option], *, most: int = MOST_SHOWN) -> Group:
    found = list(options)
    return Group(name, found[:most], min(len(found), most), len(found) > most)
