from linkstar.workspaces.models.drive import DriveGrant
from linkstar.workspaces.models.due import DueItem
from linkstar.workspaces.models.holidays import AnnouncedYear
from linkstar.workspaces.models.letters import Letter
from linkstar.workspaces.models.memberships import Membership, Role
from linkstar.workspaces.models.rates import ExchangeRate
from linkstar.workspaces.models.shops import ShopClaim
from linkstar.workspaces.models.templates import SchemaTemplate
from linkstar.workspaces.models.workspaces import Domain, Workspace

__all__ = [
    "AnnouncedYear",
    "Domain",
    "DriveGrant",
    "DueItem",
    "ExchangeRate",
    "Letter",
    "Membership",
    "Role",
    "SchemaTemplate",
    "ShopClaim",
    "Workspace",
]
