"""The inbox."""

from django.urls import path

from notifications.views import inbox, push

app_name = "notifications"

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/unread/", inbox.unread, name="unread"),
    path("inbox/read/", inbox.read_all, name="read-all"),
    path("push/", push.devices, name="push-devices"),
    path("push/<int:pk>/remove/", push.device_remove, name="push-device-remove"),
    path("inbox/<int:pk>/open/", inbox.notification_open, name="notification-open"),
]
