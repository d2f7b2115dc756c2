"""What the bundles rest on: nothing in static/ is forgotten, and the two dark themes are one."""

import re
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "static"


def _block(css: str, start: str) -> list[str]:
    body = css[css.index(start) + len(start) :]
    return [line.strip() for line in body[: body.index("}")].splitlines() if line.strip()]


def test_both_dark_themes_hold_the_same_tokens() -> None:
    css = (STATIC / "css/tokens.css").read_text()
    system = _block(css, ':root:not([data-theme="light"]) {')
    chosen = _block(css, ':root[data-theme="dark"] {')
    assert len(system) > 50
    assert system == chosen


def test_every_element_is_in_the_bundle() -> None:
    imported = re.findall(r'import "\./elements/(.+)";', (STATIC / "js/app.js").read_text())
    assert sorted(imported) == sorted(path.name for path in (STATIC / "js/elements").glob("*.js"))


def test_every_component_is_in_one_of_the_style_sheets() -> None:
    sheets = [(STATIC / "css" / name).read_text() for name in ("app.css", "site.css", "timeline.css", "sales.css")]
    imported = [name for sheet in sheets for name in re.findall(r'@import "\./components/(.+)";', sheet)]
    assert sorted(imported) == sorted(path.name for path in (STATIC / "css/components").glob("*.css"))


def test_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (STATIC.parent / "package-lock.json").read_text()
