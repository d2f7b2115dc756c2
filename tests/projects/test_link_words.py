"""What a link between two tasks is called, in both languages."""

import pytest
from django.utils.translation import override

from projects.link_words import link_text


@pytest.mark.parametrize(
    ("language", "text"), [("en", "finish to start, 2 working days later"), ("zh-hans", "完成后开始，晚 2 个工作日")]
)
def test_the_comma_is_that_of_the_language(language: str, text: str) -> None:
    with override(language):
        assert link_text("fs", 2, is_working=True) == text
