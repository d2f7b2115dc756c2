"""What the shop shows of a task that is still to be done: suggested once to its owner, and answered by one tap."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from integrations.actions.listings import store_listings
from integrations.actions.noticing import IsAnswered
from integrations.actions.sales_actions import Said, change_action, record_action
from integrations.actions.signs import refuse_sign, spot_discounts, take_sign
from integrations.models import ChannelAccount, SalesAction, SalesLine
from integrations.signs import sign_of
from linkstar.lib.deadlines import Deadline
from notifications.kinds import KINDS
from notifications.models import Notification
from projects.models import Task
from tests.factories import client_of, make_member, make_project, make_task
from tests.factories.integrations import listing_facts as facts
from tests.factories.integrations import make_shop
from tests.pages import HTMX, text
from tests.races import RACE, at_once

MONDAY = datetime(2026, 11, 16, 20, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ZONE = "America/Los_Angeles"


@pytest.fixture
def maya(_inside_acme: None) -> Any:
    return make_member("owner", display_name="Maya", language="en")


@pytest.fixture
def shop(maya: Any) -> ChannelAccount:
    shop = make_shop(name="Northwind", created_by=maya)
    store_listings(shop, [facts(), facts("PF-02")], now=MONDAY)
    return shop


@pytest.fixture
def task(maya: Any) -> Task:
    due = Deadline(date(2026, 11, 20), time(9), ZONE)
    return make_task(make_project(maya), "Lower the price", owner=maya, deadline=due, now=MONDAY)


def plan(task: Task, shop: ChannelAccount, kind: str = "price", **values: Any) -> SalesAction:
    said = Said(**{"account": shop, "kind": kind, "skus": ["PF-01"], "live_at": None, **values})
    return record_action(task, said, actor=task.project.owner, now=MONDAY)


def questions() -> list[str]:
    return [row.seen["field"] for row in SalesAction.objects.filter(state="open").order_by("pk")]


def waiting(action: SalesAction) -> str:
    action.refresh_from_db()
    sign = sign_of(action)
    return sign.field if sign else ""


def sold(shop: ChannelAccount, order: str, at: datetime, discount: str = "0", **values: Any) -> None:
    SalesLine.objects.create(
        account=shop, kind="sale", order_id=order, line_id="1", sku="PF-01", status="counted", happened_at=at,
        day_on=shop.day_of(at), changed_at=at, units=1, amount=30, discount=Decimal(discount), currency="USD", **values,
    )  # fmt: skip


@pytest.mark.django_db
class TestSigns:
    def test_a_change_that_a_task_was_to_make_is_suggested_and_not_asked(
        self, shop: ChannelAccount, task: Task, maya: Any
    ) -> None:
        action = plan(task, shop)
        store_listings(shop, [facts(price=Decimal("26.99")), facts("PF-02")], now=MONDAY + DAY)
        assert (waiting(action), questions()) == ("price", [])
        assert Notification.objects.get(member=maya, kind="looks_live").data["task"] == "Lower the price"
        task.refresh_from_db()
        assert (task.completed_at, action.live_at) == (None, None)

    def test_what_is_no_business_of_the_task_is_asked_as_ever(self, shop: ChannelAccount, task: Task) -> None:
        action = plan(task, shop)
        changed = facts("PF-02", price=Decimal(20))
        store_listings(shop, [facts(title="Quiet fountain"), changed], now=MONDAY + DAY)
        assert (waiting(action), questions()) == ("", ["price", "title"])

    @pytest.mark.parametrize(
        ("kind", "changed", "sign"),
        [
            ("deal", {"price": Decimal(20)}, "price"),
            ("deal", {"price": Decimal(40)}, ""),
            ("price", {"price": Decimal(40)}, "price"),
            ("coupon", {"price": Decimal(20)}, ""),
            ("images", {"image_url": "https://m.example/2.jpg"}, "image"),
            ("title", {"title": "Quiet fountain"}, "title"),
            ("listing", {"title": "Quiet fountain"}, "title"),
            ("stock", {"stock": 0}, ""),
            ("a_plus", {"title": "Quiet fountain"}, ""),
        ],
    )
    def test_each_kind_has_its_own_signs(
        self, shop: ChannelAccount, task: Task, kind: str, changed: dict[str, Any], sign: str
    ) -> None:
        action = plan(task, shop, kind)
        store_listings(shop, [facts(**changed)], now=MONDAY + DAY)
        assert waiting(action) == sign

    def test_stock_speaks_when_it_comes_back(self, shop: ChannelAccount, task: Task) -> None:
        store_listings(shop, [facts(stock=0)], now=MONDAY + DAY)
        action = plan(task, shop, "stock")
        store_listings(shop, [facts(stock=500)], now=MONDAY + 2 * DAY)
        assert waiting(action) == "stock"

    @pytest.mark.parametrize("state", ["done", "binned", "archived", "much later"])
    def test_a_task_that_is_not_waited_for_has_none(self, shop: ChannelAccount, task: Task, state: str) -> None:
        action = plan(task, shop)
        values: dict[str, dict[str, Any]] = {
            "done": {"completed_at": MONDAY - 30 * DAY},
            "binned": {"deleted_at": MONDAY},
            "archived": {"archived_at": MONDAY},
            "much later": {"due_at": MONDAY + 40 * DAY},
        }
        Task.objects.filter(pk=task.pk).update(**values[state])
        store_listings(shop, [facts(price=Decimal(20))], now=MONDAY + DAY)
        assert (waiting(action), questions()) == ("", ["price"])

    def test_it_is_told_once_and_keeps_its_first_instant(self, shop: ChannelAccount, task: Task) -> None:
        action = plan(task, shop, skus=["PF-01", "PF-02"])
        store_listings(shop, [facts(price=Decimal(20)), facts("PF-02")], now=MONDAY + DAY)
        store_listings(shop, [facts(price=Decimal(20)), facts("PF-02", price=Decimal(20))], now=MONDAY + 2 * DAY)
        action.refresh_from_db()
        sign = sign_of(action)
        assert sign is not None
        assert (sign.at, sorted(sign.changes)) == (MONDAY + DAY, ["PF-01", "PF-02"])
        assert Notification.objects.filter(kind="looks_live").count() == 1

    def test_an_action_that_is_changed_loses_it(self, shop: ChannelAccount, task: Task, maya: Any) -> None:
        action = plan(task, shop)
        store_listings(shop, [facts(price=Decimal(20))], now=MONDAY + DAY)
        action.refresh_from_db()
        change_action(action, Said(shop, "price", ["PF-02"], None), actor=maya, now=MONDAY + DAY)
        assert waiting(action) == ""

    def test_every_field_has_its_words(self) -> None:
        from integrations.shown_changes import sign_text
        from integrations.signs import SPEAKS_OF, Sign

        for field in SPEAKS_OF:
            told = {"task": "T", "shop": "S", "field": field}
            choose = KINDS["looks_live"].choose
            assert choose is not None
            assert "“T” looks live" in str(choose(told)) % told
            sign = Sign(field, MONDAY, {"PF-01": ("1", "2")})
            assert "PF-01" in sign_text(sign, ChannelAccount(currency="USD"))


@pytest.mark.django_db
class TestDiscounts:
    def test_discounts_that_begin_are_a_coupon(self, shop: ChannelAccount, task: Task) -> None:
        action, now = plan(task, shop, "coupon"), MONDAY + 3 * DAY
        sold(shop, "o1", now - 4 * DAY)
        sold(shop, "o2", now - 5 * HOUR, "3")
        spot_discounts(shop, now=now)
        assert waiting(action) == ""
        sold(shop, "o3", now - 3 * HOUR, "3")
        spot_discounts(shop, now=now)
        spot_discounts(shop, now=now)
        action.refresh_from_db()
        sign = sign_of(action)
        assert sign is not None
        assert (sign.field, sign.at) == ("discount", now - 5 * HOUR)
        assert Notification.objects.filter(kind="looks_live").count() == 1

    @pytest.mark.parametrize("spoils", ["before", "void", "other kind"])
    def test_what_says_nothing(self, shop: ChannelAccount, task: Task, spoils: str) -> None:
        action, now = plan(task, shop, "title" if spoils == "other kind" else "coupon"), MONDAY + 3 * DAY
        for order in ("o1", "o2"):
            sold(shop, order, now - HOUR, "3")
        if spoils == "before":
            sold(shop, "o0", now - 5 * DAY, "3")
        if spoils == "void":
            SalesLine.objects.filter(order_id="o2").update(status="void")
        spot_discounts(shop, now=now)
        assert waiting(action) == ""


@pytest.mark.django_db
class TestAnswers:
    @pytest.fixture
    def action(self, shop: ChannelAccount, task: Task) -> SalesAction:
        action = plan(task, shop)
        store_listings(shop, [facts(price=Decimal("26.99"))], now=MONDAY + DAY)
        action.refresh_from_db()
        return action

    def test_one_tap_finishes_the_task_with_its_go_live(self, action: SalesAction, task: Task, maya: Any) -> None:
        client = client_of(maya)
        panel = text(client.get(reverse("integrations:task-action", args=[task.pk])))
        assert "It looks live" in panel
        assert "The price of PF-01 is 26.99 USD, it was 29.99 USD." in panel
        answer = client.post(reverse("integrations:task-action-sign", args=[task.pk]), {"answer": "done"}, **HTMX)
        assert answer.status_code == 204
        assert '"task:changed"' in answer["HX-Trigger"]
        action.refresh_from_db()
        task.refresh_from_db()
        assert action.live_at == MONDAY + DAY
        assert task.completed_at is not None
        assert "It looks live" not in text(client.get(reverse("integrations:task-action", args=[task.pk])))

    def test_a_done_task_is_only_told_since_when(self, action: SalesAction, task: Task, maya: Any) -> None:
        Task.objects.filter(pk=task.pk).update(completed_at=MONDAY + 3 * DAY)
        url = reverse("integrations:task-action", args=[task.pk])
        assert "It went live then" in text(client_of(maya).get(url))
        client_of(maya).post(reverse("integrations:task-action-sign", args=[task.pk]), {"answer": "live"}, **HTMX)
        action.refresh_from_db()
        assert action.live_at == MONDAY + DAY

    def test_what_was_said_to_be_live_already_stays(self, action: SalesAction, maya: Any) -> None:
        SalesAction.objects.filter(pk=action.pk).update(live_at=MONDAY + HOUR)
        take_sign(action, actor=maya, now=MONDAY + 2 * DAY)
        action.refresh_from_db()
        assert action.live_at == MONDAY + HOUR

    def test_no_asks_everybody_and_does_not_come_back(
        self, action: SalesAction, task: Task, shop: ChannelAccount, maya: Any
    ) -> None:
        answer = client_of(maya).post(reverse("integrations:task-action-sign", args=[task.pk]), {"answer": "no"})
        assert answer.status_code == 302
        assert (waiting(action), questions()) == ("", ["price"])
        store_listings(shop, [facts(price=Decimal(20))], now=MONDAY + 2 * DAY)
        assert waiting(action) == ""
        task.refresh_from_db()
        assert task.completed_at is None

    def test_the_second_answer_is_told(self, action: SalesAction, task: Task, maya: Any) -> None:
        take_sign(action, actor=maya, now=MONDAY + 2 * DAY)
        with pytest.raises(IsAnswered):
            refuse_sign(action, now=MONDAY + 2 * DAY)
        answer = client_of(maya).post(
            reverse("integrations:task-action-sign", args=[task.pk]), {"answer": "no"}, **HTMX
        )
        assert "Somebody was quicker" in answer["HX-Trigger"]

    def test_no_word_of_ours_is_no_answer(self, action: SalesAction, task: Task, maya: Any) -> None:
        url = reverse("integrations:task-action-sign", args=[task.pk])
        assert client_of(maya).post(url, {"answer": "perhaps"}).status_code == 404
        assert waiting(action) == "price"


@RACE
def test_of_two_answers_at_once_one_counts(live_workspace: Any, owner: Any) -> None:
    shop, task = make_shop(), make_task(make_project(owner), owner=owner)
    action = plan(task, shop)
    for day, price in enumerate((30, 20)):
        with transaction.atomic():
            store_listings(shop, [facts(price=Decimal(price))], now=MONDAY + day * DAY)
    answers = at_once(
        partial(take_sign, action, actor=owner, now=MONDAY + 2 * DAY),
        partial(refuse_sign, action, now=MONDAY + 2 * DAY),
        expected=IsAnswered,
    )
    assert sum(isinstance(answer, IsAnswered) for answer in answers) == 1
    assert waiting(action) == ""
