"""The hint that a task should be split: what sets it off, in both languages, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.granularity import DAY_MINUTES, Work, clauses, findings, has_no_outcome, has_several, is_long, is_vague


def work(title: str, *, has_outcome: bool = True, minutes: int | None = None) -> Work:
    return Work(title, has_outcome, minutes)


@pytest.mark.parametrize(
    "title",
    ["完成上架", "搞定广告", "负责黑五", "跟进供应商", "把主图搞定", "请处理差评", "Finish the listing", "handle ads",
     "Deal with returns", "please take care of FBA", "Work on A+"],
)  # fmt: skip
def test_an_empty_verb_is_vague(title: str) -> None:
    assert is_vague(work(title))


@pytest.mark.parametrize(
    "title",
    ["拍 3 张主图", "上传 A+ 草稿", "创建 SP 广告组", "Shoot the main image", "Submit the coupon", "Doable sizes chart",
     "Ownership letter to Amazon", "负责人名单更新到表格", "Handlebar bag: upload photos"],
)  # fmt: skip
def test_a_verb_with_a_thing_is_not_vague(title: str) -> None:
    assert not is_vague(work(title))


@pytest.mark.parametrize(
    "title",
    ["拍摄主图，上传到后台", "创建广告组、设置否定词", "联系货代并订舱", "写标题然后翻译成英文",
     "Shoot and edit the main image", "Write copy, upload photos",
     "Order samples then inspect them", "Book & pay the forwarder"],
)  # fmt: skip
def test_two_verbs_are_two_tasks(title: str) -> None:
    assert has_several(work(title))


@pytest.mark.parametrize(
    "title",
    ["上传主图和 A+", "Upload images and video", "确认尺寸、颜色、材质", "Research and development call",
     "Salt & pepper grinder: upload photos", "检查标题，检查五点"],
)  # fmt: skip
def test_two_things_or_one_verb_twice_are_one(title: str) -> None:
    assert not has_several(work(title))


def test_three_days_are_not_long_and_a_minute_more_is() -> None:
    assert [is_long(work("x", minutes=minutes)) for minutes in (None, 3 * DAY_MINUTES, 3 * DAY_MINUTES + 1)] == [
        False, False, True,
    ]  # fmt: skip


def test_an_outcome_is_asked_of_a_day_of_work_only() -> None:
    asked = [has_no_outcome(work("x", has_outcome=False, minutes=minutes)) for minutes in (None, 60, DAY_MINUTES)]
    assert asked == [False, False, True]
    assert not has_no_outcome(work("x", minutes=DAY_MINUTES))


def test_good_work_gets_no_hint() -> None:
    assert findings(work("拍 3 张 1600 px 主图", minutes=120)) == []


def test_each_rule_says_one_sentence() -> None:
    assert len(findings(work("Handle ads and write copy", has_outcome=False, minutes=5 * DAY_MINUTES))) == 3
    assert len(findings(work("Write copy and upload it", has_outcome=False, minutes=5 * DAY_MINUTES))) == 3


@given(st.text(max_size=300), st.booleans(), st.none() | st.integers(0, 10**9))
def test_no_title_makes_it_fail(title: str, has_outcome: bool, minutes: int | None) -> None:
    assert len(findings(Work(title, has_outcome, minutes))) <= 4
    assert all(piece == piece.strip() and piece for piece in clauses(title))
