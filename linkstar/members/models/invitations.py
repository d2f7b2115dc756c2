"""An invitation into the workspace, by mail."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from linkstar.members.models.members import Member
from linkstar.workspaces.models import Role


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        """Neither accepted nor withdrawn; it may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(models.Model):
    """Only the SHA-256 of the token is stored; the token itself is in the letter and nowhere else."""

    email = models.EmailField(_("email"))
    role = models.CharField(
        _("role"), max_length=20, choices=[(role.value, role.label) for role in Role if role != Role.GUEST]
    )
    token_hash = models.CharField(max_length=64)
    invited_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=models.Q(accepted_at=None, withdrawn_at=None), name="invitation_one_open"
            ),
            models.UniqueConstraint(fields=["token_hash"], name="invitation_token_once"),
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"

    def is_usable(self, *, now: datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > now
