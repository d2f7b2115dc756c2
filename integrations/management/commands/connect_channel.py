"""`manage.py connect_channel`: connect a store without a browser (contract.md)."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django_tenants.utils import tenant_context

from integrations.actions.connecting import ShopRefused, connect_account
from integrations.models import ChannelAccount
from linkstar.workspaces.models import Workspace

_WHY = {
    "host": "--account of a Shopify store is its address: name.myshopify.com, not {}.",
    "credentials": "The credentials lack: {}.",
    "claimed": "Another workspace has this store. --shared connects it here as well.",
}


class Command(BaseCommand):
    help = "Connect a shop with credentials from a file, as the authorisation in the browser would have given them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--channel", required=True, choices=ChannelAccount.Channel.values)
        parser.add_argument("--account", required=True, metavar="EXTERNAL_ID")
        parser.add_argument("--credentials", required=True, type=Path, metavar="FILE.json")
        parser.add_argument("--name", default="", help="What the team calls it. Default: its own name.")
        parser.add_argument("--shared", action="store_true", help="Although another workspace has it too.")

    def handle(self, slug: str, channel: str, account: str, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=slug).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {slug}.")
        try:
            credentials = json.loads(options["credentials"].read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['credentials']} cannot be read as JSON.") from error
        if not isinstance(credentials, dict):
            raise CommandError(f"{options['credentials']} holds no JSON object.")
        with tenant_context(workspace):
            try:
                connected = connect_account(
                    channel, account, credentials,
                    now=timezone.now(), actor=None, name=options["name"], is_shared=options["shared"],
                )  # fmt: skip
            except ShopRefused as error:
                raise CommandError(_WHY[error.reason].format(error.detail)) from error
        self.stdout.write(f"{workspace.slug}: {connected.get_channel_display()} {connected.external_id} is connected.")
