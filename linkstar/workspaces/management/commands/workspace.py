"""`workspace create|list|suspend|resume|delete`: what an operator does with tenants (contract.md)."""

from argparse import ArgumentParser
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from linkstar.accounts.models import User
from linkstar.lib.text import slugify_workspace
from linkstar.lib.zones import is_zone
from linkstar.workspaces.actions.deletion import delete_for_good
from linkstar.workspaces.actions.workspaces import resume, suspend
from linkstar.workspaces.models import Workspace
from linkstar.workspaces.plans import storage_bytes
from linkstar.workspaces.provisioning import create_workspace
from linkstar.workspaces.slugs import SlugRefused


class Command(BaseCommand):
    help = "Create, list, suspend, resume and delete workspaces."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="Create a workspace with its owner.")
        create.add_argument("name")
        create.add_argument("--owner", required=True, metavar="EMAIL", help="An account is opened if there is none.")
        create.add_argument("--plan", choices=Workspace.Plan.values, help="Default: the free plan, on trial.")
        create.add_argument("--slug", help="Default: made of the name.")
        create.add_argument("--time-zone", default=settings.DEFAULT_WORKSPACE_ZONE)
        create.add_argument(
            "--language", choices=[code for code, _ in settings.LANGUAGES], default=settings.LANGUAGE_CODE
        )
        verbs.add_parser("list", help="All workspaces, one a line.")
        for verb in ("suspend", "resume"):
            verbs.add_parser(verb).add_argument("slug")
        delete = verbs.add_parser("delete", help="Remove a workspace and all its data, for good.")
        delete.add_argument("slug")
        delete.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['verb']}")(options)

    @transaction.atomic
    def _create(self, options: dict[str, Any]) -> None:
        if not is_zone(options["time_zone"]):
            raise CommandError(f"“{options['time_zone']}” is no time zone.")
        owner, is_new = _owner(options["owner"], options)
        slug = options["slug"] or slugify_workspace(options["name"])
        try:
            workspace = create_workspace(
                name=options["name"],
                slug=slug,
                owner=owner,
                now=timezone.now(),
                time_zone=options["time_zone"],
                language=options["language"],
            )
        except SlugRefused as refusal:
            raise CommandError(f"“{slug}”: {refusal.message} (--slug)") from refusal
        if options["plan"]:
            workspace.plan, workspace.storage_limit_bytes = options["plan"], storage_bytes(options["plan"])
            workspace.save(update_fields=["plan", "storage_limit_bytes"])
        self.stdout.write(workspace.url)
        if is_new:
            self.stdout.write(f"{owner.email} chooses a password at {_password_link(workspace, owner)}")

    def _list(self, options: dict[str, Any]) -> None:
        for workspace in Workspace.objects.order_by("slug"):
            columns = (
                workspace.slug,
                workspace.state,
                workspace.plan,
                f"{workspace.created_at:%Y-%m-%d}",
                workspace.name,
            )
            self.stdout.write("\t".join(columns))

    def _suspend(self, options: dict[str, Any]) -> None:
        suspend(_workspace(options["slug"]))

    def _resume(self, options: dict[str, Any]) -> None:
        resume(_workspace(options["slug"]))

    def _delete(self, options: dict[str, Any]) -> None:
        workspace = _workspace(options["slug"])
        if not options["yes"] and input(f"Type “{workspace.slug}” to delete it for good: ") != workspace.slug:
            raise CommandError("Nothing was deleted.")
        self.stdout.write(f"{workspace.slug} is deleted, with {delete_for_good(workspace)} files.")


def _workspace(slug: str) -> Workspace:
    workspace = Workspace.objects.filter(slug=slug).first()
    if workspace is None:
        raise CommandError(f"There is no workspace “{slug}”.")
    return workspace


def _owner(email: str, options: dict[str, Any]) -> tuple[User, bool]:
    try:
        validate_email(email)
    except ValidationError as error:
        raise CommandError(f"“{email}” is not a mail address.") from error
    user = User.objects.filter(email__iexact=email).first()
    if user is not None:
        return user, False
    user = User.objects.create_user(email, language=options["language"], time_zone=options["time_zone"])
    # The operator vouches for the address.
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user, True


def _password_link(workspace: Workspace, user: User) -> str:
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return f"{workspace.url}{path}"
