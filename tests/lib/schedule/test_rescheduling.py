from datetime import UTC, date, datetime, time, timedelta

import pytest

from linkstar.lib.schedule import (
    CycleFound,
    Dates,
    Item,
    Link,
    Moves,
    Policy,
    WorkTime,
    reschedule,
    to_instant,
    to_minutes,
)

DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(400)]
OFFICE = WorkTime.from_days([day for day in DAYS if day.weekday() < 5], ((time(9), time(17)),), "UTC")
DAY = 8 * 60
POLICIES: tuple[Policy, ...] = ("keep_gaps", "use_slack", "push_only")


def at(day: int, hour: int = 9) -> int:
    """January 2026; the 5th, 12th and 19th are Mondays."""
    return to_minutes(datetime(2026, 1, 1, hour, tzinfo=UTC) + timedelta(days=day - 1))


def days(first: int, last: int) -> Dates:
    return Dates(at(first), at(last, 17))


def shown(moves: Moves[str]) -> dict[str, tuple[int, int]]:
    """Days of January of what moves."""
    return {key: (to_instant(move.new.start).day, to_instant(move.new.finish).day) for key, move in moves.moves.items()}


def items(names: str, **special: Item[str]) -> list[Item[str]]:
    return [special.get(name, Item(name, time=OFFICE)) for name in names]


CHAIN = [Link("a", "b"), Link("b", "c")]
# b follows a at once, c has a gap of two working days.
STOOD = {"a": days(5, 6), "b": days(7, 8), "c": days(13, 14)}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("keep_gaps", {"a": (8, 9), "b": (12, 13), "c": (16, 19)}),
        ("use_slack", {"a": (8, 9), "b": (12, 13), "c": (14, 15)}),
        ("push_only", {"a": (8, 9), "b": (12, 13), "c": (14, 15)}),
    ],
)
def test_later(policy: Policy, expected: dict[str, tuple[int, int]]) -> None:
    found = reschedule(items("abc"), CHAIN, STOOD, {"a": days(8, 9)}, policy)
    assert shown(found) == expected
    assert [move.because for move in found.moves.values()] == [None, "a", "b"]
    assert found.violations == []


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("keep_gaps", {"a": (6, 7), "b": (8, 9), "c": (14, 15)}),
        ("use_slack", {"a": (6, 7), "b": (8, 9)}),
        ("push_only", {"a": (6, 7), "b": (8, 9)}),
    ],
)
def test_a_day_later_ends_in_the_gap(policy: Policy, expected: dict[str, tuple[int, int]]) -> None:
    assert shown(reschedule(items("abc"), CHAIN, STOOD, {"a": days(6, 7)}, policy)) == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("keep_gaps", {"a": (5, 5), "b": (6, 7), "c": (12, 13)}),
        ("use_slack", {"a": (5, 5)}),
        ("push_only", {"a": (5, 5)}),
    ],
)
def test_shorter(policy: Policy, expected: dict[str, tuple[int, int]]) -> None:
    assert shown(reschedule(items("abc"), CHAIN, STOOD, {"a": days(5, 5)}, policy)) == expected


@pytest.mark.parametrize(("policy", "b"), [("keep_gaps", (7, 8)), ("use_slack", (7, 8)), ("push_only", (8, 9))])
def test_an_overlap_that_was_there_is_mended_by_push_only(policy: Policy, b: tuple[int, int]) -> None:
    stood = {"a": days(5, 6), "b": days(6, 7)}
    assert shown(reschedule(items("ab"), [Link("a", "b")], stood, {"a": days(6, 7)}, policy))["b"] == b


def test_a_predecessor_that_stays_is_not_overtaken() -> None:
    links = [Link("a", "c"), Link("b", "c")]
    stood = {"a": days(5, 8), "b": days(5, 7), "c": days(9, 9)}
    assert shown(reschedule(items("abc"), links, stood, {"a": days(5, 6)}, "keep_gaps")) == {"a": (5, 6)}


def test_nothing_is_pulled_before_its_earliest_start() -> None:
    b = Item("b", time=OFFICE, start_no_earlier=at(8))
    stood = {"a": days(7, 8), "b": days(9, 9)}
    found = reschedule([Item("a", time=OFFICE), b], [Link("a", "b")], stood, {"a": days(5, 6)}, "keep_gaps")
    assert shown(found) == {"a": (5, 6), "b": (8, 8)}
    found = reschedule(items("ab"), [Link("a", "b")], stood, {"a": days(5, 6)}, "keep_gaps", earliest=at(8))
    assert shown(found) == {"a": (5, 6), "b": (8, 8)}


@pytest.mark.parametrize("policy", POLICIES)
def test_a_manual_predecessor_still_drives_automatic_successors(policy: Policy) -> None:
    pinned = Item("a", time=OFFICE, pinned_start=at(5))
    found = reschedule(items("ab", a=pinned), [Link("a", "b")], STOOD, {"a": days(8, 9)}, policy)
    assert shown(found) == {"a": (8, 9), "b": (12, 13)}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(
    "held",
    [
        Item("b", time=OFFICE, pinned_start=at(7)),
        Item("b", time=OFFICE, fixed_finish=at(8, 17)),
    ],
    ids=["pin", "fixed finish"],
)
def test_what_cannot_move_stays_and_its_violation_is_said(policy: Policy, held: Item[str]) -> None:
    link = Link("a", "b")
    found = reschedule(items("abc", b=held), [link, Link("b", "c")], STOOD, {"a": days(8, 9)}, policy)
    assert shown(found) == {"a": (8, 9)}
    assert [(one.kind, one.key, one.link) for one in found.new_violations] == [("link", "b", link)]
    assert found.new_violations[0].needed == at(9, 17)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("fact", [Item("b", time=OFFICE, done_at=at(8, 17)), Item("b", time=OFFICE, started_at=at(7))])
def test_facts_stay_and_break_nothing(policy: Policy, fact: Item[str]) -> None:
    found = reschedule(items("ab", b=fact), [Link("a", "b")], STOOD, {"a": days(8, 9)}, policy)
    assert shown(found) == {"a": (8, 9)}
    assert found.violations == []


def test_what_was_broken_before_is_no_new_violation() -> None:
    stood = {"a": days(5, 8), "b": days(7, 8)}
    pinned = Item("b", time=OFFICE, pinned_start=at(7))
    found = reschedule(items("ab", b=pinned), [Link("a", "b")], stood, {"a": days(5, 9)}, "push_only")
    assert [one.key for one in found.violations] == ["b"]
    assert found.new_violations == []


def test_dragging_an_item_before_its_predecessor_is_said() -> None:
    found = reschedule(items("abc"), CHAIN, STOOD, {"b": days(5, 6)}, "push_only")
    assert shown(found) == {"b": (5, 6)}
    assert [(one.key, one.link) for one in found.violations] == [("b", CHAIN[0])]


@pytest.mark.parametrize("policy", POLICIES)
def test_nothing_changes_when_nothing_moved(policy: Policy) -> None:
    assert reschedule(items("abc"), CHAIN, STOOD, {"a": STOOD["a"]}, policy).moves == {}


def test_items_without_dates_take_no_part() -> None:
    stood = {"a": days(5, 6), "c": days(13, 14)}
    assert shown(reschedule(items("abc"), CHAIN, stood, {"a": days(8, 9)}, "push_only")) == {"a": (8, 9)}
    first = reschedule(items("abc"), CHAIN, {"c": days(7, 7)}, {"b": days(7, 8)}, "keep_gaps")
    assert shown(first) == {"b": (7, 8), "c": (9, 9)}


def family() -> list[Item[str]]:
    return [
        Item("a", time=OFFICE),
        Item("p", time=OFFICE),
        Item("x", time=OFFICE, parent="p"),
        Item("y", time=OFFICE, parent="p"),
        Item("z", time=OFFICE),
    ]


FAMILY_STOOD = {"a": days(5, 6), "p": days(7, 12), "x": days(7, 8), "y": days(9, 12), "z": days(13, 13)}
FAMILY_LINKS = [Link("a", "p"), Link("x", "y"), Link("p", "z")]


def test_a_shorter_predecessor_pulls_a_parent_back_and_what_follows_it() -> None:
    found = reschedule(family(), FAMILY_LINKS, FAMILY_STOOD, {"a": days(5, 5)}, "keep_gaps")
    assert shown(found) == {"a": (5, 5), "x": (6, 7), "y": (8, 9), "p": (6, 9), "z": (12, 12)}
    assert {key: move.because for key, move in found.moves.items()} == {
        "a": None, "x": "a", "y": "x", "p": "x", "z": "p",
    }  # fmt: skip


@pytest.mark.parametrize("policy", POLICIES)
def test_a_later_predecessor_pushes_a_parent(policy: Policy) -> None:
    found = reschedule(family(), FAMILY_LINKS, FAMILY_STOOD, {"a": days(6, 7)}, policy)
    assert shown(found) == {"a": (6, 7), "x": (8, 9), "y": (12, 13), "p": (8, 13), "z": (14, 14)}


def test_a_moved_parent_takes_along_what_is_inside() -> None:
    found = reschedule(family(), FAMILY_LINKS, FAMILY_STOOD, {"p": days(8, 13)}, "push_only")
    assert shown(found) == {"x": (8, 9), "y": (12, 13), "p": (8, 13), "z": (14, 14)}


def test_a_moved_child_stretches_its_parent() -> None:
    found = reschedule(family(), FAMILY_LINKS, FAMILY_STOOD, {"y": days(14, 15)}, "push_only")
    assert shown(found) == {"y": (14, 15), "p": (7, 15), "z": (16, 16)}


def test_finish_to_finish_and_start_to_start() -> None:
    stood = {"a": days(5, 6), "b": days(5, 6), "c": days(6, 7)}
    links = [Link("a", "b", "FF"), Link("a", "c", "SS", DAY, OFFICE)]
    found = reschedule(items("abc"), links, stood, {"a": days(7, 9)}, "push_only")
    assert shown(found) == {"a": (7, 9), "b": (8, 9), "c": (8, 9)}


@pytest.mark.parametrize("policy", POLICIES)
def test_circle_is_refused(policy: Policy) -> None:
    with pytest.raises(CycleFound) as refused:
        reschedule(items("abc"), [*CHAIN, Link("c", "a")], STOOD, {"a": days(8, 9)}, policy)
    assert refused.value.path == ("a", "b", "c")
