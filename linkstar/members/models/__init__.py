from linkstar.members.models.invitations import Invitation
from linkstar.members.models.members import Member

__all__ = ["Invitation", "Member"]
