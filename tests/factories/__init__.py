"""One maker per model, with no surprises; a test sets every value it asserts."""

from tests.factories.members import client_of, make_member, make_user
from tests.factories.projects import FAR_OFF, make_column, make_project, make_ready_task, make_task

__all__ = [
    "FAR_OFF",
    "client_of",
    "make_column",
    "make_member",
    "make_project",
    "make_ready_task",
    "make_task",
    "make_user",
]
