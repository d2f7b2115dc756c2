"""The SOP templates of a workspace: what is being written, and the versions that were published of it."""

from typing import Any, NoReturn, Self

from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy

from linkstar.members.models import Member


class VersionFixed(RuntimeError):
    """Somebody tried to change or remove a published version."""


class WorkspaceTemplateQuerySet(models.QuerySet["WorkspaceTemplate"]):
    def in_use(self) -> Self:
        return self.filter(archived_at=None)

    def standing_for(self, key: str) -> Self:
        """Those made from this built-in template, oldest first."""
        return self.filter(origin=WorkspaceTemplate.Origin.BUILT_IN, origin_key=key).order_by("created_at", "pk")


class WorkspaceTemplate(models.Model):
    """`draft` is a template in the shape of the files of data/, perhaps not whole yet (checking.py says what is
    missing). `draft_version` grows with each change of it, for who writes over somebody else's. `name` is that of the
    draft, by language.

    `origin_key` and `origin_version` name the built-in or the project's template it was made from.
    """

    class Origin(models.TextChoices):
        BLANK = "blank", pgettext_lazy("where a template comes from", "Written from scratch")
        BUILT_IN = "built_in", pgettext_lazy("where a template comes from", "Copied from a built-in one")
        PROJECT = "project", pgettext_lazy("where a template comes from", "Saved from a project")

    key = models.CharField(max_length=60)
    name = models.JSONField()
    origin = models.CharField(max_length=10, choices=Origin)
    origin_key = models.CharField(max_length=60, blank=True)
    origin_version = models.PositiveIntegerField(null=True, blank=True)
    draft = models.JSONField()
    draft_version = models.PositiveIntegerField(default=1)
    draft_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    draft_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceTemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="workspace_template_key_once"),
            models.CheckConstraint(
                condition=~models.Q(origin="built_in") | ~models.Q(origin_key=""),
                name="workspace_template_origin_named",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def get_absolute_url(self) -> str:
        return reverse("templates_sop:draft", args=[self.key])

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def shown_name(self) -> str:
        """In the reader's language, or else in the one there is."""
        zh, en = self.name.get("zh", ""), self.name.get("en", "")
        return str((zh or en) if (get_language() or "en").startswith("zh") else (en or zh))


class TemplateVersionQuerySet(models.QuerySet["TemplateVersion"]):
    def update(self, **_values: Any) -> NoReturn:
        raise VersionFixed

    def delete(self) -> NoReturn:
        raise VersionFixed


class TemplateVersion(models.Model):
    """What was published, and stays as it is: `content` is whole, in the shape of the files of data/."""

    template = models.ForeignKey(WorkspaceTemplate, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    content = models.JSONField()
    what_changed = models.TextField(blank=True, max_length=2000)
    published_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    published_at = models.DateTimeField(db_default=Now())

    objects = TemplateVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="template_version_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="template_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} v{self.number}"

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise VersionFixed
