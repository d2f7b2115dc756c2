"""The engine that draws the frame: linkstar/jinja.py."""

from typing import Any

import pytest
from django.contrib.messages import SUCCESS
from django.contrib.messages.storage.base import Message
from django.template.loader import get_template
from django.utils import translation


@pytest.mark.parametrize(("language", "word"), [("en", "Undo"), ("zh-hans", "撤销"), ("en", "Undo")])
def test_words_are_the_readers_and_what_people_wrote_is_escaped(language: str, word: str) -> None:
    said = Message(SUCCESS, "<b>Moved</b>")
    with translation.override(language):
        drawn = get_template("_toasts.jinja").render({"messages": [said], "csrf_token": ""})
    assert f'data-undo="{word}"' in drawn
    assert "<span>&lt;b&gt;Moved&lt;/b&gt;</span>" in drawn


def test_numbers_and_words_are_filled_in() -> None:
    template: Any = get_template("_toasts.jinja")
    speak = template.template.environment.globals
    plural = speak["ngettext"]
    assert [plural("%(days)s day ago", "%(days)s days ago", n, days=n) for n in (1, 2)] == ["1 day ago", "2 days ago"]
    assert speak["_"]("You help %(name)s", name="<b>") == "You help &lt;b&gt;"
