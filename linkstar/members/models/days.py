"""On which days somebody came, and whether with a phone: what the adoption page counts."""

from django.db import models

from linkstar.members.models.members import Member


class MemberDay(models.Model):
    """`on` is a day in UTC. Written with `last_seen_at`, so at most every quarter of an hour."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="days", db_index=False)
    on = models.DateField()
    by_phone = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "on"], name="member_day_once")]

    def __str__(self) -> str:
        return f"{self.member_id} on {self.on}"
