"""The working days that plans of this workspace count in: each country's, without the workspace's closures."""

from linkstar.calendars.days import Absences
from templates_sop.dating import COUNTRIES, Calendars


def workspace_calendars() -> Calendars:
    """As the planner of a project has them (projects/scheduling/times.py); in one statement."""
    absences = Absences.load()
    return {country: absences.day_calendar(country) for country in COUNTRIES.values()}
