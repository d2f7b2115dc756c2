"""What the planner says of a project as it stands: early and late dates, slack, what is critical, what cannot be."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from linkstar.lib.schedule import ScheduleRefused, Target, schedule, to_minutes
from linkstar.lib.schedule.violations import broken_links
from linkstar.members.models import Member
from projects.models import Project, Task
from projects.scheduling.load import Plan, Source, load_plan


class Computed(NamedTuple):
    """One task. Minutes since 1970 in UTC (lib/schedule: `to_instant`), slacks in its own working minutes.

    Early dates are those of the plan, pushed where something before them comes later. `driven_by` is the task that
    holds it there.
    """

    early_start: int
    early_finish: int
    late_start: int
    late_finish: int
    total_slack: int
    free_slack: int
    day_minutes: int
    is_critical: bool
    driven_by: int | None
    source: Source

    @property
    def slack_days(self) -> int:
        """Whole working days of slack, rounded towards being late; negative when it is late already."""
        return self.total_slack // self.day_minutes


class Breach(NamedTuple):
    """`task` begins or ends at `stands`, though `by`, which it waits for, lets it only at `needed`; minutes."""

    task: int
    by: int
    kind: str
    stands: int
    needed: int


@dataclass
class ComputedSchedule:
    """By task pk. `refused` are the tasks that wait for each other in a circle: then nothing else is known.

    What has no date begins with one of `first`; the plan ends with `last`, perhaps in another project.
    """

    tasks: dict[int, Computed] = field(default_factory=dict)
    breaches: dict[int, list[Breach]] = field(default_factory=dict)
    targets: dict[int, Target[int]] = field(default_factory=dict)
    refused: tuple[int, ...] = ()
    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)


def compute(plan: Plan) -> ComputedSchedule:
    """Of the plan's own tasks; those of other projects only drive them."""
    starts = {pk: dates.start for pk, dates in plan.current.items() if _is_open(plan.tasks[pk])}
    start = min(starts.values(), default=0)
    try:
        result = schedule(plan.items, plan.links, start=start)
    except ScheduleRefused as error:
        return ComputedSchedule(refused=tuple(key for key in error.keys if isinstance(key, int)))
    own = {project.pk for project in plan.projects}
    computed = ComputedSchedule(targets=dict(result.targets))
    computed.first = [pk for pk, begins in starts.items() if begins == start]
    computed.last = [pk for pk in plan.tasks if result[pk].early_finish == result.finish]
    for pk, task in plan.tasks.items():
        if task.project_id in own:
            found = result[pk]
            driver = found.driven_by if isinstance(found.driven_by, int) else None
            computed.tasks[pk] = Computed(
                *found[1:7], plan.times.day_minutes(task), found.is_critical, driver, plan.sources[pk]
            )
    for breach in breaches(plan):
        computed.breaches.setdefault(breach.task, []).append(breach)
    return computed


def breaches(plan: Plan) -> list[Breach]:
    """Links that the dates of now do not keep, between tasks that are both open."""
    leaves: dict[int, list[int]] = {}
    items = {item.key: item for item in plan.items}
    found = broken_links(items, plan.links, plan.current, leaves)
    return [
        Breach(one.key, one.link.before, one.link.kind, one.stands, one.needed)
        for one in found
        if one.link is not None and _is_open(plan.tasks[one.link.before])
    ]


def computed_schedule(project: Project, *, today: date, member: Member | None = None) -> ComputedSchedule:
    """What `load_plan` and `compute` make of one project."""
    return compute(load_plan([project], today=today, member=member))


def _is_open(task: Task) -> bool:
    return task.completed_at is None


__all__ = ["Breach", "Computed", "ComputedSchedule", "Source", "breaches", "compute", "computed_schedule", "to_minutes"]
