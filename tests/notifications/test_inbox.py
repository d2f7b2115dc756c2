from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from linkstar.members.models import Member
from linkstar.workspaces.models import Workspace
from notifications.actions.notify import notify
from notifications.models import Notification
from tests.factories import client_of, make_member, make_user

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
INBOX = "/inbox/"


def tell(member: Member, number: int = 1, **values: Any) -> Notification:
    data = {"task": f"Task {number}", "project": "Q4", "actor": "Maya", "excerpt": "Hi <i>"}
    sent = {"kind": "mentioned", "data": data, "key": f"test:{number}", "url": "/projects/", "now": NOW}
    notify([member], **{**sent, **values})
    return Notification.objects.get(member=member, key=f"test:{number}")


@pytest.fixture
def maya() -> Member:
    return make_member(display_name="Maya", time_zone="America/New_York")


@pytest.mark.django_db
class TestInbox:
    def test_newest_first_by_the_readers_own_days(self, maya: Member) -> None:
        for number, at in enumerate(["2026-11-24T04:59:00Z", "2026-11-24T05:01:00Z", "2026-11-22T12:00:00Z"]):
            tell(maya, number, now=datetime.fromisoformat(at))
        page = client_of(maya).get(INBOX)
        lines = page.context["lines"]
        assert [(str(line.at.date()), line.at.hour, line.sentence) for line in lines] == [
            ("2026-11-24", 0, "Maya mentioned you on “Task 1”"),
            ("2026-11-23", 23, "Maya mentioned you on “Task 0”"),
            ("2026-11-22", 7, "Maya mentioned you on “Task 2”"),
        ]
        assert b"Hi &lt;i&gt;" in page.content

    def test_unread_is_a_tab_in_the_address(self, maya: Member) -> None:
        read = tell(maya, 1)
        tell(maya, 2)
        Notification.objects.filter(pk=read.pk).update(read_at=NOW)
        page = client_of(maya).get(INBOX, {"show": "unread"})
        assert [line.sentence for line in page.context["lines"]] == ["Maya mentioned you on “Task 2”"]

    def test_pages_hold_25(self, maya: Member) -> None:
        for number in range(30):
            tell(maya, number)
        client = client_of(maya)
        assert len(client.get(INBOX).context["lines"]) == 25
        assert len(client.get(INBOX, {"page": 2}).context["lines"]) == 5
        assert len(client.get(INBOX, {"page": "x"}).context["lines"]) == 25

    def test_the_empty_inbox_and_the_read_one_say_so(self, maya: Member) -> None:
        client = client_of(maya)
        assert b"Nothing has happened to you yet" in client.get(INBOX).content
        assert b"Everything is read" in client.get(INBOX, {"show": "unread"}).content

    def test_a_kind_of_newer_code_does_not_break_the_page(self, maya: Member) -> None:
        row = tell(maya)
        Notification.objects.filter(pk=row.pk).update(kind="from-the-future")
        assert client_of(maya).get(INBOX).status_code == 200

    def test_queries_do_not_grow_with_the_list(self, maya: Member, django_assert_num_queries: Any) -> None:
        client = client_of(maya)
        tell(maya, 1)
        client.get(INBOX)
        with django_assert_num_queries(6) as one:
            client.get(INBOX)
        for number in range(2, 5):
            tell(maya, number)
        with django_assert_num_queries(len(one)):
            client.get(INBOX)


@pytest.mark.django_db
class TestReading:
    def test_opening_marks_read_and_goes_there(self, maya: Member) -> None:
        row = tell(maya)
        answer = client_of(maya).post(reverse("notifications:notification-open", args=[row.pk]))
        assert (answer.status_code, answer["Location"]) == (302, "/projects/")
        row.refresh_from_db()
        assert row.read_at is not None

    def test_an_address_elsewhere_is_not_followed(self, maya: Member) -> None:
        row = tell(maya, url="https://evil.test/")
        answer = client_of(maya).post(reverse("notifications:notification-open", args=[row.pk]))
        assert answer["Location"] == "/"

    def test_opening_takes_a_post(self, maya: Member) -> None:
        row = tell(maya)
        assert client_of(maya).get(reverse("notifications:notification-open", args=[row.pk])).status_code == 405

    def test_nobody_opens_or_sees_anothers(self, maya: Member, owner: Member) -> None:
        row = tell(maya)
        client = client_of(owner)
        assert client.post(reverse("notifications:notification-open", args=[row.pk])).status_code == 404
        assert client.get(INBOX).context["lines"] == []
        row.refresh_from_db()
        assert row.read_at is None

    def test_all_are_marked_read_and_only_mine(self, maya: Member, owner: Member) -> None:
        for member in (maya, owner):
            tell(member, 1)
            tell(member, 2)
        client_of(maya).post(reverse("notifications:read-all"))
        assert maya.notifications.unread().count() == 0
        assert owner.notifications.unread().count() == 2

    def test_the_count_is_the_unread_ones(self, maya: Member, owner: Member) -> None:
        client = client_of(maya)
        assert b"badge" not in client.get("/inbox/unread/").content
        tell(maya, 1)
        tell(maya, 2, now=NOW + timedelta(hours=1))
        tell(owner, 3)
        assert b">2<span" in client.get("/inbox/unread/").content

    def test_guests_have_an_inbox_and_strangers_have_none(self, other: Workspace) -> None:
        guest = make_member("guest")
        assert client_of(guest).get(INBOX).status_code == 200
        assert client_of(make_user()).get(INBOX).status_code == 403
        assert client_of(None).get(INBOX).status_code == 302
        assert client_of(guest, workspace=other).get(INBOX).status_code in (302, 403)
