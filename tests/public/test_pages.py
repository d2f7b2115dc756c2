"""The public site: what it says, in both languages, to people without an account."""

from datetime import UTC, datetime

import pytest

from linkstar.public.articles import ARTICLES
from linkstar.public.example import clock_faces, example_board, example_day
from tests.factories.members import WorkspaceClient as Client

PAGES = ["/", "/plans/", "/help/", *(f"/help/{article.slug}/" for article in ARTICLES)]
NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


@pytest.fixture
def visitor() -> Client:
    return Client(HTTP_HOST="localhost")


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("wish", "lang"), [("en-US,en", "en"), ("zh-CN,zh", "zh-Hans")])
def test_page_speaks_the_language_of_the_browser(visitor: Client, page: str, wish: str, lang: str) -> None:
    response = visitor.get(page, headers={"Accept-Language": wish})
    assert response.status_code == 200
    assert f'<html lang="{lang}"' in response.text


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_page_has_no_inline_style_or_script(visitor: Client, page: str) -> None:
    text = visitor.get(page).text
    assert " style=" not in text
    assert "<style" not in text
    assert text.count("<script") == text.count('<script src="/static/dist/app.js" defer>') == 1


@pytest.mark.django_db
def test_page_takes_the_theme_of_the_cookie_and_no_other_word(visitor: Client) -> None:
    visitor.cookies["theme"] = "dark"
    assert '<html lang="en" data-theme="dark"' in visitor.get("/").text
    visitor.cookies["theme"] = "x onload"
    assert "data-theme" not in visitor.get("/").text


@pytest.mark.django_db
def test_article_that_does_not_exist_is_a_404_that_says_what_to_do(visitor: Client) -> None:
    response = visitor.get("/help/nothing/")
    assert response.status_code == 404
    assert "There is nothing at this address" in response.text


@pytest.mark.django_db
def test_plans_name_prices_in_both_currencies_before_tax(visitor: Client) -> None:
    text = visitor.get("/plans/").text
    assert [price in text for price in ("$0", "$8", "¥49", "$15", "¥99", "before tax")] == [True] * 6


@pytest.mark.django_db
def test_page_refuses_a_post(visitor: Client) -> None:
    assert visitor.post("/plans/").status_code == 405


@pytest.mark.parametrize("hour", range(24))
def test_example_board_always_shows_one_deadline_within_a_day(hour: int) -> None:
    states = [
        card.label.state for column in example_board(now=NOW.replace(hour=hour), language="en") for card in column.cards
    ]
    assert states == ["later", "later", "soon", "later", "done", "done"]


def test_example_day_marks_the_same_instant_in_three_places() -> None:
    day = example_day(now=NOW, language="zh-hans")
    marked = [[count for count, hour in enumerate(place.hours) if hour.is_deadline] for place in day.places]
    assert marked == [[15], [15], [15]]
    assert [place.deadline for place in day.places] == ["15:59", "02:59", "23:59"]
    assert day.label.other_day


def test_clock_faces_turn_with_the_time() -> None:
    shenzhen, new_york = clock_faces(NOW)
    assert (shenzhen.time, shenzhen.hour_angle, shenzhen.minute_angle) == ("01:00", 30.0, 0)
    assert (new_york.time, new_york.hour_angle) == ("12:00", 0.0)
