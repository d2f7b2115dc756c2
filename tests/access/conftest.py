"""What an operator may leave out is there, so that its addresses are too."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def drive_is_offered(settings: Any) -> None:
    for name in ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET", "GOOGLE_API_KEY", "GOOGLE_PROJECT_NUMBER"):
        setattr(settings, name, "set-for-the-matrix")
