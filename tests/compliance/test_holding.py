"""Tasks that need a passport wait for the papers of the SKUs that they name."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linkstar.compliance.actions.papers import waive
from linkstar.compliance.holding import papers_lacking
from linkstar.lib.products import recognise
from projects.actions.finishing import finish_task
from projects.actions.products import link_products
from projects.actions.refusals import Withheld
from projects.models import Project, Task
from tests.compliance.conftest import US, fill, in_days, make_passport, record
from tests.factories import client_of, make_member, make_project, make_ready_task

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def project(owner: Any) -> Project:
    return make_project(owner)


def make_launch(project: Project, *pasted: str) -> Task:
    task = make_ready_task(project, "Send the first batch", needs_passport=True)
    if pasted:
        link_products(task, [recognise(one) for one in pasted], actor=project.owner, now=NOW)
    return task


def why(task: Task, now: datetime = NOW) -> list[str]:
    return [hold.text for hold in papers_lacking([task], now=now).get(task.pk, [])]


@pytest.fixture(autouse=True)
def _english() -> Any:
    from django.utils.translation import override

    with override("en"):
        yield


class TestWhy:
    def test_the_sku_and_its_papers_are_named(self, owner: Any, project: Project) -> None:
        passport = make_passport(owner)
        record(passport, "fcc_certification", owner=owner, expires_on=in_days(-1, now=NOW), now=NOW)
        record(passport, "battery_un38_3", owner=owner, number="", progress="in_progress", now=NOW)
        task = make_launch(project, "sp-01")
        assert why(task) == ["SP-01: FCC ID expired, FCC SDoC, SDS missing, UN38.3 still in progress."]
        [hold] = papers_lacking([task], now=NOW)[task.pk]
        assert (hold.subject, hold.url) == ("SP-01", passport.get_absolute_url())

    def test_nothing_once_all_is_there(self, owner: Any, project: Project) -> None:
        fill(make_passport(owner), owner=owner)
        task = make_launch(project, "SP-01")
        assert why(task) == []
        finish_task(task, actor=owner, now=NOW)
        assert task.is_done

    def test_a_waived_paper_is_not_asked_for(self, owner: Any, project: Project) -> None:
        passport = make_passport(owner)
        fill(passport, owner=owner, but=("fcc_sdoc",))
        waive(passport, US.requirements["fcc_sdoc"], reason="Module", actor=owner, now=NOW)
        assert why(make_launch(project, "SP-01")) == []

    def test_a_paper_runs_out_with_the_market_s_day(self, owner: Any, project: Project) -> None:
        passport = make_passport(owner)
        fill(passport, owner=owner, but=("fcc_sdoc",))
        record(passport, "fcc_sdoc", owner=owner, expires_on=in_days(0, now=NOW), now=NOW)
        task = make_launch(project, "SP-01")
        midnight = datetime(2026, 11, 25, 8, tzinfo=UTC)
        assert (why(task, midnight - timedelta(minutes=1)), len(why(task, midnight))) == ([], 1)

    def test_open_questions(self, owner: Any, project: Project) -> None:
        passport = make_passport(owner, category="cosmetics", answers={})
        for key in ("fda_mocra_registration", "fda_mocra_adverse_event", "dangerous_goods_sds"):
            record(passport, key, owner=owner)
        [text] = why(make_launch(project, "SP-01"))
        assert text.startswith("SP-01: ") and text.endswith("questions are not answered.")

    def test_an_asin_finds_its_product(self, owner: Any, project: Project) -> None:
        fill(make_passport(owner, asin="B0CX7Q4M2L"), owner=owner)
        assert why(make_launch(project, "https://www.amazon.com/dp/B0CX7Q4M2L")) == []

    def test_each_of_several_skus(self, owner: Any, project: Project) -> None:
        fill(make_passport(owner), owner=owner)
        make_passport(owner, "SP-02")
        assert [text[:6] for text in why(make_launch(project, "SP-01", "SP-02", "SP-03"))] == ["SP-02:", "“SP-03"]

    def test_without_a_sku_nobody_can_look(self, project: Project) -> None:
        [text] = why(make_launch(project))
        assert text.startswith("No SKU is linked")

    def test_an_address_beside_a_known_sku_says_nothing_new(self, owner: Any, project: Project) -> None:
        fill(make_passport(owner), owner=owner)
        assert why(make_launch(project, "SP-01", "https://www.walmart.com/ip/Speaker/123456789")) == []

    def test_statements_do_not_grow_with_tasks(self, owner: Any, project: Project) -> None:
        counts = []
        for number in range(3):
            make_passport(owner, f"S-{number}")
            make_launch(project, f"S-{number}")
            with CaptureQueriesContext(connection) as captured:
                papers_lacking(Task.objects.all(), now=NOW)
            counts.append(len(captured) - 1)
        assert counts == [4, 4, 4]


class TestSheet:
    def test_a_task_says_how_its_passports_stand(self, owner: Any, project: Project) -> None:
        passport = make_passport(owner)
        task = make_launch(project, "SP-01", "SP-09")
        page = client_of(make_member()).get(f"/tasks/{task.pk}/passport/").text
        assert passport.get_absolute_url() in page and "Papers missing" in page
        assert "/passports/add/?sku=SP-09" in page

    def test_the_refusal_leads_to_the_passport(self, owner: Any, project: Project) -> None:
        passport = make_passport(owner)
        task = make_launch(project, "SP-01")
        answer = client_of(make_member()).post(f"/tasks/{task.pk}/finish/", headers={"HX-Request": "true"})
        assert answer.status_code == 422
        assert "SP-01: FCC ID, FCC SDoC, UN38.3, SDS missing." in answer.text
        assert passport.get_absolute_url() in answer.text

    def test_the_action_raises(self, owner: Any, project: Project) -> None:
        make_passport(owner)
        with pytest.raises(Withheld):
            finish_task(make_launch(project, "SP-01"), actor=owner, now=NOW)
