"""Work out what projects are heading for: each day, and some minutes after something has changed in them."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from linkstar.lib.zones import get_zone
from linkstar.members.models import Member
from linkstar.workspaces import due
from linkstar.workspaces.access import ADMINS
from notifications.actions.notify import notify
from projects.forecasts.facts import load_facts
from projects.forecasts.reckoning import reckon
from projects.models import Forecast, ForecastState, Project
from projects.scheduling.lags import settle_lags
from projects.scheduling.load import load_plan

# object_id is the project's pk; and 0 for the look at which projects have changed.
KIND, SWEEP = "project_forecast", "forecast_sweep"
_DAY = timedelta(days=1)
# Who works on a project does more than one thing: it is looked at once it rests, or after the longest wait.
SWEPT_EVERY = timedelta(minutes=3)
_RESTS = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(minutes=15)
_AT_ONCE = 50


def promises(project: Project, *, now: datetime) -> list[tuple[str, int, datetime]]:
    """What to promise for a project that begins or begins again."""
    return [(KIND, project.pk, now + _DAY), (SWEEP, 0, now + SWEPT_EVERY)]


@due.handles(SWEEP)
def look_for_changes(_none: int, *, now: datetime) -> None:
    """Promise a forecast of what has changed since its last one. Ends when no project runs any more."""
    running = Project.objects.filter(state=Project.State.ACTIVE)
    has_changed = Q(last_activity_at__gt=F("forecast__computed_at"))
    waits_long = Q(forecast__computed_at__lte=now - _LONGEST_WAIT)
    wanted = Q(forecast=None) | (has_changed & (Q(last_activity_at__lte=now - _RESTS) | waits_long))
    changed = running.filter(wanted).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]
    rows = [(KIND, pk, now) for pk in changed]
    if rows or running.exists():
        due.schedule_many([*rows, (SWEEP, 0, now + SWEPT_EVERY)])


@due.handles(KIND)
def look_at(project_id: int, *, now: datetime) -> None:
    """Forecast it, and again tomorrow; what is finished or archived has no forecast."""
    project = Project.objects.filter(pk=project_id).select_related("owner").first()
    if project is None:
        return
    if project.state != Project.State.ACTIVE:
        end_forecast(project, now=now)
        return
    due.schedule(KIND, project.pk, now + _DAY)
    with transaction.atomic():
        # Leave, holidays and hours change when a lag is over, and nobody has a hand on the link then.
        settle_lags(Q(blocked__project=project), now=now)
    forecast_project(project, now=now)


@transaction.atomic
def forecast_project(project: Project, *, now: datetime) -> Forecast:
    """Work it out and keep it; a state that is new is told to the owner, and when it is red to the admins too."""
    today = now.astimezone(get_zone(project.time_zone)).date()
    plan = load_plan([project], today=today)
    state, data = reckon(plan, load_facts(plan, project, now=now), now=now, seed=project.pk)
    # Two workers with one project would tell its owner twice.
    known = Forecast.objects.select_for_update().filter(project=project).first()
    since = known.since_at if known is not None and known.state == state else now
    forecast = Forecast(project=project, state=state, since_at=since, computed_at=now, data=data)
    _keep(forecast, is_new=known is None or known.state != state)
    if since == now and state in (Forecast.State.AMBER, Forecast.State.RED):
        _tell(project, forecast, now=now)
    return forecast


@transaction.atomic
def end_forecast(project: Project, *, now: datetime) -> None:
    """Nothing is forecast of a project that is finished or archived; what was, stays in its history."""
    gone, _by_model = Forecast.objects.filter(project=project).delete()
    if gone:
        ForecastState.objects.update_or_create(project=project, at=now, defaults={"state": Forecast.State.NONE})


# The history of states in the same statement; of two states in one instant the later one stays.
_KEEP = """
WITH history AS (
    INSERT INTO projects_forecaststate (project_id, state, at)
    SELECT %(project)s, %(state)s, %(at)s WHERE %(is_new)s
    ON CONFLICT (project_id, at) DO UPDATE SET state = excluded.state
)
INSERT INTO projects_forecast (project_id, state, since_at, computed_at, data)
VALUES (%(project)s, %(state)s, %(since)s, %(at)s, %(data)s::jsonb)
ON CONFLICT (project_id) DO UPDATE SET state = excluded.state, since_at = excluded.since_at,
    computed_at = excluded.computed_at, data = excluded.data
"""


def _keep(forecast: Forecast, *, is_new: bool) -> None:
    """`is_new`: the state is another one than before."""
    values: dict[str, Any] = {"project": forecast.project_id, "state": forecast.state, "since": forecast.since_at}
    values |= {"at": forecast.computed_at, "data": json.dumps(forecast.data), "is_new": is_new}
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, values)


def _tell(project: Project, forecast: Forecast, *, now: datetime) -> None:
    """No titles: who may read them is not for a letter to decide."""
    people = [project.owner]
    if forecast.state == Forecast.State.RED:
        people += Member.objects.active().filter(role__in=ADMINS).exclude(pk=project.owner_id).order_by("pk")
    notify(
        people,
        kind=f"forecast_{forecast.state}",
        key=f"forecast:{project.pk}:{forecast.state}:{forecast.since_at:%Y%m%d%H%M%S}",
        data={
            "project": project.name,
            "cause": forecast.data["cause"],
            "days": abs(forecast.data["days"]),
            "on": forecast.data["on"],
        },
        url=f"{project.get_absolute_url()}forecast/",
        now=now,
    )
