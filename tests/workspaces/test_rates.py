"""Exchange rates come into the table: what is missing and no more, whole or not at all."""

import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from linkstar.lib.ecb import RatesRefused
from linkstar.lib.rates import Rate
from linkstar.workspaces import tasks
from linkstar.workspaces.actions import rates
from linkstar.workspaces.actions.rates import DAILY, HISTORY, NINETY_DAYS, keep_rates, refresh_rates
from linkstar.workspaces.models import ExchangeRate
from linkstar.workspaces.sources import SourceFailed
from tests.lib.test_ecb import file_of
from tests.workspaces.sources import answering

pytestmark = pytest.mark.django_db
# A Friday, after the rates of the day were published.
NOW = datetime(2026, 11, 27, 15, 23, tzinfo=UTC)
TODAY = date(2026, 11, 27)
LONG_AGO = "2024-01-02"


@pytest.fixture
def bank(settings: Any) -> Iterator[dict[str, Any]]:
    """A stub on loopback: name → (status, body, headers); `asked` are the names that were asked for."""
    pages: dict[str, Any] = {"asked": []}

    def answer(path: str) -> tuple[int, bytes, dict[str, str]]:
        name = path.removeprefix("/fx/")
        pages["asked"].append(name)
        status, body, *headers = pages.get(name, (404, b"no such page"))
        return status, body, headers[0] if headers else {}

    with answering(answer) as address:
        settings.INTEGRATIONS_ALLOW_LOOPBACK = True
        settings.ECB_RATES_URL = f"{address}/fx/"
        yield pages


def have(*days: str, per_euro: str = "1.1", source: str = "ecb") -> None:
    ExchangeRate.objects.bulk_create(
        ExchangeRate(day_on=day, currency="USD", per_euro=per_euro, source=source, fetched_at=NOW) for day in days
    )


def stored() -> list[tuple[str, str, Decimal, str]]:
    rows = ExchangeRate.objects.order_by("day_on", "currency").values_list("day_on", "currency", "per_euro", "source")
    return [(day.isoformat(), currency, per_euro, source) for day, currency, per_euro, source in rows]


def test_the_first_time_the_history_of_years_comes(bank: dict[str, Any]) -> None:
    bank[HISTORY] = (
        200,
        file_of({"2026-11-27": {"USD": "1.16", "CNY": "8.2"}, LONG_AGO: {"USD": "1"}, "1999-01-04": {"USD": "1.1789"}}),
    )

    assert refresh_rates(now=NOW) == (TODAY, 3, 0)

    assert stored() == [
        (LONG_AGO, "USD", Decimal("1"), "ecb"),
        ("2026-11-27", "CNY", Decimal("8.2"), "ecb"),
        ("2026-11-27", "USD", Decimal("1.16"), "ecb"),
    ]
    assert ExchangeRate.objects.latest("pk").fetched_at == NOW
    assert refresh_rates(now=NOW) is None
    assert bank["asked"] == [HISTORY]


@pytest.mark.parametrize(
    ("have_until", "now", "name"),
    [
        ("2026-11-26", NOW, DAILY),
        ("2026-11-25", NOW, NINETY_DAYS),
        ("2026-11-20", NOW, NINETY_DAYS),
        ("2026-09-01", NOW, HISTORY),
        # On Monday the day before is Friday; on Sunday Friday is the newest that there is.
        ("2026-11-27", NOW + timedelta(days=3), DAILY),
        ("2026-11-27", NOW + timedelta(days=2), None),
        # Evening in Los Angeles, and the next morning in Frankfurt.
        ("2026-11-27", datetime(2026, 11, 30, 23, 30, tzinfo=UTC), NINETY_DAYS),
    ],
)
def test_only_what_is_missing_is_asked_for(
    bank: dict[str, Any], have_until: str, now: datetime, name: str | None
) -> None:
    have(LONG_AGO, have_until)
    for each in (DAILY, NINETY_DAYS, HISTORY):
        bank[each] = (200, file_of({now.date().isoformat(): {"USD": "1.16"}}))

    refresh_rates(now=now)

    assert bank["asked"] == ([name] if name else [])


def test_a_gap_before_two_years_ago_brings_the_history(bank: dict[str, Any]) -> None:
    have("2026-08-31", "2026-11-27")
    bank[HISTORY] = (200, file_of({"2026-11-27": {"USD": "1.1"}, LONG_AGO: {"USD": "1"}}))

    assert refresh_rates(now=NOW) == (TODAY, 1, 0)


def test_what_was_published_replaces_what_was_corrected_or_made_up(bank: dict[str, Any]) -> None:
    have(LONG_AGO, "2026-11-25")
    have("2026-11-26", "2026-11-27", source="demo")
    bank[NINETY_DAYS] = (
        200, file_of({"2026-11-27": {"USD": "1.1"}, "2026-11-26": {"USD": "1.3"}, "2026-11-25": {"USD": "1.2"}}),
    )  # fmt: skip

    assert refresh_rates(now=NOW) == (TODAY, 0, 3)

    assert [row[2:] for row in stored()[1:]] == [
        (Decimal("1.2"), "ecb"), (Decimal("1.3"), "ecb"), (Decimal("1.1"), "ecb"),
    ]  # fmt: skip


def test_what_the_demo_made_up_is_no_reason_not_to_ask(bank: dict[str, Any]) -> None:
    have(LONG_AGO, "2026-11-27", source="demo")
    bank[HISTORY] = (200, file_of({"2026-11-27": {"USD": "1.1"}}))

    refresh_rates(now=NOW)

    assert bank["asked"] == [HISTORY]


def test_a_packed_answer_is_unpacked(bank: dict[str, Any]) -> None:
    content = gzip.compress(file_of({"2026-11-27": {"USD": "1.1"}}))
    bank[HISTORY] = (200, content, {"Content-Encoding": "gzip"})

    assert refresh_rates(now=NOW) == (TODAY, 1, 0)


@pytest.mark.parametrize(
    ("page", "error"),
    [
        ((500, b""), SourceFailed),
        ((204, b""), SourceFailed),
        ((302, b"", {"Location": f"/fx/{HISTORY}"}), SourceFailed),
        ((200, b"<html>maintenance</html>"), RatesRefused),
        ((200, file_of({"2026-11-27": {"USD": "1.1"}})[:-30]), RatesRefused),
        ((200, file_of({"2026-11-27": {"USD": "1.1"}}), {"Content-Length": "9000"}), SourceFailed),
        ((200, b"\x1f\x8b broken", {"Content-Encoding": "gzip"}), SourceFailed),
        ((200, file_of({"2026-11-28": {"USD": "1.1"}})), SourceFailed),
        ((200, file_of({"1999-01-04": {"USD": "1.1"}})), SourceFailed),
    ],
)
def test_what_is_wrong_changes_nothing(bank: dict[str, Any], page: Any, error: type[Exception]) -> None:
    bank[HISTORY] = page

    with pytest.raises(error):
        refresh_rates(now=NOW)

    assert bank["asked"] == [HISTORY]
    assert not ExchangeRate.objects.exists()


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_without_an_end_is_cut_short(bank: dict[str, Any], packed: bool, monkeypatch: Any) -> None:
    monkeypatch.setitem(rates._MOST_BYTES, HISTORY, 10_000)
    content = b" " * 20_000
    bank[HISTORY] = (200, gzip.compress(content), {"Content-Encoding": "gzip"}) if packed else (200, content)

    with pytest.raises(SourceFailed, match="more than"):
        refresh_rates(now=NOW)


@pytest.mark.parametrize("address", ["http://www.ecb.europa.eu/x", "http://127.0.0.1/x", "file:///etc", "ftp://x.test"])
def test_only_https_is_asked(settings: Any, address: str) -> None:
    settings.ECB_RATES_URL, settings.INTEGRATIONS_ALLOW_LOOPBACK = address, False
    with pytest.raises(SourceFailed, match="no https"):
        refresh_rates(now=NOW)


def test_a_bank_that_nobody_reaches_is_said(settings: Any) -> None:
    settings.INTEGRATIONS_ALLOW_LOOPBACK, settings.ECB_RATES_URL = True, "http://127.0.0.1:1/"
    with pytest.raises(SourceFailed, match="ConnectError"):
        refresh_rates(now=NOW)


def test_the_job_survives_a_bank_that_fails_and_asks_nobody_without_an_address(
    bank: dict[str, Any], settings: Any
) -> None:
    bank[HISTORY] = (500, b"")
    tasks.refresh_rates()
    settings.ECB_RATES_URL = ""
    tasks.refresh_rates()

    assert bank["asked"] == [HISTORY]


def test_the_job_is_on_the_schedule(settings: Any) -> None:
    assert settings.CELERY_BEAT_SCHEDULE["refresh-rates"]["task"] == tasks.refresh_rates.name


def test_a_file_brings_all_its_days_where_there_is_no_network(tmp_path: Any, settings: Any) -> None:
    settings.ECB_RATES_URL = ""
    path, out = tmp_path / "hist.xml", StringIO()
    path.write_bytes(file_of({"2026-01-05": {"USD": "1.16"}, "1999-01-04": {"USD": "1.1789"}}))

    for _twice in range(2):
        call_command("load_rates", file=path, stdout=out)

    assert out.getvalue() == "until 2026-01-05: 2 new, 0 changed\nuntil 2026-01-05: 0 new, 0 changed\n"
    with pytest.raises(CommandError, match="ECB_RATES_URL"):
        call_command("load_rates")


def test_a_file_that_is_none_is_refused_in_words(tmp_path: Any) -> None:
    path = tmp_path / "rates.csv"
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_rates", file=path)
    path.write_text("Date,USD\n", encoding="utf-8")
    with pytest.raises(CommandError, match="no XML"):
        call_command("load_rates", file=path)


@pytest.mark.parametrize("values", [{"per_euro": 0}, {"currency": "usd"}, {"day_on": TODAY}])
def test_the_table_keeps_one_true_rate_a_day(values: dict[str, Any]) -> None:
    keep_rates([Rate(TODAY, "USD", Decimal("1.1"))], now=NOW)
    given = {"day_on": "2026-11-26", "currency": "USD", "per_euro": 1, "source": "ecb", "fetched_at": NOW, **values}

    with pytest.raises(IntegrityError), transaction.atomic():
        ExchangeRate.objects.create(**given)
