import pytest

from templates_sop.finding import Wanted, count_choices, find_templates
from templates_sop.library import get_template, library
from templates_sop.wording import GOALS


def keys(**wanted: str) -> list[str]:
    return [found.template.key for found in find_templates(library().values(), Wanted(**wanted))]


def steps_of(key: str, **wanted: str) -> list[str]:
    found = find_templates(library().values(), Wanted(**wanted))
    return [step.key for each in found if each.template.key == key for step in each.steps]


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


def test_goal_and_platform_together() -> None:
    assert keys(goal="launch", platform="amazon_us") == ["amazon_us_new_product_launch"]
    assert keys(goal="launch", platform="walmart_us") == []


def test_category_finds_what_is_made_for_it_and_what_serves_any() -> None:
    found = keys(goal="compliance", category="apparel")
    assert found == ["compliance_children"]
    assert keys(goal="launch", category="apparel") == keys(goal="launch")


def test_groups_keep_the_order_of_goals() -> None:
    goals = [found.template.category for found in find_templates(library().values(), Wanted())]
    assert list(dict.fromkeys(goals)) == list(GOALS)
    assert goals == sorted(goals, key=list(GOALS).index)


def test_steps_that_hold_the_words_are_named() -> None:
    assert steps_of("amazon_us_new_product_launch", words="vine") == ["brand_ready", "vine_enroll"]
    assert steps_of("amazon_us_new_product_launch", words="") == []


def test_steps_of_another_category_are_not() -> None:
    of_any = steps_of("amazon_us_new_product_launch", words="cpc")
    assert "cpc_issue" in of_any
    assert "cpc_issue" not in steps_of("amazon_us_new_product_launch", words="cpc", category="apparel")


@pytest.mark.parametrize("words", ["亚马逊仓库收货", "golden sample", "封样"])
def test_reasons_evidence_and_lead_times_are_searched(words: str) -> None:
    assert "amazon_us_new_product_launch" in keys(words=words)


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(goal="launch"), Wanted(platform="shopify", words="margin")])
def test_counts_are_what_the_choice_would_find(wanted: Wanted) -> None:
    counts = count_choices(library().values(), wanted)
    for name, words in (("goal", GOALS), ("platform", ("shopify", "multi")), ("category", ("apparel", "home"))):
        for value in words:
            fields = {field: getattr(wanted, field) for field in ("words", "goal", "platform", "category")}
            assert counts[name][value] == len(keys(**{**fields, name: value})), (name, value)


def test_products_are_categories() -> None:
    assert get_template("compliance_electronics").products == ("electronics", "toys_children", "home")
    assert get_template("prime_day").products == ()
