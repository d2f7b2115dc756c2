"""Propose a change of an SOP, and decide on it: what is accepted becomes the next version."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from linkstar.members.models import Member
from linkstar.retrospectives.lineage import current_template, keys_of, standing_for
from linkstar.retrospectives.models import Note, ProposedChange
from linkstar.retrospectives.proposing import Content, NotApplicable, applied, find_steps, value_in
from linkstar.retrospectives.wording import change_text
from linkstar.workspaces.access import MANAGERS
from notifications.actions.notify import notify
from projects.models import Project
from templates_sop.actions.templates import copy_built_in, lock_draft, publish, save_draft
from templates_sop.models import TemplateVersion, WorkspaceTemplate
from templates_sop.shapes import OWN_PREFIX, SopTemplate
from templates_sop.writing import dump

State = ProposedChange.State


class IsDecided(RuntimeError):
    """Somebody has accepted or rejected it meanwhile."""


class SaysSo(ValueError):
    """The template says that already."""


@transaction.atomic
def propose_change(
    template: SopTemplate,
    *,
    kind: str,
    step: str,
    after: Any,
    before: Any = None,
    reason: str,
    source: str,
    actor: Member,
    now: datetime,
    project: Project | None = None,
    note: Note | None = None,
    evidence: Mapping[str, Any] | None = None,
) -> ProposedChange:
    """`template` is what is used now; values are as proposing.py says. Where `before` matters only for what goes from
    a checklist, it is read from the template. The same thing proposed twice is one. Raises NotApplicable and SaysSo.
    """
    content = dump(template)
    change = ProposedChange(
        template=template.key, step=step, kind=kind, before=before, after=after, reason=reason, source=source,
        evidence=dict(evidence or {}), project=project, note=note, proposed_by=actor, proposed_at=now,
    )  # fmt: skip
    if kind != ProposedChange.Kind.NEW_STEP:
        steps = find_steps(content, step)
        if not steps:
            raise NotApplicable(step)
        change.title = {name: steps[0]["title"].get(name, "") for name in ("zh", "en")}
    if kind not in (ProposedChange.Kind.CHECKLIST, ProposedChange.Kind.ROLE):
        change.before = value_in(content, change)
    if change.before == after or applied(content, change) == content:
        raise SaysSo
    same = ProposedChange.objects.open().filter(template__in=keys_of(template.key), step=step, kind=kind)
    known = next((each for each in same if (each.before, each.after) == (change.before, after)), None)
    if known is not None:
        return known
    change.save(force_insert=True)
    _tell_editors(change, template, actor=actor, now=now)
    return change


@transaction.atomic
def accept_change(change: ProposedChange, *, actor: Member, now: datetime) -> TemplateVersion:
    """Publish the next version with the change in it; a built-in is copied into the workspace first.

    What others have written into the draft and not published yet stays there, with the change, and goes out with the
    version that they publish. Raises IsDecided, NotApplicable, NothingNew, and NotReady when the template as it is
    could not be published.
    """
    _lock(change)
    own = standing_for(change.template)
    if own is None:
        if change.template.startswith(OWN_PREFIX):
            raise NotApplicable(change.template)
        own = copy_built_in(current_template(change.template), actor=actor, now=now)
    version = _publish_with(own, change, actor=actor, now=now)
    change.state, change.decided_by, change.decided_at = State.ACCEPTED, actor, now
    change.made_template, change.made_version = own.key, version.number
    change.save()
    _tell_proposer(change, actor=actor, now=now)
    return version


@transaction.atomic
def reject_change(change: ProposedChange, *, answer: str, actor: Member, now: datetime) -> None:
    """`answer` is a clean text that says why, or empty. Raises IsDecided."""
    _lock(change)
    change.state, change.decided_by, change.decided_at, change.answer = State.REJECTED, actor, now, answer
    change.save()
    _tell_proposer(change, actor=actor, now=now)


def _publish_with(own: WorkspaceTemplate, change: ProposedChange, *, actor: Member, now: datetime) -> TemplateVersion:
    current = lock_draft(own)
    draft, published = current.draft, _published(current)
    made = applied(published, change)
    save_draft(own, made, base=current.draft_version, actor=actor, now=now)
    version = publish(own, what_changed=f"{change_text(change)}\n{change.reason}", actor=actor, now=now)
    if _bare(draft) != _bare(published):
        save_draft(own, _kept(draft, change), base=current.draft_version + 1, actor=current.draft_by, now=now)
    return version


def _published(own: WorkspaceTemplate) -> Content:
    """What the next version starts from: the newest one, or what the template was copied from."""
    newest = own.versions.order_by("-number").values_list("content", flat=True).first()
    if newest is not None:
        return deepcopy(dict(newest))
    if own.origin != WorkspaceTemplate.Origin.BUILT_IN:
        return deepcopy(dict(own.draft))
    built_in = current_template(own.origin_key)
    return dump(replace(built_in, key=own.key, version=0, based_on=built_in.key, based_on_version=built_in.version))


def _bare(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in ("version", "based_on", "key")}


def _kept(draft: Content, change: ProposedChange) -> Content:
    """The draft with the change; without it, where the draft has taken the step out already."""
    try:
        return applied(draft, change)
    except NotApplicable:
        return draft


def _lock(change: ProposedChange) -> None:
    """Two editors may decide at once; the second finds what the first has decided."""
    state = ProposedChange.objects.select_for_update(no_key=True).values_list("state", flat=True).get(pk=change.pk)
    if state != State.OPEN:
        raise IsDecided


def _tell_editors(change: ProposedChange, template: SopTemplate, *, actor: Member, now: datetime) -> None:
    by_language: dict[str, list[Member]] = {}
    for editor in Member.objects.active().filter(role__in=MANAGERS).order_by("pk"):
        by_language.setdefault(editor.language, []).append(editor)
    for language, editors in by_language.items():
        notify(
            editors,
            kind="sop_change_proposed",
            key=f"sop_change:{change.pk}",
            data={"actor": actor.display_name, "template": template.name.get(language)},
            url=_page_of(template.key),
            actor=actor,
            now=now,
        )


def _tell_proposer(change: ProposedChange, *, actor: Member, now: datetime) -> None:
    with override(change.proposed_by.language):
        said = change_text(change)
    notify(
        [change.proposed_by],
        kind="sop_change_decided",
        key=f"sop_change_decided:{change.pk}",
        data={"actor": actor.display_name, "state": change.state, "change": said},
        url=_page_of(change.made_template or change.template),
        actor=actor,
        now=now,
    )


def _page_of(template: str) -> str:
    return reverse("retrospectives:learning", args=[template])
