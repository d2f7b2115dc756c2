"""A project becomes a template: dates become offsets from the anchor, people become roles, the rest is left behind.

Steps that the project's own template already described keep its words, in both languages, where nobody changed them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from math import ceil
from typing import cast

from django.db.models import Count

from linkstar.lib.deadlines import Deadline
from linkstar.lib.text import has_han
from linkstar.lib.workdays import get_calendar
from linkstar.lib.zones import MARKET_ZONES, get_zone
from linkstar.members.models import Member
from projects.models import ChecklistItem, Dependency, Project, Task
from projects.models.tasks import TaskQuerySet
from templates_sop.catalogue import template_of
from templates_sop.common import common
from templates_sop.library import TemplateNotFound
from templates_sop.origins import origin_of, plan_of
from templates_sop.parsing import FURTHEST_DAYS, LONGEST_DAYS, MOST_REMINDER_HOURS, MOST_STEPS
from templates_sop.planning import COUNTRIES, Plan
from templates_sop.shapes import NOTHING, Anchor, Phase, SopTemplate, Step, Text
from templates_sop.writing import Content, dump

ADDED = Phase("added", Text("补充", "Added"))
MAIN = Phase("work", Text("执行", "Work"))
_LAST_MINUTE = time(23, 59)
_MOST_TITLES = 5


class Loss(StrEnum):
    """What a template does not hold; wording.LOSSES says each and why."""

    UNSEEN = "unseen"  # tasks that the reader may not see
    FINANCE = "finance"  # tasks of the finance class: the whole team reads templates
    UNDATED = "undated"  # tasks without a deadline
    ARCHIVED = "archived"  # tasks put away unfinished
    TOO_FAR = "too_far"  # tasks further from the anchor than a step may be
    TOO_MANY = "too_many"  # more tasks than a template has steps: the last ones
    NO_ROLE = "no_role"  # tasks whose owner has no role: the step stays, its role is open
    LINKS = "links"  # other dependencies than "starts when the other is finished", at once
    LOST_LINKS = "lost_links"  # dependencies on tasks that are left out
    DATES_ALONE = "dates_alone"  # deadlines without a time of day: they become 23:59
    FAMILIES = "families"  # subtasks: they become steps of their own
    DONE = "done"
    COMMENTS = "comments"
    FILES = "files"
    HELPERS = "helpers"
    LABELS = "labels"
    FIELDS = "fields"
    TIME = "time"
    PRODUCTS = "products"
    REPEATS = "repeats"


@dataclass(frozen=True, slots=True)
class Dropped:
    """How many of them, and the titles of the first few tasks it is about."""

    loss: Loss
    count: int
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Anchored:
    """What the offsets are counted from: a day of the market in `zone`, or an aware instant."""

    label: Text
    on: date | datetime
    zone: str
    key: str = "anchor"

    def day_in(self, zone: str) -> date:
        """The day that offsets of steps on this clock count from."""
        if isinstance(self.on, datetime):
            return self.on.astimezone(get_zone(zone)).date()
        return self.on


@dataclass(frozen=True)
class Drafted:
    content: Content
    template: SopTemplate
    dropped: tuple[Dropped, ...]


@dataclass
class _Losses:
    found: dict[Loss, list[str]] = field(default_factory=lambda: defaultdict(list))

    def note(self, loss: Loss, tasks: Iterable[Task]) -> None:
        self.found[loss] += [task.title for task in tasks]

    def all(self) -> tuple[Dropped, ...]:
        return tuple(
            Dropped(loss, len(self.found[loss]), tuple(self.found[loss][:_MOST_TITLES]))
            for loss in Loss
            if self.found[loss]
        )


def anchored_of(project: Project) -> Anchored | None:
    """The anchor that the project has; None when it has none and one must be chosen."""
    on = project.anchor_on or project.anchor_at
    if on is None:
        return None
    try:
        anchor = template_of(project).anchor
    except TemplateNotFound:
        return None
    return Anchored(anchor.label, on, project.time_zone, anchor.key)


def guessed_roles(project: Project, reader: Member) -> list[tuple[Member, str]]:
    """By name, who does tasks of the project that say no role, and the role that their other tasks suggest.

    Those of this project count first, then all of theirs; "" when nothing suggests one.
    """
    tasks = project.tasks.alive().allowed_to(reader).exclude(due_on=None)
    people = Member.objects.filter(pk__in=tasks.filter(sop_role="").exclude(owner=None).values("owner"))
    here, everywhere = _usual_roles(tasks), _usual_roles(Task.objects.alive().filter(owner__in=people))
    found = []
    for person in people.order_by("display_name", "pk"):
        role = here.get(person.pk) or everywhere.get(person.pk, "")
        found.append((person, "agency_external" if person.is_guest else role))
    return found


def _usual_roles(tasks: TaskQuerySet) -> dict[int, str]:
    """By owner the role of most of these tasks."""
    rows = tasks.exclude(sop_role="").exclude(owner=None).order_by().values_list("owner", "sop_role")
    counted = rows.annotate(count=Count("pk")).order_by("count", "sop_role")
    return {owner: role for owner, role, _count in counted}


def draft_from(
    project: Project, *, name: Text, anchored: Anchored, roles: Mapping[int, str], reader: Member
) -> Drafted:
    """A draft out of the project's tasks that `reader` may see, done ones too, in the order of their deadlines.

    `roles` says which role a person (pk) stands for; a task that came from a template keeps the step's.
    """
    return _Drafting(project, name, anchored, roles, reader).drafted()


class _Drafting:
    def __init__(
        self, project: Project, name: Text, anchored: Anchored, roles: Mapping[int, str], reader: Member
    ) -> None:
        self.project, self.name, self.anchored, self.roles = project, name, anchored, roles
        self.losses = _Losses()
        self.base, self.plan = _base_of(project, anchored)
        self.known = {planned.step.key: planned for planned in self.plan.steps} if self.plan else {}
        self.tasks = self._tasks(reader)
        chinese = sum(has_han(task.title) for task in self.tasks)
        self.language = "zh" if 2 * chinese >= len(self.tasks) else "en"
        self.keys = _keys(self.tasks, self.known)

    def drafted(self) -> Drafted:
        checklists, waits = self._checklists(), self._waits()
        steps = [self._step(task, checklists.get(task.pk, []), waits.get(task.pk, ())) for task in self.tasks]
        self._note_rest()
        template = self._template(tuple(steps))
        return Drafted(dump(template), template, self.losses.all())

    def _tasks(self, reader: Member) -> list[Task]:
        """What becomes a step."""
        alive = self.project.tasks.alive()
        tasks = list(alive.allowed_to(reader).select_related("owner").order_by("due_at", "number"))
        unseen = alive.count() - len(tasks)
        self.losses.found[Loss.UNSEEN] += [""] * unseen
        # What the whole team may not see is told to it as far as the template of the project told it already.
        keys = _keys(tasks, self.known)
        told = [task for task in tasks if not _is_finance(task) or keys[task.pk] == task.sop_step]
        self.losses.note(Loss.FINANCE, [task for task in tasks if task not in told])
        archived = [task for task in told if task.is_archived and not task.is_done]
        self.losses.note(Loss.ARCHIVED, archived)
        at_work = [task for task in told if task not in archived]
        self.losses.note(Loss.UNDATED, [task for task in at_work if task.due_on is None])
        return self._fitting([task for task in at_work if task.due_on is not None])

    def _fitting(self, dated: list[Task]) -> list[Task]:
        near = [task for task in dated if abs(self._offset(cast(Deadline, task.deadline))) <= FURTHEST_DAYS]
        self.losses.note(Loss.TOO_FAR, [task for task in dated if task not in near])
        self.losses.note(Loss.TOO_MANY, near[MOST_STEPS:])
        return near[:MOST_STEPS]

    def _offset(self, deadline: Deadline) -> int:
        return (deadline.on - self.anchored.day_in(deadline.zone)).days

    def _checklists(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        items = ChecklistItem.objects.filter(task__in=[task.pk for task in self.tasks]).order_by("position", "pk")
        for task, words in items.values_list("task", "text"):
            found[task].append(words)
        return found

    def _waits(self) -> dict[int, tuple[str, ...]]:
        """By task the steps it waits for, in the order of the steps."""
        kept = {task.pk: task for task in self.tasks}
        order = {task.pk: place for place, task in enumerate(self.tasks)}
        found: dict[int, list[int]] = defaultdict(list)
        for link in Dependency.objects.filter(blocked__in=kept).order_by("pk"):
            if link.blocker_id not in kept:
                self.losses.note(Loss.LOST_LINKS, [kept[link.blocked_id]])
            elif link.kind != Dependency.Kind.FINISH_START or link.lag_days:
                self.losses.note(Loss.LINKS, [kept[link.blocked_id]])
            else:
                found[link.blocked_id].append(link.blocker_id)
        return {
            blocked: tuple(self.keys[blocker] for blocker in sorted(blockers, key=order.__getitem__))
            for blocked, blockers in found.items()
        }

    def _step(self, task: Task, checklist: Sequence[str], waits: tuple[str, ...]) -> Step:
        planned = self.known.get(task.sop_step) if self.keys[task.pk] == task.sop_step else None
        if planned is None:
            return self._new_step(task, checklist, waits)
        step = planned.step
        changes: dict[str, object] = {"blocks": ()}
        if set(waits) != set(step.depends_on):
            changes["depends_on"] = waits
        if not _is_finance(task):
            if task.title not in (step.title.zh, step.title.en):
                changes["title"] = self._text(task.title)
            if list(checklist) not in ([item.zh for item in step.checklist], [item.en for item in step.checklist]):
                changes["checklist"] = self._texts(checklist)
        if task.deadline != planned.deadline:
            changes |= self._when(task)
        if task.duration_days != max(1, ceil(step.duration_days)):
            changes["duration_days"] = self._duration(task)
        if task.remind_hours_before != list(step.reminders_hours):
            changes["reminders_hours"] = _reminders(task)
        changes |= self._flags(task)
        return replace(step, **changes)  # type: ignore[arg-type]

    def _new_step(self, task: Task, checklist: Sequence[str], waits: tuple[str, ...]) -> Step:
        role = task.sop_role or self.roles.get(task.owner_id or 0, "")
        if not role:
            self.losses.note(Loss.NO_ROLE, [task])
        blank = Step(
            key=self.keys[task.pk],
            phase=self._phase(task).key,
            title=self._text(task.title),
            role=role,
            offset_mode="calendar_days",
            offset_days=0,
            offset_hours=None,
            due_time=_LAST_MINUTE,
            zone=task.due_zone,
            is_fixed=task.is_fixed,
            on_non_working_day="previous",
            duration_days=self._duration(task),
            calendar="cn_team",
            depends_on=waits,
            blocks=(),
            checklist=self._texts(checklist),
            deliverable=NOTHING,
            reminders_hours=_reminders(task),
            risk=NOTHING,
            is_shareable=task.may_be_shared,
            is_finance=False,
            is_milestone=False,
            why=self._text(task.description[:2000]),
        )
        return replace(blank, **self._when(task), **self._flags(task))  # type: ignore[arg-type]

    def _when(self, task: Task) -> dict[str, object]:
        """The deadline, counted from the anchor on its own clock; a day off that was chosen stays one."""
        deadline = cast(Deadline, task.deadline)
        if deadline.time is None:
            self.losses.note(Loss.DATES_ALONE, [task])
        calendar = (
            "us_market" if deadline.zone == self.project.time_zone and deadline.zone in MARKET_ZONES else "cn_team"
        )
        is_workday = get_calendar(COUNTRIES[calendar]).is_workday(deadline.on)
        return {
            "offset_mode": "calendar_days",
            "offset_hours": None,
            "offset_days": self._offset(deadline),
            "due_time": (deadline.time or _LAST_MINUTE).replace(second=0, microsecond=0),
            "zone": deadline.zone,
            "calendar": calendar,
            "on_non_working_day": "previous" if is_workday else "keep",
        }

    def _flags(self, task: Task) -> dict[str, object]:
        return {
            "is_fixed": task.is_fixed,
            "is_milestone": task.is_milestone,
            "needs_passport": task.needs_passport,
            "is_shareable": task.may_be_shared,
            "is_finance": _is_finance(task),
        }

    def _duration(self, task: Task) -> float:
        if task.duration_days:
            return float(min(task.duration_days, LONGEST_DAYS))
        if task.start_on is None or task.due_on is None:
            return 1.0
        calendar = get_calendar(task.calendar or "cn")
        return float(min(max(1, calendar.workdays_between(task.start_on, task.due_on)), LONGEST_DAYS))

    def _phase(self, task: Task) -> Phase:
        if self.base is None:
            return MAIN
        known = {phase.key: phase for phase in self.base.phases}
        return known.get(task.sop_phase, ADDED)

    def _template(self, steps: tuple[Step, ...]) -> SopTemplate:
        used = {step.phase for step in steps}
        phases = [*(self.base.phases if self.base else ()), ADDED, MAIN]
        kept = tuple(phase for phase in phases if phase.key in used) or (MAIN,)
        label, zone = self.anchored.label, self.anchored.zone
        kind = "instant" if isinstance(self.anchored.on, datetime) else "date"
        base = self.base
        gate = base.gate_step if base and base.gate_step in {step.key for step in steps} else ""
        names = [
            self.name,
            label,
            *(phase.name for phase in kept),
            *(text for step in steps for text in _texts_of(step)),
        ]
        return SopTemplate(
            key="",
            version=0,
            category=base.category if base else "launch",
            platform=base.platform if base else _platform(self.project),
            name=self.name,
            project_name=base.project_name if base else self.name,
            purpose=base.purpose if base else NOTHING,
            anchor=Anchor(self.anchored.key, label, zone, kind),
            market_zone=zone,
            gate_step=gate,
            phases=kept,
            steps=steps,
            variants=(),
            roles=base.roles if base else common().roles,
            languages=_languages(names),
            products=base.products if base else (),
            anchors=base.anchors if base else (),
        )

    def _text(self, words: str) -> Text:
        """In the language of the project; what has no Chinese in it, such as a number or a name, reads in both."""
        if self.language == "en":
            return Text("", words)
        return Text(words, "" if has_han(words) else words)

    def _texts(self, lines: Iterable[str]) -> tuple[Text, ...]:
        return tuple(self._text(line) for line in lines)

    def _note_rest(self) -> None:
        tasks = self.tasks
        pks = [task.pk for task in tasks]
        helped = Counter(Task.helpers.through.objects.filter(task__in=pks).values_list("task", flat=True))
        labelled = Counter(Task.labels.through.objects.filter(task__in=pks).values_list("task", flat=True))
        self.losses.note(Loss.FAMILIES, [task for task in tasks if task.parent_id])
        self.losses.note(Loss.DONE, [task for task in tasks if task.is_done])
        self.losses.note(Loss.COMMENTS, [task for task in tasks for _ in range(task.comment_count)])
        self.losses.note(Loss.FILES, [task for task in tasks for _ in range(task.file_count)])
        self.losses.note(Loss.HELPERS, [task for task in tasks for _ in range(helped[task.pk])])
        self.losses.note(Loss.LABELS, [task for task in tasks for _ in range(labelled[task.pk])])
        self.losses.note(Loss.FIELDS, [task for task in tasks for _ in task.field_values])
        self.losses.note(Loss.TIME, [task for task in tasks if task.logged_minutes])
        self.losses.note(Loss.PRODUCTS, [task for task in tasks for _ in range(task.product_count)])
        self.losses.note(Loss.REPEATS, [task for task in tasks if task.recurrence_id])


def _is_finance(task: Task) -> bool:
    return task.sensitivity == Task.Sensitivity.FINANCE


def _base_of(project: Project, anchored: Anchored) -> tuple[SopTemplate | None, Plan | None]:
    """The template the project came from, and what it gives at the anchor; None twice when there is none."""
    if not project.sop_template:
        return None, None
    try:
        base = template_of(project)
    except TemplateNotFound:
        return None, None
    if base.anchor.is_instant != isinstance(anchored.on, datetime):
        return base, None
    return base, plan_of(project, base, anchored.on, origin_of(project))


def _reminders(task: Task) -> tuple[int, ...]:
    return tuple(hours for hours in task.remind_hours_before if hours <= MOST_REMINDER_HOURS)


def _keys(tasks: Iterable[Task], known: Mapping[str, object]) -> dict[int, str]:
    """Each task's step: the one it came from, once; for others a key from its number."""
    keys: dict[int, str] = {}
    taken: set[str] = set()
    for task in tasks:
        key = task.sop_step if task.sop_step in known and task.sop_step not in taken else f"task_{task.number}"
        taken.add(key)
        keys[task.pk] = key
    return keys


def _texts_of(step: Step) -> list[Text]:
    return [step.title, step.why, step.outcome, step.deliverable, step.risk, *step.checklist, *step.evidence]


def _languages(texts: Iterable[Text]) -> tuple[str, ...]:
    """The one language that all of it is written in, or both."""
    written = [text for text in texts if not text.is_empty]
    whole = tuple(language for language in ("zh", "en") if all(getattr(text, language) for text in written))
    return whole if len(whole) == 1 else ("zh", "en")


def _platform(project: Project) -> str:
    return {
        "amazon_us": "amazon_us",
        "walmart_us": "walmart_us",
        "shopify": "shopify",
        "tiktok_us": "tiktok_shop_us",
    }.get(project.channel, "multi")
