from linkstar.members.models.days import MemberDay
from linkstar.members.models.invitations import Invitation
from linkstar.members.models.members import Member
from linkstar.members.models.receipts import Receipt

__all__ = ["Invitation", "Member", "MemberDay", "Receipt"]
