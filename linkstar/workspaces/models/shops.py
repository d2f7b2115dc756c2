"""Which workspace a shop belongs to. Public schema: the channels' own calls come to no workspace's address."""

from django.db import models
from django.db.models.functions import Now

from linkstar.workspaces.models.workspaces import Workspace


class ShopClaim(models.Model):
    """A shop is told by one workspace, unless an owner of a second confirms that it is theirs as well.

    `account_id` is the ChannelAccount's in the workspace's own schema. It holds no secret and no number.
    """

    channel = models.CharField(max_length=10)
    external_id = models.CharField(max_length=253)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    account_id = models.BigIntegerField()
    claimed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id", "workspace"], name="shop_claim_once"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.external_id}"
