"""The demo's projects, and the lives they have led by the day of loading."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from linkstar.members.models import Member
from projects.actions.checklists import check_item
from projects.actions.edits import set_owner
from projects.actions.projects import archive_project, finish_project
from projects.actions.tasks import move_task
from projects.models import Column, Project, ProjectAccess, Task
from templates_sop.actions.projects import start_project
from templates_sop.library import get_template

LOS_ANGELES = ZoneInfo("America/Los_Angeles")


@dataclass(frozen=True)
class Plan:
    """A project to be started from an SOP, `anchor_in` days from today (negative: that long ago).

    `slips` are the steps that were not finished in time and still are not, by their key.
    """

    name: str
    template: str
    variant: str | None
    anchor_in: int
    owner: str
    roles: Mapping[str, str]
    language: str
    channel: str
    guest: str = ""
    ends: str = ""
    slips: frozenset[str] = field(default_factory=frozenset)


_TEAM = {
    "operations": "ops", "product": "ops", "design": "brand", "advertising": "brand", "compliance": "ops",
    "logistics": "ops", "finance": "finance",
}
PLANS = (
    Plan(
        "Q4 黑五备战 - Amazon US", "black_friday_cyber_monday", "electronics", 12, "ops", _TEAM, "zh-hans", "amazon_us",
        guest="designer", slips=frozenset({"creative_done", "coupon_stack"}),
    ),
    Plan(
        "宠物饮水机新品上架 - Amazon US", "amazon_us_new_product_launch", "electronics", 46, "ops", _TEAM, "zh-hans",
        "amazon_us", guest="supplier", slips=frozenset({"label_pack"}),
    ),
    Plan("Shopify US store launch", "shopify_us_store_launch", "home", 24, "brand", _TEAM, "en", "shopify"),
    Plan("TikTok Shop 美国站开店", "tiktok_shop_us_launch", None, 30, "ops", {**_TEAM, "compliance": ""}, "zh-hans", "tiktok_us"),
    Plan("FBA 补货：12 月海运", "fba_replenishment_shipment", None, 18, "ops", _TEAM, "zh-hans", "amazon_us"),
    Plan(
        "Fall coupon and deal week", "amazon_coupon_deal_promotion", "home", -34, "brand", _TEAM, "en", "amazon_us",
        ends="finished",
    ),
    Plan(
        "Walmart 入驻", "walmart_marketplace_onboarding", None, -90, "ops", _TEAM, "zh-hans", "walmart_us", ends="archived"
    ),
)


def start(plan: Plan, people: Mapping[str, Member], *, now: datetime) -> Project:
    """Start the project as its owner did, on the day its first step began, and live it up to `now`."""
    owner = people[plan.owner]
    today = now.astimezone(LOS_ANGELES).date()
    project = start_project(
        get_template(plan.template),
        variant=plan.variant,
        anchor=today + timedelta(days=plan.anchor_in),
        owner=owner,
        roles={role: people[key] for role, key in plan.roles.items() if key},
        name=plan.name,
        actor=owner,
        now=now - timedelta(days=100),
        language=plan.language,
        channel=plan.channel,
    )
    if plan.guest:
        _let_in(project, people[plan.guest], actor=owner, now=now)
    _live(project, plan, actor=owner, now=now)
    if plan.ends:
        finish_project(project, actor=owner, now=now - timedelta(days=14))
    if plan.ends == "archived":
        archive_project(project, actor=owner, now=now - timedelta(days=10))
    return project


def _let_in(project: Project, guest: Member, *, actor: Member, now: datetime) -> None:
    """The guest has a key, and is on the shareable steps that outsiders do."""
    ProjectAccess.objects.create(project=project, member=guest, created_at=now - timedelta(days=60))
    theirs = project.tasks.filter(may_be_shared=True, sop_role__in=("agency_external", "design", "product"))
    for task in theirs.order_by("number")[:6]:
        set_owner(task, guest, actor=actor, now=now - timedelta(days=59))


def _live(project: Project, plan: Plan, *, actor: Member, now: datetime) -> None:
    """What was due is done, what is due soon is under way, and some of it is late."""
    columns = list(project.board.columns.order_by("position"))
    doing, review = [column for column in columns if column.status == Column.Status.DOING][:2]
    done = next(column for column in columns if column.is_done)
    for task in project.tasks.select_related("project", "column", "owner").order_by("due_at", "number"):
        if task.due_at is None:
            continue
        finished_at = task.due_at - timedelta(hours=5 + task.number % 19)
        if plan.ends or (finished_at < now and task.sop_step not in plan.slips):
            _finish(task, done, actor=task.owner or actor, at=min(finished_at, now - timedelta(hours=1)))
        elif task.start_on is not None and task.start_on <= now.date() + timedelta(days=1):
            column = review if task.number % 3 == 0 else doing
            _begin(task, column, actor=task.owner or actor, at=now - timedelta(hours=20 + task.number % 30))


def _begin(task: Task, column: Column, *, actor: Member, at: datetime) -> None:
    move_task(task, column=column, before=None, actor=actor, now=at)
    for item in task.checklist.order_by("position")[: 1 + task.number % 2]:
        check_item(item, is_done=True, actor=actor, now=at + timedelta(hours=2))


def _finish(task: Task, done: Column, *, actor: Member, at: datetime) -> None:
    for item in task.checklist.order_by("position"):
        check_item(item, is_done=True, actor=actor, now=at - timedelta(hours=1))
    move_task(task, column=done, before=None, actor=actor, now=at)
