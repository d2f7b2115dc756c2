"""Once a week the owner of a project at risk is told whom to ask for what: on Monday morning, on their clock."""

from datetime import UTC, datetime, time, timedelta

from django.utils.translation import override

from linkstar.lib.deadlines import describe
from linkstar.lib.zones import get_zone
from linkstar.members.models import Member
from linkstar.workspaces import due
from linkstar.workspaces.rounds import daily
from notifications.actions.notify import notify
from projects.health.calls import call_text, people_to_call, propose
from projects.health.pulse import first_to_ask
from projects.models import Forecast, Project, Task

# object_id is the project's pk.
KIND = "project_health"
_HOUR = 9
# Rounds are a day apart; a little more, so that none falls between two.
_ROUND = timedelta(hours=25)
_WORRYING = (Forecast.State.AMBER, Forecast.State.RED)
_SUNDAY, _MONDAY = 6, 0


def monday_morning(zone: str, *, after: datetime) -> datetime:
    """The next Monday at nine on that clock, after an instant."""
    local = after.astimezone(get_zone(zone)).date()
    for days in range(9):
        day = local + timedelta(days=days)
        at = datetime.combine(day, time(_HOUR), get_zone(zone)).astimezone(UTC)
        if day.weekday() == _MONDAY and at > after:
            return at
    raise AssertionError("a week has a Monday")


@daily("health checks", is_needed=lambda now: now.weekday() in (_SUNDAY, _MONDAY))
def promise_checks(*, now: datetime) -> int:
    """Promise the checks of those projects for whose owners Monday begins before the next round."""
    running = Project.objects.filter(state=Project.State.ACTIVE).values_list("pk", "owner__time_zone")
    mornings = [(pk, monday_morning(zone, after=now)) for pk, zone in running]
    rows = [(KIND, pk, at) for pk, at in mornings if at <= now + _ROUND]
    due.schedule_many(rows)
    return len(rows)


@due.handles(KIND)
def check(project_id: int, *, now: datetime) -> None:
    """Tell its owner three names, three dates and one call, when it is at risk now."""
    running = Project.objects.filter(pk=project_id, state=Project.State.ACTIVE, forecast__state__in=_WORRYING)
    project = running.select_related("owner", "forecast").first()
    if project is None:
        return
    owner = project.owner
    asked = first_to_ask(Task.objects.visible_to(owner).filter(project=project))
    if not asked:
        return
    week = now.astimezone(get_zone(owner.time_zone)).isocalendar()
    with override(owner.language):
        rows = [_row(task, owner, now) for task in asked]
        people = people_to_call(owner, asked)
        call = propose(people, now=now)
        notify(
            [owner],
            kind="health_check",
            key=f"health:{project.pk}:{week.year}-{week.week}",
            data={
                "project": project.name,
                "state": project.forecast.state,
                "rows": rows,
                "call": call_text(call, people, owner.time_zone, owner.language) if call else "",
            },
            url=f"{project.get_absolute_url()}health/",
            now=now,
        )


def _row(task: Task, reader: Member, now: datetime) -> dict[str, str]:
    due_text = ""
    if task.deadline is not None:
        label = describe(task.deadline, reader_zone=reader.time_zone, language=reader.language, now=now)
        due_text = label.at_text if label.you_text is None else f"{label.at_text} ({label.you_text})"
    return {"task": task.title, "owner": task.owner.display_name if task.owner else "", "due": due_text}
