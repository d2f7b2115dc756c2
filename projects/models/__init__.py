from projects.models.activity import Activity
from projects.models.boards import Board, Column
from projects.models.changes import ChangeMark
from projects.models.comments import ChecklistItem, Comment, Reaction
from projects.models.dependencies import Dependency
from projects.models.effort import TimeEntry
from projects.models.feeds import CalendarFeed
from projects.models.fields import CustomField
from projects.models.files import FileVersion, StoredFile
from projects.models.forecasts import Forecast, ForecastState
from projects.models.guests import GuestInvitation, ProjectAccess
from projects.models.labels import Label
from projects.models.plans import Baseline, BaselineTask, Slip
from projects.models.printouts import Printout
from projects.models.products import ProductLink
from projects.models.projects import OwnerOffer, Project
from projects.models.recurrences import Recurrence
from projects.models.saved_views import SavedView
from projects.models.search import SearchEntry, SearchWord
from projects.models.tasks import Task
from projects.models.undo import UNDO_FOR, Change

__all__ = [
    "UNDO_FOR",
    "Activity",
    "Baseline",
    "BaselineTask",
    "Board",
    "CalendarFeed",
    "Change",
    "ChangeMark",
    "ChecklistItem",
    "Column",
    "Comment",
    "CustomField",
    "Dependency",
    "FileVersion",
    "Forecast",
    "ForecastState",
    "GuestInvitation",
    "Label",
    "OwnerOffer",
    "Printout",
    "ProductLink",
    "Project",
    "ProjectAccess",
    "Reaction",
    "Recurrence",
    "SavedView",
    "SearchEntry",
    "SearchWord",
    "Slip",
    "StoredFile",
    "Task",
    "TimeEntry",
]
