"""Take over a newer version of a project's SOP, as far as somebody chose to: one transaction, one undo."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil
from typing import Any

from django.db import transaction

from linkstar.members.models import Member
from linkstar.workspaces import due
from notifications.actions.reminders import cancel_all
from projects.actions import bin
from projects.actions.deadlines import plan_reminders_of, put_deadline
from projects.actions.families import recount
from projects.actions.links import follow_dates, tell_waiting
from projects.actions.notices import tell_assigned
from projects.actions.remembering import OVER, record
from projects.actions.search_index import forget, index_items, index_tasks
from projects.actions.slips import Cause, Moved, keep_slips
from projects.actions.states import WAITS, save_all, snapshot, waits_of
from projects.actions.tasks import end_of
from projects.actions.trace import leave_trace, leave_traces
from projects.actions.undo import Undone, put_back, undoes
from projects.circles import way_back
from projects.models import UNDO_FOR, Change, ChecklistItem, Dependency, Project, SearchEntry, Slip, Task
from templates_sop.actions.step_tasks import first_column, lock_steps, make_step_tasks, people_by_role
from templates_sop.differences import Kind
from templates_sop.models import ProjectOrigin
from templates_sop.newer import Offer, StepOffer, offer_for, same_deadline
from templates_sop.parsing import TemplateInvalid, parse
from templates_sop.planning import COUNTRIES, PlannedStep
from templates_sop.removing import without
from templates_sop.shapes import SopTemplate, Step
from templates_sop.stories import story_of
from templates_sop.writing import Content, dump

# What undo puts back part by part (projects/actions/states.py); the rest is remembered under _EXTRA.
_STATES = ("title", "description", "duration", "start", "deadline", "reminders", "milestone")
_NATURE = ("sop_role", "sop_phase", "calendar", "is_fixed")
_EXTRA = "sop"


class OfferChanged(ValueError):
    """Since the person looked, something else would happen."""


class NothingNewer(LookupError):
    """No newer version is out."""


@dataclass
class Applied:
    """`change` can be taken back; None when nothing was done to tasks."""

    counts: Counter[str] = field(default_factory=Counter)
    change: Change | None = None


@transaction.atomic
def apply_newer(
    project: Project, keys: Collection[str], *, seal: str, reader_language: str, actor: Member, now: datetime
) -> Applied:
    """Do to the tasks what the newer version says of the steps `keys`, where `offer_for` says that it may be done.

    The project is of that version from now on; steps that were not chosen stay as they were. Raises OfferChanged and
    NothingNewer.
    """
    _lock(project)
    offer = offer_for(project, actor, reader_language)
    if offer is None:
        raise NothingNewer
    if offer.seal != seal:
        raise OfferChanged
    chosen = [one for one in offer.steps if one.key in keys and one.may_apply]
    return _Applying(project, offer, actor, now).apply(chosen)


@transaction.atomic
def keep_older(project: Project, *, reader_language: str, actor: Member, now: datetime) -> None:
    """Take over nothing: the project is not told of this version any more. Raises NothingNewer."""
    _lock(project)
    offer = offer_for(project, actor, reader_language)
    if offer is None:
        raise NothingNewer
    _Applying(project, offer, actor, now).apply([])


def _lock(project: Project) -> None:
    lock_steps(project)
    ProjectOrigin.objects.select_for_update().filter(project=project).first()


class _Applying:
    def __init__(self, project: Project, offer: Offer, actor: Member, now: datetime) -> None:
        self.project, self.offer, self.actor, self.now = project, offer, actor, now
        self.rows: list[tuple[Task, dict[str, Any], dict[str, Any]]] = []
        self.extra: dict[str, Any] = {"checklists": {}, "nature": {}, "added": []}
        self.moved: list[Moved] = []
        self.tasks: dict[str, Task] = {}
        for task in project.tasks.alive().exclude(sop_step="").order_by("-number"):
            task.project = project
            self.tasks[task.sop_step] = task

    def apply(self, chosen: list[StepOffer]) -> Applied:
        result = Applied()
        added = [one for one in chosen if one.kind is Kind.ADDED]
        changed = [one for one in chosen if one.kind is Kind.CHANGED]
        removed = [one for one in chosen if one.kind is Kind.REMOVED]
        made = self._add(added)
        linked = [*added, *(one for one in changed if "waits" in one.parts)]
        waits = {one.key: self._waits(one) for one in linked}
        for one in changed:
            self._change(one)
        self._save_changed(changed)
        self._remove(removed)
        self._link(waits)
        before = {"content": self.offer.origin.content, "version": self.offer.origin.version}
        self._move_on({one.key for one in chosen})
        result.counts.update(added=len(added), changed=len(changed), removed=len(removed))
        self._trace(result, chosen, made, before)
        return result

    def _add(self, offers: list[StepOffer]) -> dict[str, Task]:
        """At the end of the first to-do column, each with the person who fills its role here already."""
        if not offers:
            return {}
        column = first_column(self.project)
        column.board.project = self.project
        made = make_step_tasks(
            [self.offer.after.by_key[offer.key] for offer in offers],
            self.offer.after,
            people_by_role(self.project, now=self.now),
            column=column,
            after=end_of(column)[0],
            actor=self.actor,
            now=self.now,
            language=self.offer.language,
        )
        for key, task in made.items():
            self.tasks[key] = task
            self.rows.append((task, {"deleted": self.now.isoformat()}, {"deleted": None}))
            self.extra["added"].append(task.pk)
        for task in made.values():
            if task.owner is not None:
                tell_assigned(task, [task.owner], actor=self.actor, now=self.now)
        return made

    def _change(self, offer: StepOffer) -> None:
        task = self.tasks[offer.key]
        was, now = self.offer.before.by_key[offer.key], self.offer.after.by_key[offer.key]
        before = snapshot(task, *_STATES)
        deadline = task.deadline
        language = self.offer.language
        if "title" in offer.parts:
            task.title = now.step.title.get(language)
        if "description" in offer.parts:
            task.description = story_of(now.step, language, self.offer.after.composition.by_step.get(offer.key))
        if "duration" in offer.parts:
            task.duration_days = max(1, ceil(now.step.duration_days))
        if "reminders" in offer.parts:
            task.remind_hours_before = list(now.step.reminders_hours)
        if "milestone" in offer.parts:
            task.is_milestone = now.step.is_milestone
        if "deadline" in offer.parts and not same_deadline(task.deadline, now.deadline):
            put_deadline(task, now.deadline)
            self.moved.append(Moved(task, deadline, now.deadline))
        if offer.parts & {"deadline", "duration"}:
            self._start(task, was, now)
        if "nature" in offer.parts:
            self._nature(task, now)
        if "checklist" in offer.parts:
            self._checklist(task, now.step)
        self.rows.append((task, before, snapshot(task, *_STATES)))

    def _start(self, task: Task, was: PlannedStep, now: PlannedStep) -> None:
        """A start that was the plan's is the new plan's, and none is after its deadline."""
        if task.start_on == was.start_on:
            task.start_on = now.start_on
        if task.start_on is not None and task.due_on is not None and task.start_on > task.due_on:
            task.start_on, task.start_time = task.due_on, None

    def _nature(self, task: Task, now: PlannedStep) -> None:
        self.extra["nature"][str(task.pk)] = {name: getattr(task, name) for name in _NATURE}
        step = now.step
        task.sop_role, task.sop_phase, task.is_fixed = step.role, step.phase, step.is_fixed
        task.calendar = COUNTRIES[step.calendar]

    def _checklist(self, task: Task, step: Step) -> None:
        items = list(task.checklist.order_by("position", "pk"))
        forget(SearchEntry.Kind.ITEM, *(item.pk for item in items))
        task.checklist.all().delete()
        after = [item.get(self.offer.language) for item in step.checklist]
        _put_checklist(task, after)
        self.extra["checklists"][str(task.pk)] = [[item.text for item in items], after]

    def _save_changed(self, offers: list[StepOffer]) -> None:
        tasks = [self.tasks[offer.key] for offer in offers]
        if not tasks:
            return
        save_all(tasks, *_STATES, now=self.now)
        Task.objects.bulk_update(tasks, _NATURE)
        index_tasks(tasks)
        plan_reminders_of(tasks, now=self.now)

    def _remove(self, offers: list[StepOffer]) -> None:
        """Into the bin, from where they can be taken out for 30 days."""
        tasks = [self.tasks.pop(offer.key) for offer in offers]
        if not tasks:
            return
        pks = [task.pk for task in tasks]
        bin.promise_removals(bin.TASK, pks, binned_at=self.now)
        for task in tasks:
            task.deleted_at = self.now
        save_all(tasks, "deleted", now=self.now)
        cancel_all("task", *pks)
        recount([task.parent_id for task in tasks], now=self.now)
        self.rows += [(task, {"deleted": None}, snapshot(task, "deleted")) for task in tasks]

    def _waits(self, offer: StepOffer) -> list[Task]:
        step = self.offer.after.by_key[offer.key].step
        return [self.tasks[key] for key in step.depends_on if key in self.tasks]

    def _link(self, waits: Mapping[str, list[Task]]) -> None:
        """A link that would close a circle with links made by hand is left out."""
        wanted = {self.tasks[key].pk: blockers for key, blockers in waits.items() if key in self.tasks}
        before = waits_of(list(wanted))
        for pk, blockers in wanted.items():
            self._write_links(pk, blockers)
        after = waits_of(list(wanted))
        by_pk = {task.pk: (task, was, now) for task, was, now in self.rows}
        for pk in wanted:
            if before.get(pk, []) == after.get(pk, []) or pk in self.extra["added"]:
                continue
            if pk in by_pk:
                _task, was, now = by_pk[pk]
                was[WAITS], now[WAITS] = before.get(pk, []), after.get(pk, [])
            else:
                task = next(task for task in self.tasks.values() if task.pk == pk)
                self.rows.append((task, {WAITS: before.get(pk, [])}, {WAITS: after.get(pk, [])}))

    def _write_links(self, pk: int, blockers: list[Task]) -> None:
        wanted = {task.pk for task in blockers}
        held = set(Dependency.objects.filter(blocked=pk).values_list("blocker", flat=True))
        Dependency.objects.filter(blocked=pk, blocker__in=held - wanted).delete()
        for blocker in sorted(wanted - held):
            if blocker != pk and not way_back(blocker, pk, Dependency.Kind.FINISH_START):
                Dependency.objects.create(blocker_id=blocker, blocked_id=pk)

    def _move_on(self, taken: set[str]) -> None:
        """The project is of the newer version; what it did not take over stays as it was."""
        origin = self.offer.origin
        origin.version, origin.content = self.offer.new.version, _mixed(self.offer, taken)
        origin.save(update_fields=["version", "content"])
        self.project.sop_version = origin.version
        self.project.save(update_fields=["sop_version"])

    def _trace(
        self, result: Applied, chosen: list[StepOffer], made: Mapping[str, Task], before: dict[str, Any]
    ) -> None:
        name, origin = self.offer.new.name, self.offer.origin
        said: dict[str, Any] = {
            "template": name.get(self.offer.language),
            "version": self.offer.new.version,
            **{kind: result.counts[kind] for kind in ("added", "changed", "removed")},
        }
        if not chosen:
            leave_trace("sop kept", project=self.project, actor=self.actor, now=self.now, **said)
            return
        change = record(
            "sop applied",
            project=self.project,
            actor=self.actor,
            now=self.now,
            rows=self.rows,
            of_project={"sop_version": [before["version"], self.offer.new.version]},
        )
        change.data[_EXTRA] = {**self.extra, "content": before["content"], "after": self.offer.new.version}
        change.save(update_fields=["data"])
        due.schedule(OVER, change.pk, self.now + UNDO_FOR)
        leave_trace("sop applied", project=self.project, actor=self.actor, now=self.now, change=change, **said)
        by: dict[str, Any] = {"project": self.project, "actor": self.actor, "now": self.now, "change": change}
        if made:
            leave_traces("task created", tasks=[(task, {"title": task.title}) for task in made.values()], **by)
        gone = [one.task for one in chosen if one.kind is Kind.REMOVED and one.task is not None]
        if gone:
            leave_traces("task deleted", tasks=[(task, {"title": task.title}) for task in gone], **by)
        changed = [self.tasks[one.key] for one in chosen if one.kind is Kind.CHANGED]
        if changed:
            leave_traces("step updated", tasks=[(task, {"version": origin.version}) for task in changed], **by)
        keep_slips(self.moved, change=change, actor=self.actor, now=self.now, why=Cause(Slip.Reason.REPLAN))
        follow_dates([moved.task.pk for moved in self.moved], now=self.now)
        tell_waiting([task.pk for task in gone], now=self.now)
        result.change = change


@undoes("sop applied")
def take_back(change: Change, *, actor: Member, now: datetime) -> Undone:
    """Task by task where nobody has changed it since; the project is of its older version again, and is told anew."""
    extra = change.data.pop(_EXTRA, {})
    added = [pk for pk in extra.get("added", []) if str(pk) in change.data]
    for pk in added:
        change.data[str(pk)][0]["deleted"] = now.isoformat()
    alive = list(Task.objects.alive().filter(pk__in=added).values_list("pk", flat=True))
    bin.promise_removals(bin.TASK, alive, binned_at=now)
    result = put_back(change, actor=actor, now=now)
    for task in result.tasks:
        nature = extra.get("nature", {}).get(str(task.pk))
        if nature:
            Task.objects.filter(pk=task.pk).update(**nature)
        before, after = extra.get("checklists", {}).get(str(task.pk), (None, None))
        if (
            before is not None
            and list(task.checklist.order_by("position", "pk").values_list("text", flat=True)) == after
        ):
            forget(SearchEntry.Kind.ITEM, *task.checklist.values_list("pk", flat=True))
            task.checklist.all().delete()
            _put_checklist(task, before)
    origin = ProjectOrigin.objects.select_for_update().filter(project=change.project_id).first()
    if origin is not None and "sop_version" in result.of_project and origin.version == extra.get("after"):
        origin.content, origin.version = extra["content"], change.of_project["sop_version"][0]
        origin.save(update_fields=["content", "version"])
    return result


def _put_checklist(task: Task, lines: Collection[str]) -> None:
    items = ChecklistItem.objects.bulk_create(
        ChecklistItem(task=task, position=position, text=text) for position, text in enumerate(lines)
    )
    index_items(items)
    task.checklist_count, task.checklist_done_count = len(items), 0
    Task.objects.filter(pk=task.pk).update(checklist_count=len(items), checklist_done_count=0)


def _mixed(offer: Offer, taken: set[str]) -> Content:
    """The newer template, with the steps that were not taken over as they were; it stays whole."""
    refused = {one.key: one.kind for one in offer.steps if one.key not in taken}
    refused |= {change.key: change.kind for change in offer.hidden}
    old = {step.key: step for step in offer.old.every_step}
    mixed = without(offer.new, [key for key, kind in refused.items() if kind is Kind.ADDED])
    kept = {key: old[key] for key, kind in refused.items() if kind is Kind.CHANGED and key in old}
    steps = tuple(kept.get(step.key, step) for step in mixed.steps)
    back = [old[key] for key, kind in refused.items() if kind is Kind.REMOVED and key in old]
    variants = tuple(
        replace(variant, add=tuple(kept.get(step.key, step) for step in variant.add)) for variant in mixed.variants
    )
    mixed = _fitting(replace(mixed, steps=(*steps, *back), variants=variants), offer.old)
    try:
        parse(dump(mixed))
    except TemplateInvalid:
        # Old and new steps may wait for each other in a circle: the plan has to be one of the two.
        return dump(offer.new)
    return dump(mixed)


def _fitting(template: SopTemplate, old: SopTemplate) -> SopTemplate:
    """With the phases and roles that older steps name, and without links to steps that are not there."""
    phases = {phase.key: phase for phase in (*old.phases, *template.phases)}
    used = {step.phase for step in template.every_step}
    missing = [phases[key] for key in used - {phase.key for phase in template.phases} if key in phases]
    roles = {role.key: role for role in (*template.roles, *old.roles)}
    known = {step.key for step in template.steps}

    def fits(step: Step, also: frozenset[str] = frozenset()) -> Step:
        depends_on = tuple(key for key in step.depends_on if key in known or key in also)
        anchor = step.anchor if step.anchor in {one.key for one in template.anchors} else ""
        return replace(
            step,
            anchor=anchor,
            depends_on=depends_on,
            blocks=tuple(key for key in step.blocks if key in known or key in also),
        )

    variants = tuple(
        replace(
            variant,
            add=tuple(
                fits(step, frozenset(each.key for each in variant.add)) for step in variant.add if step.key not in known
            ),
        )
        for variant in template.variants
    )
    return replace(
        template,
        phases=(*template.phases, *missing),
        roles=tuple(roles.values()),
        steps=tuple(fits(step) for step in template.steps),
        variants=variants,
    )
