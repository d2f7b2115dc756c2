"""What the rule book says, and what follows from it for a product."""

from itertools import product as every
from typing import Any

import pytest

from linkstar.compliance.rulebook import UnknownMarket, get_rulebook
from linkstar.compliance.verdicts import Facts, judge, settled
from tests.compliance.conftest import SPEAKER, SPEAKER_PAPERS, US

LEVELS = {"verified", "verified_secondary", "unverified"}


def states(category: str, answers: dict[str, bool], channels: set[str] | None = None) -> dict[str, str]:
    facts = Facts(category, answers, None if channels is None else frozenset(channels))
    return {verdict.requirement.key: verdict.state for verdict in judge(US, facts)}


def reasons(category: str, answers: dict[str, bool], key: str) -> list[str]:
    verdicts = judge(US, Facts(category, answers, frozenset({"amazon_us"})))
    return [text.en for one in verdicts if one.requirement.key == key for text in one.because]


class TestBook:
    def test_rules_speak_of_what_there_is(self) -> None:
        for requirement in US.requirements.values():
            assert requirement.level in LEVELS and requirement.lead_level in LEVELS
            assert requirement.rule and requirement.documents
            # What we are sure of says where from.
            assert requirement.sources or requirement.level == "unverified"
            for line in requirement.rule:
                assert set(line.answers) <= set(US.questions)
                assert line.categories <= set(US.categories) and line.channels <= set(US.channels)

    def test_what_categories_and_answers_imply_are_questions(self) -> None:
        for category in US.categories.values():
            assert set(category.implies) <= set(US.questions)
        for question in US.questions.values():
            assert set(question.no_means) <= set(US.questions)

    def test_both_languages_are_there(self) -> None:
        for one in US.requirements.values():
            for text in (one.name, one.short, one.who, one.lead_days, *one.documents, *one.pitfalls):
                assert text.zh and text.en
            assert any("\u4e00" <= char <= "\u9fff" for char in one.who.zh)

    def test_there_is_no_book_for_elsewhere(self) -> None:
        with pytest.raises(UnknownMarket):
            get_rulebook("mars")


class TestVerdicts:
    def test_a_speaker(self) -> None:
        found = states("electronics", SPEAKER, {"amazon_us"})
        documents = [key for key, state in found.items() if state == "applies" and US.requirements[key].is_document]
        assert documents == SPEAKER_PAPERS
        assert [key for key, state in found.items() if state == "ask"] == []

    def test_why(self) -> None:
        assert reasons("electronics", SPEAKER, "battery_un38_3") == ["It contains a lithium battery"]
        assert reasons("electronics", SPEAKER, "cpc") == ["It is no children's product"]
        assert reasons("electronics", SPEAKER, "fda_mocra_registration") == ["Its category is not Cosmetics"]

    def test_a_toy_with_a_button_cell_goes_by_the_toy_standard(self) -> None:
        found = states("toys_children", {"toy": True, "button_cell": True})
        assert (found["cpc"], found["astm_f963"], found["button_cell_reese"], found["gcc"]) == (
            "applies", "applies", "not", "not",
        )  # fmt: skip

    def test_a_garment_for_grown_ups_has_a_gcc_and_one_for_children_a_cpc(self) -> None:
        grown, small = states("apparel", {"children": False}), states("apparel", {"children": True})
        assert (grown["gcc"], grown["cpc"], small["gcc"], small["cpc"]) == ("applies", "not", "not", "applies")
        assert grown["cpsc_efiling"] == small["cpsc_efiling"] == "applies"

    def test_what_nobody_verified_may_apply_at_most(self) -> None:
        found = states("home", {"mains": True, "storage_furniture": True, "food_contact": True})
        assert {found["electrical_safety_nrtl"], found["furniture_stability"], found["fda_food_contact"]} == {"may"}

    def test_only_a_lab_knows_of_prop_65(self) -> None:
        assert {states(category, {})["prop_65"] for category in US.categories} == {"may"}

    def test_an_open_question_is_named(self) -> None:
        [verdict] = [one for one in judge(US, Facts("home", {}, None)) if one.requirement.key == "epa_fifra"]
        assert (verdict.state, verdict.asks) == ("ask", ("pesticide",))

    def test_where_it_is_sold_is_a_question_too(self) -> None:
        verdicts = judge(US, Facts("supplements", {}, None))
        [verdict] = [one for one in verdicts if one.requirement.key == "amazon_supplement_tic"]
        assert (verdict.state, verdict.asks) == ("ask", ("channels",))
        assert states("supplements", {}, {"shopify"})["amazon_supplement_tic"] == "not"

    def test_what_somebody_said_goes_before_what_the_category_implies(self) -> None:
        assert states("toys_children", {"children": False})["cpc"] == "not"
        assert settled(US, Facts("apparel", {"children": False}, None))["toy"] is False

    @pytest.mark.parametrize("category", [*US.categories, ""])
    def test_all_answers_given_nothing_is_open(self, category: str) -> None:
        """Every pair of answers on top of all yes and all no."""
        keys = list(US.questions)
        for base, one, two in every((True, False), keys, keys):
            answers: dict[str, Any] = dict.fromkeys(keys, base) | {one: not base, two: not base}
            assert "ask" not in states(category, answers, {"amazon_us"}).values()
