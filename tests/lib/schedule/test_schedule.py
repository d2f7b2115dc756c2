"""What the words of the planner mean, one small network each. `test_brute.py` proves the arithmetic."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkstar.lib.schedule import (
    CycleFound,
    DuplicateItem,
    DurationOutOfRange,
    Item,
    LagOutOfRange,
    Link,
    NoAnchor,
    Schedule,
    UnknownItem,
    WorkTime,
    find_cycle,
    schedule,
    to_minutes,
)

HOUR = 60


def spans(found: object, names: str) -> dict[str, tuple[int, int]]:
    return {name: (found[name].early_start, found[name].early_finish) for name in names}  # type: ignore[index]


def test_each_item_is_worked_on_by_its_own_calendar() -> None:
    """Shenzhen finishes on Friday evening; New York begins on Friday morning, hours later; Shenzhen on Monday."""
    weekdays = [day for day in (date(2026, 11, 1) + timedelta(days=n) for n in range(60)) if day.weekday() < 5]
    shenzhen = WorkTime.from_days(weekdays, ((time(9), time(18)),), "Asia/Shanghai")
    new_york = WorkTime.from_days(weekdays, ((time(9), time(17)),), "America/New_York")
    items = [Item("a", 9 * HOUR, shenzhen), Item("b", HOUR, new_york), Item("c", HOUR, shenzhen)]
    start = to_minutes(datetime(2026, 11, 6, tzinfo=UTC))
    found = schedule(items, [Link("a", "b"), Link("a", "c")], start=start)
    assert found["a"].early_finish == to_minutes(datetime(2026, 11, 6, 10, tzinfo=UTC))
    assert found["b"].early_start == to_minutes(datetime(2026, 11, 6, 14, tzinfo=UTC))
    assert found["c"].early_start == to_minutes(datetime(2026, 11, 9, 1, tzinfo=UTC))
    assert found["a"].total_slack == 0
    assert found.critical == ["a", "c"]


@pytest.mark.parametrize(
    ("kind", "lag", "expected"),
    [
        ("FS", 0, (10, 14)), ("FS", 3, (13, 17)), ("FS", -3, (7, 11)), ("SS", 0, (0, 4)), ("SS", 2, (2, 6)),
        ("FF", 0, (6, 10)), ("FF", 5, (11, 15)), ("FF", -2, (4, 8)), ("SF", 9, (5, 9)), ("SF", -9, (0, 4)),
    ],
)  # fmt: skip
def test_links(kind: str, lag: int, expected: tuple[int, int]) -> None:
    found = schedule([Item("a", 10), Item("b", 4)], [Link("a", "b", kind, lag)], start=0)  # type: ignore[arg-type]
    assert spans(found, "b") == {"b": expected}


def test_lag_in_working_time_passes_over_the_night() -> None:
    shop = WorkTime((day * 24 * HOUR + 9 * HOUR, day * 24 * HOUR + 17 * HOUR) for day in range(5))
    found = schedule([Item("a", 16 * HOUR), Item("b", 1)], [Link("a", "b", "FS", 2 * HOUR, shop)], start=0)
    assert found["b"].early_start == (24 + 10) * HOUR


def test_counting_back_from_several_fixed_dates() -> None:
    items = [
        Item("photos", 5), Item("copy", 2), Item("page", 3), Item("deal", 0, fixed_finish=20), Item("ads", 2),
        Item("sale", 0, fixed_finish=12),
    ]  # fmt: skip
    links = [
        Link("photos", "page"),
        Link("copy", "page"),
        Link("page", "deal"),
        Link("page", "ads"),
        Link("ads", "sale"),
    ]
    found = schedule(items, links, start=None)
    assert found.start == 2
    assert {key: (item.late_start, item.late_finish) for key, item in found.items.items()} == {
        "photos": (2, 7), "copy": (5, 7), "page": (7, 10), "deal": (20, 20), "ads": (10, 12), "sale": (12, 12),
    }  # fmt: skip
    assert {key: (target.margin, target.chain) for key, target in found.targets.items()} == {
        "deal": (10, ("photos", "page", "deal")),
        "sale": (0, ("photos", "page", "ads", "sale")),
    }
    assert found.critical == ["photos", "page", "ads", "sale"]


def test_a_fixed_date_that_cannot_be_reached() -> None:
    links = [Link("a", "b"), Link("b", "sale")]
    found = schedule([Item("a", 5), Item("b", 5), Item("sale", 2, fixed_finish=8)], links, start=0)
    assert spans(found, "ab") == {"a": (0, 5), "b": (5, 10)}
    assert (found["sale"].early_start, found["sale"].early_finish) == (6, 8)
    assert [found[key].total_slack for key in "ab"] == [-4, -4]
    assert (found.targets["sale"].reachable, found.targets["sale"].margin) == (12, -4)
    assert [(one.kind, one.key, one.stands, one.needed) for one in found.violations] == [("link", "sale", 6, 10)]


def test_a_fixed_date_before_the_plan_begins() -> None:
    found = schedule([Item("a", 5, fixed_finish=3)], [], start=0)
    assert [(one.kind, one.key, one.by) for one in found.violations] == [("before_start", "a", 2)]


def test_a_pin_holds_both_ways_and_says_what_it_breaks() -> None:
    items = [Item("a", 10), Item("b", 2, pinned_start=5, start_no_earlier=7), Item("c", 1)]
    found = schedule(items, [Link("a", "b"), Link("b", "c")], start=0)
    assert spans(found, "bc") == {"b": (5, 7), "c": (7, 8)}
    assert (found["a"].late_finish, found["a"].total_slack) == (5, -5)
    assert found["b"].total_slack == 2
    assert [(one.kind, one.key, one.needed) for one in found.violations] == [("link", "b", 10), ("too_early", "b", 7)]


def test_pinned_and_fixed_with_too_little_between() -> None:
    found = schedule([Item("a", 10, pinned_start=5, fixed_finish=9)], [], start=0)
    assert spans(found, "a") == {"a": (5, 9)}
    assert [(one.kind, one.needed) for one in found.violations] == [("squeezed", 15)]


def test_facts() -> None:
    """Done work stands where it was; begun work takes its duration, and is not finished before the plan's start."""
    items = [Item("a", 5, done_at=3), Item("b", 5, started_at=2), Item("c", 4, started_at=18), Item("d", 1)]
    found = schedule(items, [Link("a", "b"), Link("c", "d"), Link("b", "c"), Link("a", "c")], start=20)
    assert spans(found, "abcd") == {"a": (-2, 3), "b": (2, 20), "c": (18, 22), "d": (22, 23)}
    assert [found[key].is_critical for key in "abcd"] == [False, False, True, True]
    assert found.violations == []


def test_a_milestone_takes_no_time_and_falls_where_its_predecessor_ends() -> None:
    shop = WorkTime((day * 24 * HOUR + 9 * HOUR, day * 24 * HOUR + 17 * HOUR) for day in range(5))
    items = [Item("a", 8 * HOUR, shop), Item("m", 99, shop, is_milestone=True), Item("b", HOUR, shop)]
    found = schedule(items, [Link("a", "m"), Link("m", "b")], start=0)
    assert spans(found, "mb") == {"m": (17 * HOUR, 17 * HOUR), "b": (33 * HOUR, 34 * HOUR)}


def test_a_plan_with_a_finish() -> None:
    found = schedule([Item("a", 5), Item("b", 9)], [], start=0, finish=7)
    assert [found[key].total_slack for key in "ab"] == [2, -2]
    assert [(one.kind, one.key) for one in found.violations] == [("after_finish", "b")]


def family() -> list[Item[str]]:
    return [
        Item("a", 4), Item("p"), Item("x", 3, parent="p"), Item("q", parent="p"), Item("y", 5, parent="q"),
        Item("z", 2),
    ]  # fmt: skip


def test_a_parent_spans_its_children_and_hands_its_links_down() -> None:
    found = schedule(family(), [Link("a", "p"), Link("x", "y"), Link("p", "z")], start=0)
    assert spans(found, "axyqpz") == {
        "a": (0, 4), "x": (4, 7), "y": (7, 12), "q": (7, 12), "p": (4, 12), "z": (12, 14),
    }  # fmt: skip
    assert found.chain("z") == ("a", "x", "y", "q", "p", "z")
    assert [found[key].total_slack for key in "axyqpz"] == [0] * 6


def test_start_of_a_parent_is_its_first_childs() -> None:
    found = schedule(family(), [Link("a", "x"), Link("p", "z", "SS", 1)], start=0, finish=20)
    assert spans(found, "pz") == {"p": (0, 7), "z": (1, 3)}
    # Only the child that the parent begins with is held by what follows its start.
    assert [found[key].late_start for key in "xyz"] == [17, 15, 18]


def test_a_finish_held_into_a_parent_is_its_own_not_its_childrens() -> None:
    found = schedule(family(), [Link("a", "p", "FF", 9), Link("p", "z")], start=0)
    assert spans(found, "xyqpz") == {"x": (0, 3), "y": (0, 5), "q": (0, 5), "p": (0, 13), "z": (13, 15)}


def test_a_parents_own_dates_hold_for_its_children() -> None:
    items = [
        Item("p", pinned_start=5, fixed_finish=9), Item("x", 3, parent="p"), Item("y", 6, parent="p"),
        Item("z", 1, parent="p", pinned_start=2),
    ]  # fmt: skip
    found = schedule(items, [], start=0)
    assert spans(found, "pxyz") == {"p": (5, 9), "x": (5, 8), "y": (5, 11), "z": (2, 3)}
    assert [found[key].total_slack for key in "xy"] == [1, -2]
    assert (found.targets["p"].margin, found.targets["p"].chain) == (-2, ("y", "p"))
    assert [(one.kind, one.key) for one in found.violations] == [("outside_parent", "z"), ("after_parent", "y")]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.data())
def test_links_of_a_parent_mean_the_same_written_out_for_each_child(data: st.DataObject) -> None:
    """FS and SS into a parent, FS and FF out of it."""
    durations = data.draw(st.lists(st.integers(0, 6), min_size=7, max_size=7))
    parents = {1: "p", 2: "p", 4: "q", 5: "q"}
    leaves: dict[int | str, list[int | str]] = {"p": [1, 2], "q": [4, 5]}
    nodes: list[int | str] = [0, "p", 3, "q", 6]
    links: list[Link[int | str]] = []
    flat: list[Link[int | str]] = []
    for number, before in enumerate(nodes):
        for after in nodes[number + 1 :]:
            kinds = ["FS", "FF", "SS", "SF"] if before not in leaves else ["FS", "FF"]
            kinds = [kind for kind in kinds if after not in leaves or kind in ("FS", "SS")]
            kind = data.draw(st.sampled_from([None, *kinds]))
            if kind is None:
                continue
            lag = data.draw(st.integers(-5, 5))
            links.append(Link(before, after, kind, lag))
            for one in leaves.get(before, [before]):
                flat += [Link(one, other, kind, lag) for other in leaves.get(after, [after])]
    inner: list[Link[int | str]] = [Link(1, 2), Link(5, 4, "SS", 1)] if data.draw(st.booleans()) else []
    children: list[Item[int | str]] = [Item(key, durations[key], parent=parents.get(key)) for key in range(7)]
    whole = schedule([*children, Item("p"), Item("q")], [*links, *inner], start=0)
    alone: list[Item[int | str]] = [Item(key, durations[key]) for key in range(7)]
    plain = schedule(alone, [*flat, *inner], start=0)
    for key in range(7):
        assert whole[key][1:8] == plain[key][1:8]
    for parent, inside in leaves.items():
        assert whole[parent].early_start == min(plain[key].early_start for key in inside)
        assert whole[parent].early_finish == max(plain[key].early_finish for key in inside)


def test_circle_names_the_way_round() -> None:
    links = [Link("s", "a"), Link("a", "b"), Link("b", "c", "SS"), Link("c", "a", "FF"), Link("c", "t")]
    items = [Item(name, 1) for name in "sabct"]
    assert find_cycle(items, links) == ["a", "b", "c"]
    assert find_cycle(items, links[:-2]) is None
    with pytest.raises(CycleFound) as refused:
        schedule(items, links, start=0)
    assert refused.value.path == ("a", "b", "c")


@pytest.mark.parametrize(
    ("links", "path"),
    [
        ([Link("x", "x")], ["x"]),
        ([Link("x", "z"), Link("z", "p")], ["p", "x", "z"]),
        ([Link("p", "y")], ["p", "q", "y"]),
        ([Link("y", "p", "FF")], ["y", "p"]),
        ([Link("p", "p")], ["p", "x"]),
    ],
)
def test_circle_through_a_family(links: list[Link[str]], path: list[str]) -> None:
    found = find_cycle(family(), links)
    assert found is not None
    assert sorted(found) == sorted(path)
    with pytest.raises(CycleFound):
        schedule(family(), links, start=0)


def test_parents_in_a_circle() -> None:
    with pytest.raises(CycleFound):
        schedule([Item("a", parent="b"), Item("b", parent="a")], [], start=0)


@pytest.mark.parametrize(
    ("items", "links", "error", "keys"),
    [
        ([Item("a", -1)], [], DurationOutOfRange, ("a",)),
        ([Item("a", 10_000 * 1440 + 1)], [], DurationOutOfRange, ("a",)),
        ([Item("a"), Item("a")], [], DuplicateItem, ("a",)),
        ([Item("a", parent="b")], [], UnknownItem, ("a", "b")),
        ([Item("a")], [Link("a", "b")], UnknownItem, ("a", "b")),
        ([Item("a"), Item("b")], [Link("a", "b", "FS", -500 * 1440)], LagOutOfRange, ("a", "b")),
        ([Item("a"), Item("b")], [Link("a", "b", "FS", 365 * 1440 + 1)], LagOutOfRange, ("a", "b")),
    ],
)
def test_impossible_input_is_refused_by_name(
    items: list[Item[str]], links: list[Link[str]], error: type[Exception], keys: tuple[str, ...]
) -> None:
    with pytest.raises(error) as refused:
        schedule(items, links, start=0)
    assert refused.value.keys == keys  # type: ignore[attr-defined]


@pytest.mark.parametrize("duration", [0, 10_000 * 1440])
def test_the_longest_and_the_shortest_duration(duration: int) -> None:
    shop = WorkTime((day * 24 * HOUR + 9 * HOUR, day * 24 * HOUR + 17 * HOUR) for day in range(5))
    found = schedule([Item("a", duration, shop)], [], start=0, finish=24 * HOUR)
    assert shop.between(found["a"].early_start, found["a"].early_finish) == duration
    assert found["a"].total_slack == 8 * HOUR - duration


def test_a_plan_without_start_or_finish_is_refused() -> None:
    with pytest.raises(NoAnchor):
        schedule([Item("a", 1)], [], start=None)


def test_nothing_to_plan() -> None:
    found: Schedule[str] = schedule([], [], start=7)
    assert (found.finish, found.critical, found.last_chain, found.violations) == (7, [], (), [])
