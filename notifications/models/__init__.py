from notifications.models.notifications import Notification
from notifications.models.push import PushDevice
from notifications.models.reminders import Reminder

__all__ = ["Notification", "PushDevice", "Reminder"]
