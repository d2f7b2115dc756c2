"""What people do with their workspace's own templates: begin, write, publish, put away."""

import secrets
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import get_language

from linkstar.members.models import Member
from projects.models import Project
from templates_sop import checking
from templates_sop.checking import Finding
from templates_sop.drafting import Anchored, Drafted, draft_from
from templates_sop.models import TemplateVersion, WorkspaceTemplate
from templates_sop.parsing import parse
from templates_sop.questions import with_anchors
from templates_sop.shapes import OWN_PREFIX, SopTemplate, Text
from templates_sop.writing import Content, dump, text

LAUNCH_DAY = Text("上线日", "Launch day")


class DraftChanged(Exception):
    """Somebody else has written since; `current` is the row as it is now."""

    def __init__(self, current: WorkspaceTemplate) -> None:
        super().__init__(current.key)
        self.current = current


class NotReady(Exception):
    """The draft has errors; `findings` are those."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(finding.message for finding in findings))
        self.findings = tuple(findings)


class NothingNew(Exception):
    """The draft is what was published last."""


@transaction.atomic
def create_template(
    name: Text,
    *,
    actor: Member,
    now: datetime,
    category: str = "launch",
    platform: str = "multi",
    anchor: Text = LAUNCH_DAY,
    market_zone: str = "America/Los_Angeles",
    languages: Sequence[str] = ("zh", "en"),
) -> WorkspaceTemplate:
    """From scratch: one phase and no step. The anchor is a day of the market."""
    draft: Content = {
        "key": "",
        "version": 0,
        "category": category,
        "platform": platform,
        "languages": list(languages),
        "name": text(name),
        "project_name": text(name),
        "purpose": {"zh": "", "en": ""},
        "anchor": {"key": "anchor", "label": text(anchor), "tz": market_zone, "kind": "date"},
        "market_tz": market_zone,
        "gate_step": "",
        "phases": [{"key": "prepare", "zh": "准备", "en": "Prepare"}],
        "roles": [],
        "steps": [],
        "variants": {},
    }
    return _begin(draft, origin=WorkspaceTemplate.Origin.BLANK, actor=actor, now=now)


@transaction.atomic
def copy_built_in(
    template: SopTemplate, *, actor: Member, now: datetime, name: Text | None = None
) -> WorkspaceTemplate:
    """A draft that says the same; once published it stands in the built-in's place. `name` None keeps the name.

    A copy of the workspace's own one stands where that one stands.
    """
    stands_for = (
        (template.based_on, template.based_on_version) if template.is_ours else (template.key, template.version)
    )
    copied = replace(
        with_anchors(template),
        name=name or template.name,
        based_on=stands_for[0],
        based_on_version=stands_for[1],
        version=0,
    )
    kind = WorkspaceTemplate.Origin.BUILT_IN if stands_for[0] else WorkspaceTemplate.Origin.BLANK
    origin = {"origin": kind, "origin_key": stands_for[0], "origin_version": stands_for[1]}
    return _begin(dump(copied), actor=actor, now=now, **origin)


@transaction.atomic
def save_from_project(
    project: Project,
    *,
    name: Text,
    anchored: Anchored,
    roles: Mapping[int, str],
    reader: Member,
    actor: Member,
    now: datetime,
) -> tuple[WorkspaceTemplate, Drafted]:
    """What `drafting.draft_from` makes of the project's tasks that `reader` may see; see there for `roles`."""
    drafted = draft_from(project, name=name, anchored=anchored, roles=roles, reader=reader)
    template = _begin(
        drafted.content,
        origin=WorkspaceTemplate.Origin.PROJECT,
        origin_key=project.sop_template,
        origin_version=project.sop_version,
        actor=actor,
        now=now,
    )
    return template, drafted


@transaction.atomic
def save_draft(
    template: WorkspaceTemplate, content: Mapping[str, Any], *, base: int, actor: Member, now: datetime
) -> None:
    """Write the whole draft anew. `base` is the draft_version it was made from.

    Raises DraftChanged when somebody has written since, and TemplateInvalid when the shape is wrong.
    """
    parsed = parse({**content, "key": template.key, "version": 0}, is_draft=True)
    current = lock_draft(template)
    if current.draft_version != base:
        raise DraftChanged(current)
    template.draft, template.name, template.draft_version = dump(parsed), text(parsed.name), base + 1
    template.draft_by, template.draft_at = actor, now
    template.save(update_fields=["draft", "name", "draft_version", "draft_by", "draft_at"])


def lock_draft(template: WorkspaceTemplate) -> WorkspaceTemplate:
    """The row as it is now: two people may write at once, and the second must see what the first has written."""
    return WorkspaceTemplate.objects.select_for_update(no_key=True).get(pk=template.pk)


@transaction.atomic
def publish(template: WorkspaceTemplate, *, what_changed: str, actor: Member, now: datetime) -> TemplateVersion:
    """The draft becomes the next version, which never changes. Raises NotReady and NothingNew."""
    current = lock_draft(template)
    content = deepcopy(current.draft)
    parsed = parse(content, is_draft=True)
    wrong = checking.errors(parsed, get_language() or "en")
    if wrong:
        raise NotReady(wrong)
    newest = template.versions.order_by("-number").first()
    if newest is not None and _same(newest.content, content):
        raise NothingNew
    number = (template.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    content |= {"key": template.key, "version": number}
    parse(content)
    return TemplateVersion.objects.create(
        template=template,
        number=number,
        content=content,
        what_changed=what_changed.strip(),
        published_by=actor,
        published_at=now,
    )


@transaction.atomic
def archive(template: WorkspaceTemplate, *, now: datetime) -> None:
    """Out of the library: nothing is started from it any more. Projects keep what they were started from."""
    WorkspaceTemplate.objects.filter(pk=template.pk, archived_at=None).update(archived_at=now)
    template.refresh_from_db()


@transaction.atomic
def restore(template: WorkspaceTemplate) -> None:
    WorkspaceTemplate.objects.filter(pk=template.pk).update(archived_at=None)
    template.refresh_from_db()


def _begin(draft: Content, *, actor: Member, now: datetime, **origin: Any) -> WorkspaceTemplate:
    key = _new_key(draft["name"])
    draft = dump(parse(draft | {"key": key}, is_draft=True))
    return WorkspaceTemplate.objects.create(
        key=key,
        name=draft["name"],
        draft=draft,
        draft_by=actor,
        draft_at=now,
        created_by=actor,
        created_at=now,
        **origin,
    )


def _same(published: Content, draft: Content) -> bool:
    return {**published, "version": 0} == {**draft, "version": 0}


def _new_key(name: Mapping[str, str]) -> str:
    """Readable where the name has Latin letters, and never taken."""
    words = slugify(name.get("en", ""))[:40].strip("-")
    return f"{OWN_PREFIX}{words}-{secrets.token_hex(3)}" if words else f"{OWN_PREFIX}{secrets.token_hex(6)}"
