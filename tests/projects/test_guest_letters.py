"""How many letters to guests may leave in a day."""

import pytest
from django.utils import timezone

from linkstar.members.models import Member
from linkstar.workspaces.models import Letter, Workspace
from projects.models import GuestInvitation
from tests.factories import client_of, make_member, make_project

pytestmark = pytest.mark.django_db


def test_guests_count_among_the_invitations_of_a_day(acme: Workspace, owner: Member) -> None:
    boss = make_member("admin", language="en")
    project, now = make_project(boss), timezone.now()
    Letter.objects.bulk_create(
        Letter(workspace=acme, key=f"k{n}", to="x@y.test", name="guest_invitation", created_at=now) for n in range(199)
    )
    client = client_of(boss)

    last = client.post(f"/projects/{project.pk}/guests/invite/", {"email": "one@agency.test", "company": ""})
    refused = client.post(f"/projects/{project.pk}/guests/invite/", {"email": "two@agency.test", "company": "Two"})

    assert (last.status_code, refused.status_code) == (302, 422)
    assert "Still possible now: 0." in refused.content.decode() and "two@agency.test" in refused.content.decode()
    assert not GuestInvitation.objects.filter(email="two@agency.test").exists()
