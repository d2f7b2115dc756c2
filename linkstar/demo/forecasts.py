"""What the demo's projects are heading for, as the last look found it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from projects.actions.forecasting import forecast_project
from projects.models import Project, Task

_AGO = timedelta(minutes=50)
# Whose work turned out longer than was thought, and by how many working days more than there is room for.
_LONGER = {"TikTok Shop 美国站开店": 5, "Shopify US store launch": 0}


def forecast_all(projects: Mapping[str, Project], *, now: datetime) -> None:
    at = now - _AGO
    for name, project in projects.items():
        if project.state != Project.State.ACTIVE:
            continue
        forecast = forecast_project(project, now=at - timedelta(days=1))
        target = next((each for each in forecast.data.get("targets", ()) if each["chain"]), None)
        if name in _LONGER and target is not None:
            # In the working days that somebody entered when it became clear.
            task = Task.objects.get(pk=target["chain"][-1])
            task.duration_days = (task.duration_days or 1) + max(0, target["days"]) + _LONGER[name]
            task.save(update_fields=["duration_days"])
        forecast_project(project, now=at)
