"""That a person lets us ask Google about files. Public schema: it is theirs, like their membership, not the team's."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from linkstar.workspaces.fields import SecretField
from linkstar.workspaces.models.memberships import Membership


class DriveGrant(models.Model):
    """One for a person in a workspace (docs/decisions/0021). It goes with the membership.

    `account`: the address that they are signed in with at Google, "" when Google did not tell.
    `credentials`: "refresh_token", "access_token", "access_until" (Unix seconds).
    """

    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="+")
    account = models.CharField(max_length=254, blank=True, default="")
    credentials = SecretField(default=dict)
    granted_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"of membership {self.membership_id}"

    @staticmethod
    def is_offered() -> bool:
        """Whether whoever runs LinkStar has made it known to Google."""
        return all(
            (
                settings.GOOGLE_CLIENT_ID,
                settings.GOOGLE_CLIENT_SECRET,
                settings.GOOGLE_API_KEY,
                settings.GOOGLE_PROJECT_NUMBER,
            )
        )
