from linkstar.pilot.models.pilots import MOST_PROJECTS, Pilot

__all__ = ["MOST_PROJECTS", "Pilot"]
