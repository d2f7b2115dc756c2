"""Steps are taken out of a template, and what they stood between still waits for each other."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from templates_sop.shapes import SopTemplate, Step


def without(template: SopTemplate, keys: Collection[str]) -> SopTemplate:
    """What waited for a removed step waits for what that one waited for; steps that categories add go, too."""
    waits = {step.key: step.depends_on for step in template.every_step}

    def resolved(depends_on: Sequence[str], seen: frozenset[str] = frozenset()) -> list[str]:
        found: dict[str, None] = {}
        for key in depends_on:
            if key not in keys:
                found[key] = None
            elif key not in seen:
                found |= dict.fromkeys(resolved(waits.get(key, ()), seen | {key}))
        return list(found)

    def left(steps: Sequence[Step]) -> tuple[Step, ...]:
        return tuple(rewired(step) for step in steps if step.key not in keys)

    def rewired(step: Step) -> Step:
        blocks = tuple(key for key in step.blocks if key not in keys)
        return replace(step, depends_on=tuple(resolved(step.depends_on)), blocks=blocks)

    variants = tuple(
        replace(variant, add=left(variant.add), remove=variant.remove - set(keys)) for variant in template.variants
    )
    gate = "" if template.gate_step in keys else template.gate_step
    return replace(template, steps=left(template.steps), variants=variants, gate_step=gate)
