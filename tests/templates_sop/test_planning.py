"""Every template, category and several anchors: no promise broken without a word; and the stories' instants."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from linkstar.lib.workdays import get_calendar
from templates_sop.library import get_template, library
from templates_sop.planning import AnchorMismatch, Caution, Concern, Plan, PlannedStep, market_zone_for, plan
from templates_sop.shapes import SopTemplate, Text
from templates_sop.wording import caution_text

VARIANTS = [None, "apparel", "electronics", "toys_children", "beauty_supplements", "home"]
DAYS = [date(2026, 11, 27), date(2027, 3, 14), date(2026, 3, 25), date(2025, 6, 23), date(2028, 6, 20)]
LA = ZoneInfo("America/Los_Angeles")


def anchor_for(template: SopTemplate, day: date) -> date | datetime:
    return datetime(day.year, day.month, day.day, 20, 15, tzinfo=LA) if template.anchor.is_instant else day


def step_of(result: Plan, key: str) -> PlannedStep:
    return result.by_key[key]


def instant(result: Plan, key: str) -> str:
    return step_of(result, key).deadline.instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def reminders(result: Plan, key: str) -> list[datetime]:
    planned = step_of(result, key)
    return [planned.deadline.instant - timedelta(hours=hours) for hours in planned.step.reminders_hours]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("key", library())
def test_no_dependency_is_broken_unless_it_is_said(key: str, day: date) -> None:
    template = get_template(key)
    for variant in VARIANTS:
        result = plan(template, variant=variant, anchor=anchor_for(template, day))
        for planned in result.steps:
            _check_order(result, planned)
            _check_day(planned)


def _check_order(result: Plan, planned: PlannedStep) -> None:
    said = {key for caution in planned.warnings if caution.concern is Concern.FIXED_TOO_EARLY for key in caution.steps}
    late = {key for key in planned.step.depends_on if step_of(result, key).deadline.instant > planned.deadline.instant}
    assert late == said, planned
    zone = ZoneInfo(planned.deadline.zone)
    starts_early = {
        key
        for key in set(planned.step.depends_on) - late
        if step_of(result, key).deadline.instant.astimezone(zone).date() > planned.start_on
    }
    assert starts_early == set(), planned
    assert planned.start_on <= planned.deadline.on


def _check_day(planned: PlannedStep) -> None:
    step = planned.step
    if step.is_fixed:
        assert planned.moved_because is None
        assert planned.pushed_by == ()
        assert planned.deadline.on == planned.raw_due_on
        return
    assert get_calendar({"cn_team": "cn", "us_market": "us"}[step.calendar]).is_workday(planned.deadline.on)
    assert planned.is_moved == bool(planned.moved_because or planned.pushed_by)
    assert planned.deadline.time == step.due_time
    if not planned.pushed_by and planned.is_moved:
        assert (planned.deadline.on < planned.raw_due_on) == (step.on_non_working_day == "previous")


def test_nothing_is_said_of_broken_order_in_an_ordinary_season() -> None:
    """The Q4 plan as written holds for 2026 without a single push or warning about order."""
    result = plan(get_template("black_friday_cyber_monday"), variant="electronics", anchor=date(2026, 11, 27))
    assert len(result.steps) == 36
    assert [planned.step.key for planned in result.steps if planned.pushed_by] == []
    assert result.warnings == ()


def test_black_friday_us_01() -> None:
    result = plan(get_template("black_friday_cyber_monday"), variant="electronics", anchor=date(2026, 11, 27))
    assert instant(result, "bf_on") == "2026-11-27T08:00:00Z"
    assert reminders(result, "bf_on") == [at("2026-11-26T08:00:00Z"), at("2026-11-27T06:00:00Z")]
    assert instant(result, "deadline_fba") == "2026-10-21T00:00:00Z"
    assert step_of(result, "h24_bf").step.depends_on[-1] == "battery_ship"


def test_designer_us_09() -> None:
    result = plan(get_template("black_friday_cyber_monday"), variant="electronics", anchor=date(2026, 11, 27))
    assert instant(result, "creative_done") == "2026-10-26T10:00:00Z"
    assert reminders(result, "creative_done") == [
        at("2026-10-23T10:00:00Z"),
        at("2026-10-25T10:00:00Z"),
    ]
    shareable = {planned.step.key for planned in result.steps if planned.step.is_shareable}
    assert {"creative_brief", "creative_done"} <= shareable
    assert {"deal_margin", "settle", "ad_plan", "cash_plan"} & shareable == set()


def test_spring_festival_us_07() -> None:
    template = get_template("amazon_us_new_product_launch")
    first = replace(template.steps[0], offset_days=-35)
    template = replace(template, steps=(first,), gate_step=first.key)
    moved = step_of(plan(template, variant=None, anchor=date(2026, 3, 25)), first.key)
    assert moved.raw_due_on == date(2026, 2, 18)
    assert moved.deadline.on == date(2026, 2, 14)
    assert moved.deadline.instant == at("2026-02-14T10:00:00Z")
    assert moved.moved_because is not None
    assert moved.moved_because.zh == "春节"
    assert "Spring Festival" in moved.moved_because.en


def test_store_opening_us_08() -> None:
    result = plan(get_template("brand_and_account_opening"), variant=None, anchor=date(2026, 12, 15))
    letter = step_of(result, "ein_letter")
    assert letter.raw_due_on == date(2026, 10, 31)
    assert letter.moved_because == Text(zh="周末", en="weekend")
    assert instant(result, "ein_letter") == "2026-10-31T00:00:00Z"
    assert instant(result, "register_amz") == "2026-11-25T01:00:00Z"
    assert instant(result, "open_store") == "2026-12-16T01:00:00Z"
    chain = ["register_amz"]
    while "ein_letter" not in chain:
        chain.append(step_of(result, chain[-1]).step.depends_on[0])
    assert chain[::-1] == ["ein_letter", "doc_pack", "clean_env", "register_amz"]


def test_recall_clock_us_10() -> None:
    knowledge = datetime(2026, 10, 31, 20, 15, tzinfo=LA)
    result = plan(get_template("product_recall_return_spike"), variant=None, anchor=knowledge)
    report = step_of(result, "report_cpsc")
    assert report.deadline.instant == at("2026-11-02T03:15:00Z")
    assert report.deadline.wall.strftime("%m-%d %H:%M %Z") == "11-01 19:15 PST"
    assert reminders(result, "report_cpsc") == [at("2026-11-01T15:15:00Z"), at("2026-11-01T23:15:00Z")]
    assert step_of(result, "hazard_review").deadline.wall.strftime("%m-%d %H:%M") == "11-02 05:15"


def test_elapsed_hours_reach_the_second_of_two_equal_times() -> None:
    """21:30 PDT plus 4 h is 01:30 PDT; plus 5 h it is 01:30 again, an hour later."""
    template = get_template("product_recall_return_spike")
    steps = tuple(replace(step, offset_hours=5) if step.key == "stop_sale" else step for step in template.steps)
    knowledge = datetime(2026, 10, 31, 21, 30, tzinfo=LA)
    stop = step_of(plan(replace(template, steps=steps), variant=None, anchor=knowledge), "stop_sale")
    assert stop.deadline.instant == at("2026-11-01T09:30:00Z")
    assert stop.deadline.wall.strftime("%H:%M %Z") == "01:30 PST"


def test_days_of_an_instant_anchor_count_from_the_local_day_of_the_step() -> None:
    """20:15 on 31 October in Los Angeles is already 1 November in Shanghai."""
    result = plan(
        get_template("product_recall_return_spike"), variant=None, anchor=datetime(2026, 10, 31, 20, 15, tzinfo=LA)
    )
    assert step_of(result, "collect_units").raw_due_on == date(2026, 11, 3)
    assert step_of(result, "scope_batch").raw_due_on == date(2026, 11, 6)


def test_prime_day_us_11() -> None:
    template = get_template("prime_day")
    before = plan(template, variant=None, anchor=date(2026, 7, 14))
    after = plan(template, variant=None, anchor=date(2026, 6, 23))
    assert instant(before, "pd_inbound_min") == "2026-06-18T00:00:00Z"
    assert instant(after, "pd_inbound_min") == "2026-05-28T00:00:00Z"
    assert instant(after, "pd_inbound_opt") == "2026-06-06T00:00:00Z"
    assert instant(after, "pd_live") == "2026-06-23T07:01:00Z"


def test_live_show_us_12() -> None:
    template = get_template("tiktok_shop_us_launch")
    result = plan(template, variant=None, anchor=date(2026, 11, 5))
    assert instant(result, "live_on") == "2026-11-06T01:00:00Z"
    assert instant(result, "aff_settle") == "2026-11-19T10:00:00Z"
    assert step_of(result, "aff_settle").step.is_shareable is False
    assert instant(plan(template, variant=None, anchor=date(2026, 10, 29)), "live_on") == "2026-10-30T00:00:00Z"


def test_another_market_zone_moves_only_american_steps() -> None:
    template = get_template("black_friday_cyber_monday")
    pacific = plan(template, variant=None, anchor=date(2026, 11, 27))
    eastern = plan(template, variant=None, anchor=date(2026, 11, 27), anchor_zone="America/New_York")
    assert instant(eastern, "bf_on") == "2026-11-27T05:00:00Z"
    assert {planned.deadline.zone for planned in eastern.steps} == {"America/New_York", "Asia/Shanghai"}
    assert step_of(eastern, "creative_done").deadline == step_of(pacific, "creative_done").deadline
    assert market_zone_for(template, "Asia/Shanghai") == "America/Los_Angeles"


def test_dependency_moved_later_pushes_and_a_fixed_instant_only_warns() -> None:
    template = get_template("prime_day")
    late = tuple(replace(step, offset_days=2) if step.key == "pd_roster" else step for step in template.steps)
    result = plan(replace(template, steps=late), variant=None, anchor=date(2026, 6, 23))
    gate = step_of(result, "pd_h24")
    assert gate.deadline.on == date(2026, 6, 22)
    assert [caution for caution in gate.warnings if caution.concern is Concern.FIXED_TOO_EARLY] == [
        Caution(Concern.FIXED_TOO_EARLY, ("pd_roster",))
    ]
    later = tuple(replace(step, offset_days=5) if step.key == "pd_settle" else step for step in template.steps)
    pushed = step_of(plan(replace(template, steps=later), variant=None, anchor=date(2026, 7, 1)), "pd_settle")
    # pd_restore is due Mon 6 July 17:00 Pacific (4 July is observed on Fri 3, then a weekend): Tuesday in China.
    assert pushed.pushed_by == ("pd_restore",)
    assert pushed.deadline.on == date(2026, 7, 7)
    assert pushed.raw_due_on == date(2026, 7, 6)


def test_past_is_judged_by_the_instant() -> None:
    template = get_template("prime_day")
    due = step_of(plan(template, variant=None, anchor=date(2026, 6, 23)), "pd_live").deadline.instant
    for now, expected in ((due, False), (due + timedelta(seconds=1), True)):
        assert step_of(plan(template, variant=None, anchor=date(2026, 6, 23), now=now), "pd_live").is_past is expected
    whole = plan(template, variant=None, anchor=date(2025, 6, 23), now=datetime(2026, 11, 24, tzinfo=UTC))
    assert whole.past_count == len(whole.steps)


def test_years_without_announced_holidays_are_named() -> None:
    result = plan(get_template("prime_day"), variant=None, anchor=date(2028, 6, 20))
    assert [(caution.concern, caution.country, caution.year) for caution in result.warnings] == [
        (Concern.CALENDAR_UNKNOWN, "cn", 2028)
    ]
    texts = [caution_text(caution, result, language) for caution in result.warnings for language in ("en", "zh-hans")]
    assert all("2028" in text for text in texts)


def test_kind_of_anchor_must_fit() -> None:
    with pytest.raises(AnchorMismatch):
        plan(get_template("prime_day"), variant=None, anchor=datetime(2026, 6, 23, tzinfo=UTC))
    with pytest.raises(AnchorMismatch):
        plan(get_template("product_recall_return_spike"), variant=None, anchor=date(2026, 6, 23))


def test_planning_is_quick_enough_to_preview_while_typing() -> None:
    template = get_template("black_friday_cyber_monday")
    started = datetime.now(UTC)
    for _ in range(10):
        plan(template, variant="electronics", anchor=date(2026, 11, 27), now=started)
    assert (datetime.now(UTC) - started) / 10 < timedelta(milliseconds=50)
