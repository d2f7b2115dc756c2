"""Amounts and numbers as people type them, exact to the last digit: Decimal, never float."""

import re
import unicodedata
from decimal import Decimal

# ISO 4217, the currencies in circulation. Sellers' own come first where somebody chooses.
FIRST = ("USD", "CNY", "EUR", "GBP", "JPY", "CAD", "MXN", "HKD")
CURRENCIES = frozenset(
    """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
    COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS
    INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP
    MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR
    SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV
    WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG""".split()
)
_NO_CENTS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split())
_THOUSANDTHS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
# A comma only where it parts thousands: "1,5" is neither 15 nor surely 1.5.
_NUMBER = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?", re.ASCII)
_MOST_DIGITS = 15


class NotANumber(ValueError):
    """The text is no number that can be read in one way only."""


class TooManyDigits(ValueError):
    """More than `most` digits before the point, or more than `places` behind it."""

    def __init__(self, most: int, places: int) -> None:
        super().__init__(f"{most} digits, {places} decimals")
        self.most, self.places = most, places


def places_of(currency: str) -> int:
    """How many decimals an amount in this currency has."""
    return 0 if currency in _NO_CENTS else 3 if currency in _THOUSANDTHS else 2


def parse_number(text: str, *, places: int = 6) -> Decimal:
    """The number in a text: "1,234.5", "１２３", "-3", "−3"; zeros at the end count for nothing.

    Raises NotANumber, and TooManyDigits when there are more than `places` decimals.
    """
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").replace(" ", "").strip()
    match = _NUMBER.fullmatch(plain)
    if match is None:
        raise NotANumber(text)
    whole = match[2].replace(",", "").lstrip("0") or "0"
    decimals = (match[3] or "").rstrip("0")
    if len(whole) > _MOST_DIGITS or len(decimals) > places:
        raise TooManyDigits(_MOST_DIGITS, places)
    return Decimal(f"{match[1]}{whole}.{decimals or '0'}")


def number_key(number: Decimal) -> str:
    """A number as it is stored: equal numbers are equal texts, "12.5", "-3", "0"."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def number_text(stored: str) -> str:
    """A stored number with its thousands parted: "1,234.5"."""
    return f"{Decimal(stored):,f}"


def amount_text(amount: str, currency: str) -> str:
    """A stored amount with its currency and that one's decimals: "USD 1,234.50", "JPY 1,200"."""
    return f"{currency} {Decimal(amount):,.{places_of(currency)}f}"
