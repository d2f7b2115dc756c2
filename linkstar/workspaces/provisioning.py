"""A workspace from nothing to usable, in one transaction."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from linkstar.accounts.models import User
from linkstar.workspaces.fleet import current_ledger
from linkstar.workspaces.hosts import forget_hosts
from linkstar.workspaces.models import Domain, Membership, Role, SchemaTemplate, Workspace
from linkstar.workspaces.plans import TRIAL_PLAN, storage_bytes
from linkstar.workspaces.recording import create_schema, record_template, replay
from linkstar.workspaces.slugs import SlugRefused, check_slug


def ensure_template() -> SchemaTemplate:
    """The recorded template of this code's migrations; recorded now if this is the first time it is needed."""
    template = SchemaTemplate.objects.filter(ledger=current_ledger()).first()
    if template is None:
        statements = record_template()
        template, _ = SchemaTemplate.objects.update_or_create(
            ledger=current_ledger(), defaults={"statements": statements}
        )
    return template


def create_workspace(*, name: str, slug: str, owner: User, time_zone: str, language: str, now: datetime) -> Workspace:
    """Lay the schema, register the host, start the professional trial and make `owner` its first member.

    Raises SlugRefused (taken, reserved or malformed) before anything is written. A race for one slug is decided by the
    database; the loser gets the same SlugRefused.
    """
    check_slug(slug)
    template = ensure_template()
    with transaction.atomic():
        try:
            with transaction.atomic():
                workspace = _add_rows(name, slug, time_zone, language, now)
        except IntegrityError as error:
            # Somebody took the address between the check and the insert; check_slug finds the words for it.
            check_slug(slug)
            raise SlugRefused(_("This address is taken. Choose another.")) from error
        create_schema(workspace.schema_name)
        replay(template.statements, workspace.schema_name)
        Membership.objects.create(user=owner, workspace=workspace, role=Role.OWNER, joined_at=now)
        _add_first_member(workspace, owner, now)
    # The caller may have a transaction of its own around this one.
    transaction.on_commit(forget_hosts)
    return workspace


def delete_workspace(workspace: Workspace) -> None:
    """Remove the schema and every public row of the workspace. Its files stay for `workspace delete` to remove."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(workspace.schema_name)))
        workspace.delete(force_drop=False)
    transaction.on_commit(forget_hosts)


def _add_rows(name: str, slug: str, time_zone: str, language: str, now: datetime) -> Workspace:
    workspace = Workspace.objects.create(
        name=name,
        slug=slug,
        schema_name=f"ws_{slug.replace('-', '_')}",
        time_zone=time_zone,
        language=language,
        plan=Workspace.Plan.FREE,
        trial_ends_at=now + timedelta(days=settings.TRIAL_DAYS),
        storage_limit_bytes=storage_bytes(TRIAL_PLAN),
        ledger=current_ledger(),
        created_at=now,
    )
    Domain.objects.create(domain=workspace.host, tenant=workspace, is_primary=True)
    return workspace


def _add_first_member(workspace: Workspace, owner: User, now: datetime) -> None:
    # By SQL, since the member's model lies above this app; the columns are pinned by a test.
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "INSERT INTO {}.members_member (user_id, display_name, email, role, time_zone, language, joined_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)"
            ).format(sql.Identifier(workspace.schema_name)),
            [owner.pk, str(owner), owner.email, Role.OWNER, owner.time_zone, owner.language, now],
        )
