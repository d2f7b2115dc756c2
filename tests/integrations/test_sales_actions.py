"""What a task does to a shop, and marks: said, changed, taken off, by whom, and the trace of it."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from integrations.actions.sales_actions import Said, change_action, note_mark, record_action, remove_action
from integrations.models import ChannelAccount, Listing, SalesAction
from integrations.skus import find_skus
from integrations.suggesting import suggested_kind
from linkstar.lib.products import Product
from projects import trace
from projects.actions.products import link_products
from projects.models import Activity, Task
from tests.factories import client_of, make_member, make_project, make_task
from tests.factories.integrations import make_shop
from tests.pages import HTMX, text
from tests.races import RACE, at_once

LIVE = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
FORM = {"kind": "coupon", "zone": "America/Los_Angeles", "on": "2026-11-20", "time": "09:30", "skus": ["PF-01"]}


@pytest.fixture
def maya(_inside_acme: None) -> Any:
    return make_member(display_name="Maya", language="en", time_zone="Asia/Shanghai")


@pytest.fixture
def shop(_inside_acme: None) -> ChannelAccount:
    shop = make_shop(name="Northwind")
    Listing.objects.create(account=shop, sku="PF-01", asin="B0C1234XYZ", title="Quiet fountain, white")
    Listing.objects.create(account=shop, sku="PF-02", asin="B0C1234XYA", title="Quiet fountain, black")
    return shop


@pytest.fixture
def task(maya: Any) -> Task:
    made = make_task(make_project(maya, channel="amazon_us"), "Set up the 20 % coupon")
    return Task.objects.select_related("project").get(pk=made.pk)


def said(shop: ChannelAccount, **values: Any) -> Said:
    given = {"kind": "coupon", "skus": ["PF-01"], "live_at": LIVE, "zone": "America/Los_Angeles", **values}
    return Said(account=shop, **given)


@pytest.mark.django_db
class TestActions:
    def test_a_task_has_one_action_and_each_change_leaves_a_trace(
        self, shop: ChannelAccount, task: Task, maya: Any
    ) -> None:
        first = record_action(task, said(shop, live_at=None), actor=maya, now=LIVE)
        again = record_action(task, said(shop), actor=maya, now=LIVE)
        same = record_action(task, said(shop), actor=maya, now=LIVE)
        remove_action(again, zone="America/Los_Angeles", actor=maya, now=LIVE)
        remove_action(again, zone="America/Los_Angeles", actor=maya, now=LIVE)

        assert first.pk == again.pk == same.pk
        assert not SalesAction.objects.exists()
        lines = Activity.objects.filter(verb__startswith="sales action").order_by("pk")
        with timezone.override("America/Los_Angeles"):
            told = [str(trace.sentence(line)).replace("<b>Maya</b> ", "") for line in lines]
        assert [line.partition(", live since")[0] for line in told] == [
            "noted an action at Northwind: Coupon, 1 SKU, not live yet.",
            "changed the action at Northwind: Coupon, 1 SKU",
            "took the action at Northwind off: Coupon.",
        ]
        assert "20 Nov" in told[1]
        assert "09:30 PST" in told[1]

    def test_what_was_frozen_is_set_aside_when_its_basis_changes(
        self, shop: ChannelAccount, task: Task, maya: Any
    ) -> None:
        action = record_action(task, said(shop), actor=maya, now=LIVE)
        SalesAction.objects.filter(pk=action.pk).update(estimates={"7": {"verdict": "likely_up"}})
        named = change_action(action, said(shop, title="Fall coupon"), actor=maya, now=LIVE)
        assert named.estimates == {"7": {"verdict": "likely_up"}}
        moved = change_action(action, said(shop, kind="deal"), actor=maya, now=LIVE)
        assert moved.estimates == {"before": [{"at": LIVE.isoformat(), "estimates": {"7": {"verdict": "likely_up"}}}]}

    def test_a_mark_without_a_project_has_an_author_and_no_trace(self, shop: ChannelAccount, maya: Any) -> None:
        mark = note_mark(said(shop, title="Rival out of stock"), project=None, actor=maya, now=LIVE)
        assert (mark.origin, mark.created_by, Activity.objects.count()) == ("mark", maya, 0)


@RACE
def test_a_mark_that_is_sent_twice_is_one(live_workspace: Any, owner: Any) -> None:
    """Two would count as something else that was done to the same SKUs, and each would take the other's result."""
    shop = make_shop()
    note = partial(note_mark, said(shop, title="Rival's deal"), project=None, actor=owner, now=timezone.now())
    at_once(note, note)
    assert SalesAction.objects.count() == 1
    note_mark(said(shop, title="Another deal"), project=None, actor=owner, now=timezone.now())
    assert SalesAction.objects.count() == 2


@RACE
def test_two_who_say_it_at_once_say_one_action(live_workspace: Any, owner: Any) -> None:
    shop, task = make_shop(), make_task(make_project(owner))
    copies = [Task.objects.select_related("project").get(pk=task.pk) for _ in range(2)]
    acts = [
        partial(record_action, copy, said(shop, kind=kind), actor=owner, now=LIVE)
        for copy, kind in zip(copies, ("coupon", "deal"), strict=True)
    ]
    at_once(*acts)
    assert SalesAction.objects.count() == 1
    verbs = Activity.objects.filter(verb__startswith="sales").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["sales action recorded", "sales action changed"]


@pytest.mark.parametrize(
    ("title", "step", "kind"),
    [
        ("Set up the 20 % coupon", "", "coupon"),
        ("提报 Prime Day 秒杀", "", "deal"),
        ("Shoot the main image", "", "images"),
        ("写标题和五点", "title_write", "title"),
        ("A+ 换成对比图", "", "a_plus"),
        ("Lower the price to 26.99", "", "price"),
        ("广告预算上调", "ad_budget_up", "ad"),
        ("Ask the bank for a letter", "", ""),
        ("Read the loads of addenda", "", ""),
    ],
)
def test_a_kind_is_suggested_where_it_is_obvious(title: str, step: str, kind: str) -> None:
    assert suggested_kind(Task(title=title, sop_step=step)) == kind


@pytest.mark.django_db
def test_skus_are_found_by_sku_asin_and_title(shop: ChannelAccount) -> None:
    now = timezone.now()
    assert [one.sku for one in find_skus(shop, "black", now=now)] == ["PF-02"]
    assert [one.sku for one in find_skus(shop, "b0c1234xyz", now=now)] == ["PF-01"]
    assert [one.sku for one in find_skus(shop, "pf", but=["PF-01"], now=now)] == ["PF-02"]


@pytest.mark.django_db
class TestPages:
    def test_the_panel_is_empty_without_shops_and_offers_what_the_task_looks_like(self, task: Task, maya: Any) -> None:
        client = client_of(maya)
        here = reverse("integrations:task-action", args=[task.pk])
        assert text(client.get(here)) == ""
        make_shop()
        assert "Looks like: Coupon" in text(client.get(here))

    def test_the_dialog_begins_with_the_tasks_products_and_the_moment_it_was_done(
        self, shop: ChannelAccount, task: Task, maya: Any
    ) -> None:
        link_products(task, [Product(asin="B0C1234XYZ")], actor=maya, now=LIVE)
        Task.objects.filter(pk=task.pk).update(completed_at=LIVE)
        page = text(client_of(maya).get(reverse("integrations:task-action-edit", args=[task.pk]), **HTMX))
        assert 'value="PF-01" checked' in page
        assert 'value="coupon" selected' in page
        assert 'value="2026-11-20"' in page
        assert 'value="09:30"' in page

    def test_saving_records_it_and_asks_the_page_to_look_again(
        self, shop: ChannelAccount, task: Task, maya: Any
    ) -> None:
        url = reverse("integrations:task-action-edit", args=[task.pk])
        ends = {"ends_on": "2026-11-27", "ends_time": "23:59"}
        answer = client_of(maya).post(url, {**FORM, "shop": shop.pk, **ends}, **HTMX)
        action = SalesAction.objects.get()
        assert (answer.status_code, action.task, action.kind, action.skus) == (204, task, "coupon", ["PF-01"])
        assert action.live_at == LIVE
        assert action.ended_at == datetime(2026, 11, 28, 7, 59, tzinfo=UTC)
        assert '"task:changed"' in answer["HX-Trigger"]
        panel = text(client_of(maya).get(reverse("integrations:task-action", args=[task.pk])))
        assert "09:30 PST" in panel
        assert "01:30 for you" in panel

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"skus": []}, "Choose at least one SKU"),
            ({"skus": ["NONE"]}, "This shop does not know NONE"),
            ({"time": ""}, "Choose the time as well"),
            ({"ends_on": "2026-11-19"}, "It ends before it begins"),
            ({"kind": "party"}, "Choose one of the options offered"),
            ({"typed": "as soon as the moon is full"}, "This was not understood"),
            ({"zone": "Mars/Olympus"}, "is not a time zone that we know"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_stays(
        self, shop: ChannelAccount, task: Task, maya: Any, wrong: dict[str, Any], words: str
    ) -> None:
        url = reverse("integrations:task-action-edit", args=[task.pk])
        answer = client_of(maya).post(url, {**FORM, "shop": shop.pk, **wrong}, **HTMX)
        assert answer.status_code == 422
        assert words in text(answer)
        assert f'value="{wrong.get("on", "2026-11-20")}"' in text(answer)
        assert not SalesAction.objects.exists()

    def test_looking_for_skus_keeps_those_that_are_ticked(self, shop: ChannelAccount, task: Task, maya: Any) -> None:
        url = reverse("integrations:task-action-edit", args=[task.pk])
        sent = {**FORM, "shop": shop.pk, "q": "black", "search": "1"}
        page = text(client_of(maya).post(url, sent, **HTMX))
        assert 'value="PF-01" checked' in page
        assert 'value="PF-02"> ' in page
        assert "dialog" not in page
        assert not SalesAction.objects.exists()

    def test_one_tap_says_that_it_went_live_when_the_task_was_done(
        self, shop: ChannelAccount, task: Task, maya: Any
    ) -> None:
        record_action(task, said(shop, live_at=None), actor=maya, now=LIVE)
        client, url = client_of(maya), reverse("integrations:task-action-live", args=[task.pk])
        assert client.post(url, **HTMX).status_code == 404
        Task.objects.filter(pk=task.pk).update(completed_at=LIVE)
        assert client.post(url, **HTMX).status_code == 204
        assert SalesAction.objects.get().live_at == LIVE

    @pytest.mark.parametrize(("days", "kept"), [(7, True), (-1, False)])
    def test_one_tap_keeps_an_end_that_comes_after(
        self, shop: ChannelAccount, task: Task, maya: Any, days: int, kept: bool
    ) -> None:
        end = LIVE + timedelta(days=days)
        record_action(task, said(shop, live_at=None, ended_at=end), actor=maya, now=LIVE)
        Task.objects.filter(pk=task.pk).update(completed_at=LIVE)
        client_of(maya).post(reverse("integrations:task-action-live", args=[task.pk]), **HTMX)
        assert SalesAction.objects.get().ended_at == (end if kept else None)

    def test_a_day_without_its_year_is_the_one_that_was(self, shop: ChannelAccount, maya: Any) -> None:
        day = timezone.now().astimezone(UTC).date().replace(day=1)
        form = {**FORM, "shop": shop.pk, "title": "Rival out of stock", "on": "", "time": ""}
        typed = f"{day.month}-{day.day} 00:00"
        answer = client_of(maya).post(reverse("integrations:mark-add"), {**form, "typed": typed}, **HTMX)
        assert answer.status_code == 204, text(answer)
        live_at = SalesAction.objects.get().live_at
        assert live_at is not None
        assert abs((timezone.now() - live_at).days) <= 32

    def test_what_a_hidden_task_did_is_hidden_too(self, shop: ChannelAccount, task: Task, maya: Any) -> None:
        action = record_action(task, said(shop), actor=maya, now=LIVE)
        url = reverse("integrations:action", args=[action.pk])
        colleague = client_of(make_member("member"))
        assert colleague.get(url).status_code == 200
        Task.objects.filter(pk=task.pk).update(sensitivity=Task.Sensitivity.FINANCE)
        assert colleague.get(url).status_code == 404
