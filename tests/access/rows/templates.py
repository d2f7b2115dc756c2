"""The workspace's own SOP templates: everybody but guests reads them, managers and up write them."""

from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from projects.models import Project
from templates_sop.actions.draft_parts import own_roles, save_role
from templates_sop.actions.drafts import add_phase
from templates_sop.actions.projects import start_project
from templates_sop.actions.templates import archive, copy_built_in, publish
from templates_sop.catalogue import find_template
from templates_sop.library import get_template
from templates_sop.shapes import Text
from tests.access.rows.base import INSIDERS, MANAGERS, READ_ONLY_TEAM, Row

if TYPE_CHECKING:
    from tests.access.world import World

_STEP = {"titles": "Choose the props", "phase": "demand"}
ROWS = [
    Row("templates_sop:draft-list", "", INSIDERS),
    Row("templates_sop:draft-new", "", MANAGERS),
    Row("templates_sop:draft-new", "", MANAGERS, {"name_en": "Open a store"}),
    Row("templates_sop:template-copy", "+fba_replenishment_shipment", MANAGERS, {}),
    Row("templates_sop:draft", "own_template", INSIDERS),
    Row("templates_sop:draft", "archived_template", INSIDERS),
    Row("templates_sop:version-list", "own_template", INSIDERS),
    Row("templates_sop:draft-frame", "own_template", MANAGERS),
    Row("templates_sop:draft-frame", "own_template", MANAGERS, {}, ok=422),
    Row("templates_sop:draft-frame", "archived_template", READ_ONLY_TEAM),
    Row("templates_sop:draft-steps", "own_template", MANAGERS, {"do": "up", "step": "velocity"}),
    Row("templates_sop:draft-steps", "archived_template", READ_ONLY_TEAM, {"do": "up", "step": "velocity"}),
    Row("templates_sop:step-add", "own_template", MANAGERS, _STEP),
    Row("templates_sop:step-add", "archived_template", READ_ONLY_TEAM, _STEP),
    Row("templates_sop:draft-step", "own_template +velocity", INSIDERS),
    Row("templates_sop:draft-step", "own_template +velocity", MANAGERS, {}, ok=422),
    Row("templates_sop:draft-step", "archived_template +velocity", READ_ONLY_TEAM, {}),
    Row("templates_sop:phase-add", "own_template", MANAGERS, {"name": "Look back"}),
    Row("templates_sop:phase-add", "archived_template", READ_ONLY_TEAM, {"name": "Look back"}),
    Row("templates_sop:draft-anchor-add", "own_template", MANAGERS),
    Row("templates_sop:draft-anchor-add", "own_template", MANAGERS, {"name_en": "Photos", "days": "-20"}),
    Row("templates_sop:draft-anchor-add", "archived_template", READ_ONLY_TEAM, {"name_en": "Photos", "days": "-20"}),
    Row("templates_sop:draft-anchor", "own_template +pick_up", MANAGERS),
    Row("templates_sop:draft-anchor", "own_template +pick_up", MANAGERS, {"do": "remove"}, ok=422),
    Row("templates_sop:draft-role-add", "own_template", MANAGERS),
    Row("templates_sop:draft-role-add", "own_template", MANAGERS, {"name_en": "Stylist"}),
    Row("templates_sop:draft-role-add", "archived_template", READ_ONLY_TEAM, {"name_en": "Stylist"}),
    Row("templates_sop:draft-role", "own_template own_role", MANAGERS),
    Row("templates_sop:draft-role", "own_template own_role", MANAGERS, {"do": "remove"}),
    Row("templates_sop:phase-edit", "own_template +demand", MANAGERS),
    Row("templates_sop:phase-edit", "own_template own_phase", MANAGERS, {"do": "remove"}),
    Row("templates_sop:phase-edit", "archived_template +demand", READ_ONLY_TEAM, {"do": "up"}),
    Row("templates_sop:draft-publish", "own_template", MANAGERS),
    Row("templates_sop:draft-publish", "own_template", MANAGERS, {"what_changed": "A phase more"}),
    Row("templates_sop:draft-publish", "archived_template", READ_ONLY_TEAM, {"what_changed": "A phase more"}),
    Row("templates_sop:project-template", "project", MANAGERS),
    Row(
        "templates_sop:project-template",
        "project",
        MANAGERS,
        {"name_en": "Spring", "anchor_on": "2035-03-01", "anchor_en": "Day"},
    ),
    Row("templates_sop:project-sop", "of_older_sop", INSIDERS),
    Row("templates_sop:project-sop", "of_older_sop", MANAGERS, {"do": "keep"}),
    Row("templates_sop:project-sop-news", "of_older_sop", INSIDERS),
    Row("templates_sop:draft-archive", "own_template", MANAGERS, {}),
    Row("templates_sop:draft-restore", "archived_template", MANAGERS, {}),
]


def lay(world: "World", project: Project) -> None:
    """A template that was published and changed since, and one that was put away."""
    owner, now = world.members["owner"], timezone.now()
    built_in = get_template("fba_replenishment_shipment")
    own = copy_built_in(built_in, actor=owner, now=now, name=Text("How we restock", "How we restock"))
    publish(own, what_changed="", actor=owner, now=now)
    phase = add_phase(own, Text("自己的一环", "A turn of our own"), actor=owner, now=now).phases[-1]
    away = copy_built_in(built_in, actor=owner, now=now, name=Text("The way it was", "The way it was"))
    archive(away, now=now)
    older = start_project(
        find_template(own.key),
        variant=None,
        anchor=date(2035, 6, 1),
        owner=owner,
        roles={},
        name="Restock in June",
        actor=owner,
        now=now,
        language="en",
    )
    role = own_roles(save_role(own, "", name=Text("造型师", "Stylist"), actor=owner, now=now))[-1]
    publish(own, what_changed="A turn of our own", actor=owner, now=now)
    add_phase(own, Text("还没发布", "Not out yet"), actor=owner, now=now)
    world.ids |= {"of_older_sop": older.pk}
    world.ids |= {"own_template": own.key, "own_phase": phase.key, "own_role": role.key, "archived_template": away.key}
    world.secrets += ["How we restock", "The way it was"]
