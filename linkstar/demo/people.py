"""The people of the demo workspace."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress

from linkstar.accounts.models import User
from linkstar.members.models import Member
from linkstar.workspaces.models import Membership, Role, Workspace

PASSWORD = "linkstar-demo"  # noqa: S105 - printed in the README


@dataclass(frozen=True)
class Person:
    key: str
    email: str
    name: str
    role: Role
    zone: str
    language: str
    company: str = ""
    sees_finance: bool = False


PEOPLE = (
    Person("owner", "owner@demo.test", "赵明远", Role.OWNER, "Asia/Shanghai", "zh-hans"),
    Person("ops", "ops@demo.test", "林悦", Role.MEMBER, "Asia/Shanghai", "zh-hans"),
    Person("brand", "brand@demo.test", "Maya Johnson", Role.MANAGER, "America/New_York", "en"),
    Person("finance", "finance@demo.test", "王秀兰", Role.MEMBER, "Asia/Shanghai", "zh-hans", sees_finance=True),
    Person("designer", "designer@agency.test", "陈一帆", Role.GUEST, "Asia/Shanghai", "zh-hans", "一帆设计"),
    Person("supplier", "supplier@factory.test", "周建国", Role.GUEST, "Asia/Shanghai", "zh-hans", "东莞恒发塑胶"),
)


def user_of(person: Person) -> User:
    """The account of a demo person, made with a verified address if there is none."""
    user = User.objects.filter(email=person.email).first()
    if user is None:
        user = User.objects.create_user(
            person.email, PASSWORD, full_name=person.name, time_zone=person.zone, language=person.language
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def member_of(person: Person, workspace: Workspace, *, now: datetime) -> Member:
    """The person as a member of the current workspace; the owner is there already."""
    user = user_of(person)
    Membership.objects.get_or_create(user=user, workspace=workspace, defaults={"role": person.role, "joined_at": now})
    member, _ = Member.objects.update_or_create(
        user=user,
        defaults={
            "display_name": person.name,
            "email": person.email,
            "role": person.role,
            "time_zone": person.zone,
            "language": person.language,
            "company": person.company,
            "can_see_finance": person.sees_finance,
        },
    )
    return member
