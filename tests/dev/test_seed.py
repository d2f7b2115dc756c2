"""What empties a database between tests touches only the database of a test run."""

import pytest
from django.db import connection

from linkstar.workspaces.models import Workspace
from tests.seed import put_back

pytestmark = pytest.mark.django_db


def test_a_database_of_real_work_is_never_emptied(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", "linkstar")

    with pytest.raises(RuntimeError, match="nothing was emptied"):
        put_back()

    assert set(Workspace.objects.values_list("slug", flat=True)) == {"acme", "other"}
