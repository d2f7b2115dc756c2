"""Passports of products: the team's, waived by admins, never a guest's."""

from typing import TYPE_CHECKING

from django.utils import timezone

from linkstar.compliance.actions.papers import decide
from linkstar.compliance.actions.products import NewProduct, add_products
from linkstar.compliance.rulebook import get_rulebook
from linkstar.lib.products import Product
from projects.actions.products import link_products
from projects.models import Project, Task
from tests.access.rows.base import ADMINS, INSIDERS, MANAGERS, Row
from tests.factories.projects import make_task

if TYPE_CHECKING:
    from tests.access.world import World


def lay(world: "World", project: Project) -> None:
    """A passport that a shared task waits for, one with a paper begun, and one with none."""
    owner, now = world.members["owner"], timezone.now()
    entries = [NewProduct("SECRET-SKU-1", "Secret speaker", "electronics"), NewProduct("SECRET-SKU-2")]
    first, second = add_products(entries, market="us", actor=owner, now=now).made
    prop_65 = get_rulebook("us").requirements["prop_65"]
    decide(first, prop_65, "applies", reason="Lab", actor=owner, now=now)
    task = make_task(project, "Send the first batch", needs_passport=True, visibility="shared")
    task = Task.objects.select_related("project").get(pk=task.pk)
    link_products(task, [Product(sku="SECRET-SKU-1")], actor=owner, now=now)
    world.ids |= {"passport": first.pk, "bare_passport": second.pk, "passport_task": task.pk}
    world.secrets += ["SECRET-SKU-1", "SECRET-SKU-2", "Secret speaker"]


_PAPER = "passport +fcc_certification"
_OPEN = "passport +prop_65"

ROWS = [
    Row("compliance:passport-list", "", INSIDERS),
    Row("compliance:passport-csv", "", INSIDERS),
    Row("compliance:product-add", "", INSIDERS),
    Row("compliance:product-add", "", INSIDERS, {"lines": "NEW-1, Lamp, home"}),
    Row("compliance:passport", "passport", INSIDERS),
    Row("compliance:product-edit", "passport", INSIDERS),
    Row("compliance:product-edit", "passport", INSIDERS, {"sku": "SECRET-SKU-1", "q-battery": "yes"}),
    Row("compliance:product-remove", "bare_passport", MANAGERS, {}),
    Row("compliance:paper", _PAPER, INSIDERS),
    Row("compliance:paper", _PAPER, INSIDERS, {"progress": "in_hand", "number": "N-1", "version": "0"}),
    Row("compliance:paper-decide", _OPEN, ADMINS, {"decision": "not", "reason": "Retested"}),
    Row("compliance:paper-decide", _OPEN, INSIDERS, {"decision": "applies", "reason": "Tested again"}),
    Row("compliance:paper-waive", _PAPER, ADMINS, {"reason": "Module is certified"}),
    Row("compliance:paper-ask-again", _PAPER, ADMINS, {}),
    Row("compliance:task-passport", "passport_task", INSIDERS),
]
