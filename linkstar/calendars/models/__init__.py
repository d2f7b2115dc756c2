from linkstar.calendars.models.absences import Closure, Leave
from linkstar.calendars.models.market import MarketDate

__all__ = ["Closure", "Leave", "MarketDate"]
