"""The release's own YAML files, read from the parser's events."""

from pathlib import Path

import pytest
import yaml

from templates_sop.common import DATA
from templates_sop.files import FileInvalid, parse, read

FILES = sorted(DATA.rglob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DATA)))
def test_a_file_reads_as_yaml_says(path: Path) -> None:
    assert read(path) == yaml.safe_load(path.read_text(encoding="utf-8"))


def test_kinds_of_values() -> None:
    text = "{a: 1, b: -2.5, c: true, d: '1', e: 18:00, f: [x, 3], g: {zh: 黑五, en: yes it is}}"
    assert parse(text) == {
        "a": 1,
        "b": -2.5,
        "c": True,
        "d": "1",
        "e": "18:00",
        "f": ["x", 3],
        "g": {"zh": "黑五", "en": "yes it is"},
    }


@pytest.mark.parametrize("text", ["", "{en: no review, only the upload}", "a:\n- b:", "a: &x 1\nb: *x"])
def test_what_the_files_never_hold_is_refused(text: str) -> None:
    with pytest.raises(FileInvalid):
        parse(text)
