"""A project, and the offer by which it changes its owner."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.accounts.models import validate_zone
from linkstar.members.models import Member


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, member: Member) -> Self:
        """Insiders see every project; a guest sees open ones that they were given and whose access has not ended."""
        if member.is_insider:
            return self
        given = member.project_access.filter(models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now()))
        return self.exclude(state=Project.State.ARCHIVED).filter(pk__in=given.values("project"))

    def open(self) -> Self:
        return self.exclude(state=Project.State.ARCHIVED)


class Project(models.Model):
    """Exactly one owner, always: the database keeps the first half, the offer the second.

    `sop_*` and `anchor_*` say which built-in template it came from, and at which date or instant it was anchored;
    `rest_*` what its owner said when asked whether it is over (actions/resting.py).
    """

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("project", "Active")
        FINISHED = "finished", pgettext_lazy("project", "Finished")
        ARCHIVED = "archived", pgettext_lazy("project", "Archived")

    class Channel(models.TextChoices):
        NONE = "", _("No channel")
        AMAZON_US = "amazon_us", "Amazon US"
        WALMART_US = "walmart_us", "Walmart US"
        SHOPIFY = "shopify", "Shopify"
        TIKTOK_US = "tiktok_us", "TikTok Shop US"

    class SchedulePolicy(models.TextChoices):
        """What the tasks that wait for a moved one do."""

        KEEP_GAPS = "keep_gaps", _("Keep the gaps")
        USE_SLACK = "use_slack", _("Use up the slack first")
        PUSH_ONLY = "push_only", _("Push only what would overlap")

    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True, max_length=20_000)
    owner = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="owned_projects", verbose_name=_("owner"))
    state = models.CharField(max_length=20, choices=State, default=State.ACTIVE)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel, blank=True, default=Channel.NONE)
    # Which shop on that channel, as the team calls it: "HEYFINCH US".
    store = models.CharField(_("store"), max_length=60, blank=True, default="", db_default="")
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    sop_template = models.CharField(max_length=60, blank=True)
    sop_version = models.PositiveIntegerField(null=True, blank=True)
    sop_variant = models.CharField(max_length=40, blank=True)
    anchor_on = models.DateField(null=True, blank=True)
    anchor_at = models.DateTimeField(null=True, blank=True)
    schedule_policy = models.CharField(
        _("when a task is moved"),
        max_length=20,
        choices=SchedulePolicy,
        default=SchedulePolicy.KEEP_GAPS,
        db_default=SchedulePolicy.KEEP_GAPS,
    )
    # Pks of custom fields in the order in which the project's tasks show them, and those that its cards show.
    shown_fields = ArrayField(models.BigIntegerField(), default=list, blank=True, db_default=[])
    card_fields = ArrayField(models.BigIntegerField(), default=list, blank=True, db_default=[])
    last_task_number = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())
    last_activity_at = models.DateTimeField(db_default=Now())
    # When its owner last looked at it, to the hour (actions/opening.py).
    owner_opened_at = models.DateTimeField(default=timezone.now, db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)
    rest_answered_at = models.DateTimeField(null=True, blank=True)
    rest_snoozed_until = models.DateTimeField(null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="archived", archived_at__isnull=False)
                | (~models.Q(state="archived") & models.Q(archived_at=None)),
                name="project_archived_has_date",
            ),
        ]
        indexes = [models.Index(fields=["-last_activity_at"], name="project_recent")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:project", args=[self.pk])

    @property
    def is_archived(self) -> bool:
        return self.state == self.State.ARCHIVED


class OwnerOffer(models.Model):
    """The owner offers a project to somebody, who accepts or declines. One open offer a project."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("offer", "Open")
        ACCEPTED = "accepted", pgettext_lazy("offer", "Accepted")
        DECLINED = "declined", pgettext_lazy("offer", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("offer", "Withdrawn")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="owner_offers")
    offered_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    offered_to = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="owner_offers")
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project"], condition=models.Q(state="open"), name="owner_offer_one_open")
        ]

    def __str__(self) -> str:
        return f"{self.project_id} to {self.offered_to_id}: {self.state}"
