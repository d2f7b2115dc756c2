"""Files and their versions. A version is never changed; the file is the stable name over them."""

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from linkstar.lib.drive import DriveFile
from linkstar.members.models import Member
from projects.models.projects import Project
from projects.models.tasks import Task


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def alive(self) -> Self:
        return self.filter(deleted_at=None)

    def visible_to(self, member: Member) -> Self:
        """Files of visible tasks and projects; a guest sees the shared ones and their own uploads, and only those."""
        return self.alive()._allowed_to(member)

    def in_bin(self, member: Member) -> Self:
        """Those that the member would see, were they not in the bin."""
        return self.exclude(deleted_at=None)._allowed_to(member)

    def _allowed_to(self, member: Member) -> Self:
        of_tasks = models.Q(task__in=Task.objects.visible_to(member).values("pk"))
        of_projects = models.Q(task=None, project__in=Project.objects.visible_to(member).values("pk"))
        seen = self.filter(of_tasks | of_projects)
        if member.is_insider:
            return seen
        return seen.filter(models.Q(is_shared=True) | models.Q(created_by=member))


class StoredFile(models.Model):
    """Belongs to a project, and to a task of it when `task` is set. Its address always gives the newest version.

    With `drive` (lib/drive.py) it is a link to a file that Google keeps: there are no versions and nothing to download.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="files")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, null=True, blank=True, related_name="files")
    name = models.CharField(_("name"), max_length=200)
    is_shared = models.BooleanField(default=False)
    version_count = models.PositiveSmallIntegerField(default=0)
    drive = models.JSONField(null=True, blank=True)
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(drive__isnull=True) | models.Q(version_count=0), name="stored_file_is_link_or_bytes"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:file", args=[self.pk])

    @property
    def in_drive(self) -> DriveFile | None:
        """What it links to, None for a file of ours."""
        return DriveFile.of(self.drive) if self.drive else None

    @property
    def is_readonly(self) -> bool:
        """With its task, or with its project."""
        return self.task.is_readonly if self.task else self.project.is_archived


class FileVersion(models.Model):
    """Immutable. `key` is where the bytes are: `<workspace id>/<sha256 prefix>/<uuid>`, nothing that was typed."""

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    content_type = models.CharField(max_length=120)
    note = models.CharField(_("note"), max_length=300, blank=True)
    uploaded_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="file_version_once"),
            models.CheckConstraint(condition=models.Q(size_bytes__gte=0), name="file_version_size"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} v{self.number}"

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")
