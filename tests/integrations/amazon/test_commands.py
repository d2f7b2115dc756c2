"""The operator's commands, end to end against the stub: connect, read, export; and nothing secret in any log."""

import csv
import json
import logging
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.conf import settings as django_settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from integrations.models import ChannelAccount
from tests.integrations.amazon.shops import REFRESH
from tests.integrations.amazon.world import NOW, Numbers, fill, sold
from tests.integrations.stubs.amazon import AmazonStub

SELLER = "A2SELLEROFTHETEST"


def credentials(folder: Path) -> Path:
    path = folder / "credentials.json"
    path.write_text(json.dumps({"refresh_token": REFRESH}))
    return path


KINDS = (int, int, Decimal, Decimal, int, Decimal, int)


def exported(path: Path) -> dict[Any, Numbers]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["channel"], row["account"]) for row in rows} == {("amazon", SELLER)}
    return {
        (date.fromisoformat(row["date"]), row["sku"], row["currency"]): Numbers(
            *(kind(row[name]) for name, kind in zip(Numbers._fields, KINDS, strict=True))
        )
        for row in rows
    }


@pytest.mark.django_db
def test_connect_read_and_export(amazon: AmazonStub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(amazon, orders=80)
    out = tmp_path / "daily.csv"
    call_command("connect_channel", "acme", channel="amazon", account=SELLER, credentials=credentials(tmp_path))
    call_command("sync_sales", "acme", now=NOW)
    call_command("export_sales", "acme", out=out)
    assert exported(out) == sold(amazon)
    before = out.read_bytes()
    for options in ({}, {"reconcile": True}, {"since": date(2026, 10, 1), "until": date(2026, 11, 2)}):
        call_command("sync_sales", "acme", now=NOW, account=SELLER, **options)
    call_command("export_sales", "acme", out=out)
    assert out.read_bytes() == before
    assert "amazon A2SELLEROFTHETEST: " in capsys.readouterr().out


@pytest.mark.django_db
def test_a_named_stretch_reads_just_its_days(amazon: AmazonStub, tmp_path: Path) -> None:
    fill(amazon, orders=80)
    out = tmp_path / "daily.csv"
    call_command("connect_channel", "acme", channel="amazon", account=SELLER, credentials=credentials(tmp_path))
    call_command("sync_sales", "acme", now=NOW, since=date(2026, 10, 31), until=date(2026, 11, 1))
    call_command("export_sales", "acme", out=out)
    days = {date(2026, 10, 31), date(2026, 11, 1)}
    assert exported(out) == {key: row for key, row in sold(amazon).items() if key[0] in days}


@pytest.mark.django_db
def test_a_seller_who_withdrew_is_told_by_the_exit(amazon: AmazonStub, tmp_path: Path) -> None:
    amazon.refresh_tokens.clear()
    call_command("connect_channel", "acme", channel="amazon", account=SELLER, credentials=credentials(tmp_path))
    for _twice in range(2):
        with pytest.raises(CommandError):
            call_command("sync_sales", "acme", now=NOW)
    assert ChannelAccount.objects.get().state == "reconnect_required"
    assert len(amazon.calls) == 1


@pytest.mark.django_db
def test_nothing_secret_is_logged(
    amazon: AmazonStub, tmp_path: Path, hurried: None, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever goes wrong: tokens of every kind, our client secret, signatures of documents, names of buyers."""
    fill(amazon, orders=20)
    caplog.set_level(logging.DEBUG)
    call_command("connect_channel", "acme", channel="amazon", account=SELLER, credentials=credentials(tmp_path))
    for kind in ("throttled", "error", "html", "page", "cut", "reset", "unauthorised"):
        for name in ("searchOrders", "listTransactions", "getDocument", "download", "token"):
            if (name, kind) not in (("download", "unauthorised"), ("token", "unauthorised")):
                amazon.faults.next(name, kind)
                amazon.faults.next(name, None)
    with structlog.testing.capture_logs() as logs:
        call_command("sync_sales", "acme", now=NOW, everything=True)
    amazon.access.clear()
    amazon.refresh_tokens.clear()
    with pytest.raises(CommandError):
        call_command("sync_sales", "acme", now=NOW)
    told = caplog.text + repr(logs)
    assert "searchOrders" in told and "invalid_grant" in told and len(logs) > 20
    stored = repr(ChannelAccount.objects.get().credentials) + repr(vars(ChannelAccount.objects.get()))
    for secret in (REFRESH, amazon.client_secret, "Atza|", "X-Amz-Signature", "paginationToken", "Jane", "nextToken="):
        assert secret not in told and secret not in stored, secret
    with connection.cursor() as cursor:
        cursor.execute("SELECT credentials FROM integrations_channelaccount")
        assert "Atz" not in cursor.fetchone()[0]


def test_as_processes_of_their_own_on_a_server_in_shanghai(
    live_workspace: Any, amazon: AmazonStub, tmp_path: Path
) -> None:
    fill(amazon, orders=60)
    database = connection.settings_dict
    place = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    environment = os.environ | {
        "DATABASE_URL": f"postgres://{place}/{database['NAME']}",
        "REDIS_URL": django_settings.REDIS_URL,
        "SECRET_KEY": "tests",
        "DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "linkstar.settings",
        "INTEGRATIONS_ALLOW_LOOPBACK": "1",
        "AMAZON_LWA_URL": amazon.url,
        "AMAZON_SPAPI_URL": amazon.url,
        "AMAZON_LWA_CLIENT_ID": amazon.client_id,
        "AMAZON_LWA_CLIENT_SECRET": amazon.client_secret,
        "TZ": "Asia/Shanghai",
    }

    def manage(*words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=120, cwd=django_settings.BASE_DIR
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert REFRESH not in done.stdout + done.stderr and amazon.client_secret not in done.stdout + done.stderr
        return done.stdout

    file, out = str(credentials(tmp_path)), tmp_path / "daily.csv"
    manage("connect_channel", "acme", "--channel", "amazon", "--account", SELLER, "--credentials", file)
    manage("sync_sales", "acme", "--now", NOW.isoformat())
    manage("export_sales", "acme", "--out", str(out))
    assert exported(out) == sold(amazon)
