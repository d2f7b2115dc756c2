"""Google Drive: connecting an account, what is linked, what is asked of Google, and what leaks nowhere."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from integrations import google as client_of_google
from integrations.access import drive_grant_of
from linkstar.lib.drive import DriveFile
from linkstar.members.actions.members import deactivate_member
from linkstar.members.models import Member
from linkstar.workspaces.models import DriveGrant, Membership
from projects.actions.files import link_drive_file
from projects.models import Project, ProjectAccess, StoredFile, Task
from tests.factories import client_of, make_member, make_project, make_task
from tests.integrations.stubs.base import serve
from tests.integrations.stubs.google import API_KEY, PROJECT_NUMBER, GoogleStub

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ID = "1A2b3C4d5E6f7G8h9I0j"
SHEET = {
    "id": ID,
    "name": "Costs Q4",
    "mimeType": "application/vnd.google-apps.spreadsheet",
    "url": f"https://docs.google.com/spreadsheets/d/{ID}/edit?usp=drive_web",
    "iconUrl": "https://drive-thirdparty.googleusercontent.com/16/type/sheet",
}
LABEL = {"id": "0BxLabelLabelLabel12", "name": "Label.pdf", "mimeType": "application/pdf", "resourceKey": "0-AbCdEf"}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def google(settings: Any) -> Iterator[GoogleStub]:
    with serve(GoogleStub()) as stub:
        stub.point(settings)
        yield stub


@pytest.fixture
def project(owner: Member) -> Project:
    return make_project(owner, name="Q4 launch")


@pytest.fixture
def task(project: Project) -> Task:
    return make_task(project, title="Order samples")


@pytest.fixture
def maya(project: Project) -> Member:
    return make_member("admin", display_name="Maya", language="en")


def go(client: Client, to: str = "/profile/") -> str:
    """Off to Google: the address there."""
    answer = client.post("/drive/connect/", {"next": to})
    assert answer.status_code == 200, answer.text
    return answer.headers["Refresh"].partition("url=")[2]


def back(client: Client, told: dict[str, str], *, follow: bool = True) -> Any:
    """By way of the public site, as Google sends them."""
    workspace = connection.tenant
    public = Client(HTTP_HOST="localhost").get(f"/drive/connected/?{urlencode(told)}")
    connection.set_tenant(workspace)
    if public.status_code != 302:
        return public
    there = urlsplit(public.headers["Location"])
    assert there.hostname == "acme.localhost"
    return client.get(f"{there.path}?{there.query}", follow=follow)


def connect(google: GoogleStub, member: Member) -> Client:
    client = client_of(member)
    back(client, google.agree(go(client)))
    return client


def linked(
    project: Project, actor: Member, *, task: Task | None = None, chosen: bool = False, **values: Any
) -> StoredFile:
    target = DriveFile(ID, "spreadsheets", mime_type=SHEET["mimeType"] if chosen else "")
    options = {"name": "Costs", "is_shared": False, "now": NOW} | values
    return link_drive_file(project, target, task=task, actor=actor, **options)


def ask(client: Client, file: StoredFile) -> str:
    answer = client.post(f"/files/{file.pk}/drive/check/", headers=HTMX)
    assert answer.status_code == 200
    return str(answer.text)


class TestThereAndBack:
    def test_somebody_connects_their_account(self, google: GoogleStub, maya: Member, task: Task) -> None:
        client = client_of(maya)
        there = go(client, f"/tasks/{task.pk}/drive/")
        told = google.agree(there)
        assert google.codes[told["code"]]["redirect_uri"] == "http://localhost/drive/connected/"
        page = back(client, told)
        assert page.redirect_chain[-1][0] == f"/tasks/{task.pk}/drive/"
        grant = drive_grant_of(maya)
        assert grant and grant.account == "maya@gmail.test"
        assert set(grant.credentials) == {"access_token", "access_until", "refresh_token"}

    def test_it_lies_encrypted_and_shows_nowhere(
        self, google: GoogleStub, maya: Member, task: Task, caplog: Any, capsys: Any
    ) -> None:
        client = connect(google, maya)
        file = linked(task.project, maya, task=task)
        ask(client, file)
        google.faults.always("files", "error")
        ask(client, file)
        with connection.cursor() as cursor:
            cursor.execute("SELECT credentials FROM workspaces_drivegrant")
            kept = cursor.fetchone()[0]
        pages = [client.get(path).text for path in ("/drive/", "/profile/", f"/tasks/{task.pk}/drive/")]
        heard = "".join(capsys.readouterr()) + caplog.text
        assert "never-in-a-log" not in kept + "".join(pages) + heard
        assert "channel call" in heard
        assert str(DriveGrant.objects.get().credentials) == "<secret>"

    def test_a_state_is_good_once(self, google: GoogleStub, maya: Member) -> None:
        client = client_of(maya)
        told = google.agree(go(client))
        back(client, told)
        assert back(client, told).status_code == 410

    @pytest.mark.parametrize("state", ["", "made-up"])
    def test_a_made_up_state_comes_nowhere(self, google: GoogleStub, maya: Member, state: str) -> None:
        client = client_of(maya)
        assert back(client, {"state": state, "code": "x"}).status_code == 410
        assert client.get(f"/drive/finish/?state={state}&code=x").status_code == 410

    def test_an_old_state_is_over(self, google: GoogleStub, maya: Member, monkeypatch: Any) -> None:
        monkeypatch.setattr("integrations.states._SECONDS", 0)
        client = client_of(maya)
        assert back(client, google.agree(go(client))).status_code == 410
        assert not DriveGrant.objects.exists()

    def test_somebody_elses_state_or_session_is_no_use(self, google: GoogleStub, maya: Member) -> None:
        mallory = client_of(make_member("member"))
        assert back(client_of(maya), google.agree(go(mallory))).status_code == 410
        assert back(client_of(maya), google.agree(go(client_of(maya)))).status_code == 410
        assert not DriveGrant.objects.exists()

    def test_a_state_of_a_shop_is_none_of_google(self, google: GoogleStub, maya: Member) -> None:
        client = client_of(maya)
        state = google.agree(go(client))["state"]
        assert client.get(f"/shops/connect/amazon/finish/?state={state}").status_code == 410

    def test_a_code_without_its_verifier_is_refused(self, google: GoogleStub, maya: Member) -> None:
        client = client_of(maya)
        mine, other = google.agree(go(client)), google.agree(go(client))
        page = back(client, {**mine, "code": other["code"]})
        assert "Google refused what you came back with." in page.text
        assert not DriveGrant.objects.exists()

    def test_who_declines_changes_nothing(self, google: GoogleStub, maya: Member) -> None:
        client = client_of(maya)
        state = google.agree(go(client))["state"]
        page = back(client, {"state": state, "error": "access_denied"})
        assert "You did not agree at Google." in page.text
        assert not DriveGrant.objects.exists()

    def test_without_the_box_for_files_nothing_is_kept(self, google: GoogleStub, maya: Member) -> None:
        google.scope = "openid"
        client = client_of(maya)
        assert "the box for files was not ticked" in back(client, google.agree(go(client))).text
        assert not DriveGrant.objects.exists()

    @pytest.mark.parametrize("fault", ["error", "html", "page", "reset"])
    def test_a_fault_at_google_reads_as_words(self, google: GoogleStub, maya: Member, fault: str) -> None:
        client = client_of(maya)
        told = google.agree(go(client))
        google.faults.always("token", fault)
        assert "Google" in back(client, told).text
        assert not DriveGrant.objects.exists()

    def test_not_to_know_the_account_hinders_nothing(self, google: GoogleStub, maya: Member) -> None:
        google.faults.always("about", "error")
        connect(google, maya)
        assert DriveGrant.objects.get().account == ""

    def test_it_leads_to_no_other_host(self, google: GoogleStub, maya: Member) -> None:
        client = client_of(maya)
        page = back(client, google.agree(go(client, "https://evil.test/")), follow=False)
        assert page.headers["Location"] == "/"

    def test_again_takes_the_place_of_the_first(self, google: GoogleStub, maya: Member) -> None:
        client = connect(google, maya)
        google.account = "other@gmail.test"
        back(client, google.agree(go(client)))
        assert [grant.account for grant in DriveGrant.objects.all()] == ["other@gmail.test"]


class TestDisconnecting:
    def test_it_is_forgotten_here_and_there(self, google: GoogleStub, maya: Member) -> None:
        page = connect(google, maya).post("/drive/disconnect/", follow=True)
        assert "is disconnected" in page.text
        assert not DriveGrant.objects.exists() and len(google.revoked) == 1

    def test_here_in_any_case(self, google: GoogleStub, maya: Member) -> None:
        client = connect(google, maya)
        google.faults.always("revoke", "error")
        assert "myaccount.google.com" in client.post("/drive/disconnect/", follow=True).text
        assert not DriveGrant.objects.exists()

    def test_an_account_used_in_another_workspace_stays_good_there(
        self, google: GoogleStub, maya: Member, other: Any
    ) -> None:
        client = connect(google, maya)
        here = DriveGrant.objects.get()
        there = Membership.objects.create(user_id=maya.user_id, workspace=other, role="member")
        DriveGrant.objects.create(membership=there, account=here.account, credentials=here.credentials)
        client.post("/drive/disconnect/")
        assert [grant.membership for grant in DriveGrant.objects.all()] == [there]
        assert google.revoked == []

    def test_what_google_took_back_already_is_fine(self, google: GoogleStub, maya: Member) -> None:
        client = connect(google, maya)
        google.refresh_tokens.clear()
        assert "is disconnected" in client.post("/drive/disconnect/", follow=True).text

    def test_it_ends_with_the_membership(self, google: GoogleStub, owner: Member, maya: Member) -> None:
        connect(google, maya)
        deactivate_member(maya, heir=None, actor=owner, now=NOW)
        assert not DriveGrant.objects.exists()

    def test_keys_are_turned_with_those_of_stores(self, google: GoogleStub, maya: Member, settings: Any) -> None:
        connect(google, maya)
        old = settings.FIELD_ENCRYPTION_KEYS
        new = "bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldyE="
        settings.FIELD_ENCRYPTION_KEYS = [new, *old]
        workspace = connection.tenant
        call_command("rotate_secrets")
        connection.set_tenant(workspace)
        settings.FIELD_ENCRYPTION_KEYS = [new]
        assert DriveGrant.objects.get().credentials["refresh_token"]


class TestChoosing:
    def test_without_an_account_it_says_what_is_asked(self, google: GoogleStub, maya: Member, task: Task) -> None:
        page = client_of(maya).get(f"/tasks/{task.pk}/drive/")
        assert "drive.file" in page.text and "Go on to Google" in page.text
        assert "apis.google.com" not in page.headers["Content-Security-Policy"]
        assert google.url not in page.headers["Content-Security-Policy"]

    def test_only_the_page_with_the_window_lets_google_in(
        self, google: GoogleStub, maya: Member, task: Task, settings: Any
    ) -> None:
        client = connect(google, maya)
        settings.GOOGLE_PICKER_URL = "https://apis.google.com/js/api.js"
        page = client.get(f"/tasks/{task.pk}/drive/")
        policy = page.headers["Content-Security-Policy"]
        assert "script-src 'self' https://apis.google.com;" in policy
        assert "frame-src https://docs.google.com" in policy and "frame-ancestors 'none'" in policy
        assert page.headers["Referrer-Policy"] == "strict-origin"
        assert f'data-key="{API_KEY}"' in page.text and f'data-app="{PROJECT_NUMBER}"' in page.text
        assert "google.com" not in client.get(f"/tasks/{task.pk}/files/").headers["Content-Security-Policy"]

    def test_its_token_is_given_to_its_owner_alone(self, google: GoogleStub, maya: Member) -> None:
        client = connect(google, maya)
        answer = client.post("/drive/token/")
        assert answer.json()["token"] in google.access_tokens
        assert "no-store" in answer.headers["Cache-Control"]
        other = client_of(make_member("owner", language="en")).post("/drive/token/")
        assert (other.status_code, other.json()) == (409, {"error": "Connect your Google account first."})

    def test_a_permission_that_ended_is_said_and_forgotten(self, google: GoogleStub, maya: Member) -> None:
        google.lives = 0
        client = connect(google, maya)
        google.refresh_tokens.clear()
        answer = client.post("/drive/token/")
        assert answer.status_code == 409 and "no longer accepts" in answer.json()["error"]
        assert not DriveGrant.objects.exists()

    def test_what_was_chosen_is_linked_and_nothing_of_it_fetched(
        self, google: GoogleStub, maya: Member, task: Task
    ) -> None:
        client = connect(google, maya)
        before = len(google.calls)
        page = client.post(f"/tasks/{task.pk}/drive/", {"chosen": json.dumps([SHEET, LABEL])}, follow=True)
        assert "2 files are linked." in page.text
        sheet, label = StoredFile.objects.order_by("pk")
        assert (sheet.name, sheet.task, sheet.is_shared, sheet.created_by) == ("Costs Q4", task, False, maya)
        assert sheet.drive == {
            "file_id": ID,
            "kind": "spreadsheets",
            "resource_key": "",
            "mime_type": SHEET["mimeType"],
            "icon": SHEET["iconUrl"],
            "web_view": SHEET["url"],
        }
        assert label.in_drive and label.in_drive.address == (
            f"https://drive.google.com/open?id={LABEL['id']}&resourcekey=0-AbCdEf"
        )
        assert len(google.calls) == before

    def test_twice_is_once(self, google: GoogleStub, maya: Member, project: Project) -> None:
        client, told = connect(google, maya), {"chosen": json.dumps([SHEET, SHEET])}
        client.post(f"/projects/{project.pk}/drive/", told)
        page = client.post(f"/projects/{project.pk}/drive/", told, follow=True)
        assert "linked here already" in page.text
        assert StoredFile.objects.count() == 1

    @pytest.mark.parametrize(
        "told",
        ["", "no json", "{}", "[]", "[1]", json.dumps([SHEET | {"id": "../../x"}]), json.dumps([SHEET] * 21)],
    )
    def test_what_cannot_be_read_links_nothing(self, google: GoogleStub, maya: Member, task: Task, told: str) -> None:
        client = connect(google, maya)
        assert client.post(f"/tasks/{task.pk}/drive/", {"chosen": told}).status_code == 422
        assert not StoredFile.objects.exists()

    def test_guests_choose_for_their_tasks_and_what_they_link_is_shown(
        self, google: GoogleStub, project: Project
    ) -> None:
        guest = make_member("guest", language="en")
        ProjectAccess.objects.create(project=project, member=guest)
        mine, hidden = make_task(project, "Theirs", owner=guest), make_task(make_project(project.owner), "Hidden")
        client = connect(google, guest)
        client.post(f"/tasks/{mine.pk}/drive/", {"chosen": json.dumps([SHEET])})
        assert StoredFile.objects.get().is_shared
        assert client.get(f"/tasks/{hidden.pk}/drive/").status_code == 404

    def test_a_guest_does_not_learn_of_links_they_do_not_see(self, google: GoogleStub, project: Project) -> None:
        guest = make_member("guest", language="en")
        ProjectAccess.objects.create(project=project, member=guest)
        task = make_task(project, "Theirs", owner=guest)
        linked(project, project.owner, task=task)
        client = connect(google, guest)
        page = client.post(f"/tasks/{task.pk}/drive/", {"chosen": json.dumps([SHEET])}, follow=True)
        assert "1 file is linked." in page.text


class TestAsking:
    def test_who_may_open_it_is_told_so(self, google: GoogleStub, maya: Member, project: Project) -> None:
        google.shows[ID] = {"name": "Costs", "edit": True}
        said = ask(connect(google, maya), linked(project, project.owner))
        assert "Google lets you open this file." in said and "As maya@gmail.test you may change it." in said

    def test_what_google_does_not_show_may_be_chosen_first(
        self, google: GoogleStub, maya: Member, project: Project
    ) -> None:
        file = linked(project, project.owner)
        said = ask(connect(google, maya), file)
        assert "does not show this file to LinkStar" in said
        assert f"ask {project.owner.display_name}." in said and f'href="/files/{file.pk}/drive/"' in said

    @pytest.mark.parametrize("refusal", [(404, "notFound"), (403, "insufficientFilePermissions")])
    def test_what_one_chose_oneself_and_cannot_open_is_gone_or_closed(
        self, google: GoogleStub, maya: Member, project: Project, refusal: tuple[int, str]
    ) -> None:
        google.refuses[ID] = refusal
        said = ask(connect(google, maya), linked(project, maya, chosen=True))
        assert "Google does not let you open this file" in said and "Ask the owner of the file" in said

    def test_chosen_in_the_window_it_is_asked_again_and_then_it_is_sure(
        self, google: GoogleStub, maya: Member, project: Project
    ) -> None:
        file, client = linked(project, project.owner), connect(google, maya)
        assert f'data-only="{ID}"' in client.get(f"/files/{file.pk}/drive/").text
        told = {"chosen": json.dumps([SHEET])}
        page = client.post(f"/files/{file.pk}/drive/", told, follow=True)
        assert f"Ask {project.owner.display_name} to share it with maya@gmail.test." in page.text
        google.shows[ID] = {"name": "Costs"}
        page = client.post(f"/files/{file.pk}/drive/", told, follow=True)
        assert "As maya@gmail.test you may read it." in page.text
        assert StoredFile.objects.count() == 1

    def test_another_file_than_the_linked_one_is_refused(
        self, google: GoogleStub, maya: Member, project: Project
    ) -> None:
        file, client = linked(project, project.owner), connect(google, maya)
        page = client.post(f"/files/{file.pk}/drive/", {"chosen": json.dumps([LABEL])})
        assert page.status_code == 422 and "You chose another file than this one." in page.text

    def test_a_token_that_ran_out_is_renewed_once(self, google: GoogleStub, maya: Member, project: Project) -> None:
        google.shows[ID] = {"name": "Costs"}
        client = connect(google, maya)
        google.access_tokens.clear()
        assert "Google lets you open this file." in ask(client, linked(project, maya))
        assert DriveGrant.objects.get().credentials["access_token"] in google.access_tokens

    def test_a_permission_taken_back_is_said_and_forgotten(
        self, google: GoogleStub, maya: Member, project: Project
    ) -> None:
        client = connect(google, maya)
        google.access_tokens.clear()
        google.refresh_tokens.clear()
        assert "no longer accepts your permission" in ask(client, linked(project, maya))
        assert not DriveGrant.objects.exists()

    @pytest.mark.parametrize(
        ("fault", "words"),
        [
            ("error", "cannot be reached"),
            ("html", "cannot be reached"),
            ("reset", "cannot be reached"),
            ("page", "could not be read"),
            ("empty", "could not be read"),
            ("throttled", "asks us to slow down"),
        ],
    )
    def test_faults_read_as_words_and_forget_nothing(
        self, google: GoogleStub, maya: Member, project: Project, fault: str, words: str
    ) -> None:
        client = connect(google, maya)
        google.faults.always("files", fault)
        assert words in ask(client, linked(project, maya))
        assert DriveGrant.objects.exists()

    def test_google_is_waited_for_only_so_long(
        self, google: GoogleStub, maya: Member, project: Project, monkeypatch: Any
    ) -> None:
        client = connect(google, maya)
        monkeypatch.setattr(client_of_google, "_TIMEOUT", 0.1)
        google.faults.always("files", "slow")
        assert "Google took too long to answer." in ask(client, linked(project, maya))

    @pytest.mark.parametrize(
        ("reason", "words"), [("accessNotConfigured", "does not know LinkStar"), ("insufficientPermissions", "ticked")]
    )
    def test_other_refusals_are_told_apart(
        self, google: GoogleStub, maya: Member, project: Project, reason: str, words: str
    ) -> None:
        google.refuses[ID] = (403, reason)
        assert words in ask(connect(google, maya), linked(project, maya))

    def test_old_shared_files_are_asked_for_with_their_key(
        self, google: GoogleStub, maya: Member, project: Project
    ) -> None:
        google.shows[ID] = {"name": "Costs"}
        target = DriveFile(ID, "file", "0-AbC")
        file = link_drive_file(project, target, task=None, name="Old", is_shared=False, actor=maya, now=NOW)
        ask(connect(google, maya), file)
        assert google.calls[-1].headers["x-goog-drive-resource-keys"] == f"{ID}/0-AbC"

    def test_who_has_not_connected_sees_the_link_and_who_decides(
        self, google: GoogleStub, maya: Member, project: Project
    ) -> None:
        file, client = linked(project, maya), client_of(maya)
        assert "Google decides who may open it" in client.get(f"/files/{file.pk}/").text
        part = client.get(f"/files/{file.pk}/drive/check/", headers=HTMX)
        assert "button" not in part.text
        assert "button" not in ask(client, file) and not google.calls


class TestWithoutKeys:
    def test_nothing_of_it_is_there_and_links_are_pasted(self, maya: Member, task: Task) -> None:
        client, file = client_of(maya), linked(task.project, maya, task=task)
        page = client.get(f"/tasks/{task.pk}/files/", headers=HTMX).text
        assert "Link a file from Google Drive" in page and "Choose from Google Drive" not in page
        assert "drive-check" not in client.get(f"/files/{file.pk}/").text
        assert "/drive/" not in client.get("/profile/").text
        for path in (
            "/drive/",
            f"/tasks/{task.pk}/drive/",
            f"/files/{file.pk}/drive/",
            f"/projects/{task.project_id}/drive/",
        ):
            assert client.get(path).status_code == 404
        assert client.post("/drive/connect/").status_code == 404

    def test_with_them_the_button_is(self, google: GoogleStub, maya: Member, task: Task) -> None:
        client = client_of(maya)
        assert f'href="/tasks/{task.pk}/drive/"' in client.get(f"/tasks/{task.pk}/files/", headers=HTMX).text
        assert f'href="/projects/{task.project_id}/drive/"' in client.get(f"/projects/{task.project_id}/files/").text
