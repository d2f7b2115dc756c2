"""How long a trial still runs."""

from datetime import datetime, timedelta

from linkstar.workspaces.models import Workspace

_DAY = timedelta(days=1)


def days_left(workspace: Workspace, *, now: datetime) -> int | None:
    """Days of trial still to come, the begun one included; 0 when it is over, None when there was none."""
    if workspace.trial_ends_at is None:
        return None
    return max(0, -((now - workspace.trial_ends_at) // _DAY))
