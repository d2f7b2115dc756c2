"""Reading a template that somebody wrote: every mistake is named by its path, all at once."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from templates_sop.cycles import cycle_among
from templates_sop.library import get_template, library
from templates_sop.parsing import CATEGORIES, PLATFORMS, TemplateInvalid, parse
from templates_sop.wording import GOALS
from templates_sop.wording import PLATFORMS as PLATFORM_WORDS
from templates_sop.writing import dump

Change = Callable[[dict[str, Any]], Any]


def content() -> dict[str, Any]:
    return deepcopy(dump(get_template("fba_replenishment_shipment")))


def on_first(**values: Any) -> Change:
    return lambda raw: raw["steps"][0].update(values)


def problems(change: Change, *, is_draft: bool = False) -> list[str]:
    raw = content()
    change(raw)
    try:
        parse(raw, is_draft=is_draft)
    except TemplateInvalid as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize("key", library())
def test_what_is_written_reads_the_same(key: str) -> None:
    assert parse(dump(get_template(key))) == get_template(key)


def test_a_whole_template_has_no_problems() -> None:
    assert problems(lambda raw: None) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw.pop("name"), "name: is missing"),
        (lambda raw: raw.update(name="Launch"), "name: must be a text by language: {zh: …, en: …}"),
        (lambda raw: raw.update(name={}), "name: has a text in neither language"),
        (lambda raw: raw.update(market_tz="Mars"), "market_tz: 'Mars' is no time zone"),
        (lambda raw: raw.update(steps="none"), "steps: must be a list"),
        (lambda raw: raw["anchor"].update(kind="week"), "anchor.kind: must be one of date, instant, not 'week'"),
        (on_first(offset_days=True), "steps[velocity].offset_days: must be a whole number"),
        (on_first(offset_days=9999), "steps[velocity].offset_days: must be from -730 to 730, not 9999"),
        (on_first(due_time="6pm"), "steps[velocity].due_time: must be a time of day like 18:00, not '6pm'"),
        (on_first(milestone="no"), "steps[velocity].milestone: must be true or false"),
        (lambda raw: raw["steps"][0].pop("key"), "steps[0].key: is missing"),
        (
            lambda raw: raw["steps"][0]["checklist"].append("ask"),
            "steps[velocity].checklist[2]: must be a text by language: {zh: …, en: …}",
        ),
        (
            on_first(reminders_hours_before=[-1]),
            "steps[velocity].reminders_hours_before[0]: must be whole hours before the deadline, at most 2160",
        ),
        (lambda raw: raw["steps"].append(7), "steps[39]: must be a mapping"),
        (lambda raw: raw["variants"].update(pets={}), "variants: 'pets' is no category"),
    ],
)
def test_shapes_are_asked_for_in_drafts_too(change: Change, said: str) -> None:
    expected = said.replace("steps[39]", f"steps[{len(content()['steps'])}]")
    assert expected in problems(change)
    assert expected in problems(change, is_draft=True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (on_first(role="boss"), "steps[velocity].role: there is no role 'boss'"),
        (on_first(phase="p"), "steps[velocity].phase: there is no phase 'p'"),
        (on_first(depends_on=["x"]), "steps[velocity].depends_on: there is no step 'x'"),
        (lambda raw: raw.update(gate_step="x"), "gate_step: there is no step 'x'"),
        (lambda raw: raw["steps"].append(raw["steps"][0]), "steps: the key 'velocity' is there twice"),
        (
            on_first(offset_mode="elapsed_hours", offset_hours=4),
            "steps[velocity].offset_mode: hours count from an instant, and the anchor is a day",
        ),
        (
            on_first(depends_on=["reorder_qty"]),
            "steps: these steps wait for each other: velocity → reorder_qty → velocity",
        ),
    ],
)
def test_what_is_named_must_be_there_once_a_template_is_whole(change: Change, said: str) -> None:
    assert said in problems(change)
    assert problems(change, is_draft=True) == []


def test_several_mistakes_are_told_at_once() -> None:
    def change(raw: dict[str, Any]) -> None:
        raw["steps"][0]["tz"], raw["steps"][2]["calendar"] = "here", "moon"

    assert problems(change) == [
        "steps[velocity].tz: 'here' is no time zone",
        "steps[reorder_qty].calendar: must be one of cn_team, us_market, not 'moon'",
    ]


def test_no_mapping_at_all() -> None:
    with pytest.raises(TemplateInvalid):
        parse([])  # type: ignore[arg-type]


def test_words_know_every_category_and_platform() -> None:
    assert set(GOALS) == set(CATEGORIES)
    assert set(PLATFORM_WORDS) == set(PLATFORMS)


@pytest.mark.parametrize(
    ("waits", "circle"),
    [
        ({"a": ["b"], "b": ["c"], "c": []}, []),
        ({"a": ["a"]}, ["a", "a"]),
        ({"x": ["a"], "a": ["b"], "b": ["c"], "c": ["a"]}, ["a", "b", "c", "a"]),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, []),
        ({"a": ["gone"]}, []),
    ],
)
def test_cycle_among(waits: dict[str, list[str]], circle: list[str]) -> None:
    assert cycle_among(waits) == circle
