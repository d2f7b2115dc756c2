"""How long the steps of a template took the last times, in working days of their own calendar, against what it says."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import ceil
from typing import NamedTuple

from linkstar.lib.quantiles import quantile
from linkstar.members.models import Member
from linkstar.retrospectives.history import FIELDS, Calendars, TaskRow, works_of
from linkstar.retrospectives.lineage import keys_of
from linkstar.retrospectives.spans import working_days_of
from projects.models import Project, Task
from templates_sop.shapes import SopTemplate, Step

# Fewer projects say too little about the next one; what was done long ago says less than what was done last.
FEWEST, LAST_PROJECTS = 3, 12
# A template that says too much is left alone unless it is by this share.
_TOO_LONG = 0.2


class Verdict(StrEnum):
    FEW = "few"
    FITS = "fits"
    SHORT = "short"
    LONG = "long"


class Case(NamedTuple):
    """A step in one project. `is_known`: somebody said when work began; else it counts from the planned day."""

    project: int
    name: str
    days: int
    is_known: bool
    done_at: datetime


@dataclass(frozen=True, slots=True)
class Learnt:
    """`says` is what the template says in working days; the quantiles are None while there are too few cases."""

    step: Step
    cases: tuple[Case, ...]
    says: float
    p50: int | None
    p80: int | None
    verdict: Verdict

    @property
    def count(self) -> int:
        return len(self.cases)

    @property
    def proposal(self) -> int | None:
        """What the template should say, where it should say something else."""
        return self.p80 if self.verdict in (Verdict.SHORT, Verdict.LONG) else None


def learnt_steps(template: SopTemplate, member: Member, *, now: datetime) -> list[Learnt]:
    """The steps of the template in its order, those of its categories last, without the marketplace's moments.

    Steps are told apart by their keys: what was renamed is the same, and what was taken out is not asked of.
    """
    steps = {step.key: step for step in template.steps}
    for variant in template.variants:
        steps |= {step.key: step for step in variant.add if step.key not in steps}
    asked = {key: step for key, step in steps.items() if not step.is_milestone and not step.is_fixed}
    cases = cases_of(keys_of(template.key), asked, member, now=now)
    return [judged(step, cases.get(key, ())) for key, step in asked.items()]


def judged(step: Step, cases: Iterable[Case]) -> Learnt:
    found = tuple(cases)
    if len(found) < FEWEST:
        return Learnt(step, found, step.duration_days, None, None, Verdict.FEW)
    days = [case.days for case in found]
    p50, p80 = quantile(days, 50), quantile(days, 80)
    return Learnt(step, found, step.duration_days, p50, p80, verdict_on(step.duration_days, p80))


def verdict_on(says: float, p80: int) -> Verdict:
    """Four of five should fit into what the template says. A part of a day cannot be told from a day."""
    planned = max(1, ceil(says))
    if p80 > planned:
        return Verdict.SHORT
    return Verdict.LONG if planned - p80 > max(1, planned * _TOO_LONG) else Verdict.FITS


def cases_of(templates: Iterable[str], steps: Iterable[str], member: Member, *, now: datetime) -> dict[str, list[Case]]:
    """By step, of the last projects of these templates in which it was done, last first; one case a project.

    Eight statements, however many tasks. Of tasks that the member may not see there is no case.
    """
    projects = Project.objects.filter(sop_template__in=list(templates)).order_by("-created_at", "-pk")
    names = dict(projects.values_list("pk", "name")[:LAST_PROJECTS])
    tasks = (
        Task.objects.alive()
        .allowed_to(member)
        .filter(project__in=names, sop_step__in=list(steps), completed_at__isnull=False, is_milestone=False)
    )
    rows = [TaskRow(*values) for values in tasks.order_by("-completed_at", "-pk").values_list(*FIELDS)]
    works, calendars = works_of(rows, until=now), Calendars.load()
    found: dict[str, dict[int, Case]] = defaultdict(dict)
    for row in rows:
        work = works[row.pk]
        days = working_days_of(work.days(row.zone), calendars.of(row))
        assert row.completed_at is not None  # noqa: S101 - asked for above
        case = Case(row.project, names[row.project], days, work.is_start_known, row.completed_at)
        known = found[row.step].get(row.project)
        if known is None or known.days < days:
            found[row.step][row.project] = case
    return {step: list(cases.values()) for step, cases in found.items()}
