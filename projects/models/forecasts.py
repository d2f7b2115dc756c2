"""What a project is heading for, as it was worked out last."""

from django.db import models
from django.utils.translation import pgettext_lazy

from projects.models.projects import Project


class Forecast(models.Model):
    """`data` has tasks by their pk only: who may read a title is decided when it is read (forecasts/shown.py).

    `since_at` is when the present state began; people are told once for each.
    """

    class State(models.TextChoices):
        GREEN = "green", pgettext_lazy("forecast", "On track")
        AMBER = "amber", pgettext_lazy("forecast", "At risk")
        RED = "red", pgettext_lazy("forecast", "Will be late")
        NONE = "none", pgettext_lazy("forecast", "No forecast")

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="forecast")
    state = models.CharField(max_length=8, choices=State, default=State.NONE)
    since_at = models.DateTimeField()
    computed_at = models.DateTimeField()
    data = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.project_id}: {self.state}"


class ForecastState(models.Model):
    """From `at` on a project was heading for this, until its next row. NONE: nothing was forecast any more."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="forecast_states", db_index=False)
    state = models.CharField(max_length=8, choices=Forecast.State)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "at"], name="forecast_state_once")]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.state} from {self.at}"
