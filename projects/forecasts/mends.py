"""What would bring a date nearer, cheapest first: each is tried on the network before it is proposed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from linkstar.lib.schedule import Item, Link, ScheduleRefused, Target, schedule, to_instant
from linkstar.lib.zones import get_zone
from projects.forecasts.facts import Facts
from projects.forecasts.network import Outlook
from projects.forecasts.standins import stand_in
from projects.models import Task
from projects.scheduling.times import zone_of

# What it costs the team, least first.
_COSTS = ("start", "colleague", "parallel", "faster", "shorten", "drop")


def mends_for(outlook: Outlook, target: Target[int], facts: Facts) -> list[dict[str, Any]]:
    """The best of each kind, by what it costs; `days` are the working days that it brings."""
    best: dict[str, dict[str, Any]] = {}
    for mend in _candidates(outlook, target, facts):
        known = best.get(mend["kind"])
        if known is None or mend["days"] > known["days"]:
            best[mend["kind"]] = mend
    return [best[kind] for kind in _COSTS if kind in best]


def _candidates(outlook: Outlook, target: Target[int], facts: Facts) -> Iterator[dict[str, Any]]:
    chain = outlook.open_chain(target)
    tasks = outlook.plan.tasks
    items = {item.key: item for item in outlook.items}
    if target.key in outlook.goals:
        yield from _start(outlook, [pk for pk in [*chain, target.key] if not tasks[pk].column.is_doing])
    for pk in chain:
        task, item = tasks[pk], items[pk]
        if task.project_id not in {project.pk for project in outlook.plan.projects}:
            continue
        if task.owner_id in facts.leaves:
            work = outlook.office_of(task)
            yield from _tried(
                outlook, target, "colleague", task, [replace(item, time=work)],
                member=task.owner_id, other_member=stand_in(task, outlook),
            )  # fmt: skip
        day = outlook.plan.times.day_minutes(task)
        if task.faster_days and task.faster_days * day < item.duration:
            quick = replace(item, duration=task.faster_days * day)
            yield from _tried(
                outlook, target, "faster", task, [quick],
                whole=-(-item.duration // day), quick=task.faster_days, note=task.faster_note,
            )  # fmt: skip
        whole = item.duration // day
        if whole >= 2:
            half = -(-whole // 2)
            yield from _tried(
                outlook, target, "shorten", task, [replace(item, duration=half * day)], whole=whole, half=half
            )
        if task.priority == Task.Priority.LOW and not task.is_milestone:
            yield from _tried(outlook, target, "drop", task, [replace(item, duration=0)])
    for before, after in pairwise(chain):
        yield from _parallel(outlook, target, tasks[before], tasks[after])


def _start(outlook: Outlook, waiting: Sequence[int]) -> Iterator[dict[str, Any]]:
    """The day by which the first task that has not begun must begin, if there is still time."""
    if waiting:
        task = outlook.plan.tasks[waiting[0]]
        late = outlook.soon[task.pk].late_start
        if late >= outlook.now and task.pk not in outlook.goals:
            on = to_instant(late).astimezone(get_zone(zone_of(task))).date()
            yield {"kind": "start", "task": task.pk, "on": on.isoformat(), "days": 0}


def _parallel(outlook: Outlook, target: Target[int], before: Task, after: Task) -> Iterator[dict[str, Any]]:
    between = [
        link
        for link in outlook.plan.links
        if (link.before, link.after, link.kind) == (before.pk, after.pk, "FS") and not after.is_milestone
    ]
    if between and before.owner_id != after.owner_id:
        # What follows still waits for both.
        links = [replace(link, kind="SS", lag=0) if link in between else link for link in outlook.plan.links]
        links.append(Link(before.pk, after.pk, "FF"))
        yield from _tried(outlook, target, "parallel", after, [], links, other=before.pk)


def _tried(
    outlook: Outlook,
    target: Target[int],
    kind: str,
    task: Task,
    changed: Sequence[Item[int]],
    links: Sequence[Link[int]] | None = None,
    **numbers: Any,
) -> Iterator[dict[str, Any]]:
    """The mend, if it brings a day at least."""
    new = {item.key: item for item in changed}
    items = [new.get(item.key, item) for item in outlook.items]
    try:
        found = schedule(items, outlook.plan.links if links is None else links, start=outlook.now)
    except ScheduleRefused:
        return
    work, day = outlook.measure(target)
    known = found.targets.get(target.key)
    end = known.reachable if known is not None else found[target.key].early_finish
    gain = work.between(end, target.reachable) // day
    if gain >= 1:
        yield {"kind": kind, "task": task.pk, "days": gain, **numbers}
