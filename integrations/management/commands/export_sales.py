"""`manage.py export_sales`: the daily facts of a workspace as CSV (contract.md)."""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import tenant_context

from integrations.models import DailySales
from linkstar.workspaces.models import Workspace

NUMBERS = ("orders", "units_ordered", "gross_sales", "discounts", "units_refunded", "refund_amount", "pending_units")
HEADINGS = ("channel", "account", "date", "sku", "currency", *NUMBERS)


class Command(BaseCommand):
    help = "Write the daily facts, one row for each channel, account, date, SKU and currency."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--out", required=True, type=Path, metavar="FILE.csv")

    def handle(self, slug: str, out: Path, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=slug).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {slug}.")
        with tenant_context(workspace), out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADINGS)
            count = 0
            for row in _rows():
                writer.writerow(row)
                count += 1
        self.stdout.write(f"{count} rows in {out}")


def _rows() -> Any:
    """Days on which something was sold, given back or pending; amounts with the decimals they have, at least two."""
    facts = DailySales.objects.exclude(**dict.fromkeys(NUMBERS, 0)).order_by(
        "account__channel", "account__external_id", "day_on", "sku", "currency"
    )
    fields = ("account__channel", "account__external_id", "day_on", "sku", "currency", *NUMBERS)
    for row in facts.values_list(*fields).iterator():
        yield [_plain(value) for value in row]


def _plain(value: Any) -> Any:
    if hasattr(value, "quantize"):
        text = f"{value:.4f}"
        return text[:-2] if text.endswith("00") else text
    return value
