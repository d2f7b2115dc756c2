"""What workers do for shops. Each run reads for a few seconds and then lets others go first."""

import time
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from integrations.actions.connecting import ERASE, HOOKS, SYNC
from integrations.actions.disconnecting import erase_some
from integrations.actions.passes import next_work
from integrations.actions.syncing import Busy, free_lease, read_window, take_lease
from integrations.actions.uploading import TAKE, BeingErased, NoSuchUpload, confirm_upload, taken_by_workers
from integrations.channels.errors import ChannelError, Later
from integrations.channels.shopify.client import ShopifyClient
from integrations.channels.shopify.hooks import subscribe
from integrations.models import ChannelAccount
from linkstar.celery import app
from linkstar.workspaces.due import handles, schedule

_SLICE_SECONDS = 20.0
# A look at an account whose job may have died with its worker.
_AGAIN = timedelta(minutes=4)
_HOOKS_EVERY = timedelta(days=1)

log = structlog.get_logger(__name__)


@handles(SYNC)
def _start(account_id: int, /, *, now: datetime) -> None:
    """Hands the account to a worker, and promises another look in case that one dies."""
    if ChannelAccount.objects.filter(pk=account_id).exists():
        schedule(SYNC, account_id, now + _AGAIN)
        sync_account.delay_on_commit(account_id)


@app.task
def sync_account(account_id: int) -> None:
    """Read one account for a while, then promise the next time."""
    account = ChannelAccount.objects.filter(pk=account_id).first()
    if account is None or not account.is_synced:
        return
    try:
        key = take_lease(account_id)
    except Busy:
        return
    try:
        at = _read(account, key)
    finally:
        free_lease(account_id, key)
    if account.is_synced:
        schedule(SYNC, account_id, at)


def _read(account: ChannelAccount, key: str) -> datetime:
    """When to come again."""
    until = time.monotonic() + _SLICE_SECONDS
    while time.monotonic() < until:
        now = timezone.now()
        work = next_work(account, now=now)
        if isinstance(work, datetime):
            return work
        name, purpose = work
        try:
            read_window(account, name, purpose, key=key, now=now, until_clock=until)
        except Later as later:
            return now + timedelta(seconds=later.seconds)
        except ChannelError:
            continue
        except Busy:
            account.refresh_from_db()
            break
    return timezone.now()


@handles(ERASE)
def _begin_erasing(account_id: int, /, *, now: datetime) -> None:
    schedule(ERASE, account_id, now + _AGAIN)
    erase_shop.delay_on_commit(account_id)


@app.task
def erase_shop(account_id: int) -> None:
    """Delete a shop and all that was read of it, for a while; the promise of another look stands until it is gone."""
    until = time.monotonic() + _SLICE_SECONDS
    while erase_some(account_id):
        if time.monotonic() > until:
            erase_shop.delay(account_id)
            return


@handles(TAKE)
def _look_after_files(account_id: int, /, *, now: datetime) -> None:
    """A file that is still not in, perhaps because its worker died, is handed over once more."""
    account = ChannelAccount.objects.filter(pk=account_id).first()
    if account is not None and taken_by_workers(account):
        schedule(TAKE, account_id, now + _AGAIN)
        take_files.delay_on_commit(account_id)


@app.task
def take_files(account_id: int) -> None:
    """Take in what was handed over; what another worker took meanwhile is there already."""
    account = ChannelAccount.objects.filter(pk=account_id).first()
    if account is None:
        return
    for upload_id in taken_by_workers(account):
        try:
            confirm_upload(account, upload_id, now=timezone.now())
        except (NoSuchUpload, BeingErased) as error:
            log.info("file not taken in", account=account_id, error=type(error).__name__)


@handles(HOOKS)
def _look_after_hooks(account_id: int, /, *, now: datetime) -> None:
    account = ChannelAccount.objects.filter(pk=account_id).first()
    if account is not None and account.is_synced:
        schedule(HOOKS, account_id, now + _HOOKS_EVERY)
        keep_hooks.delay_on_commit(account_id)


@app.task
def keep_hooks(account_id: int) -> None:
    """Have Shopify tell us what happens, where it can reach us; without that, shops are read at their times only."""
    account = ChannelAccount.objects.filter(pk=account_id).first()
    if account is None or not account.is_synced or settings.SITE_SCHEME != "https":
        return
    path = reverse("integrations:hook-shopify", urlconf=settings.PUBLIC_SCHEMA_URLCONF)
    client = ShopifyClient(account)
    try:
        subscribe(client, f"https://{settings.BASE_DOMAIN}{settings.SITE_PORT}{path}")
    except (ChannelError, Later) as error:
        # Asked again tomorrow.
        log.warning("shopify sends nothing by itself", account=account_id, error=str(error))
    finally:
        client.close()
