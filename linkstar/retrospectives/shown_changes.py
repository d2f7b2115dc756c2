"""Proposed changes as pages show them: a diff in words, and whether the template still says what it said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from linkstar.retrospectives.lineage import current_template
from linkstar.retrospectives.models import ProposedChange
from linkstar.retrospectives.proposing import NotApplicable, value_in
from linkstar.retrospectives.wording import evidence_text, said, value_text, what_text
from projects.models import Project
from templates_sop.library import TemplateNotFound
from templates_sop.writing import dump

Kind = ProposedChange.Kind


@dataclass(frozen=True, slots=True)
class ShownChange:
    """`now` is what the template says meanwhile, "" where it says what it said; `is_gone`: the step has left it."""

    change: ProposedChange
    title: str
    what: str
    before: str
    after: str
    evidence: str
    now: str = ""
    is_gone: bool = False


def show_change(change: ProposedChange, content: Mapping[str, Any] | None) -> ShownChange:
    """`content` is the template as it is used now; it is asked of what is still open."""
    now, is_gone = "", False
    if content is not None and change.state == ProposedChange.State.OPEN:
        try:
            value = value_in(content, change)
            now = value_text(change, value) if value != change.before else ""
        except NotApplicable:
            is_gone = True
    return ShownChange(
        change,
        said(change.title) or str(Kind(change.kind).label),
        what_text(change),
        value_text(change, change.before),
        value_text(change, change.after),
        evidence_text(change.evidence),
        now,
        is_gone,
    )


def proposals_of(project: Project) -> list[ShownChange]:
    """What was proposed out of this project, oldest first."""
    changes = ProposedChange.objects.filter(project=project).select_related("proposed_by", "decided_by")
    found = list(changes.order_by("proposed_at", "pk"))
    if not found:
        return []
    try:
        content = dump(current_template(project.sop_template))
    except TemplateNotFound:
        content = None
    return [show_change(change, content) for change in found]
