"""The library, a template and the start of a project, as a browser meets them."""

from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.models import Project
from templates_sop.actions.templates import copy_built_in, publish
from templates_sop.library import library
from tests.factories import client_of, make_member
from tests.pages import HTMX, text

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
LIST = "/templates/"
SHOW = "/templates/black_friday_cyber_monday/"
START = "/templates/black_friday_cyber_monday/start/"
RECALL = "/templates/product_recall_return_spike/start/"


@pytest.fixture
def member(_inside_acme: None) -> Any:
    return make_member(display_name="Maya", language="en", time_zone="America/New_York")


@pytest.fixture
def browser(member: Any) -> Client:
    return client_of(member)


def answers(member: Any, **values: Any) -> dict[str, Any]:
    return {
        "name": "Q4 黑五备战 - Amazon US",
        "variant": "electronics",
        "anchor_on": "2026-11-27",
        "anchor_zone": "America/Los_Angeles",
        "channel": "amazon_us",
        "owner": member.pk,
        "language": "zh-hans",
        **dict.fromkeys(["q_battery", "q_hazmat", "q_children", "q_pesticide"], "no"),
        **values,
    }


def test_list_shows_every_template(browser: Client) -> None:
    page = text(browser.get(LIST))
    for template in library().values():
        assert reverse("templates_sop:template-show", args=[template.key]) in page
    assert "Get ready for a sales event" in page


def test_list_finds_by_words_and_platform(browser: Client) -> None:
    response = browser.get(LIST, {"q": "coupon", "platform": "amazon_us"}, **HTMX)
    page = text(response)
    assert reverse("templates_sop:template-show", args=["amazon_coupon_deal_promotion"]) in page
    assert reverse("templates_sop:template-show", args=["shopify_us_store_launch"]) not in page
    assert "<html" not in page
    assert "HX-Request" in response["Vary"]


def test_list_says_when_nothing_fits(browser: Client) -> None:
    assert "No template fits this search" in text(browser.get(LIST, {"q": "zebra", "platform": "moon"}))


def test_show_has_every_step_and_marks_those_of_the_category(browser: Client) -> None:
    page = text(browser.get(SHOW))
    assert page.count('class="step"') == 35
    assert "Only in this category" not in page
    page = text(browser.get(SHOW, {"variant": "electronics"}))
    assert page.count('class="step"') == 36
    assert page.count("Only in this category") == 1


def test_show_in_chinese(owner: Any) -> None:
    page = text(client_of(owner).get(SHOW))
    assert "黑五开场巡检" in page
    assert "前台错价会在数分钟内放大" in page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_show_says_all_of_a_step(language: str) -> None:
    page = text(client_of(make_member(language=language)).get(SHOW))
    step = next(step for step in library()["black_friday_cyber_monday"].steps if step.key == "deadline_fba")
    assert step.lead_time is not None
    said = (step.title, step.why, step.outcome, step.risk, step.deliverable, *step.checklist, *step.evidence)
    told = [words.get(language) for words in (*said, step.lead_time.whose)]
    assert [words for words in told if words not in unescape(page)] == []


def test_show_counts_from_the_anchor_that_the_step_has(browser: Client) -> None:
    page = text(browser.get(SHOW))
    assert "On FBA check-in cut-off" in page
    assert "5 days before Deal submission close" in page
    assert "120 days before Black Friday" in page
    assert "20:00 Pacific time" in page
    assert "25–40 days, ocean, customs and trucking" in page
    assert "24, 4 hours before the deadline" in page or "24, 2 hours before the deadline" in page


def test_show_leads_from_a_step_to_those_before_and_after_it(browser: Client) -> None:
    page = text(browser.get(SHOW))
    steps = {step.key: step for step in library()["black_friday_cyber_monday"].steps}
    before = len(steps["h24_bf"].depends_on)
    after = sum("h24_bf" in step.depends_on for step in steps.values())
    assert (before > 0, after > 0) == (True, True)
    assert page.count('href="#step-h24_bf"') == before + after


def test_show_says_what_answers_change(browser: Client) -> None:
    page = unescape(text(browser.get("/templates/amazon_us_new_product_launch/")))
    assert "battery → UN38.3" in page
    assert "+ Obtain the UN38.3 test summary for cell and pack" in page
    assert "Upload compliance documents and clear the hazmat review: 8 working days" in page


def test_outline_is_a_line_a_step(browser: Client) -> None:
    step = library()["black_friday_cyber_monday"].steps[0]
    page = unescape(text(browser.get(SHOW, {"view": "outline", "variant": "home"})))
    assert page.count('class="step step--line"') == 36
    assert step.title.en in page
    assert step.why.en not in page
    assert "view=outline" in page


def test_list_filters_by_goal_and_category_in_the_address(browser: Client) -> None:
    page = text(browser.get(LIST, {"goal": "compliance", "category": "apparel", "q": "label"}))
    assert reverse("templates_sop:template-show", args=["compliance_children"]) + "?variant=apparel" in page
    assert reverse("templates_sop:template-show", args=["compliance_electronics"]) not in page
    # What is chosen stays when another filter is, and is taken back by its own link.
    assert "?q=label&amp;goal=compliance&amp;platform=shopify&amp;category=apparel" in page
    assert "?q=label&amp;category=apparel" in page
    # The category's own step of this template.
    assert "Add 16 CFR 1610 and 1615/1616" in page


def test_list_names_the_steps_with_the_words(browser: Client) -> None:
    page = text(browser.get(LIST, {"q": "vine"}, **HTMX))
    assert reverse("templates_sop:template-show", args=["amazon_us_new_product_launch"]) + "#step-vine_enroll" in page


def test_list_takes_one_query_of_templates_however_many_the_workspace_has(owner: Any) -> None:
    browser, counts = client_of(owner), []
    for number in range(3):
        copied = copy_built_in(library()["prime_day"], actor=owner, now=NOW)
        publish(copied, what_changed="", actor=owner, now=NOW)
        browser.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            page = text(browser.get(LIST))
        counts.append(len(queries))
        assert page.count('<h3 class="card__title"><a href="/templates/ws-') == number + 1
    assert len(set(counts)) == 1


@pytest.mark.parametrize("name", ["template-show", "template-start"])
def test_unknown_template_is_404(browser: Client, name: str) -> None:
    assert browser.get(reverse(f"templates_sop:{name}", args=["common"])).status_code == 404


def test_start_offers_dates_at_once(browser: Client) -> None:
    page = text(browser.get(START))
    assert "Q4 Black Friday - Amazon US" in page
    assert "These are the steps for any category." in page
    assert "Black Friday opening patrol" in page


def test_preview_alone_for_htmx(browser: Client, member: Any) -> None:
    response = browser.get(START, answers(member, anchor_on="2027-11-26"), **HTMX)
    page = text(response)
    assert response.status_code == 200
    assert "<html" not in page
    assert page.strip().startswith('<section class="sop-preview"')
    # 20:00 on the day itself, in the market's clock and in that of the reader in New York.
    assert "Fri 26 Nov 2027, 20:00 PST (UTC−8)" in page
    assert "Fri 26 Nov 2027, 23:00 for you (UTC−5)" in page
    assert "Confirm battery-product lane and hazmat capacity" in page
    assert "HX-Request" in response["Vary"]


def test_preview_says_why_a_date_moved(browser: Client, member: Any) -> None:
    page = text(browser.get(START, answers(member), **HTMX))
    assert "a day off: weekend" in page
    assert "already past" in page


def test_preview_without_a_date_explains(browser: Client, member: Any) -> None:
    for wrong in ("", "tomorrow", "1900-01-01"):
        response = browser.get(START, answers(member, anchor_on=wrong), **HTMX)
        assert response.status_code == 200
        assert "No dates yet" in text(response)


def test_preview_survives_unknown_zone_and_category(browser: Client, member: Any) -> None:
    response = browser.get(START, answers(member, anchor_zone="Mars/Base", variant="spaceships"), **HTMX)
    assert response.status_code == 200
    assert "No dates yet" in text(response)


def test_create_makes_the_project_and_goes_there(browser: Client, member: Any) -> None:
    designer = make_member(display_name="Chen")
    response = browser.post(START, answers(member, role_design=designer.pk))
    project = Project.objects.get()
    assert (response.status_code, response["Location"]) == (302, project.get_absolute_url())
    assert (project.name, project.owner, project.created_by) == ("Q4 黑五备战 - Amazon US", member, member)
    assert project.tasks.count() == 36
    assert set(project.tasks.filter(sop_role="design").values_list("owner", flat=True)) == {designer.pk}
    assert project.tasks.get(sop_step="bf_on").title == "黑五开场巡检"


def test_a_second_click_creates_nothing_more(browser: Client, member: Any) -> None:
    once = answers(member, attempt="0123456789abcdef")
    first, second = browser.post(START, once), browser.post(START, once)
    assert first["Location"] == second["Location"] == Project.objects.get().get_absolute_url()
    browser.post(START, answers(member, attempt="another"))
    assert Project.objects.count() == 2


def test_none_of_these_is_a_choice(browser: Client, member: Any) -> None:
    assert browser.post(START, answers(member, variant="none")).status_code == 302
    assert Project.objects.get().tasks.count() == 35


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"owner": ""}, "A project cannot be created without an owner."),
        ({"owner": "999999"}, "Choose one of the options offered"),
        ({"variant": ""}, "Choose the product category"),
        ({"variant": "spaceships"}, "Choose one of the options offered"),
        ({"anchor_on": "1900-01-01"}, "Choose a day from"),
        ({"anchor_on": "27/11"}, "Enter a valid date"),
        ({"anchor_zone": "Mars/Base"}, "Choose one of the options offered"),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"name": "   "}, "This field is required"),
        ({"channel": "ebay"}, "Choose one of the options offered"),
        ({"role_design": "0"}, "Choose one of the options offered"),
    ],
)
def test_wrong_answers_come_back_with_a_message_and_nothing_lost(
    browser: Client, member: Any, wrong: dict[str, str], message: str
) -> None:
    response = browser.post(START, answers(member, **{"name": "Kept by the form", **wrong}))
    page = text(response)
    assert response.status_code == 422
    assert message in page
    assert "Kept by the form" in page or "name" in wrong
    assert Project.objects.count() == 0


def test_a_guest_or_somebody_gone_cannot_be_given_a_role(browser: Client, member: Any) -> None:
    for outsider in (make_member("guest"), make_member(is_active=False)):
        assert browser.post(START, answers(member, owner=outsider.pk)).status_code == 422
        assert browser.post(START, answers(member, role_design=outsider.pk)).status_code == 422
    assert Project.objects.count() == 0


def test_preview_button_creates_nothing(browser: Client, member: Any) -> None:
    response = browser.post(START, answers(member, preview="1", owner=""))
    assert response.status_code == 200
    assert "Black Friday opening patrol" in text(response)
    assert Project.objects.count() == 0


def test_instant_template_asks_for_the_minute_and_explains_a_doubled_one(browser: Client, member: Any) -> None:
    moment = {"anchor_on": "2026-11-01", "anchor_time": "01:30", "anchor_zone": "America/Los_Angeles"}
    page = text(browser.get(RECALL, answers(member, **moment), **HTMX))
    assert "01:30 comes twice on Sun 1 Nov" in page
    assert browser.post(RECALL, answers(member, **moment, variant="none")).status_code == 302
    assert browser.post(RECALL, answers(member, **{**moment, "anchor_time": ""})).status_code == 422


@pytest.mark.parametrize("role", ["owner", "admin", "manager", "member"])
def test_insiders_may_start(role: str) -> None:
    member = make_member(role)
    assert client_of(member).post(START, answers(member)).status_code == 302


@pytest.mark.parametrize("url", [LIST, SHOW, START])
def test_guests_may_not_even_read(url: str) -> None:
    guest = client_of(make_member("guest"))
    assert guest.get(url).status_code == 403
    assert client_of(None).get(url).status_code == 302


def test_guests_may_not_start(member: Any) -> None:
    assert client_of(make_member("guest")).post(START, answers(member)).status_code == 403
    assert Project.objects.count() == 0


def test_preview_asks_the_database_the_same_however_long_the_template(browser: Client, member: Any) -> None:
    counts = []
    for url in (START, reverse("templates_sop:template-start", args=["quarterly_retrospective"])):
        browser.get(url, answers(member), **HTMX)
        with CaptureQueriesContext(connection) as queries:
            browser.get(url, answers(member), **HTMX)
        counts.append(len(queries))
    print(f"statements of a preview: {counts}")
    assert max(counts) <= 20
