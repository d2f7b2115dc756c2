"""What the demo's tasks are made of: subtasks, estimates, logged time and the products they are about."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from linkstar.demo.plans import BLACK_FRIDAY, NEW_PRODUCT, SHOPIFY
from linkstar.lib.products import recognise
from linkstar.members.models import Member
from projects.actions.adding import NewTask
from projects.actions.edits import set_milestone
from projects.actions.effort import log_time, set_estimate
from projects.actions.finishing import finish_task
from projects.actions.products import link_products
from projects.actions.subtasks import create_subtasks
from projects.models import Column, Project, Task

_Part = tuple[str, str, bool, int]
_Entry = tuple[str, int, int, str]

# project → step → (title, who, finished, estimated minutes) of each subtask
_PARTS: dict[str, dict[str, tuple[_Part, ...]]] = {
    BLACK_FRIDAY.name: {
        "freeze": (
            ("标题与五点定稿", "ops", True, 120),
            ("主图与副图替换完成", "brand", True, 240),
            ("A+ 对比图上传", "ops", False, 180),
            ("后台关键词导出备份", "ops", False, 30),
            ("🔒 通知全员：黑五前不再改 Listing", "owner", False, 15),
        ),
    },
    SHOPIFY.name: {
        "theme_build": (
            ("Fix the mobile menu on iPhone SE", "brand", False, 180),
            ("Product page: sticky add-to-cart", "brand", True, 240),
            ("Footer with policy links", "ops", False, 60),
        ),
    },
}  # fmt: skip
# project → step → (estimate, (who, minutes, days ago, note), …)
_EFFORT: dict[str, dict[str, tuple[int, tuple[_Entry, ...]]]] = {
    BLACK_FRIDAY.name: {
        "freeze": (
            480,
            (("ops", 150, 2, "核对标题与五点"), ("brand", 120, 1, "Checked images against the freeze list")),
        ),
        "settle": (960, (("finance", 300, 3, "广告预算重算"),)),
    },
    NEW_PRODUCT.name: {"copywriting": (480, (("brand", 390, 3, "First draft"), ("brand", 210, 1, "Bullets 2 and 4")))},
}
_PRODUCTS: dict[str, dict[str, tuple[str, ...]]] = {
    BLACK_FRIDAY.name: {
        "freeze": ("https://www.amazon.com/HEYFINCH-Quiet-Pet-Fountain/dp/B0CX7Q4M2L", "PF-01-WHT", "PF-01-BLK"),
        "creative_done": ("B0CX7Q4M2L",),
    },
    SHOPIFY.name: {"theme_build": ("https://heyfinch.com/products/quiet-pet-fountain?variant=44120011",)},
}
_MILESTONES = {BLACK_FRIDAY.name: ("freeze",), SHOPIFY.name: ("theme_build",)}


def structure(projects: Mapping[str, Project], people: Mapping[str, Member], *, now: datetime) -> None:
    """A parent with subtasks, milestones, efforts of which one is over, and products of two channels."""
    for name, project in projects.items():
        tasks = {task.sop_step: task for task in _tasks(project)}
        for step, parts in _PARTS.get(name, {}).items():
            _part(tasks[step], parts, people, now=now - timedelta(hours=30))
        for step, (minutes, entries) in _EFFORT.get(name, {}).items():
            _work(tasks[step], minutes, entries, people, now=now)
        for step, pasted in _PRODUCTS.get(name, {}).items():
            products = [recognise(one) for one in pasted]
            link_products(tasks[step], products, actor=people["ops"], now=now - timedelta(hours=50))
        for step in _MILESTONES.get(name, ()):
            set_milestone(tasks[step], True, actor=project.owner, now=now - timedelta(days=3))


def _part(parent: Task, parts: tuple[_Part, ...], people: Mapping[str, Member], *, now: datetime) -> None:
    column = parent.project.board.columns.filter(status=Column.Status.TODO).order_by("position")[0]
    column.board = parent.column.board
    new = [NewTask(title, column, owner=people[who], deadline=parent.deadline) for title, who, _done, _minutes in parts]
    made = create_subtasks(parent, new, actor=parent.project.owner, now=now)
    for task, (_title, who, is_done, minutes) in zip(made, parts, strict=True):
        set_estimate(task, minutes, actor=people[who], now=now)
        if is_done:
            finish_task(task, actor=people[who], now=now + timedelta(hours=8))


def _work(
    task: Task,
    minutes: int,
    entries: tuple[_Entry, ...],
    people: Mapping[str, Member],
    *,
    now: datetime,
) -> None:
    set_estimate(task, minutes, actor=task.project.owner, now=now - timedelta(days=6))
    for who, spent, days, note in entries:
        at = now - timedelta(days=days, hours=2)
        log_time(task, minutes=spent, spent_on=at.date(), note=note, actor=people[who], now=at)


def _tasks(project: Project) -> list[Task]:
    return list(project.tasks.exclude(sop_step="").select_related("project__owner", "column__board", "owner"))
