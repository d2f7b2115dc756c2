"""The workspace's own settings, its modules, its trial, and the operator's command."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django_tenants.utils import schema_context

from linkstar.accounts.models import User
from linkstar.workspaces.models import Membership, Workspace
from linkstar.workspaces.trial import days_left
from tests.factories import client_of, make_member
from tests.factories.members import WorkspaceClient as Client

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("admin", 200), ("manager", 403), ("member", 403), ("guest", 403)]
)
@pytest.mark.parametrize("path", ["/settings/", "/settings/modules/"])
def test_settings_are_for_admins(role, status, path):
    assert client_of(make_member(role)).get(path).status_code == status


def test_settings_are_saved_and_heard_on_the_next_request(acme, owner):
    client = client_of(make_member("admin"))

    response = client.post("/settings/", {"name": " Blue  Harbor ", "time_zone": "Asia/Shanghai", "language": "en"})

    acme.refresh_from_db()
    assert response.status_code == 302
    assert (acme.name, acme.time_zone, acme.language) == ("Blue Harbor", "Asia/Shanghai", "en")


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"time_zone": "Mars/Olympus"}, {"language": "tlh"}, {"name": "x" * 81}]
)
def test_settings_refuse_what_makes_no_sense(acme, wrong):
    good = {"name": "Kept Name", "time_zone": "Asia/Shanghai", "language": "en"}

    response = client_of(make_member("admin")).post("/settings/", {**good, **wrong})

    acme.refresh_from_db()
    assert response.status_code == 422
    assert acme.name == "Acme"


def test_a_module_that_is_off_hides_and_deletes_nothing(acme, django_capture_on_commit_callbacks):
    admin = make_member("admin", display_name="Ann Admin")
    client, colleague = client_of(admin), client_of(make_member())
    rooms = ["/passports/", "/pilot/", "/templates/prime_day/learning/", "/templates/prime_day/"]
    on = [colleague.get(path).status_code for path in rooms]

    with django_capture_on_commit_callbacks(execute=True):
        off = client.post("/settings/modules/projects/switch/", {"on": "0"})
    hidden = colleague.get("/")
    beside = [colleague.get(path).status_code for path in rooms]
    page = client.get("/settings/modules/").content.decode()
    acme.refresh_from_db()
    was_off = acme.modules
    client.post("/settings/modules/projects/switch/", {"on": "1"})
    acme.refresh_from_db()

    assert off.status_code == 302
    assert (hidden.status_code, on, beside) == (404, [200] * 4, [404] * 4)
    assert "This module is off" in hidden.content.decode()
    assert colleague.get("/members/").status_code == 200
    assert "Turned off" in page and f"/members/{admin.pk}/name/" in page
    assert (was_off, sorted(acme.modules)) == (["sales"], ["projects", "sales"])
    assert acme.module_switches["projects"]["member"] == admin.pk


def test_who_switched_is_named_by_the_members_room():
    admin = make_member("admin", display_name="Ann Admin")

    assert client_of(make_member()).get(f"/members/{admin.pk}/name/").content.decode().strip() == "by Ann Admin"


def test_switching_what_is_on_keeps_who_did_it_first(acme):
    client_of(make_member("admin")).post("/settings/modules/projects/switch/", {"on": "1"})

    acme.refresh_from_db()
    assert acme.module_switches == {}


def test_an_unknown_module_is_404():
    assert client_of(make_member("admin")).post("/settings/modules/rockets/switch/", {"on": "1"}).status_code == 404


@pytest.mark.parametrize(
    ("ends_in", "days"),
    [
        (timedelta(days=14), 14),
        (timedelta(hours=1), 1),
        (timedelta(0), 0),
        (timedelta(days=-3), 0),
        (timedelta(days=1, seconds=1), 2),
    ],
)
def test_days_left_count_the_begun_one(ends_in, days):
    assert days_left(Workspace(trial_ends_at=NOW + ends_in), now=NOW) == days


def test_no_trial_has_no_days():
    assert days_left(Workspace(trial_ends_at=None), now=NOW) is None


def run(*arguments: str) -> str:
    out = StringIO()
    with schema_context("public"):
        call_command("workspace", *arguments, stdout=out)
    return out.getvalue()


def test_create_makes_the_owner_and_prints_a_link_that_works():
    out = run("create", "Green Valley", "--owner", "boss@green.test", "--plan", "team")

    workspace = Workspace.objects.get(slug="green-valley")
    owner = User.objects.get(email="boss@green.test")
    link = out.split()[-1]
    assert out.splitlines()[0] == "http://green-valley.localhost"
    assert workspace.plan == "team"
    assert Membership.objects.get(workspace=workspace).user == owner
    assert not owner.has_usable_password()
    page = Client(HTTP_HOST="green-valley.localhost").get(link.partition(".localhost")[2], follow=True)
    assert page.status_code == 200
    assert "Choose a new password" in page.content.decode()


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "Acme", "--owner", "a@b.test"),
        ("create", "蓝港", "--owner", "a@b.test"),
        ("create", "Fine", "--owner", "not-an-address"),
        ("create", "Fine", "--owner", "a@b.test", "--time-zone", "Mars/Olympus"),
        ("suspend", "no-such"),
        ("delete", "no-such", "--yes"),
    ],
)
def test_the_command_refuses_in_words(arguments):
    with pytest.raises(CommandError):
        run(*arguments)

    assert not User.objects.filter(email="a@b.test").exists()


def test_suspend_and_resume(acme):
    client = client_of(make_member())

    run("suspend", "acme")
    suspended = client.get("/members/")
    run("resume", "acme")

    assert suspended.status_code == 403
    assert client.get("/members/").status_code == 200


def test_list_and_delete(acme):
    run("create", "Short Lived", "--owner", "a@b.test")
    before = run("list")
    gone = Workspace.objects.get(slug="short-lived")
    theirs = default_storage.save(f"{gone.pk}/ab/file", ContentFile(b"theirs"))
    ours = default_storage.save(f"{acme.pk}/ab/file", ContentFile(b"ours"))

    out = run("delete", "short-lived", "--yes")

    assert [line.split("\t")[0] for line in before.splitlines()] == ["acme", "other", "short-lived"]
    assert out.strip() == "short-lived is deleted, with 1 files."
    assert not Workspace.objects.filter(slug="short-lived").exists()
    assert not default_storage.exists(theirs)
    assert default_storage.exists(ours)
    default_storage.delete(ours)
