"""What the benchmark works on: boards of 500 and 5,000 open tasks, a plan of 500 with links; forty projects in all;
a million facts of sales."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django_tenants.utils import tenant_context

from integrations.models import ChannelAccount
from linkstar.accounts.models import User
from linkstar.lib.deadlines import Deadline
from linkstar.members.models import Member
from linkstar.workspaces.models import Workspace
from linkstar.workspaces.provisioning import create_workspace
from projects.actions.checklists import add_items
from projects.actions.comments import add_comment
from projects.actions.deadlines import put_deadline
from projects.actions.projects import create_project
from projects.actions.tasks import create_tasks
from projects.models import Column, Dependency, Label, Project, Task

SLUG = "bench"
OWN_TASKS = 50
_LABELS = ("主图", "广告", "合规", "头程", "Listing", "Urgent")
_ZONE = "America/Los_Angeles"


@dataclass(frozen=True)
class Data:
    """Ids, so that nothing of the laying out is kept in memory while the clock runs."""

    workspace: Workspace
    user: User
    member: int
    board_500: int
    board_5000: int
    plan: int
    side: int
    task: int
    shops: tuple[int, ...]


def lay_out() -> Data:
    now = timezone.now()
    user = User.objects.create_user(
        "bench@bench.test", None, full_name="Bench Owner", time_zone="Asia/Shanghai", language="en"
    )
    workspace = create_workspace(name="Bench", slug=SLUG, owner=user, time_zone=_ZONE, language="en", now=now)
    with tenant_context(workspace):
        member = Member.objects.get()
        colleagues = [_colleague(number) for number in range(8)]
        labels = Label.objects.bulk_create(Label(name=name, tint=tint) for tint, name in enumerate(_LABELS, start=1))
        boards = [_board(f"Board {size}", size, member, colleagues, labels, now) for size in (500, 5000)]
        # Of its own: what waits for another task cannot be moved everywhere.
        plan = _board("Plan", 500, member, colleagues, labels, now)
        _link(list(plan.tasks.order_by("number")))
        side = create_project(name="Side", owner=member, actor=member, time_zone=_ZONE, now=now)
        for number in range(36):
            _board(f"Project {number}", 12, member, colleagues, labels, now)
        task = Task.objects.filter(project=boards[0]).order_by("number")[7]
        _talk(task, member, now)
        _own(member)
        ids = (boards[0].pk, boards[1].pk, plan.pk, side.pk, task.pk)
        return Data(workspace, user, member.pk, *ids, shops=_sales(now))


def _colleague(number: int) -> Member:
    user = User.objects.create_user(f"colleague{number}@bench.test", None, full_name=f"Colleague {number}")
    return Member.objects.create(user=user, display_name=f"Colleague {number}", email=user.email, role="member")


def _board(
    name: str, size: int, owner: Member, colleagues: list[Member], labels: list[Label], now: datetime
) -> Project:
    """`size` open tasks over the three open columns, each with an owner, a deadline and up to two labels."""
    project = create_project(name=name, owner=owner, actor=owner, time_zone=_ZONE, now=now)
    columns = list(project.board.columns.exclude(status=Column.Status.DONE).order_by("position"))
    titles = [f"Task {number} of {name}: 主图与 A+ 页面复核" for number in range(size)]
    for first in range(0, size, 500):
        create_tasks(titles[first : first + 500], column=columns[0], actor=owner, now=now)
    tasks = list(project.tasks.order_by("number"))
    links = []
    for number, task in enumerate(tasks):
        # Nothing begins without an owner and a deadline, so they were made among what is to do.
        task.column = columns[number % len(columns)]
        task.owner = colleagues[number % len(colleagues)]
        day = (now + timedelta(days=number % 60 - 10)).date()
        task.start_on = day - timedelta(days=number % 5)
        put_deadline(task, Deadline(day, time(18) if number % 2 else None, _ZONE))
        task.checklist_count, task.checklist_done_count, task.comment_count = 5, number % 5, number % 3
        links += [
            Task.labels.through(task_id=task.pk, label_id=labels[(number + step) % 6].pk) for step in range(number % 3)
        ]
    Task.objects.bulk_update(
        tasks,
        [
            "column",
            "owner",
            "start_on",
            "due_on",
            "due_time",
            "due_zone",
            "due_at",
            "checklist_count",
            "checklist_done_count",
            "comment_count",
        ],
        batch_size=500,
    )
    Task.labels.through.objects.bulk_create(links, batch_size=1000)
    return project


def _link(tasks: list[Task]) -> None:
    """Each waits for the one before it of its sixty days, every other one for an earlier one too: 700 links or so."""
    pairs = [(number - 1, number) for number in range(1, len(tasks)) if number % 60]
    pairs += [(number - 7, number) for number in range(7, len(tasks), 2) if number % 60 > 7]
    Dependency.objects.bulk_create(Dependency(blocker=tasks[before], blocked=tasks[after]) for before, after in pairs)


def _talk(task: Task, member: Member, now: datetime) -> None:
    add_items(task, [f"Item {number}" for number in range(8)], actor=member, now=now)
    for number in range(10):
        add_comment(task, f"Comment **{number}** on the main image.", is_shared=False, author=member, now=now)
    Task.objects.filter(pk=task.pk).update(description="**Why it matters**\n\nThe image sells.\n\n- one\n- two\n")


# Of five shops, 400 SKUs each on 500 days that are over, in the order in which days come: a million.
_SALES = """
INSERT INTO integrations_dailysales (account_id, day_on, sku, currency, asin, orders, orders_first, units_ordered,
    gross_sales, discounts, units_refunded, refund_amount, sales_source, sales_as_of, sessions, page_views,
    traffic_source, traffic_as_of, ad_spend, ad_source, ad_as_of)
SELECT account, %(last)s::date - back, 'SKU-' || account || '-' || number, 'USD', '', 2, 2, 3, 59.97, number %% 3,
    number %% 2, number %% 2 * 19.99, 'api', %(now)s, 40 + number %% 9, 60, 'api', %(now)s, 1.25, 'api', %(now)s
FROM generate_series(500, 1, -1) AS back, unnest(%(shops)s::bigint[]) AS account, generate_series(1, 400) AS number
"""


_RATES = """
INSERT INTO workspaces_exchangerate (day_on, currency, per_euro, source, fetched_at)
SELECT %(last)s::date - back, currency, 1 + back %% 7 / 100.0, 'ecb', %(now)s
FROM generate_series(1800, 0, -1) AS back, unnest('{USD,CNY,GBP,JPY,CAD,MXN}'::text[]) AS currency
ON CONFLICT DO NOTHING
"""


def _sales(now: datetime) -> tuple[int, ...]:
    shops = [
        ChannelAccount.objects.create(
            channel="amazon", external_id=f"BENCH{number}", name=f"Shop {number}", time_zone=_ZONE, source="files"
        )
        for number in range(5)
    ]
    found = tuple(shop.pk for shop in shops)
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"last": shops[0].day_of(now), "now": now, "shops": list(found)}
        cursor.execute(_SALES, values)
        cursor.execute(_RATES, values)
    return found


def _own(member: Member) -> None:
    """Fifty open tasks of many projects are the reader's, as in performance.md, case 5."""
    rows = Task.objects.filter(project__name__startswith="Project").order_by("number", "pk")[:OWN_TASKS]
    Task.objects.filter(pk__in=[task.pk for task in rows]).update(owner=member)
