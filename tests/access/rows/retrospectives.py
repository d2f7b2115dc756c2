"""Looking back at a project, and what its SOP learns from it: for the team."""

from typing import TYPE_CHECKING

from django.utils import timezone

from linkstar.retrospectives.actions.changes import propose_change
from linkstar.retrospectives.actions.retrospectives import add_note
from projects.models import Project
from templates_sop.library import get_template
from tests.access.rows.base import ADMINS, INSIDERS, MANAGERS, OK, READ_ONLY_TEAM, Row, who

if TYPE_CHECKING:
    from tests.access.world import World

SOP = "+amazon_coupon_deal_promotion"
# Who may close it, and whoever wrote the note.
AUTHOR, AUTHOR_AND_ADMINS = who(inside=403, guests=403, member=OK), who(guests=403, manager=403)


def lay(world: "World", project: Project) -> None:
    member, now = world.members["member"], timezone.now()
    note = add_note(project, kind="keep", text="Ask the mould maker first", task=None, author=member, now=now)
    template = get_template(SOP[1:])
    step = template.steps[0]
    change = propose_change(
        template,
        kind="duration",
        step=step.key,
        after=step.duration_days + 4,
        reason="It took longer",
        source="person",
        actor=member,
        now=now,
    )
    world.ids |= {"note": note.pk, "sop_change": change.pk}
    world.secrets += ["Ask the mould maker first"]


ROWS = [
    Row("projects:project-finish", "project", ADMINS, {}),
    Row("projects:project-finish", "archived", READ_ONLY_TEAM, {}),
    Row("retrospectives:retrospective", "project", INSIDERS),
    Row("retrospectives:retrospective", "archived", INSIDERS),
    Row("retrospectives:panel", "project", INSIDERS),
    Row("retrospectives:close", "project", ADMINS, {}),
    Row("retrospectives:close", "archived", READ_ONLY_TEAM, {}),
    Row("retrospectives:waive", "project", ADMINS, {"because": "A trial run"}),
    Row("retrospectives:reopen", "project", ADMINS, {}),
    Row("retrospectives:note-add", "project", INSIDERS, {"kind": "try", "text": "Book the boat earlier"}),
    Row("retrospectives:note-add", "archived", READ_ONLY_TEAM, {"kind": "try", "text": "Too late"}),
    Row("retrospectives:note-edit", "note", AUTHOR),
    Row("retrospectives:note-edit", "note", AUTHOR, {"kind": "keep", "text": "Ask him first", "version": "1"}),
    Row("retrospectives:note-delete", "note", AUTHOR_AND_ADMINS, {}),
    Row("retrospectives:pdf", "project", INSIDERS),
    Row("retrospectives:markdown", "project", INSIDERS),
    Row("retrospectives:project-lessons", "project", INSIDERS),
    Row("retrospectives:learning", SOP, INSIDERS),
    Row("retrospectives:start-lessons", SOP, INSIDERS),
    Row("retrospectives:propose", SOP, INSIDERS),
    Row("retrospectives:propose", SOP, INSIDERS, {}, ok=422),
    Row("retrospectives:duration-propose", f"{SOP} +launch", INSIDERS, {}, ok=404),
    Row("retrospectives:change-accept", "sop_change", MANAGERS, {}),
    Row("retrospectives:change-reject", "sop_change", MANAGERS, {"answer": "Once is not always"}),
]
