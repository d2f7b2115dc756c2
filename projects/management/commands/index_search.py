"""`manage.py index_search [slug …]`: write the search index anew; people can work and search meanwhile."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django_tenants.utils import tenant_context

from linkstar.workspaces.models import Workspace
from projects.actions.search_build import build_all


class Command(BaseCommand):
    help = "Write the search index of the named workspaces, or of all, anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", help="workspaces; none: all of them")

    def handle(self, *args: Any, slugs: list[str], **options: Any) -> None:
        connection.set_schema_to_public()
        wanted = Workspace.objects.filter(slug__in=slugs) if slugs else Workspace.objects.all()
        workspaces = list(wanted.order_by("pk"))
        unknown = set(slugs) - {workspace.slug for workspace in workspaces}
        if unknown:
            raise CommandError(f"There is no workspace {', '.join(sorted(unknown))}.")
        for workspace in workspaces:
            with tenant_context(workspace):
                self.stdout.write(f"{workspace.slug}: {build_all()} entries")
