"""The site package: wiring, and the apps that every workspace shares."""

from linkstar.celery import app as celery_app

__all__ = ["celery_app"]
