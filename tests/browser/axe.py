"""What axe-core finds on a page that is open."""

from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Page

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
# Axe runs in the page's own world, so that the content policy does not stand in the way.
RUN = """async (only) => {
  const { violations, passes } = await axe.run(document, { resultTypes: ["violations"], ...only });
  return { violations, passed: passes.length };
}"""
# The rules that look at colours: all that can differ in the dark, where the page is otherwise the same.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}


def serious(page: Page) -> list[str]:
    """What is serious or critical in the light, then what its colours are in the dark: one line a rule."""
    page.evaluate(AXE.read_text())
    # With less motion, so that no colour is on its way into another.
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = _found(page, "light", {})
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += _found(page, "dark", COLOURS)
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    return found


def serious_at(page: Page, address: str) -> list[str]:
    """As `serious`, of the page at an address, which each line begins with."""
    page.goto(address, wait_until="load")
    return [f"{address} {found}" for found in serious(page)]


def _found(page: Page, look: str, only: dict[str, Any]) -> list[str]:
    result = page.evaluate(RUN, only)
    assert result["passed"]
    return [
        f"{look}: {each['id']} ({each['impact']}) at {[node['target'] for node in each['nodes'][:3]]}"
        for each in result["violations"]
        if each["impact"] in ("serious", "critical")
    ]
