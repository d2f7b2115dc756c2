"""What a project was started from, as it was then."""

from django.db import models

from projects.models import Project


class ProjectOrigin(models.Model):
    """`content` is the template as it was used, in the shape of the files of data/: a later release or version does
    not change it. It moves on when steps of a newer one are applied to the project.

    `answers` are the project's own choices ({"variant": key or ""}), `anchors` the days and instants by anchor key.
    """

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="sop_origin")
    template = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    content = models.JSONField()
    answers = models.JSONField(default=dict)
    anchors = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.project_id} from {self.template} v{self.version}"
