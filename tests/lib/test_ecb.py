"""The ECB's files: whole days are read, and everything else is refused."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from linkstar.lib.ecb import RatesRefused, read_rates
from linkstar.lib.rates import Rate

# As the ECB's server sends it.
DAILY = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
\t<gesmes:subject>Reference rates</gesmes:subject>
\t<gesmes:Sender>
\t\t<gesmes:name>European Central Bank</gesmes:name>
\t</gesmes:Sender>
\t<Cube>
\t\t<Cube time='2024-06-28'>
\t\t\t<Cube currency='USD' rate='1.0705'/>
\t\t\t<Cube currency='JPY' rate='171.94'/>
\t\t\t<Cube currency='CNY' rate='7.7748'/>
\t\t\t<Cube currency='IDR' rate='17487.21'/>
\t\t</Cube>
\t</Cube>
</gesmes:Envelope>
"""


def file_of(days: Mapping[str, Mapping[str, str]]) -> bytes:
    """The same with other days: {"2026-11-27": {"USD": "1.16"}}."""
    cubes = "".join(
        f"<Cube time='{day}'>{''.join(f'<Cube currency={c!r} rate={r!r}/>' for c, r in rates.items())}</Cube>"
        for day, rates in days.items()
    )
    head, rest = DAILY.split("\t\t<Cube time", 1)
    return f"{head}{cubes}{rest.split('</Cube>', 1)[1]}".encode()


def test_a_day_is_read_to_the_last_digit() -> None:
    day = date(2024, 6, 28)

    assert read_rates(DAILY.encode()) == [
        Rate(day, "CNY", Decimal("7.7748")), Rate(day, "IDR", Decimal("17487.21")),
        Rate(day, "JPY", Decimal("171.94")), Rate(day, "USD", Decimal("1.0705")),
    ]  # fmt: skip


def test_history_comes_newest_first_and_is_read_oldest_first() -> None:
    found = read_rates(file_of({"2026-11-27": {"USD": "1.16"}, "2026-11-26": {"USD": "1.15", "TRL": "372274"}}))

    assert [(str(rate.day_on), rate.currency) for rate in found] == [
        ("2026-11-26", "TRL"), ("2026-11-26", "USD"), ("2026-11-27", "USD"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("rate='1.0705'", "rate='1,0705'"),
        ("rate='1.0705'", "rate='0.0000'"),
        ("rate='1.0705'", "rate='-1.07'"),
        ("rate='1.0705'", "rate='1e5'"),
        ("rate='1.0705'", "rate='NaN'"),
        ("rate='1.0705'", "rate='१.०७'"),
        ("rate='1.0705'", "rate='123456789.1'"),
        ("rate='1.0705'", ""),
        ("currency='JPY'", "currency='USD'"),
        ("currency='USD'", "currency='EUR'"),
        ("currency='JPY'", "currency='jpy'"),
        ("currency='USD'", "currency='USX'"),
        ("2024-06-28", "2024-06-31"),
        ("2024-06-28", "20240628"),
        ("time='2024-06-28'", ""),
        ("2002-08-01/eurofxref", "2002-08-02/eurofxref"),
        ("www.gesmes.org", "www.example.org"),
        ("</gesmes:Envelope>", ""),
        ("<Cube>", "<Cube><p/>"),
        ("<gesmes:Sender>", "<gesmes:Sender><Cube time='2024-06-27'/>"),
        ("?>\n", "?><!DOCTYPE x>\n"),
        ("?>\n", "?><?stylesheet x?>\n"),
        (
            "?>\n",
            '?><!DOCTYPE x [<!ENTITY a "1.0705"><!ENTITY b SYSTEM "file:///etc/passwd">]>\n',
        ),
    ],
)
def test_anything_else_is_refused(before: str, after: str) -> None:
    assert before in DAILY
    with pytest.raises(RatesRefused):
        read_rates(DAILY.replace(before, after, 1).encode())


def test_entities_that_grow_are_refused_before_they_do() -> None:
    grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = DAILY.replace("?>\n", f'?><!DOCTYPE x [<!ENTITY e0 "x">{grown}]>\n').replace("Reference", "&e11;")

    with pytest.raises(RatesRefused, match="declares"):
        read_rates(bomb.encode())


@pytest.mark.parametrize(
    "content", [b"", b"<html><body>Service unavailable</body></html>", b"{}", b"\x1f\x8b\x08", DAILY[:500].encode()]
)
def test_a_page_that_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(RatesRefused):
        read_rates(content)


def test_a_file_without_a_day_or_with_one_twice_is_refused() -> None:
    with pytest.raises(RatesRefused, match="no day"):
        read_rates(file_of({}))
    twice = DAILY.replace(
        "\t</Cube>\n</ges", "<Cube time='2024-06-28'><Cube currency='USD' rate='1'/></Cube></Cube>\n</ges"
    )
    with pytest.raises(RatesRefused, match="twice"):
        read_rates(twice.encode())
