"""What a project is heading for."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.forecasts.shown import show
from projects.models import Forecast
from projects.views.boards import reader_of


@require_safe
@members_only
def project_forecast(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """As it was worked out last: the dates that must be kept, what warns of trouble, what would mend it."""
    project = access.get_project(request.member, pk, to="see forecast")
    forecast = Forecast.objects.filter(project=project).first()
    shown = show(forecast, reader_of(request)) if forecast else None
    return render(request, "projects/forecast.html", {"project": project, "forecast": shown})
