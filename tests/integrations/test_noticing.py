"""What changes at a shop without a recorded action is asked once, quietly, and answered by one tap."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.urls import reverse

from integrations.access import signs_for
from integrations.actions.listings import store_listings
from integrations.actions.noticing import IsAnswered, attach, say_not_ours, say_ours
from integrations.models import ChannelAccount, SalesAction
from notifications.models import Notification
from projects.models import Activity, Task
from tests.factories import client_of, make_member, make_project, make_task
from tests.factories.integrations import listing_facts as facts
from tests.factories.integrations import make_shop
from tests.pages import HTMX, text
from tests.races import RACE, at_once

MONDAY = datetime(2026, 11, 16, 20, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def maya(_inside_acme: None) -> Any:
    return make_member("owner", display_name="Maya", language="en")


@pytest.fixture
def shop(maya: Any) -> ChannelAccount:
    shop = make_shop(name="Northwind", created_by=maya)
    store_listings(shop, [facts()], now=MONDAY)
    return shop


def asked() -> list[tuple[str, list[str], str, str]]:
    rows = SalesAction.objects.filter(state="open").order_by("seen__field", "pk")
    return [(row.seen["field"], row.skus, row.seen["before"], row.seen["after"]) for row in rows]


@pytest.mark.django_db
class TestDetector:
    def test_the_first_look_is_no_change(self, shop: ChannelAccount) -> None:
        store_listings(shop, [facts("NEW-1")], now=MONDAY + DAY)
        assert asked() == []

    def test_each_field_is_compared_with_the_day_before(self, shop: ChannelAccount) -> None:
        changed = facts(price=Decimal("26.990"), title="Quiet fountain", image_url="https://m.example/2.jpg", stock=0)
        store_listings(shop, [changed], now=MONDAY + DAY)
        assert asked() == [
            ("image", ["PF-01"], "https://m.example/1.jpg", "https://m.example/2.jpg"),
            ("price", ["PF-01"], "29.99", "26.99"),
            ("stock", ["PF-01"], "40", "0"),
            ("title", ["PF-01"], "Fountain", "Quiet fountain"),
        ]

    def test_what_flickers_within_a_day_and_what_is_not_said_stay_quiet(self, shop: ChannelAccount) -> None:
        store_listings(shop, [facts(price=Decimal(20))], now=MONDAY + timedelta(hours=2))
        store_listings(shop, [facts()], now=MONDAY + timedelta(hours=4))
        store_listings(shop, [facts(price=None, title="", stock=39)], now=MONDAY + DAY)
        store_listings(shop, [facts(stock=12)], now=MONDAY + 2 * DAY)
        assert asked() == []

    def test_a_recorded_action_of_that_kind_near_it_explains_it(self, shop: ChannelAccount) -> None:
        lately = {"account": shop, "skus": ["PF-01"], "live_at": MONDAY - DAY, "origin": "mark"}
        SalesAction.objects.create(kind="price", **lately)
        store_listings(shop, [facts(price=Decimal(25), title="Other")], now=MONDAY + DAY)
        assert [field for field, *_rest in asked()] == ["title"]

    def test_an_action_of_another_week_explains_nothing(self, shop: ChannelAccount) -> None:
        SalesAction.objects.create(account=shop, kind="price", skus=["PF-01"], live_at=MONDAY - 5 * DAY, origin="mark")
        store_listings(shop, [facts(price=Decimal(25))], now=MONDAY + DAY)
        assert [field for field, *_rest in asked()] == ["price"]

    def test_a_task_that_was_just_done_explains_it_before_its_go_live_is_said(
        self, shop: ChannelAccount, maya: Any
    ) -> None:
        task = make_task(make_project(maya), "Lower the price", completed_at=MONDAY)
        SalesAction.objects.create(account=shop, kind="price", skus=["PF-01"], origin="task", task=task)
        store_listings(shop, [facts(price=Decimal(25))], now=MONDAY + DAY)
        assert asked() == []

    def test_many_skus_at_once_are_one_question_also_over_pages(self, shop: ChannelAccount) -> None:
        skus = [f"S-{number}" for number in range(6)]
        store_listings(shop, [facts(sku) for sku in skus], now=MONDAY)
        later = MONDAY + DAY
        store_listings(shop, [facts(sku, price=Decimal(9)) for sku in skus[:3]], now=later)
        store_listings(shop, [facts(sku, price=Decimal(9)) for sku in skus[3:]], now=later + timedelta(minutes=1))
        assert [(field, len(named)) for field, named, *_rest in asked()] == [("price", 6)]
        assert Notification.objects.filter(kind="change_noticed").count() == 1

    def test_the_same_is_not_asked_twice(self, shop: ChannelAccount, maya: Any) -> None:
        for day, price in enumerate((25, 24, 23), 1):
            store_listings(shop, [facts(price=Decimal(price))], now=MONDAY + day * DAY)
        [question] = SalesAction.objects.all()
        say_not_ours(question, actor=maya)
        store_listings(shop, [facts(price=Decimal(22))], now=MONDAY + 4 * DAY)
        assert asked() == []
        store_listings(shop, [facts(price=Decimal(21))], now=MONDAY + 20 * DAY)
        assert asked() == [("price", ["PF-01"], "22", "21")]

    def test_it_is_told_to_who_acted_on_the_sku(self, shop: ChannelAccount, maya: Any) -> None:
        chen = make_member(display_name="Chen")
        SalesAction.objects.create(
            account=shop, kind="images", skus=["PF-01"], live_at=MONDAY - 30 * DAY, origin="mark", created_by=chen
        )
        store_listings(shop, [facts(price=Decimal(25))], now=MONDAY + DAY)
        assert [notice.member for notice in Notification.objects.filter(kind="change_noticed")] == [chen]


@pytest.fixture
def question(shop: ChannelAccount) -> SalesAction:
    store_listings(shop, [facts(price=Decimal("26.99"))], now=MONDAY + DAY)
    return SalesAction.objects.get()


@pytest.mark.django_db
class TestAnswers:
    def test_ours_becomes_a_mark_whose_result_is_awaited(self, question: SalesAction, maya: Any) -> None:
        url = reverse("integrations:noticed-answer", args=[question.pk])
        assert "Kept as a mark." in text(client_of(maya).post(url, {"answer": "ours"}, **HTMX))
        kept = SalesAction.objects.get()
        assert (kept.state, kept.answered_by, kept.title) == ("recorded", maya, "Price 29.99 USD → 26.99 USD")
        assert "Somebody has answered this meanwhile." in text(client_of(maya).post(url, {"answer": "ours"}, **HTMX))

    def test_a_task_that_did_it_gets_the_action(self, question: SalesAction, maya: Any) -> None:
        task = make_task(make_project(maya), "Match the rival")
        url = reverse("integrations:noticed-attach", args=[question.pk])
        client = client_of(maya)
        assert "Match the rival" in text(client.get(url, {"q": "rival"}, **HTMX))
        assert client.post(url, {"task": task.pk}, **HTMX)["HX-Redirect"] == task.get_absolute_url()
        kept = SalesAction.objects.get()
        assert (kept.task, kept.state, kept.live_at) == (task, "recorded", question.live_at)
        told = Activity.objects.get(task=task, verb="sales action recorded").data
        assert (told["live"]["zone"], told["skus"]) == (task.project.time_zone, ["PF-01"])

    def test_a_task_that_has_an_action_takes_the_skus_along(self, question: SalesAction, maya: Any) -> None:
        task = Task.objects.select_related("project").get(pk=make_task(make_project(maya)).pk)
        theirs = SalesAction.objects.create(
            account=question.account, kind="price", skus=["A"], origin="task", task=task, estimates={"7": {"x": 1}}
        )
        attach(question, task, title="", actor=maya, now=MONDAY + DAY)
        theirs.refresh_from_db()
        question.refresh_from_db()
        assert (theirs.skus, theirs.live_at, list(theirs.estimates)) == (["A", "PF-01"], question.live_at, ["before"])
        assert (question.state, question.seen["task"]) == ("dismissed", task.pk)

    def test_a_task_is_made_to_look_into_it(self, question: SalesAction, maya: Any) -> None:
        project = make_project(maya)
        url = reverse("integrations:noticed-task", args=[question.pk])
        client = client_of(maya)
        assert client.post(url, {"title": "Look", "project": ""}, **HTMX).status_code == 422
        client.post(url, {"title": "Who lowered it?", "project": project.pk})
        task = Task.objects.get()
        assert (task.title, task.owner, [link.sku for link in task.products.all()]) == (
            "Who lowered it?",
            maya,
            ["PF-01"],
        )
        assert SalesAction.objects.get().state == "dismissed"
        assert client.get(url).status_code == 404

    def test_the_shops_page_asks_and_is_silent_when_all_is_answered(self, question: SalesAction, maya: Any) -> None:
        url, client = reverse("integrations:noticed-panel", args=[question.account_id]), client_of(maya)
        assert "Did somebody do this?" in text(client.get(url))
        say_not_ours(question, actor=maya)
        assert text(client.get(url)) == ""
        assert "Nothing changed that nobody recorded" in text(client.get(reverse("integrations:noticed")))


@pytest.mark.django_db
def test_what_looks_live_stands_with_its_task_and_is_no_question(shop: ChannelAccount, maya: Any) -> None:
    project = make_project(maya)
    seen = {"sign": {"field": "price", "at": MONDAY.isoformat(), "changes": {"PF-01": ["29.99", "26.99"]}}}
    for title, values in (
        ("Lower the price", {}), ("Done before", {"completed_at": MONDAY}), ("Quiet price", {"sensitivity": "finance"})
    ):  # fmt: skip
        task = make_task(project, title, **values)
        SalesAction.objects.create(account=shop, kind="price", skus=["PF-01"], origin="task", task=task, seen=seen)
    url = reverse("integrations:noticed")
    said = text(client_of(make_member(language="en")).get(url))
    assert "The price of PF-01 is 26.99 USD, it was 29.99 USD." in said
    assert [title in said for title in ("Lower the price", "Done before", "Quiet price")] == [True, False, False]
    assert "Did somebody do this?" not in said
    assert "Nothing changed that nobody recorded" not in said
    assert "Quiet price" in text(client_of(maya).get(url))
    assert "PF-01 的价格" in text(client_of(make_member(language="zh-hans")).get(url))


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_what_looks_live(
    shop: ChannelAccount, maya: Any, count: int, django_assert_num_queries: Any
) -> None:
    project = make_project(maya)
    seen = {"sign": {"field": "title", "at": MONDAY.isoformat(), "changes": {"PF-01": ["a", "b"]}}}
    for number in range(count):
        task = make_task(project, f"Title {number}")
        SalesAction.objects.create(account=shop, kind="title", skus=["PF-01"], origin="task", task=task, seen=seen)
    with django_assert_num_queries(1):
        found = [(each.task and each.task.title, each.account.name) for each in signs_for(maya).order_by("pk")]
    assert found == [(f"Title {number}", "Northwind") for number in range(count)]


@RACE
def test_of_two_answers_at_once_one_counts(live_workspace: Any, owner: Any) -> None:
    shop = make_shop()
    seen = {"field": "price", "before": "9", "after": "8", "changes": {"A": ["9", "8"]}}
    question = SalesAction.objects.create(
        account=shop, kind="price", skus=["A"], live_at=MONDAY, origin="noticed", state="open", seen=seen
    )
    answers = at_once(
        partial(say_ours, question, title="Price", actor=owner, now=MONDAY),
        partial(say_not_ours, question, actor=owner),
        expected=IsAnswered,
    )
    assert sum(isinstance(answer, IsAnswered) for answer in answers) == 1
    assert SalesAction.objects.get().state in ("recorded", "dismissed")
