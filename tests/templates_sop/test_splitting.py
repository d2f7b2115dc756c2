"""Splitting a coarse task: what the library suggests, and what becomes of the lines."""

from typing import Any

import pytest

from projects.models import Task
from templates_sop.splitting import suggestions
from tests.factories import client_of, make_project, make_task

HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("title", "language", "template", "step"),
    [
        ("负责广告", "zh-hans", "amazon_ads_launch", "创建SP手动广告组：精准与词组分开"),
        ("Handle ads", "en", "amazon_ads_launch", "Create SP manual ad groups: exact and phrase apart"),
        ("搞定優惠券", "zh-hans", "amazon_coupon_deal_promotion", "创建优惠券"),
        ("Deal with the coupon", "en", "amazon_coupon_deal_promotion", "Create the coupon"),
        ("搞定FBA发货", "zh-hans", "fba_replenishment_shipment", "计算补货量"),
    ],
)
def test_the_library_is_found_by_its_words(title: str, language: str, template: str, step: str) -> None:
    found = suggestions(title, language=language)
    assert found[0].template == template
    assert any(line.startswith(step) for suggestion in found for line in suggestion.steps)


@pytest.mark.parametrize("title", ["买牛奶", "Finish it", "完成任务", "", "🎉"])
def test_what_the_library_does_not_know_gets_nothing(title: str) -> None:
    assert suggestions(title, language="zh-hans") == []


def test_a_long_phase_is_cut_to_what_fits() -> None:
    assert all(2 <= len(each.steps) <= 8 for each in suggestions("Handle Prop 65 testing", language="en"))


@pytest.mark.django_db
class TestView:
    @pytest.fixture
    def task(self, owner: Any) -> Task:
        return make_task(make_project(owner), title="拍摄主图，上传到后台")

    def test_the_titles_own_pieces_stand_in_the_field(self, task: Task, owner: Any) -> None:
        page = client_of(owner).get(f"/tasks/{task.pk}/split/", headers=HTMX).content.decode()
        assert "拍摄主图\n上传到后台</textarea>" in page

    def test_each_line_becomes_a_subtask(self, task: Task, owner: Any) -> None:
        answer = client_of(owner).post(
            f"/tasks/{task.pk}/split/", {"lines": "拍摄主图\r\n\r\n 上传到后台 "}, headers=HTMX
        )
        assert (answer.status_code, '"dialog:close"' in answer["HX-Trigger"]) == (200, True)
        assert list(task.subtasks.order_by("number").values_list("title", flat=True)) == ["拍摄主图", "上传到后台"]
        assert Task.objects.get(pk=task.pk).subtask_count == 2

    @pytest.mark.parametrize(
        "lines",
        ["", " \n ", "x" * 301, "\n".join("abcdefghijklmnopqrstuvwxyzabcdefg")],
        ids=["empty", "blank", "long", "many"],
    )
    def test_what_cannot_be_is_refused_and_kept(self, task: Task, owner: Any, lines: str) -> None:
        answer = client_of(owner).post(f"/tasks/{task.pk}/split/", {"lines": lines}, headers=HTMX)
        assert (answer.status_code, task.subtasks.count()) == (422, 0)
        assert lines.strip()[:300] in answer.content.decode()
