"""A customer's workspace and the hosts it answers on. Public schema."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from linkstar.accounts.models import validate_zone


def all_modules() -> list[str]:
    return [module.value for module in Workspace.Module]


class Workspace(TenantMixin):
    """One schema, one team. Made by `provisioning.create_workspace`, never by `save()` alone."""

    class Plan(models.TextChoices):
        FREE = "free", _("Free")
        TEAM = "team", _("Team")
        PROFESSIONAL = "professional", _("Professional")
        ENTERPRISE = "enterprise", _("Enterprise")

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")

    class Module(models.TextChoices):
        PROJECTS = "projects", _("Project management")
        SALES = "sales", _("Shops and sales")

    # Where load_demo puts its workspace.
    DEMO_SLUG = "demo"

    name = models.CharField(_("name"), max_length=80)
    slug = models.CharField(_("address"), max_length=40)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    plan = models.CharField(max_length=20, choices=Plan, default=Plan.FREE)
    trial_ends_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=20, choices=State, default=State.ACTIVE)
    modules = ArrayField(models.CharField(max_length=30), default=all_modules, blank=True)
    # Who switched a module last: {"projects": {"member": 7, "at": "2026-11-24T08:00:00+00:00"}}; the id is a member's.
    module_switches = models.JSONField(default=dict, blank=True)
    storage_used_bytes = models.BigIntegerField(default=0)
    storage_limit_bytes = models.BigIntegerField(default=10 * 1024**3)
    # What the schema has applied: a hash of its migration list (fleet.py); "" until the first fleet migration.
    ledger = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    auto_create_schema = False
    auto_drop_schema = False

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="workspace_slug_once"),
            models.CheckConstraint(
                condition=models.Q(slug__regex=r"^[a-z][a-z0-9-]{1,38}[a-z0-9]$"), name="workspace_slug_form"
            ),
            models.CheckConstraint(
                condition=models.Q(storage_used_bytes__gte=0), name="workspace_storage_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_demo(self) -> bool:
        return self.slug == self.DEMO_SLUG

    def has_module(self, module: str) -> bool:
        return module in self.modules

    @property
    def host(self) -> str:
        """The host without port, as in `acme.localhost`."""
        return f"{self.slug}.{settings.BASE_DOMAIN}"

    @property
    def url(self) -> str:
        """The address people open, without a trailing slash."""
        return f"{settings.SITE_SCHEME}://{self.host}{settings.SITE_PORT}"


class Domain(DomainMixin):
    """A host of a workspace."""

    def __str__(self) -> str:
        return str(self.domain)
