"""The European Central Bank's reference rates, as its files eurofxref-daily.xml, -hist-90d.xml and -hist.xml have them.

<gesmes:Envelope xmlns:gesmes="…" xmlns="…/eurofxref"> … <Cube>
    <Cube time="2026-11-27"><Cube currency="USD" rate="1.1593"/> … </Cube>
</Cube></gesmes:Envelope>
"""

import re
from datetime import date
from decimal import Decimal
from xml.parsers import expat

from linkstar.lib.rates import EURO, Rate

_GESMES = "http://www.gesmes.org/xml/2002-08-01"
_ROOT = f"{_GESMES} Envelope"
_CUBE = "http://www.ecb.int/vocabulary/2002-08-01/eurofxref Cube"
# What stands beside the numbers: who sends them.
_KNOWN = frozenset(f"{_GESMES} {name}" for name in ("subject", "Sender", "name"))
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}")
_RATE = re.compile(r"\d{1,8}(\.\d{1,8})?", re.ASCII)
# Every day since 1999 has it; one without is cut off.
_ALWAYS = "USD"


class RatesRefused(ValueError):
    """Not the reference rates of whole days; the text says what is wrong."""


def read_rates(content: bytes) -> list[Rate]:
    """All days of a file, oldest first. Raises RatesRefused; half a file is none."""
    reader = _Reader()
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = reader.begin, reader.end
    # No document of theirs declares anything, so none may: no entities that grow, none that read from elsewhere.
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ProcessingInstructionHandler = _refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise RatesRefused(f"no XML: {error}") from error
    return reader.rates()


def _refuse(*_declared: object) -> None:
    raise RatesRefused("the document declares more than rates")


class _Reader:
    def __init__(self) -> None:
        self._open: list[str] = []
        self._days: dict[date, dict[str, Decimal]] = {}
        self._today: dict[str, Decimal] = {}

    def begin(self, name: str, given: dict[str, str]) -> None:
        depth = len(self._open)
        self._open.append(name)
        if name in _KNOWN and depth in (1, 2) and not given:
            return
        if name != (_CUBE if depth else _ROOT) or (depth and _CUBE not in self._open[1:2]):
            raise RatesRefused(f"unexpected {name}")
        # Envelope and the first Cube bare, then days, then rates.
        wanted: list[set[str]] = [set(), set(), {"time"}, {"currency", "rate"}]
        if depth >= len(wanted) or set(given) != wanted[depth]:
            raise RatesRefused(f"unexpected {name} with {', '.join(sorted(given)) or 'nothing'}")
        if depth == 2:
            self._today = self._days.setdefault(_day(given["time"]), {})
            if self._today:
                raise RatesRefused(f"{given['time']} stands there twice")
        elif depth == 3:
            self._take(given["currency"], given["rate"])

    def end(self, _name: str) -> None:
        self._open.pop()

    def _take(self, currency: str, rate: str) -> None:
        if not _CURRENCY.fullmatch(currency) or currency == EURO or currency in self._today:
            raise RatesRefused(f"unexpected currency {currency[:20]!r}")
        if not _RATE.fullmatch(rate) or not Decimal(rate):
            raise RatesRefused(f"{rate[:20]!r} is no rate of {currency}")
        self._today[currency] = Decimal(rate)

    def rates(self) -> list[Rate]:
        if not self._days:
            raise RatesRefused("no day in it")
        for day, found in self._days.items():
            if _ALWAYS not in found:
                raise RatesRefused(f"{day} has no rate of {_ALWAYS}")
        return sorted(
            Rate(day, currency, rate) for day, found in self._days.items() for currency, rate in found.items()
        )


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise RatesRefused(f"{text[:20]!r} is no day")
