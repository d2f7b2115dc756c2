"""`manage.py rotate_secrets`: encrypt all credentials anew, of stores and at Google, with the first of
FIELD_ENCRYPTION_KEYS.
"""

from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django_tenants.utils import tenant_context

from integrations.models import ChannelAccount
from linkstar.lib.encryption import decrypt
from linkstar.workspaces.fields import SecretUnreadable
from linkstar.workspaces.models import DriveGrant, Workspace


class Command(BaseCommand):
    help = "After a new key was put first; once this has run, the old one may go. May be run any number of times."

    def handle(self, *args: Any, **options: Any) -> None:
        turned, failed = 0, 0
        for workspace in Workspace.objects.order_by("pk").iterator():
            with tenant_context(workspace):
                for pk in _stale(ChannelAccount):
                    try:
                        turned += rotate(pk)
                    except SecretUnreadable:
                        failed += 1
                        self.stderr.write(f"{workspace.slug}: none of the keys opens the credentials of store {pk}.")
        for pk in _stale(DriveGrant):
            try:
                turned += rotate(pk, DriveGrant)
            except SecretUnreadable:
                failed += 1
                self.stderr.write(f"None of the keys opens the permission at Google of DriveGrant {pk}.")
        self.stdout.write(f"{turned} credentials encrypted anew.")
        if failed:
            raise CommandError(f"{failed} could not be read. Put their key back, or connect those again.")


def rotate(pk: int, model: type[ChannelAccount | DriveGrant] = ChannelAccount) -> int:
    """1 when there was something to do. The row is held: a token that is renewed meanwhile is not lost."""
    with transaction.atomic():
        account = model.objects.select_for_update().filter(pk=pk).first()
        if account is None or not account.credentials:
            return 0
        account.save(update_fields=["credentials"])
    return 1


def _stale(model: type[ChannelAccount | DriveGrant]) -> list[int]:
    """Those not readable with the first key alone, so that a run that was cut off goes on where it stopped."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, credentials FROM {model._meta.db_table} WHERE credentials <> '' ORDER BY id")  # noqa: S608
        return [pk for pk, token in cursor.fetchall() if not _is_fresh(token)]


def _is_fresh(token: str) -> bool:
    try:
        decrypt(token, settings.FIELD_ENCRYPTION_KEYS[:1])
    except InvalidToken:
        return False
    return True
