"""The Celery app. Its tasks know their workspace or fail (linkstar/workspaces/jobs.py)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linkstar.settings")

app = Celery("linkstar", task_cls="linkstar.workspaces.jobs:WorkspaceTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
