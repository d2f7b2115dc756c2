import pytest

from templates_sop.finding import find_templates
from templates_sop.library import library


def keys(**wanted: str) -> list[str]:
    return [template.key for _, found in find_templates(**wanted) for template in found]


def test_without_words_every_template_is_found_once() -> None:
    assert sorted(keys()) == sorted(library())


@pytest.mark.parametrize("words", ["黑五", "black friday", "BLACK  FRIDAY"])
def test_words_of_either_language(words: str) -> None:
    assert "black_friday_cyber_monday" in keys(words=words)
    assert "walmart_marketplace_onboarding" not in keys(words="会员日")


def test_words_of_steps_and_of_categories_count() -> None:
    assert "brand_and_account_opening" in keys(words="SS-4")
    assert "black_friday_cyber_monday" in keys(words="battery-product lane")


def test_every_word_must_occur() -> None:
    assert keys(words="prime zebra") == []


def test_platform_finds_its_own_and_those_for_several() -> None:
    found = keys(platform="shopify")
    assert "shopify_us_store_launch" in found
    assert "black_friday_cyber_monday" in found
    assert "prime_day" not in found


def test_groups_keep_the_order_of_goals() -> None:
    goals = [goal for goal, _ in find_templates()]
    assert goals[:3] == ["launch", "event", "promotion"]
    assert goals[-1] == "review"
