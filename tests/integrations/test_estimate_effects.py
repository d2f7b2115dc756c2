"""The command reads panels and writes a table, without a database; a bad panel stops it before anything is written."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

START = date(2026, 1, 5)


def case(case_id: str, **changes: Any) -> dict[str, Any]:
    """10 units a day for 12 weeks, then an action and 20 a day for two; four steady controls."""
    return {
        "case_id": case_id,
        "sku": "MUG",
        "start": START.isoformat(),
        "action_date": (START + timedelta(days=84)).isoformat(),
        "action_type": "coupon",
        "post_days_wanted": 14,
        "closed_days": 99,
        "units": [10] * 85 + [20] * 14,
        "in_stock": [True] * 99,
        "controls": {f"C{number}": [30] * 99 for number in range(4)},
        "treated_controls": [],
        "other_actions": [],
        "event_days": [],
    } | changes


def run(tmp_path: Path, panels: Any) -> list[str]:
    (tmp_path / "panels.json").write_text(json.dumps(panels))
    call_command("estimate_effects", panels=tmp_path / "panels.json", out=tmp_path / "out.csv")
    return (tmp_path / "out.csv").read_text().splitlines()


def test_estimates_and_refusals_in_the_order_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = run(
        tmp_path,
        [
            case("z"),
            case("7, short", start=(START + timedelta(days=40)).isoformat()),
            case("late", closed_days=85 + 6),
            case("fell", units=[10] * 85 + [5] * 14),
        ],
    )

    assert rows[0] == "case_id,verdict,effect,lo,hi"
    assert rows[2:4] == ['"7, short",refuse,,,', "late,refuse,,,"]
    name, verdict, *values = rows[1].split(",")
    effect, low, high = map(float, values)
    assert (name, verdict) == ("z", "estimate")
    assert effect == pytest.approx(280.5 / 140.5 - 1, abs=1e-6)
    assert 0 < low < effect < high
    assert rows[4].startswith("fell,estimate,-0.4")
    assert "2 estimated, 2 refused (short_history 1, short_post 1)" in capsys.readouterr().out


def test_no_panels_are_an_empty_table(tmp_path: Path) -> None:
    assert run(tmp_path, []) == ["case_id,verdict,effect,lo,hi"]


@pytest.mark.parametrize(
    ("panels", "message"),
    [
        ([case("a"), case("b", units=[1, -2])], r"Case b: units\[1\] '-2' is no number from 0 to"),
        ([case("a", controls={"C0": [1]})], r"Case a: controls\[C0\] has 1 days, units has 99."),
        ([case("a", action_date="soon")], "Case a: action_date 'soon' is no date"),
        ([{"sku": "MUG"}], "Panel 1: case_id is missing."),
        (["a"], "Panel 1: is no object."),
        ({"a": 1}, "holds no list of panels."),
    ],
)
def test_bad_input_names_case_and_field_and_writes_nothing(tmp_path: Path, panels: Any, message: str) -> None:
    (tmp_path / "out.csv").write_text("as it was")

    with pytest.raises(CommandError, match=message) as caught:
        run(tmp_path, panels)

    assert caught.value.returncode == 1
    assert (tmp_path / "out.csv").read_text() == "as it was"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "panels.json"]


def test_what_is_no_json_is_told(tmp_path: Path) -> None:
    (tmp_path / "panels.json").write_text("[{")

    with pytest.raises(CommandError, match="is no JSON"):
        call_command("estimate_effects", panels=tmp_path / "panels.json", out=tmp_path / "out.csv")
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("estimate_effects", panels=tmp_path / "none.json", out=tmp_path / "out.csv")


def test_a_table_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "panels.json").write_text("[]")

    with pytest.raises(CommandError, match="cannot be written"):
        call_command("estimate_effects", panels=tmp_path / "panels.json", out=tmp_path / "none" / "out.csv")
