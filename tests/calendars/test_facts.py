"""The shipped retail year against the dates of domain/us_calendar.yaml, which were checked against a library."""

from datetime import date

import holidays
import pytest

from linkstar.calendars.facts import as_of, by_rule, shipped
from linkstar.calendars.models import MarketDate

EXPECTED = {
    "new_years_day": "01-01 01-01 01-01 01-01",
    "mlk_day": "01-20 01-19 01-18 01-17",
    "presidents_day": "02-17 02-16 02-15 02-21",
    "memorial_day": "05-26 05-25 05-31 05-29",
    "juneteenth": "06-19 06-19 06-19 06-19",
    "independence_day": "07-04 07-04 07-04 07-04",
    "labor_day": "09-01 09-07 09-06 09-04",
    "columbus_day": "10-13 10-12 10-11 10-09",
    "veterans_day": "11-11 11-11 11-11 11-11",
    "thanksgiving": "11-27 11-26 11-25 11-23",
    "christmas": "12-25 12-25 12-25 12-25",
    "valentines_day": "02-14 02-14 02-14 02-14",
    "super_bowl_sunday": "02-09 02-08 02-14 02-13",
    "st_patricks_day": "03-17 03-17 03-17 03-17",
    "easter_sunday": "04-20 04-05 03-28 04-16",
    "earth_day": "04-22 04-22 04-22 04-22",
    "mothers_day": "05-11 05-10 05-09 05-14",
    "fathers_day": "06-15 06-21 06-20 06-18",
    "halloween": "10-31 10-31 10-31 10-31",
    "black_friday": "11-28 11-27 11-26 11-24",
    "small_business_saturday": "11-29 11-28 11-27 11-25",
    "cyber_monday": "12-01 11-30 11-29 11-27",
    "giving_tuesday": "12-02 12-01 11-30 11-28",
    "green_monday": "12-08 12-14 12-13 12-11",
    "super_saturday": "12-20 12-19 12-18 12-23",
    "after_christmas": "12-26 12-26 12-26 12-26",
}
YEARS = (2025, 2026, 2027, 2028)


@pytest.mark.parametrize("key", EXPECTED)
def test_rules_give_the_checked_dates(key):
    days = [shipped()[key].in_year(year) for year in YEARS]
    wanted = [date.fromisoformat(f"{year}-{text}") for year, text in zip(YEARS, EXPECTED[key].split(), strict=True)]
    assert [found[0].first for found in days] == [found[0].last for found in days] == wanted


def test_federal_holidays_are_those_of_the_law():
    keys = [key for key, fact in shipped().items() if fact.kind == "federal_holiday"]
    for year in range(2025, 2041):
        ours = {shipped()[key].in_year(year)[0].first for key in keys}
        law = {day for day, name in holidays.US(years=year, observed=False).items() if day.year == year}
        assert ours == law


@pytest.mark.parametrize(
    ("year", "day"), [(2000, "04-23"), (2008, "03-23"), (2019, "04-21"), (2038, "04-25"), (2049, "04-18")]
)
def test_easter(year, day):
    assert by_rule({"type": "easter"}, year) == [(date.fromisoformat(f"{year}-{day}"),) * 2]


def test_what_is_announced_each_year_is_never_guessed():
    prime_day = shipped()["amazon_prime_day"]
    assert [tuple(each) for each in prime_day.in_year(2026)] == [(date(2026, 6, 23), date(2026, 6, 26), True)]
    assert [tuple(each) for each in prime_day.in_year(2027)] == [(None, None, False)]


def test_what_happens_once_is_of_its_year_alone():
    assert shipped()["cpsc_efiling_general"].in_year(2026)[0].first == date(2026, 7, 8)
    assert shipped()["cpsc_efiling_general"].in_year(2027) == ()
    assert [len(shipped()["fda_food_facility_renewal"].in_year(year)) for year in (2026, 2027, 2028, 2030)] == [
        1, 0, 1, 1,
    ]  # fmt: skip


def test_stretches_over_new_year_belong_to_the_year_they_begin_in():
    assert shipped()["q5_season"].in_year(2026)[0][:2] == (date(2026, 12, 26), date(2027, 1, 15))


def test_taxes_due_on_a_weekend_or_holiday_move_on():
    quarters = [days.first for days in shipped()["us_corp_estimated_tax"].in_year(2029)]
    assert quarters == [date(2029, 4, 16), date(2029, 6, 15), date(2029, 9, 17), date(2029, 12, 17)]
    assert len(shipped()["state_sales_tax_monthly"].in_year(2026)) == 12


def test_every_fact_is_whole():
    kinds, channels = set(MarketDate.Kind.values), set(MarketDate.Channel.values)
    for fact in shipped().values():
        assert fact.kind in kinds and fact.channel in channels
        assert fact.name.zh and fact.name.en
        assert fact.source.en or fact.source_url or not fact.announced
        for year in range(2024, 2035):
            for days in fact.in_year(year):
                assert (days.first is None) == (days.last is None)
                assert days.first is None or days.last is None or days.first <= days.last
                assert days.first is not None or not days.is_confirmed
    assert as_of() == date(2026, 11, 24)
