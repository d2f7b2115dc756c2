"""`manage.py sync_sales`: one complete pass of the sales sync, in the foreground (contract.md)."""

from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django_tenants.utils import tenant_context

from integrations.actions.passes import SALES, Result, Wanted, run_pass
from integrations.models import ChannelAccount
from integrations.streams import LISTINGS, TRAFFIC
from linkstar.workspaces.models import Workspace


def instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant has an offset")
    return at


class Command(BaseCommand):
    help = "Read the sales of a workspace's stores to the end. May be run any number of times."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--channel", choices=ChannelAccount.Channel.values)
        parser.add_argument("--account", metavar="EXTERNAL_ID")
        parser.add_argument("--since", type=date.fromisoformat, help="First day, on the store's clock.")
        parser.add_argument("--until", type=date.fromisoformat, help="Last day, included. Default: today.")
        parser.add_argument("--now", type=instant, help="An instant with an offset, in the place of the clock.")
        parser.add_argument("--reconcile", action="store_true", help="Also read the last 35 days once more.")
        parser.add_argument("--everything", action="store_true", help="Also listings and visits.")
        parser.add_argument("--patience", type=float, default=900.0, help="Seconds without progress before giving up.")

    def handle(self, slug: str, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=slug).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {slug}.")
        with tenant_context(workspace):
            results = self._run(options)
        for result in results:
            self.stdout.write(_line(result))
        if any(result.error for result in results):
            raise CommandError("Not every store was read to the end.")

    def _run(self, options: dict[str, Any]) -> list[Result]:
        chosen = {"channel": options["channel"], "external_id": options["account"]}
        accounts = ChannelAccount.objects.filter(
            **{key: value for key, value in chosen.items() if value}, source=ChannelAccount.Source.API
        ).exclude(state__in=[ChannelAccount.State.DISCONNECTED, ChannelAccount.State.PAUSED])
        found = list(accounts.order_by("pk"))
        if not found:
            raise CommandError("There is no such connected store.")
        now = options["now"] or timezone.now()
        streams = (*SALES, LISTINGS, TRAFFIC) if options["everything"] else SALES
        if options["since"] is None and options["until"] is not None:
            raise CommandError("--until needs --since.")
        days = (options["since"], options["until"]) if options["since"] else None
        return run_pass(found, Wanted(now, None, options["reconcile"], streams, options["patience"], days), self._tell)

    def _tell(self, account: ChannelAccount, stream: str, purpose: str, seconds: float, code: str) -> None:
        """A pass may wait for minutes: it says for what. Ctrl-C loses nothing, the next pass goes on from there."""
        self.stderr.write(
            f"{account.channel} {account.external_id}: {stream} ({purpose}) go on in {seconds:.0f} s; {code or 'ok'}"
        )


def _line(result: Result) -> str:
    counts = ", ".join(f"{result.counts[name]} {name}" for name in ("pages", "orders", "refunds", "rows"))
    return f"{result.account.channel} {result.account.external_id}: {counts}; {result.error or 'ok'}"
