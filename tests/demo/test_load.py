"""The demo workspace keeps what contract.md says of it, on any day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, Max, Min, Q, Sum
from django.utils import timezone
from django_tenants.utils import tenant_context

from integrations.actions.connecting import SYNC
from integrations.dashboards.exchange import find_exchange
from integrations.dashboards.periods import Period
from integrations.models import ChannelAccount, DailySales, Listing, SalesAction
from linkstar.accounts.models import User
from linkstar.compliance.models import Product
from linkstar.demo.history import Finished, finish_many
from linkstar.members.models import Member
from linkstar.workspaces.models import DueItem, Letter, Workspace
from notifications.models import Notification, Reminder
from projects.actions.checklists import add_items, check_item
from projects.actions.tasks import move_task
from projects.dangers import dangers_of
from projects.models import (
    Activity,
    ChecklistItem,
    Column,
    Comment,
    Dependency,
    Forecast,
    GuestInvitation,
    OwnerOffer,
    Project,
    SavedView,
    StoredFile,
    Task,
)
from projects.resting import Rest, rest_of
from tests.factories import make_column, make_project, make_task

PEOPLE = {
    "owner@demo.test": ("owner", "Asia/Shanghai", "zh-hans"),
    "ops@demo.test": ("member", "Asia/Shanghai", "zh-hans"),
    "brand@demo.test": ("manager", "America/New_York", "en"),
    "finance@demo.test": ("member", "Asia/Shanghai", "zh-hans"),
    "designer@agency.test": ("guest", "Asia/Shanghai", "zh-hans"),
    "supplier@factory.test": ("guest", "Asia/Shanghai", "zh-hans"),
}


@pytest.fixture
def demo(db: None, _inside_acme: None) -> Iterator[Workspace]:
    call_command("load_demo", "--if-empty", stdout=StringIO())
    connection.set_schema_to_public()
    workspace = Workspace.objects.get(slug="demo")
    with tenant_context(workspace):
        yield workspace


def is_chinese(text: str) -> bool:
    return any("一" <= letter <= "鿿" for letter in text)


def test_the_demo_is_what_the_contract_says(demo: Workspace) -> None:
    """One loading, all promises: it takes seconds."""
    now = timezone.now()
    _people(now)
    _projects(now)
    _work(demo, now)
    _sales(now)
    _nothing_ahead_of_its_time(now)
    _twice()


def _people(now: datetime) -> None:
    members = {member.email: member for member in Member.objects.all()}
    assert {email: (m.role, m.time_zone, m.language) for email, m in members.items()} == PEOPLE
    assert all(User.objects.get(email=email).check_password("linkstar-demo") for email in PEOPLE)
    assert [email for email, member in members.items() if member.can_see_finance] == ["finance@demo.test"]
    seen = {
        email: list(Project.objects.visible_to(members[email]).values_list("name", flat=True))
        for email in ("designer@agency.test", "supplier@factory.test")
    }
    assert [len(names) for names in seen.values()] == [1, 1]
    assert seen["designer@agency.test"] == ["Q4 黑五备战 - Amazon US"]
    assert seen["supplier@factory.test"] != seen["designer@agency.test"]
    for member in members.values():
        assert 1 <= Notification.objects.filter(member=member).unread().count() <= 20, member
    for email in ("ops@demo.test", "brand@demo.test"):
        mine = Task.objects.unfinished().filter(owner=members[email])
        assert mine.filter(due_at__lt=now).exists(), email
        assert mine.filter(due_at__gte=now, due_at__lt=now + timedelta(days=7)).count() >= 3, email


def _projects(now: datetime) -> None:
    states = list(Project.objects.values_list("state", flat=True).order_by("pk"))
    assert states.count("active") >= 5
    assert (states.count("finished"), states.count("archived")) == (1, 1)
    over = Project.objects.filter(state="active").exclude(tasks__in=Task.objects.unfinished())
    assert [rest.reason for rest in (_rest(project, now) for project in over) if rest] == ["done"]
    for project in Project.objects.filter(state="active").exclude(pk__in=over):
        counts = dict(project.board.columns.values_list("position").annotate(Count("tasks")))
        assert all(counts.values()), f"{project}: {counts}"
        assert project.tasks.overdue(now=now).exists(), project
        # However stale a zone's day: something happened there within three days.
        assert project.last_activity_at > now - timedelta(days=3), project
    assert {"amber", "red"} <= set(Forecast.objects.values_list("state", flat=True))
    finished = Project.objects.get(state="finished")
    assert Comment.objects.filter(task__project=finished, body__contains="Retrospective").exists()
    assert {is_chinese(task.title) for task in Task.objects.all()} == {True, False}


def _rest(project: Project, now: datetime) -> Rest | None:
    return rest_of(project, open_count=0, count=project.tasks.count(), now=now)


def _work(demo: Workspace, now: datetime) -> None:
    assert Dependency.objects.count() > 100
    assert {is_chinese(comment.body) for comment in Comment.objects.all()} == {True, False}
    assert StoredFile.objects.filter(version_count__gte=2).count() >= 2
    waiting = Reminder.objects.filter(state="waiting")
    assert waiting.filter(fire_at__gt=now, fire_at__lt=now + timedelta(hours=1)).count() >= 2
    assert not waiting.filter(fire_at__lte=now - timedelta(minutes=2)).exists()
    assert DueItem.objects.filter(workspace=demo, kind="reminder").count() == waiting.count()
    assert Task.objects.unfinished().filter(due_at__gte=now, due_at__lt=now + timedelta(hours=24)).exists()
    assert list(OwnerOffer.objects.values_list("state", "offered_to__email")) == [("open", "brand@demo.test")]
    assert GuestInvitation.objects.open().filter(expires_at__gt=now).count() == 1
    assert list(Letter.objects.filter(workspace=demo).values_list("name", flat=True)) == ["guest_invitation"]


def _sales(now: datetime) -> None:
    """120 closed days on 12 SKUs in three shops that no job asks for anything; actions with what they did."""
    facts = DailySales.objects.aggregate(
        days=Count("day_on", distinct=True), skus=Count("sku", distinct=True), first=Min("day_on"), last=Max("day_on")
    )
    assert (facts["days"], facts["skus"]) == (120, 12)
    assert (facts["last"] - facts["first"]).days == 119
    shops = list(ChannelAccount.objects.order_by("pk"))
    assert [shop.channel for shop in shops] == ["amazon", "shopify", "walmart"]
    assert not any(shop.is_synced for shop in shops)
    assert facts["last"] in {shop.day_of(now) - timedelta(days=1) for shop in shops}
    assert not DueItem.objects.filter(kind=SYNC).exists()
    assert not DailySales.objects.exclude(day_on__range=(facts["first"], facts["last"])).exists()
    assert {passport.sku for passport in Product.objects.all()} <= set(Listing.objects.values_list("sku", flat=True))
    assert SalesAction.objects.filter(origin="task", live_at__lt=now, task__completed_at__lt=now).count() >= 4
    _ahead(now)
    images = SalesAction.objects.get(kind="images")
    # The demo's chance is the same on each day: 1.51 or more on each of 400 days that were tried.
    assert _share(images, 1) > 1.25 * _share(images, -14)
    acted = SalesAction.objects.filter(live_at__lt=now, state="recorded")
    verdicts = [frozen["verdict"] for action in acted for frozen in action.estimates.values()]
    assert {"likely_up", "not_clear", "not_enough_data"} <= set(verdicts)
    days = Period(facts["first"], facts["last"])
    for currency in ("CNY", "EUR"):
        exchange = find_exchange(currency, ["USD"], [days])
        assert (len(exchange.table[0]), exchange.is_made_up) == (120, True)


def _ahead(now: datetime) -> None:
    """One change that nobody recorded, one task that looks live, one deal that empties a SKU, one kept dashboard."""
    kept = SavedView.objects.of_sales().get()
    assert (kept.is_shared, kept.mailed_to) == (True, [kept.member_id])
    [question] = SalesAction.objects.filter(state="open")
    assert (question.seen["field"], question.skus) == ("price", ["KD-PUZ-24"])
    [waiting] = SalesAction.objects.filter(seen__has_key="sign")
    assert waiting.task is not None
    assert waiting.task.completed_at is None
    deal = SalesAction.objects.get(kind="deal", live_at__gt=now)
    assert deal.task is not None
    assert deal.task.project.name == "Q4 黑五备战 - Amazon US"
    told = dangers_of([deal.task.pk], member=Member.objects.get(role="owner"), now=now)[deal.task.pk]
    assert [text for text in told if "LED-NL-2P" in text]


def _share(action: SalesAction, begin: int) -> float:
    """Of what the shop sold in the two weeks that begin so many days after the action: what its SKUs did."""
    first = action.live_at.date() + timedelta(days=begin)
    facts = DailySales.objects.filter(account=action.account, day_on__range=(first, first + timedelta(days=13)))
    mine = Q(sku__in=action.skus)
    sums = facts.aggregate(mine=Sum("units_ordered", filter=mine), all=Sum("units_ordered"))
    return float(sums["mine"] / sums["all"])


def _nothing_ahead_of_its_time(now: datetime) -> None:
    assert not Activity.objects.filter(created_at__gt=now).exists()
    assert not Notification.objects.filter(created_at__gt=now).exists()
    assert not Task.objects.filter(completed_at__gt=now).exists()
    assert Activity.objects.filter(created_at__lt=now - timedelta(days=30)).count() > 100


def _twice() -> None:
    before = Activity.objects.count()
    workspace = connection.tenant
    call_command("load_demo", "--if-empty")
    with pytest.raises(CommandError):
        call_command("load_demo")
    connection.set_tenant(workspace)
    assert (Activity.objects.count(), Workspace.objects.filter(slug="demo").count()) == (before, 1)


def rows_of(project: Project) -> Any:
    """Everything that finishing leaves, without keys."""
    tasks = project.tasks.order_by("number").values_list(
        "title", "column__name", "completed_at", "updated_at", "checklist_count", "checklist_done_count", "version"
    )
    items = ChecklistItem.objects.filter(task__project=project).order_by("task__number", "position")
    traces = Activity.objects.filter(project=project).order_by("task__number", "created_at", "pk")
    return (
        list(tasks),
        list(items.values_list("text", "done_at", "done_by")),
        list(traces.exclude(verb="project created").values_list("verb", "data", "actor", "created_at")),
        list(project.tasks.filter(column__status="done").order_by("rank").values_list("title", flat=True)),
        Reminder.objects.filter(subject="task", subject_id__in=project.tasks.values("pk"), state="waiting").count(),
    )


@pytest.mark.django_db
def test_finishing_many_leaves_what_the_actions_leave(owner: Member) -> None:
    now = datetime.fromisoformat("2026-11-01T00:00:00+00:00")
    made = [make_project(owner, name=name, now=now) for name in ("one by one", "at once")]
    for project in made:
        for title in ("First", "Second"):
            task = make_task(project, title, now=now)
            add_items(task, ["a", "b"], actor=owner, now=now)
    ends = [now + timedelta(days=1), now + timedelta(days=2)]
    done: Column = make_column(made[0], "done")

    for task, at in zip(made[0].tasks.order_by("number"), ends, strict=True):
        for item in task.checklist.order_by("position"):
            check_item(item, is_done=True, actor=owner, now=at - timedelta(hours=1))
        task.refresh_from_db()
        move_task(task, column=done, before=None, actor=owner, now=at)
    tasks = made[1].tasks.select_related("column").order_by("number")
    finish_many(made[1], [Finished(task, owner, at) for task, at in zip(tasks, ends, strict=True)])

    assert rows_of(made[1]) == rows_of(made[0])
