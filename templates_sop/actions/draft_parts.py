"""The further days and the roles of a draft's own."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from linkstar.members.models import Member
from templates_sop.actions.drafts import rewrite
from templates_sop.common import common
from templates_sop.models import WorkspaceTemplate
from templates_sop.shapes import FurtherAnchor, Role, SopTemplate, Step, Text

MOST_ANCHORS, MOST_ROLES = 8, 20


class TooMany(ValueError):
    """A template has up to MOST_ANCHORS further days and MOST_ROLES roles of its own."""


class PartInUse(ValueError):
    """Steps count from the day, or are done by the role."""


def own_roles(draft: SopTemplate) -> tuple[Role, ...]:
    """Those that the template brings along, beside the roles that all share."""
    shared = {role.key for role in common().roles}
    return tuple(role for role in draft.roles if role.key not in shared)


def save_anchor(
    template: WorkspaceTemplate, key: str, *, label: Text, days: int, actor: Member, now: datetime
) -> SopTemplate:
    """`key` "" makes one. When `days` moves it, its steps move along. Raises TooMany, TemplateInvalid (too far)."""

    def change(draft: SopTemplate) -> SopTemplate:
        before = next((one for one in draft.anchors if one.key == key), None)
        if before is None:
            if len(draft.anchors) >= MOST_ANCHORS:
                raise TooMany
            return replace(draft, anchors=(*draft.anchors, FurtherAnchor(_new_key("day"), label, days)))
        by = days - before.days
        anchors = tuple(replace(one, label=label, days=days) if one is before else one for one in draft.anchors)
        return _each_step(replace(draft, anchors=anchors), lambda step: _moved(step, key, by))

    return rewrite(template, change, actor=actor, now=now)


def remove_anchor(template: WorkspaceTemplate, key: str, *, actor: Member, now: datetime) -> SopTemplate:
    """Raises PartInUse while steps count from it."""

    def change(draft: SopTemplate) -> SopTemplate:
        if any(step.anchor == key for step in draft.every_step):
            raise PartInUse
        return replace(draft, anchors=tuple(one for one in draft.anchors if one.key != key))

    return rewrite(template, change, actor=actor, now=now)


def save_role(template: WorkspaceTemplate, key: str, *, name: Text, actor: Member, now: datetime) -> SopTemplate:
    """`key` "" makes one; only the draft's own are renamed. Raises TooMany."""

    def change(draft: SopTemplate) -> SopTemplate:
        mine = own_roles(draft)
        if key not in {role.key for role in mine}:
            if len(mine) >= MOST_ROLES:
                raise TooMany
            return replace(draft, roles=(*draft.roles, Role(_new_key("role"), name)))
        return replace(draft, roles=tuple(Role(key, name) if role.key == key else role for role in draft.roles))

    return rewrite(template, change, actor=actor, now=now)


def remove_role(template: WorkspaceTemplate, key: str, *, actor: Member, now: datetime) -> SopTemplate:
    """Raises PartInUse while steps are done by it."""

    def change(draft: SopTemplate) -> SopTemplate:
        if any(step.role == key for step in draft.every_step):
            raise PartInUse
        mine = {role.key for role in own_roles(draft)}
        return replace(draft, roles=tuple(role for role in draft.roles if role.key != key or key not in mine))

    return rewrite(template, change, actor=actor, now=now)


def _new_key(kind: str) -> str:
    return f"{kind}_{secrets.token_hex(3)}"


def _moved(step: Step, anchor: str, by: int) -> Step:
    return replace(step, offset_days=step.offset_days + by) if step.anchor == anchor else step


def _each_step(draft: SopTemplate, change: Callable[[Step], Step]) -> SopTemplate:
    """With those that categories add."""
    variants = (replace(variant, add=tuple(map(change, variant.add))) for variant in draft.variants)
    return replace(draft, steps=tuple(map(change, draft.steps)), variants=tuple(variants))
