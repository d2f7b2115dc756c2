"""Files of sales: kept until they are confirmed, then told as the channel's own numbers are."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction

from integrations.actions.connecting import ERASE
from integrations.actions.states import set_state
from integrations.actions.storing import store_orders
from integrations.daily import recompute
from integrations.files.kinds import KINDS, FileKind, recognise
from integrations.files.reading import DaySum, Key, Reading, read
from integrations.files.tables import Table, read_table
from integrations.models import ChannelAccount, DailySales
from linkstar.members.models import Member
from linkstar.workspaces import due
from linkstar.workspaces.jobs import current_workspace_id
from linkstar.workspaces.models import DueItem

# object_id is the account's pk.
TAKE = "sales_file"
# A file with more rows is taken in by a worker: nobody waits for a page that long.
MOST_AT_ONCE = 5_000
# A look at a file whose worker may have died.
_AGAIN = timedelta(minutes=4)
# Files are remembered as long as anybody asks where a number came from.
_KEPT = 200
_WAITING = ("draft", "taking")
_FILES = DailySales.Origin.FILES
_SALES = (
    "units_ordered", "gross_sales", "orders", "orders_first", "pending_units", "sales_source", "sales_as_of",
)  # fmt: skip
# By column of the file: a report without refunds leaves those that another file told.
_MORE_SALES = {"discount": "discounts", "units_refunded": "units_refunded", "refund": "refund_amount"}
_VISITS = ("sessions", "page_views", "buy_box_percent", "traffic_source", "traffic_as_of")
_ADS = ("ad_spend", "ad_source", "ad_as_of")


class AlreadyTaken(ValueError):
    """The same bytes were taken in before; `upload` says when."""

    def __init__(self, upload: dict[str, Any]) -> None:
        super().__init__(upload["name"])
        self.upload = upload


class BeingErased(ValueError):
    """The store's numbers are being deleted; what came now would go with them."""


class NoSuchUpload(LookupError):
    """It was confirmed, thrown away, or never there."""


@transaction.atomic
def begin_upload(
    account: ChannelAccount, content: bytes, *, name: str, kind: str, day: date | None, actor: Member, now: datetime
) -> str:
    """Keep a file that can be read, and say by which word it is found again.

    Raises TableRefused, AlreadyTaken, BeingErased.
    """
    read_table(content)
    row = _held(account)
    digest = sha256(content).hexdigest()
    again = next((each for each in row.uploads if each["state"] == "done" and _is_same(each, digest, kind, day)), None)
    if again is not None:
        raise AlreadyTaken(again)
    # Of what was never confirmed only the newest is kept.
    drafts = [each for each in row.uploads if each["state"] == "draft"]
    for old in drafts:
        _delete_later(old)
    others = [each for each in row.uploads if each["state"] != "draft"]
    key = default_storage.save(f"{connection.tenant.pk}/sales/{uuid4().hex}", ContentFile(content))
    upload = {
        "id": uuid4().hex, "key": key, "name": name[:200], "kind": kind, "sha": digest, "state": "draft",
        "at": now.isoformat(), "by": actor.display_name, "day": day.isoformat() if day else "",
        "instead_of": [before for old in drafts for before in (*old.get("instead_of", ()), old["id"])][-_KEPT:],
    }  # fmt: skip
    row.uploads = [upload, *others][:_KEPT]
    row.save(update_fields=["uploads"])
    return str(upload["id"])


def upload_of(account: ChannelAccount, upload_id: str) -> dict[str, Any]:
    """One that waits to be confirmed, or for a worker. Raises NoSuchUpload."""
    found = next((each for each in account.uploads if each["id"] == upload_id and each["state"] in _WAITING), None)
    if found is None:
        raise NoSuchUpload(upload_id)
    return found


def open_upload(account: ChannelAccount, upload: dict[str, Any]) -> tuple[FileKind, Table, dict[str, str]]:
    """Its kind, its table, and which of its headings is which column."""
    kind = KINDS[upload["kind"]]
    with default_storage.open(upload["key"]) as kept:
        table = read_table(kept.read())
    return kind, table, recognise(kind, table.head, account.mappings.get(kind.key, {}))


@transaction.atomic
def remember_columns(account: ChannelAccount, kind: str, columns: Mapping[str, str]) -> None:
    row = ChannelAccount.objects.select_for_update().get(pk=account.pk)
    row.mappings = {**row.mappings, kind: dict(columns)}
    row.save(update_fields=["mappings"])


@transaction.atomic
def date_upload(account: ChannelAccount, upload_id: str, *, day: date) -> dict[str, Any]:
    """Say which day a report is of that names none; the upload as it is kept. Raises NoSuchUpload."""
    row = ChannelAccount.objects.select_for_update().get(pk=account.pk)
    dated = upload_of(row, upload_id) | {"day": day.isoformat()}
    row.uploads = [dated if each["id"] == upload_id else each for each in row.uploads]
    row.save(update_fields=["uploads"])
    account.uploads = row.uploads
    return dated


def try_upload(account: ChannelAccount, upload: dict[str, Any], *, now: datetime) -> Reading:
    """What confirming would write."""
    kind, table, columns = open_upload(account, upload)
    day = date.fromisoformat(upload["day"]) if upload["day"] else None
    return read(table, kind, columns, account, day=day, now=now)


@transaction.atomic
def hand_over(account: ChannelAccount, upload_id: str, *, now: datetime) -> dict[str, Any]:
    """Have a worker take the file in; twice is once. The upload as it waits. Raises NoSuchUpload, BeingErased."""
    row = _held(account)
    waiting = upload_of(row, upload_id) | {"state": "taking"}
    row.uploads = [waiting if each["id"] == upload_id else each for each in row.uploads]
    row.save(update_fields=["uploads"])
    due.schedule(TAKE, row.pk, now + _AGAIN)
    return waiting


def taken_by_workers(account: ChannelAccount) -> list[str]:
    """The files that were handed over and are not in yet, oldest first."""
    return [each["id"] for each in reversed(account.uploads) if each["state"] == "taking"]


@transaction.atomic
def confirm_upload(account: ChannelAccount, upload_id: str, *, now: datetime) -> dict[str, Any]:
    """Write what the file says, once; the upload as it is remembered. A store of files that was put away is back.

    Raises NoSuchUpload, BeingErased.
    """
    row = _held(account)
    upload = upload_of(row, upload_id)
    reading = try_upload(row, upload, now=now)
    if reading.orders:
        recompute(row, store_orders(row, reading.orders, source=ChannelAccount.Source.FILES), now=now)
    _store_days(row, reading.days, reading.columns, now=now)
    days = [fact[0] for fact in reading.facts(row)]
    done = {name: value for name, value in upload.items() if name != "key"} | {
        "state": "done", "at": now.isoformat(), "rows": reading.rows, "left_out": len(reading.troubles),
        "since": min(days).isoformat() if days else "", "until": max(days).isoformat() if days else "",
    }  # fmt: skip
    row.uploads = [done if each["id"] == upload_id else each for each in row.uploads]
    row.last_good_at = now if row.source == ChannelAccount.Source.FILES else row.last_good_at
    row.save(update_fields=["uploads", "last_good_at"])
    if row.source == ChannelAccount.Source.FILES and row.state == ChannelAccount.State.DISCONNECTED:
        set_state(row, ChannelAccount.State.CONNECTED, now=now)
    _delete_later(upload)
    return done


def _held(account: ChannelAccount) -> ChannelAccount:
    row = ChannelAccount.objects.select_for_update().get(pk=account.pk)
    if DueItem.objects.filter(workspace=current_workspace_id(), kind=ERASE, object_id=row.pk).exists():
        raise BeingErased(row.name)
    return row


def _store_days(account: ChannelAccount, days: Mapping[Key, DaySum], columns: frozenset[str], *, now: datetime) -> None:
    """Each group of columns that the file tells; what others tell of the same day stays."""
    sales = (*_SALES, *(field for column, field in _MORE_SALES.items() if column in columns))
    ours = {key: one for key, one in days.items() if not account.tells(key[0])}
    _write(account, ours, sales, now)
    _write(account, {key: one for key, one in ours.items() if one.sessions is not None}, _VISITS, now)
    _write(account, {key: one for key, one in days.items() if one.ad_spend is not None}, _ADS, now)


def _write(account: ChannelAccount, days: Mapping[Key, DaySum], fields: tuple[str, ...], now: datetime) -> None:
    rows = [_row(account, key, days[key], fields, now) for key in sorted(days)]
    DailySales.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["account", "day_on", "sku", "currency"],
        update_fields=fields,
        batch_size=1000,
    )


def _row(account: ChannelAccount, key: Key, one: DaySum, fields: tuple[str, ...], now: datetime) -> DailySales:
    day, sku, currency = key
    values: dict[str, Any] = {
        "units_ordered": one.units, "gross_sales": one.gross, "discounts": one.discount,
        "units_refunded": one.units_refunded, "refund_amount": one.refund, "orders": 0, "orders_first": 0,
        "pending_units": 0, "sales_source": _FILES, "sales_as_of": now, "sessions": one.sessions,
        "page_views": one.page_views, "buy_box_percent": one.buy_box, "traffic_source": _FILES, "traffic_as_of": now,
        "ad_spend": one.ad_spend, "ad_source": _FILES, "ad_as_of": now,
    }  # fmt: skip
    mine = {name: values[name] for name in fields}
    return DailySales(account=account, day_on=day, sku=sku, currency=currency, asin=one.asin, **mine)


def _is_same(upload: dict[str, Any], digest: str, kind: str, day: date | None) -> bool:
    return (upload["sha"], upload["kind"], upload["day"]) == (digest, kind, day.isoformat() if day else "")


def _delete_later(upload: dict[str, Any]) -> None:
    transaction.on_commit(partial(default_storage.delete, upload["key"]), robust=True)


def amounts_of(reading: Reading, account: ChannelAccount) -> dict[str, tuple[int, Decimal]]:
    """Units and sales by currency."""
    sums: dict[str, tuple[int, Decimal]] = {}
    for _day, _sku, currency, units, amount in reading.facts(account):
        had = sums.get(currency, (0, Decimal(0)))
        sums[currency] = (had[0] + units, had[1] + amount)
    return sums
