"""What each plan gives. The plans page prints these; the workspace's own row is what is enforced."""

from linkstar.workspaces.models import Workspace

_GB = 1024**3
STORAGE_GB = {
    Workspace.Plan.FREE: 10,
    Workspace.Plan.TEAM: 100,
    Workspace.Plan.PROFESSIONAL: 500,
    Workspace.Plan.ENTERPRISE: 2000,
}
TRIAL_PLAN = Workspace.Plan.PROFESSIONAL


def storage_bytes(plan: str) -> int:
    """Room for files, in bytes."""
    return STORAGE_GB[Workspace.Plan(plan)] * _GB
