from collections import Counter
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pytest
from django.utils import translation
from django_tenants.utils import tenant_context

from linkstar.members.models import Member
from linkstar.workspaces.letters import render_letter
from linkstar.workspaces.models import Letter, Workspace
from notifications.actions.notify import notify
from notifications.kinds import KINDS
from notifications.models import Notification
from tests.factories import make_member
from tests.races import RACE, at_once

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DATA: dict[str, Any] = {
    "task": "Shoot <b>",
    "project": "Q4 & more",
    "actor": "Maya",
    "excerpt": "See 100% of it",
    "note": "Please",
    "shop": "Harbor & Co",
    "channel": "Amazon",
    "count": 3,
    "state": "accepted",
    "reason": "quiet",
    "days": 14,
    "hours_before": 24,
    "day": "Sun 1 Nov",
    "city": "New York",
    "before": "12",
    "after": "13",
    "is_behind": True,
    "cause": "short",
    "on": "Fri 27 Nov",
    "template": "Prime & Day",
    "field": "price",
    "sku": "PF-01",
    "change": "Order samples: 7 instead of 5 days",
    "rows": [{"owner": "王芳", "task": "Shoot <b>", "due": "Fri 27 Nov"}, {"owner": "", "task": "Cut", "due": ""}],
    "call": "Tue 1 Dec, 21:00",
    "deadline": {"on": "2026-11-27", "time": None, "zone": "America/Los_Angeles"},
}


def tell(*members: Member, kind: str = "assigned", key: str = "occasion:1", **values: Any) -> list[Member]:
    return notify(members, **{"kind": kind, "key": key, "data": DATA, "url": "/tasks/1/", "now": NOW, **values})


@pytest.mark.django_db
class TestNotify:
    def test_each_is_told_once_of_one_occasion(self, owner: Member) -> None:
        maya = make_member()
        assert tell(owner) == [owner]
        assert tell(owner, maya) == [maya]
        assert tell(owner, maya) == []
        assert sorted(Notification.objects.values_list("member", "key")) == [
            (owner.pk, "occasion:1"),
            (maya.pk, "occasion:1"),
        ]

    def test_nobody_hears_of_their_own_deed_and_nobody_who_has_left(self, owner: Member) -> None:
        maya, gone = make_member(), make_member(is_active=False)
        assert tell(owner, maya, gone, actor=owner) == [maya]
        assert [row.member for row in Notification.objects.all()] == [maya]

    def test_mail_goes_by_kind_unless_the_caller_says(self, owner: Member) -> None:
        tell(owner, kind="assigned", key="a")
        tell(owner, kind="mentioned", key="b")
        tell(owner, kind="assigned", key="c", mail=True)
        tell(owner, kind="mentioned", key="d", mail=False)
        rows = Letter.objects.order_by("key").values_list("key", "name", "language")
        assert list(rows) == [(f"b:{owner.pk}", "mentioned", "zh-hans"), (f"c:{owner.pk}", "notice", "zh-hans")]

    def test_only_the_newly_told_get_a_letter(self, owner: Member) -> None:
        maya = make_member()
        tell(owner, kind="mentioned")
        Letter.objects.all().delete()
        tell(owner, maya, kind="mentioned")
        assert [letter.to for letter in Letter.objects.all()] == [maya.email]

    def test_a_notice_of_one_workspace_is_none_of_the_other(self, owner: Member, other: Workspace) -> None:
        tell(owner)
        with tenant_context(other):
            assert not Notification.objects.exists()

    def test_an_unknown_kind_is_a_mistake_of_the_code(self, owner: Member) -> None:
        with pytest.raises(KeyError):
            tell(owner, kind="nonsense")


@pytest.mark.django_db
class TestWords:
    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    @pytest.mark.parametrize("kind", KINDS)
    def test_every_kind_can_be_said_and_mailed(self, owner: Member, acme: Workspace, kind: str, language: str) -> None:
        owner.language = language
        tell(owner, kind=kind, mail=True)
        mail = render_letter(Letter.objects.get(), now=NOW)
        with translation.override(language):
            reason = str(KINDS[kind].reason)
            assert KINDS[kind].words(DATA)
        assert reason
        assert mail.subject.strip()
        assert f"{acme.url}/tasks/1/" in mail.body
        html = str(mail.alternatives[0][0])
        assert "<b>" not in html
        assert f'href="{acme.url}/tasks/1/"' in html

    def test_a_reminder_by_letter_names_both_clocks(self, owner: Member) -> None:
        maya = make_member(language="en", time_zone="America/New_York")
        tell(maya, kind="task_due")
        mail = render_letter(Letter.objects.get(), now=NOW)
        assert mail.subject == "Due soon: Shoot <b>"
        assert "Fri 27 Nov, end of day PST (UTC−8)\nSat 28 Nov, 02:59 for you (UTC−5)" in mail.body


@RACE
def test_two_workers_with_the_same_news_tell_each_once(live_workspace: Workspace) -> None:
    members = [make_member() for _ in range(20)]
    told = at_once(*[lambda: [member.pk for member in tell(*members, kind="mentioned")]] * 4)
    assert Counter(chain.from_iterable(told)) == dict.fromkeys((member.pk for member in members), 1)
    assert Letter.objects.count() == Notification.objects.count() == 20
