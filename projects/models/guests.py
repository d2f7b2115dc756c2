"""Who from outside may see a project."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from linkstar.members.models import Member
from linkstar.members.models.links import Link
from projects.models.projects import Project


class ProjectAccessQuerySet(models.QuerySet["ProjectAccess"]):
    def valid(self, *, now: datetime) -> Self:
        """Those that have not run out."""
        return self.filter(models.Q(expires_at=None) | models.Q(expires_at__gt=now))


class ProjectAccess(models.Model):
    """A guest's key to one project. Insiders need none."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="accesses")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="project_access", db_index=False)
    expires_at = models.DateTimeField(_("access ends"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = ProjectAccessQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "project"], name="project_access_once")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.project_id}"


class GuestInvitationQuerySet(models.QuerySet["GuestInvitation"]):
    def open(self) -> Self:
        return self.filter(accepted_at=None, withdrawn_at=None)


class GuestInvitation(Link):
    """To one project. Inviting again renews it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="guest_invitations", db_index=False)
    company = models.CharField(_("company"), max_length=80, blank=True)
    invited_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = GuestInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "project",
                Lower("email"),
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="guest_invitation_one_open",
            ),
            models.UniqueConstraint(fields=["token_hash"], name="guest_invitation_token_once"),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.project_id}"

    def why_unusable(self, *, now: datetime) -> str:
        """As of any link, and "archived" when the project is."""
        return super().why_unusable(now=now) or ("archived" if self.project.is_archived else "")
