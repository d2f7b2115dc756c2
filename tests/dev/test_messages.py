"""What counts as a whole translation."""

import os
from pathlib import Path

import polib
import pytest

from linkstar.dev.catalogues import compile_catalogues
from linkstar.dev.messages import _calls_of, problems_of


@pytest.mark.parametrize(
    ("msgid", "msgstr", "problem"),
    [
        ("Invite", "邀请", None),
        ("Invite", "", "not translated: 'Invite'"),
        ("Hello %(name)s", "%(name)s，你好", None),
        ("Hello %(name)s", "你好", "placeholders differ: 'Hello %(name)s'"),
        ("{count} of {total}", "共 {total} 个，{count} 个", None),
        ("{count} of {total}", "共 {totl} 个，{count} 个", "placeholders differ: '{count} of {total}'"),
        ("100%% of %s", "%s 的 100%%", None),
    ],
)
def test_problems_of_a_translation(msgid: str, msgstr: str, problem: str | None) -> None:
    assert problems_of(polib.POEntry(msgid=msgid, msgstr=msgstr)) == ([problem] if problem else [])


def test_problems_of_a_plural_compares_with_the_english_plural() -> None:
    entry = polib.POEntry(msgid="One task", msgid_plural="%(count)s tasks", msgstr_plural={0: "%(count)s 个任务"})
    assert problems_of(entry) == []
    entry.msgstr_plural = {0: "任务"}
    assert problems_of(entry) == ["placeholders differ: 'One task'"]


def test_problems_of_a_guess() -> None:
    assert problems_of(polib.POEntry(msgid="Move", msgstr="移除", flags=["fuzzy"])) == ["fuzzy: 'Move'"]


def test_catalogues_are_compiled_only_when_their_source_is_newer(tmp_path: Path) -> None:
    folder = tmp_path / "linkstar" / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    catalogue.append(polib.POEntry(msgid="Task", msgstr="任务"))
    catalogue.save(str(folder / "django.po"))

    assert compile_catalogues(tmp_path) == [folder / "django.mo"]
    assert [entry.msgstr for entry in polib.mofile(str(folder / "django.mo"))] == ["任务"]
    assert compile_catalogues(tmp_path) == []

    later = (folder / "django.mo").stat().st_mtime + 1
    os.utime(folder / "django.po", (later, later))
    assert compile_catalogues(tmp_path) == [folder / "django.mo"]


def test_calls_of_a_jinja_template_are_all_collected() -> None:
    template = """
    {{ _("Open") }} {{ ngettext("%(n)s card", "%(n)s cards", count, n=count) }}
    {% set high = pgettext("priority", "High") %} {{ _("You help %(name)s", name=row.name) }}
    """
    assert _calls_of(template).splitlines() == [
        "_('Open')",
        "ngettext('%(n)s card', '%(n)s cards', 1)",
        "pgettext('priority', 'High')",
        "_('You help %(name)s')",
    ]
