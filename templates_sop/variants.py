"""The steps of a template for one product category."""

from dataclasses import replace
from heapq import heapify, heappop, heappush

from templates_sop.library import SopTemplate, Step


def steps_for(template: SopTemplate, variant: str | None) -> list[Step]:
    """The steps to do, dependencies first, then by deadline as written, then by key.

    A step that waited for a removed one waits for what that one waited for. An added step's `blocks` become
    dependencies of the steps it names (the gate), so nobody passes the gate without it. None is the template as it
    stands, without a category. Raises VariantNotFound.
    """
    steps = {step.key: step for step in template.steps}
    if variant is not None:
        change = template.variant(variant)
        steps |= {step.key: step for step in change.add}
        waits = {key: _resolve(step.depends_on, steps, change.remove) for key, step in steps.items()}
        for added in change.add:
            for key in added.blocks:
                waits[key] = [*waits[key], added.key]
        steps = {
            key: replace(step, depends_on=tuple(waits[key])) for key, step in steps.items() if key not in change.remove
        }
    return _in_order(steps)


def _resolve(keys: tuple[str, ...], steps: dict[str, Step], removed: frozenset[str]) -> list[str]:
    """Dependencies with every removed step replaced by its own, each once, in the order met."""
    found: dict[str, None] = {}
    for key in keys:
        inherited = _resolve(steps[key].depends_on, steps, removed) if key in removed else [key]
        found |= dict.fromkeys(inherited)
    return list(found)


def _in_order(steps: dict[str, Step]) -> list[Step]:
    waiting = {key: len(step.depends_on) for key, step in steps.items()}
    next_steps: dict[str, list[str]] = {key: [] for key in steps}
    for step in steps.values():
        for key in step.depends_on:
            next_steps[key].append(step.key)
    ready = [(steps[key].nominal_hours, key) for key, count in waiting.items() if not count]
    heapify(ready)
    ordered = []
    while ready:
        _, key = heappop(ready)
        ordered.append(steps[key])
        for follower in next_steps[key]:
            waiting[follower] -= 1
            if not waiting[follower]:
                heappush(ready, (steps[follower].nominal_hours, follower))
    if len(ordered) != len(steps):
        raise ValueError(f"these steps wait for each other: {sorted(set(steps) - {step.key for step in ordered})}")
    return ordered
