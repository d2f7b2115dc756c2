"""What a browser was told is saved, so that what it sends again is not done again."""

from django.db import models
from django.db.models.functions import Now

from linkstar.members.models.members import Member


class Receipt(models.Model):
    """`key` is the browser's own name for one deed (Idempotency-Key); written with the deed or not at all."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "key"], name="receipt_once")]

    def __str__(self) -> str:
        return f"{self.key} of {self.member_id}"
