"""A person as their workspace knows them: the one door from workspace rows to a user."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from linkstar.lib.hours import STANDARD, Week, as_json, as_week
from linkstar.lib.text import face, initial
from linkstar.lib.zones import home_country
from linkstar.workspaces.access import ADMINS, INSIDERS, MANAGERS
from linkstar.workspaces.models import Role

# Who may manage whom: only people below oneself, and owners each other.
_RANK = {Role.OWNER: 4, Role.ADMIN: 3, Role.MANAGER: 2, Role.MEMBER: 1, Role.GUEST: 0}


class MemberQuerySet(models.QuerySet["Member"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def insiders(self) -> Self:
        """Everyone but guests."""
        return self.exclude(role=Role.GUEST)

    def with_role(self, role: Role) -> Self:
        return self.filter(role=role)


def standard_hours() -> list[list[list[int]]]:
    return as_json(STANDARD)


class Member(models.Model):
    """Workspace schema. Deactivated rather than deleted, since work points here.

    `email`, `time_zone` and `language` are copies of the user's, so that a page of members asks one table.
    `working_hours` (lib/hours.py) are read on the clock of `time_zone`; `holidays`: whose they keep, "" by zone.
    """

    class Holidays(models.TextChoices):
        CN = "cn", _("China working days")
        US = "us", _("US working days")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, db_constraint=False, db_index=False, on_delete=models.DO_NOTHING, related_name="+"
    )
    display_name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("email"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    time_zone = models.CharField(_("time zone"), max_length=64, db_default="UTC")
    language = models.CharField(_("language"), max_length=10, db_default="en")
    company = models.CharField(_("company"), max_length=80, blank=True, db_default="")
    can_see_finance = models.BooleanField(_("may see finances"), db_default=False, default=False)
    working_hours = models.JSONField(
        default=standard_hours, db_default=models.Value(as_json(STANDARD), models.JSONField())
    )
    holidays = models.CharField(max_length=4, choices=Holidays, blank=True, default="", db_default="")
    is_active = models.BooleanField(db_default=True, default=True)
    joined_at = models.DateTimeField(db_default=Now())
    deactivated_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    # Of the lists of tasks (projects/list_columns.py); None or [] are the usual ones.
    list_columns = ArrayField(models.CharField(max_length=20), null=True, blank=True)
    # In which currency sales are shown to them, as ISO 4217 has it; "" as they were sold.
    shown_currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    # When a guest put the three cards of guidance away.
    guided_at = models.DateTimeField(null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user"], name="member_once")]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_guest(self) -> bool:
        return self.role == Role.GUEST

    @property
    def is_insider(self) -> bool:
        return self.role in INSIDERS

    @property
    def is_manager(self) -> bool:
        """Manager, admin or owner."""
        return self.role in MANAGERS

    @property
    def is_admin(self) -> bool:
        """Admin or owner."""
        return self.role in ADMINS

    @property
    def sees_finance(self) -> bool:
        return self.is_admin or (self.can_see_finance and self.is_insider)

    @property
    def week(self) -> Week:
        return as_week(self.working_hours)

    @property
    def country(self) -> str:
        """Whose holidays they keep, "cn" or "us"."""
        return self.holidays or home_country(self.time_zone)

    @property
    def shape(self) -> tuple[str, bool]:
        """What rules may depend on besides the pk (lib/kept.py)."""
        return self.role, self.can_see_finance

    def with_pk(self, pk: int) -> "Member":
        """Somebody for whom the same rules hold."""
        return Member(pk=pk, role=self.role, can_see_finance=self.can_see_finance, is_active=self.is_active)

    @property
    def rank(self) -> int:
        return _RANK[Role(self.role)]

    @property
    def initial(self) -> str:
        return initial(self.display_name)

    @property
    def face(self) -> int:
        """Which of the six avatar tints is theirs."""
        return face(self.pk)

    # As a Face says it (projects/cards.py), so that both are drawn alike.
    @property
    def name(self) -> str:
        return self.display_name

    @property
    def tint(self) -> int:
        return self.face
