"""An invitation into the workspace, by mail."""

from typing import Self

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from linkstar.members.models.links import Link
from linkstar.members.models.members import Member
from linkstar.workspaces.models import Role


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        """Neither accepted nor withdrawn; it may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(Link):
    role = models.CharField(
        _("role"), max_length=20, choices=[(role.value, role.label) for role in Role if role != Role.GUEST]
    )
    invited_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")

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
