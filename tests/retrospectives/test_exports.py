"""The retrospective as Markdown and as PDF, and its page."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linkstar.retrospectives.actions.retrospectives import add_note, close_retrospective
from linkstar.retrospectives.exports import escaped
from projects.models import Project, Task
from projects.pdf import can_print
from tests.factories import client_of, make_member
from tests.pages import glyphs_of, text
from tests.retrospectives.conftest import Scene, at

pytestmark = pytest.mark.django_db


def test_markdown_says_what_the_page_says(scene: Scene) -> None:
    add_note(scene.project, kind="try", text="# Book *it*", task=scene.sample, author=scene.maya, now=at(3, 17))
    close_retrospective(scene.project, actor=scene.lin, now=at(3, 20))
    answer = client_of(scene.lin).get(f"/projects/{scene.project.pk}/retrospective/markdown/")
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    lines = text(answer).splitlines()
    assert lines[0] == "# Retrospective: Launch"
    assert "- 2 of 2 tasks done, 0 of 2 in time" in lines
    assert "- \\# Book \\*it\\* (Get the sample) — Maya" in lines
    assert "- Waiting for the supplier: 1 moved deadline, +5 working days in all; The mould is late" in lines
    assert "- Lin waited for Maya: 4 working days" in lines
    row = next(line for line in lines if "Get the sample" in line and line.startswith("|"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells == [
        "\\#1 Get the sample", "Maya", "Mon 2 Mar – Fri 6 Mar", "Tue 3 Mar – Fri 13 Mar", "5", "9",
        "5 working days later",
    ]  # fmt: skip


def test_no_sign_of_a_persons_words_is_markdown() -> None:
    assert escaped("a | b\n# c <b> [x](y) `z`") == "a \\| b \\# c \\<b\\> \\[x\\](y) \\`z\\`"


@pytest.mark.skipif(not can_print(), reason="Pango is not installed")
def test_pdf_in_chinese(scene: Scene) -> None:
    Task.objects.filter(pk=scene.sample.pk).update(title="确认样品")
    zh = make_member("manager", language="zh-hans")
    answer = client_of(zh).get(f"/projects/{scene.project.pk}/retrospective/pdf/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    glyphs = glyphs_of(answer.content)
    assert [sign for sign in "确认样品" if f"{ord(sign):04x}" not in glyphs] == []


def test_the_page_shows_everything(scene: Scene) -> None:
    shown = text(client_of(scene.lin).get(f"/projects/{scene.project.pk}/retrospective/"))
    for words in ("Get the sample", "5 working days later", "Lin waited for Maya", "No sales are connected"):
        assert words in shown
    late = text(client_of(scene.lin).get(f"/projects/{scene.project.pk}/retrospective/?show=longer"))
    assert "Get the sample" in late
    assert late.count("plantable__row") == 1
    assert (
        text(client_of(scene.lin).get(f"/projects/{scene.project.pk}/retrospective/?show=all")).count("plantable__row")
        == 2
    )


def test_statements_of_the_page_do_not_grow(scene: Scene) -> None:
    browser, url = client_of(scene.lin), f"/projects/{scene.project.pk}/retrospective/"

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url).status_code == 200
        return len(queries)

    add_note(scene.project, kind="try", text="One", task=scene.sample, author=scene.maya, now=at(3, 17))
    count()
    before = count()
    for words in ("Two", "Three"):
        add_note(scene.project, kind="keep", text=words, task=scene.photos, author=scene.lin, now=at(3, 17))
    assert count() == before
    assert before <= 40


def test_the_overview_leads_to_it(scene: Scene) -> None:
    def panel(member: Any) -> str:
        return text(client_of(member).get(f"/projects/{scene.project.pk}/retrospective/panel/"))

    assert "What was planned" in panel(scene.maya)
    Project.objects.filter(pk=scene.project.pk).update(state="active")
    Task.objects.filter(pk=scene.photos.pk).update(completed_at=None)
    assert "Retrospective" in panel(scene.lin) or "Retrospective" not in panel(scene.maya)
    assert "Retrospective" not in panel(scene.maya)
