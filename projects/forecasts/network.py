"""A project's plan as it stands now: what is not done yet cannot have been finished in the past."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from linkstar.lib.schedule import Item, Schedule, Target, WorkTime, schedule
from linkstar.lib.zones import home_country
from projects.models import Task
from projects.scheduling.load import Plan, finish_of
from projects.scheduling.times import zone_of


@dataclass
class Outlook:
    """`soon`: everything begins as soon as it can; `planned`: nothing begins before its own start date."""

    plan: Plan
    now: int
    goals: dict[int, int]
    parents: set[int]
    soon: Schedule[int]
    planned: Schedule[int]
    items: list[Item[int]] = field(default_factory=list)

    def target(self, key: int) -> Target[int]:
        """Of a goal; and of any other task with a deadline, as if that were fixed."""
        if key in self.soon.targets:
            return self.soon.targets[key]
        due, end = _due(self.plan.tasks[key]), self.soon[key].early_finish
        margin = self.plan.worktime(key).between(end, due)
        return Target(key, due, end, margin, self.soon.chain(key))

    def beside(self) -> list[int]:
        """Open tasks with a deadline that lead to no goal: what is left once the goals are reached, or has none."""
        own = {project.pk for project in self.plan.projects}
        return [
            pk
            for pk, task in self.plan.tasks.items()
            if task.completed_at is None and task.due_on is not None and task.project_id in own
            and pk not in self.parents and pk not in self._leading
        ]  # fmt: skip

    @cached_property
    def _leading(self) -> set[int]:
        """Goals and all that holds them up, over links and families."""
        linked: dict[int, list[int]] = {}
        for link in self.plan.links:
            linked.setdefault(link.after, []).append(link.before)
        above = {item.key: item.parent for item in self.plan.items if item.parent is not None}
        parts: dict[int, list[int]] = {}
        for part, whole in above.items():
            parts.setdefault(whole, []).append(part)
        reached, seen = list(self.goals), set(self.goals)
        for here in reached:
            holding, at = [*linked.get(here, ()), *parts.get(here, ())], above.get(here)
            while at is not None:
                # What holds up a whole holds up its parts.
                holding += linked.get(at, ())
                at = above.get(at)
            reached += [pk for pk in dict.fromkeys(holding) if pk not in seen]
            seen.update(holding)
        return seen

    def open_chain(self, target: Target[int]) -> list[int]:
        """Unfinished tasks on the way to a target, in order, without it and without parents.

        It begins after the last other date that is fixed: what comes before that is on the way to that one. A task that
        is no goal is work itself, and the last of its chain.
        """
        chain: list[int] = []
        for pk in reversed(target.chain[:-1] if target.key in self.goals else target.chain):
            if pk in self.goals:
                break
            if pk not in self.parents and self.plan.tasks[pk].completed_at is None:
                chain.insert(0, pk)
        return chain

    def room(self, target: Target[int]) -> int:
        """Whole working days between where it would be done and where it must be; rounded towards being late."""
        work, day = self.measure(target)
        return work.between(target.reachable, target.fixed_finish) // day

    def measure(self, target: Target[int]) -> tuple[WorkTime, int]:
        """Which working days count for a target, and their length: of the work before it, else its own."""
        chain = self.open_chain(target)
        task = self.plan.tasks[chain[-1] if chain else target.key]
        return self.office_of(task), self.plan.times.known.day_minutes()

    def office_of(self, task: Task) -> WorkTime:
        """The working time of the country that a task is done in: whoever does it is not away."""
        zone = zone_of(task)
        owner = task.owner
        country = task.calendar or (owner.country if owner is not None else home_country(zone))
        return self.plan.times.known.worktime(country, None, owner.time_zone if owner and not task.calendar else zone)

    def remaining(self, target: Target[int]) -> int:
        """Working days of work on its chain that are still to be done, each begun one counted whole."""
        days = 0.0
        chain = self.open_chain(target)
        for pk in chain if chain else [target.key]:
            found = self.soon[pk]
            start = max(found.early_start, self.now)
            minutes = self.plan.worktime(pk).between(start, max(found.early_finish, start))
            days += minutes / self.plan.times.day_minutes(self.plan.tasks[pk])
        return -int(-days // 1)


def look_ahead(plan: Plan, *, now: int) -> Outlook:
    """Raises ScheduleRefused."""
    parents = {item.parent for item in plan.items if item.parent is not None}
    goals = goals_of(plan, parents)
    soon = [_as_of(item, plan, goals, now, parents, keeps_start=False) for item in plan.items]
    planned = [_as_of(item, plan, goals, now, parents, keeps_start=True) for item in plan.items]
    return Outlook(
        plan,
        now,
        goals,
        parents,
        schedule(soon, plan.links, start=now),
        schedule(planned, plan.links, start=now),
        soon,
    )


def goals_of(plan: Plan, parents: set[int]) -> dict[int, int]:
    """What must be done by when: open milestones and what the marketplace fixes; without any, what is due last."""
    own = {project.pk for project in plan.projects}
    dated = [
        task
        for task in plan.tasks.values()
        if task.completed_at is None and task.due_on is not None and task.project_id in own and task.pk not in parents
    ]
    goals = [task for task in dated if task.is_fixed or task.is_milestone]
    if not goals and dated:
        goals = [max(dated, key=lambda task: (task.due_at, task.pk))]
    return {task.pk: _due(task) for task in goals}


def _due(task: Task) -> int:
    assert task.deadline is not None  # noqa: S101 - goals have one
    return finish_of(task.deadline)


def _as_of(
    item: Item[int], plan: Plan, goals: Mapping[int, int], now: int, parents: set[int], *, keeps_start: bool
) -> Item[int]:
    if item.done_at is not None:
        return item
    if item.key in parents:
        return replace(item, pinned_start=None, fixed_finish=None, start_no_earlier=None)
    pinned, begun = item.pinned_start, item.started_at
    if pinned is not None and pinned < now:
        # Held in the past and not done: somebody is at it, or will be at once.
        pinned, begun = None, begun if begun is not None else pinned
    return replace(
        item,
        # The marketplace's moment is no work: what leads up to it has until then.
        duration=0 if plan.tasks[item.key].is_fixed else item.duration,
        pinned_start=pinned,
        started_at=begun,
        fixed_finish=goals.get(item.key),
        start_no_earlier=item.start_no_earlier if keeps_start else None,
    )
