from notifications.models.notifications import Notification
from notifications.models.reminders import Reminder

__all__ = ["Notification", "Reminder"]
