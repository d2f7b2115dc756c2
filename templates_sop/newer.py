"""A newer version of a project's SOP is out: what it would change, step by step, against the tasks as they are.

Done work stays, and so does what people changed by hand: it is said. Nothing here writes.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from math import ceil

from linkstar.lib.deadlines import Deadline
from linkstar.members.models import Member
from projects.models import ChecklistItem, Project, Task
from templates_sop.catalogue import find_template
from templates_sop.differences import FieldChange, Kind, StepChange, compare_steps
from templates_sop.library import TemplateNotFound
from templates_sop.models import ProjectOrigin, TemplateVersion
from templates_sop.origins import origin_of, plan_of
from templates_sop.parsing import parse
from templates_sop.planning import Plan, PlannedStep
from templates_sop.questions import anchors_for
from templates_sop.shapes import SopTemplate, Step
from templates_sop.stories import story_of
from templates_sop.variants import Composition

# Which fields of a step become which part of a task. Parts that have none here are decided task by task.
PARTS: dict[str, str] = {
    "title": "title",
    **dict.fromkeys(("why", "outcome", "deliverable", "risk", "evidence", "lead_time"), "description"),
    "checklist": "checklist",
    "duration_days": "duration",
    **dict.fromkeys(("offset_days", "anchor", "due_time", "zone", "on_non_working_day"), "deadline"),
    "reminders_hours": "reminders",
    "depends_on": "waits",
    "is_milestone": "milestone",
    **dict.fromkeys(("phase", "role", "calendar", "is_fixed"), "nature"),
}


class Stays(StrEnum):
    """Why something is left as it is; wording.STAYS says it."""

    DONE = "done"
    ARCHIVED = "archived"
    GONE = "gone"  # somebody deleted the task
    BEGUN = "begun"
    BY_HAND = "by_hand"
    ALREADY = "already"  # the project has this step
    PER_TASK = "per_task"  # who may see a task is decided task by task


@dataclass(frozen=True, slots=True)
class FieldOffer:
    change: FieldChange
    part: str
    stays: Stays | None = None


@dataclass(frozen=True, slots=True)
class StepOffer:
    """What the newer version makes of one step. `task` is None for a step that is to be added, or was deleted."""

    change: StepChange
    task: Task | None
    fields: tuple[FieldOffer, ...] = ()
    stays: Stays | None = None

    @property
    def key(self) -> str:
        return self.change.key

    @property
    def kind(self) -> Kind:
        return self.change.kind

    @property
    def parts(self) -> frozenset[str]:
        """Those that can be taken over."""
        return frozenset(offer.part for offer in self.fields if offer.stays is None)

    @property
    def may_apply(self) -> bool:
        return self.stays is None and (self.kind is not Kind.CHANGED or bool(self.parts))


@dataclass(frozen=True)
class Offer:
    """`old` and `new` are whole templates, `before` and `after` what each plans for this project. `hidden` are steps
    whose tasks the reader may not see: they are left as they are, and only counted."""

    origin: ProjectOrigin
    old: SopTemplate
    new: SopTemplate
    before: Plan
    after: Plan
    steps: tuple[StepOffer, ...]
    language: str
    hidden: tuple[StepChange, ...] = ()
    what_changed: Sequence[tuple[int, str]] = field(default_factory=list)

    @property
    def unseen(self) -> int:
        return len(self.hidden)

    @property
    def seal(self) -> str:
        """Of what the person saw: it is done only as long as it is still that."""
        told = [(one.key, one.kind, one.stays, [(each.part, each.stays) for each in one.fields]) for one in self.steps]
        versions = [one.task.version if one.task else 0 for one in self.steps]
        return hashlib.sha256(repr((self.new.version, told, versions)).encode()).hexdigest()[:16]


def newest_of(origin: ProjectOrigin) -> SopTemplate | None:
    """The version that is out and newer than the project's; None when there is none."""
    try:
        newest = find_template(origin.template)
    except TemplateNotFound:
        return None
    return newest if newest.version > origin.version else None


def offer_for(project: Project, reader: Member, language: str) -> Offer | None:
    """None when nothing newer is out. Words are in `language`, the reader's."""
    origin = ProjectOrigin.objects.filter(project=project).first()
    new = newest_of(origin) if origin else None
    if origin is None or new is None:
        return None
    old = parse(origin.content)
    before, after = _planned(project, old), _planned(project, new)
    if before is None or after is None:
        return None
    tasks = _Tasks(project, reader, before)
    changes = compare_steps(_steps(before), _steps(after), old, new, language)
    found = [_offered(change, tasks, before, after) for change in changes if change.key not in tasks.unseen]
    return Offer(
        origin=origin,
        old=old,
        new=new,
        before=before,
        after=after,
        steps=tuple(found),
        language=tasks.language,
        hidden=tuple(change for change in changes if change.key in tasks.unseen),
        what_changed=_what_changed(origin, new),
    )


def _what_changed(origin: ProjectOrigin, new: SopTemplate) -> list[tuple[int, str]]:
    """Of each version since the project's, newest first: number and what its publisher said."""
    versions = TemplateVersion.objects.filter(template__key=origin.template, number__gt=origin.version)
    rows = versions.filter(number__lte=new.version).exclude(what_changed="").order_by("-number")
    return list(rows.values_list("number", "what_changed")[:20])


def _planned(project: Project, template: SopTemplate) -> Plan | None:
    """None when the anchor is of another kind by now."""
    anchor: date | datetime | None = project.anchor_on or project.anchor_at
    if anchor is None or isinstance(anchor, datetime) != template.anchor.is_instant:
        return None
    origin = origin_of(project)
    known = {one.key for one in anchors_for(template)}
    return plan_of(
        project,
        template,
        anchor,
        replace(origin, anchors={key: day for key, day in origin.anchors.items() if key in known}),
    )


def _steps(dated: Plan) -> list[Step]:
    return [planned.step for planned in dated.steps]


class _Tasks:
    """The tasks of a project by their step, as far as the reader sees them; in a handful of statements."""

    def __init__(self, project: Project, reader: Member, before: Plan) -> None:
        rows = project.tasks.exclude(sop_step="").select_related("column", "owner").order_by("number")
        seen = set(project.tasks.allowed_to(reader).values_list("pk", flat=True))
        self.alive: dict[str, Task] = {}
        self.deleted: set[str] = set()
        self.unseen: set[str] = set()
        for task in rows:
            task.project = project
            if task.deleted_at is not None:
                self.deleted.add(task.sop_step)
            elif task.pk not in seen:
                self.unseen.add(task.sop_step)
            else:
                self.alive.setdefault(task.sop_step, task)
        self.deleted -= self.alive.keys() | self.unseen
        pks = [task.pk for task in self.alive.values()]
        self.checklists: dict[int, list[str]] = {pk: [] for pk in pks}
        for task_pk, text in (
            ChecklistItem.objects.filter(task__in=pks).order_by("position", "pk").values_list("task", "text")
        ):
            self.checklists[task_pk].append(text)
        self.waits = _waits(self.alive)
        self.language = _language(self.alive, before)


def _waits(alive: Mapping[str, Task]) -> dict[int, frozenset[int]]:
    pks = [task.pk for task in alive.values()]
    links = Task.objects.filter(pk__in=pks).order_by().values_list("pk", "blocked_by_links__blocker")
    found: dict[int, set[int]] = {pk: set() for pk in pks}
    for pk, blocker in links:
        if blocker is not None:
            found[pk].add(blocker)
    return {pk: frozenset(blockers) for pk, blockers in found.items()}


def _language(alive: Mapping[str, Task], before: Plan) -> str:
    """The one in which the project was started: that of most titles that are still the template's."""
    zh = en = 0
    for key, task in alive.items():
        planned = before.by_key.get(key)
        if planned is not None and planned.step.title.zh != planned.step.title.en:
            zh += task.title == planned.step.title.zh
            en += task.title == planned.step.title.en
    return "zh-hans" if zh >= en else "en"


def _offered(change: StepChange, tasks: _Tasks, before: Plan, after: Plan) -> StepOffer:
    task = tasks.alive.get(change.key)
    if change.kind is Kind.ADDED:
        if task is not None:
            return StepOffer(change, task, stays=Stays.ALREADY)
        return StepOffer(change, None, stays=Stays.GONE if change.key in tasks.deleted else None)
    if task is None:
        return StepOffer(change, None, stays=Stays.GONE)
    was = before.by_key[change.key]
    if change.kind is Kind.REMOVED:
        return StepOffer(change, task, stays=_why_kept(task, was, tasks, before.composition))
    stays = Stays.DONE if task.is_done else Stays.ARCHIVED if task.is_archived else None
    if stays is not None:
        return StepOffer(change, task, stays=stays)
    now = after.by_key[change.key]
    fields = tuple(
        FieldOffer(one, PARTS.get(one.field, ""), _why_field_stays(one.field, task, was, now, tasks, before, after))
        for one in change.fields
    )
    return StepOffer(change, task, fields)


def _why_kept(task: Task, was: PlannedStep, tasks: _Tasks, composition: Composition) -> Stays | None:
    """Why a task stays although its step is gone."""
    if task.is_done:
        return Stays.DONE
    if task.is_archived:
        return Stays.ARCHIVED
    is_touched = task.checklist_done_count or task.logged_minutes or task.comment_count or task.file_count
    if task.column.is_doing or is_touched or task.subtask_count:
        return Stays.BEGUN
    same = (
        _is_text(task.title, was.step.title.zh, was.step.title.en)
        and _is_story(task, was, composition)
        and _is_checklist(tasks.checklists[task.pk], was)
    )
    return None if same else Stays.BY_HAND


def _why_field_stays(
    name: str, task: Task, was: PlannedStep, now: PlannedStep, tasks: _Tasks, before: Plan, after: Plan
) -> Stays | None:
    match PARTS.get(name):
        case "title":
            same = _is_text(task.title, was.step.title.zh, was.step.title.en)
        case "description":
            same = _is_story(task, was, before.composition)
        case "checklist":
            same = _is_checklist(tasks.checklists[task.pk], was) and not task.checklist_done_count
        case "duration":
            same = task.duration_days == max(1, ceil(was.step.duration_days))
        case "deadline":
            same = same_deadline(task.deadline, was.deadline) and not task.is_pinned
        case "reminders":
            same = task.remind_hours_before == list(was.step.reminders_hours)
        case "milestone":
            same = task.is_milestone == was.step.is_milestone
        case "waits":
            known = {tasks.alive[key].pk for key in was.step.depends_on if key in tasks.alive}
            same = tasks.waits[task.pk] == known
        case "nature":
            same = True
        case _:
            return Stays.PER_TASK
    return None if same else Stays.BY_HAND


def same_deadline(one: Deadline | None, other: Deadline | None) -> bool:
    return (one.instant if one else None) == (other.instant if other else None)


def _is_text(text: str, *choices: str) -> bool:
    return text in choices


def _is_story(task: Task, was: PlannedStep, composition: Composition) -> bool:
    change = composition.by_step.get(was.step.key)
    return task.description in [story_of(was.step, language, change) for language in ("zh-hans", "en")]


def _is_checklist(lines: Iterable[str], was: PlannedStep) -> bool:
    held = list(lines)
    return held in ([item.get("zh") for item in was.step.checklist], [item.get("en") for item in was.step.checklist])
