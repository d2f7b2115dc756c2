"""A link in a letter, which lets one person in once."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

VALID_FOR = timedelta(days=7)


def hash_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


class Link(models.Model):
    """Only the SHA-256 of the token is stored; the token itself is in the letter and nowhere else."""

    email = models.EmailField(_("email"))
    token_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def renew(self, *, now: datetime) -> str:
        """The token of a new link, good for a week; the old link stops working once this row is saved."""
        token = secrets.token_urlsafe(32)
        self.token_hash, self.created_at, self.expires_at = hash_of(token), now, now + VALID_FOR
        return token

    def why_unusable(self, *, now: datetime) -> str:
        """ "used", "withdrawn", "expired", or "" when the link works."""
        if self.accepted_at is not None:
            return "used"
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "" if self.expires_at > now else "expired"
