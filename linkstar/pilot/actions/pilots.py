"""What admins do with a pilot: begin it, give it longer, decide."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from django.db import IntegrityError, connection, transaction

from linkstar.lib.zones import get_zone
from linkstar.members.models import Member
from linkstar.pilot.models import MOST_PROJECTS, Pilot
from linkstar.workspaces import due
from linkstar.workspaces.access import ADMINS
from notifications.actions.notify import notify
from projects.models import Project

# object_id is the pilot's pk.
KIND = "pilot_ends"
_ASKED_AT = time(9)


class PilotRefused(ValueError):
    """`reason` is "running" (another one is), "projects" (none, or too many), "people" (nobody) or "decided"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def begin_pilot(
    *, goal: str, ends_on: date, people: Sequence[Member], projects: Sequence[Project], actor: Member, now: datetime
) -> Pilot:
    """Raises PilotRefused."""
    _check(people, projects)
    try:
        with transaction.atomic():
            pilot = Pilot.objects.create(
                goal=goal,
                ends_on=ends_on,
                people=[person.pk for person in people],
                projects=[project.pk for project in projects],
                started_by=actor,
                started_at=now,
            )
    except IntegrityError as error:
        raise PilotRefused("running") from error
    _promise(pilot)
    return pilot


@transaction.atomic
def change_pilot(
    pilot: Pilot, *, goal: str, ends_on: date, people: Sequence[Member], projects: Sequence[Project]
) -> None:
    """Who and what takes part, and until when. Raises PilotRefused."""
    _check(people, projects)
    _lock(pilot)
    pilot.goal, pilot.ends_on = goal, ends_on
    pilot.people, pilot.projects = [person.pk for person in people], [project.pk for project in projects]
    pilot.save(update_fields=["goal", "ends_on", "people", "projects"])
    _promise(pilot)


@transaction.atomic
def decide_pilot(pilot: Pilot, *, decision: str, note: str, actor: Member, now: datetime) -> None:
    """Go or no go; once. Raises PilotRefused."""
    _lock(pilot)
    pilot.decision, pilot.note, pilot.is_running = decision, note, False
    pilot.decided_by, pilot.decided_at = actor, now
    pilot.save(update_fields=["decision", "note", "is_running", "decided_by", "decided_at"])
    due.cancel(KIND, pilot.pk)


@due.handles(KIND)
def ask(pilot_id: int, *, now: datetime) -> None:
    """On its last day the admins are asked to decide."""
    pilot = Pilot.objects.filter(pk=pilot_id, is_running=True).first()
    if pilot is None:
        return
    notify(
        Member.objects.active().filter(role__in=ADMINS).order_by("pk"),
        kind="pilot_ends",
        key=f"pilot_ends:{pilot.pk}:{pilot.ends_on}",
        data={"on": pilot.ends_on.isoformat()},
        url="/pilot/",
        now=now,
    )


def _check(people: Sequence[Member], projects: Sequence[Project]) -> None:
    if not 1 <= len(projects) <= MOST_PROJECTS:
        raise PilotRefused("projects")
    if not people:
        raise PilotRefused("people")


def _promise(pilot: Pilot) -> None:
    zone = get_zone(connection.tenant.time_zone)
    due.schedule(KIND, pilot.pk, datetime.combine(pilot.ends_on, _ASKED_AT, zone).astimezone(UTC))


def _lock(pilot: Pilot) -> None:
    if not Pilot.objects.select_for_update(no_key=True).get(pk=pilot.pk).is_running:
        raise PilotRefused("decided")
