"""`manage.py load_demo`: the demo workspace of contract.md, its dates relative to the day of loading."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from linkstar.demo.calendars import add_calendars
from linkstar.demo.fields import add_fields, add_weekly
from linkstar.demo.forecasts import forecast_all
from linkstar.demo.history import settle
from linkstar.demo.own_templates import add_own_templates
from linkstar.demo.passports import add_passports
from linkstar.demo.people import PEOPLE, member_of, user_of
from linkstar.demo.planning import plan
from linkstar.demo.plans import PLANS
from linkstar.demo.projects import start
from linkstar.demo.rates import add_rates
from linkstar.demo.retrospectives import look_back
from linkstar.demo.sales import add_sales
from linkstar.demo.structure import structure
from linkstar.demo.talk import add_labels, talk
from linkstar.workspaces.models import Workspace
from linkstar.workspaces.provisioning import create_workspace

SLUG = Workspace.DEMO_SLUG


class Command(BaseCommand):
    help = "Load the demo workspace: six people, nine projects from SOPs, comments, files, reminders, sales."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is a demo workspace")

    def handle(self, *args: Any, if_empty: bool, **options: Any) -> None:
        connection.set_schema_to_public()
        if Workspace.objects.filter(slug=SLUG).exists():
            if if_empty:
                return
            raise CommandError("There is a demo workspace already.")
        with transaction.atomic():
            self._load()
        self.stdout.write("The demo workspace is ready.")

    def _load(self) -> None:
        now = timezone.now()
        # The first person of the list is the owner, made with the workspace itself.
        workspace = create_workspace(
            name="星途出海",
            slug=SLUG,
            owner=user_of(PEOPLE[0]),
            time_zone="America/Los_Angeles",
            language="zh-hans",
            now=now,
        )
        with tenant_context(workspace):
            people = {person.key: member_of(person, workspace, now=now) for person in PEOPLE}
            labels = add_labels()
            projects = {plan.name: start(plan, people, now=now) for plan in PLANS}
            talk(projects, people, labels, now=now)
            structure(projects, people, now=now)
            plan(projects, people, now=now)
            add_fields(projects, people, now=now)
            add_weekly(projects, people, now=now)
            add_calendars(people, now=now)
            add_passports(projects, people, now=now)
            look_back(projects, people, now=now)
            add_own_templates(projects, people, now=now)
            add_sales(projects, people, now=now)
            add_rates(now=now)
            forecast_all(projects, now=now)
            settle(workspace, now=now)
