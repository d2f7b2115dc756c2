"""What was done to shops: said and read by the team, of tasks by whoever may edit them; nothing of it is a guest's."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from integrations.actions.sales_actions import Said, note_mark, record_action
from integrations.models import Listing, SalesAction
from projects.models import Project, Task
from tests.access.rows.base import FINANCE, INSIDERS, Row
from tests.factories.integrations import make_shop
from tests.factories.projects import make_task

if TYPE_CHECKING:
    from tests.access.world import World


def lay(world: "World", project: Project) -> None:
    """A shop with what a shared task did to it, what a finance task did, and a mark."""
    owner, now = world.members["owner"], timezone.now()
    shop = make_shop(name="Secret bazaar", external_id="BAZAAR")
    Listing.objects.create(account=shop, sku="SECRET-ACT-1", title="Secret kettle")
    said = Said(shop, "coupon", ["SECRET-ACT-1"], now - timedelta(days=3), title="")
    task, finance = (
        Task.objects.select_related("project").get(
            pk=make_task(project, title, sensitivity=sensitivity, visibility="shared").pk
        )
        for title, sensitivity in (("Start the first coupon", "normal"), ("Start the quiet coupon", "finance"))
    )
    Task.objects.filter(pk=task.pk).update(completed_at=now - timedelta(days=3))
    world.ids |= {
        "acting_task": task.pk,
        "act": record_action(task, said, actor=owner, now=now).pk,
        "finance_act": record_action(finance, said, actor=owner, now=now).pk,
        "mark": note_mark(
            Said(shop, "price", ["SECRET-ACT-1"], now, title="Secret rival"), project=project, actor=owner, now=now
        ).pk,
        "acting_shop": shop.pk,
        "question": SalesAction.objects.create(
            account=shop, kind="price", skus=["SECRET-ACT-1"], live_at=now, origin="noticed", state="open",
            seen={"field": "price", "before": "9", "after": "8", "changes": {"SECRET-ACT-1": ["9", "8"]}},
        ).pk,
    }  # fmt: skip
    world.secrets += ["Secret bazaar", "SECRET-ACT-1", "Secret kettle", "Secret rival", "Start the quiet coupon"]


_FORM = {"kind": "deal", "zone": "UTC", "on": "2026-11-20", "time": "09:30"}

ROWS = [
    Row("integrations:task-action", "acting_task", INSIDERS),
    Row("integrations:task-action-edit", "acting_task", INSIDERS),
    Row("integrations:task-action-edit", "acting_task", INSIDERS, _FORM, ok=422),
    Row("integrations:task-action-live", "acting_task", INSIDERS, {}),
    Row("integrations:task-action-sign", "acting_task", INSIDERS, {"answer": "live"}),
    Row("integrations:action", "act", INSIDERS),
    Row("integrations:action", "finance_act", FINANCE | {"guest": 403, "guest elsewhere": 403}),
    Row("integrations:action-edit", "mark", INSIDERS),
    Row("integrations:action-edit", "mark", INSIDERS, _FORM, ok=422),
    Row("integrations:action-remove", "mark", INSIDERS, {}),
    Row("integrations:mark-add", "", INSIDERS),
    Row("integrations:mark-add", "", INSIDERS, _FORM, ok=422),
    Row("integrations:project-results", "project", INSIDERS),
    Row("integrations:noticed", "", INSIDERS),
    Row("integrations:noticed-panel", "acting_shop", INSIDERS),
    Row("integrations:noticed-answer", "question", INSIDERS, {"answer": "ours"}),
    Row("integrations:noticed-attach", "question", INSIDERS),
    Row("integrations:noticed-attach", "question", INSIDERS, {"task": "$task"}),
    Row("integrations:noticed-task", "question", INSIDERS),
    Row("integrations:noticed-task", "question", INSIDERS, {"title": "Look", "project": "$project"}),
    Row("integrations:live-preview", "", INSIDERS),
]
