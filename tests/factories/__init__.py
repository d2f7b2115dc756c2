"""One maker per model, with no surprises; a test sets every value it asserts."""

from tests.factories.members import client_of, make_member, make_user
from tests.factories.projects import make_column, make_project, make_task

__all__ = ["client_of", "make_column", "make_member", "make_project", "make_task", "make_user"]
