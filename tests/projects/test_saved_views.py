"""Views that people keep: whose they are, who changes them, and what they open."""

from typing import Any

import pytest

from projects.models import Label, Project, SavedView
from tests.factories import client_of, make_member, make_project, make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(owner: Any) -> Project:
    return make_project(owner)


@pytest.fixture
def maya(_inside_acme: None) -> Any:
    return make_member(display_name="Maya", language="en")


def save(member: Any, project: Project, name: str, *, asked: str = "", **given: str) -> Any:
    given = {"name": name, "reach": "mine", **given}
    return client_of(member).post(f"/projects/{project.pk}/views/add/?{asked}", given)


def shown(member: Any, project: Project, query: str = "") -> str:
    return client_of(member).get(f"/projects/{project.pk}/list/{query}").content.decode()


def test_what_is_kept_is_what_the_page_asks_and_nothing_else(maya: Any, project: Project) -> None:
    answer = save(
        maya, project, "  Late\u202e ads ", asked="kind=list&columns=due,junk&query=overdue%3D1%26x%3Dy%26sort%3D-due"
    )
    view = SavedView.objects.get()
    assert (view.name, view.kind, view.query, view.columns) == ("Late ads", "list", "overdue=1&sort=-due", ["due"])
    assert (view.member, view.project, view.is_shared) == (maya, project, False)
    address = f"/projects/{project.pk}/list/?overdue=1&sort=-due&saved={view.pk}&columns=due"
    assert answer.headers["Location"] == address
    assert client_of(maya).get(f"/views/{view.pk}/").headers["Location"] == address


def test_own_and_shared_ones_are_offered_where_they_belong(maya: Any, owner: Any, project: Project) -> None:
    elsewhere = make_project(owner, name="Elsewhere")
    save(maya, project, "Only here")
    save(maya, project, "Everywhere", reach="all")
    save(maya, project, "For all of us", reach="shared")
    names = ["Only here", "Everywhere", "For all of us"]
    for member, place, expected in (
        (maya, project, names),
        (maya, elsewhere, ["Everywhere"]),
        (owner, project, ["For all of us"]),
        (owner, elsewhere, []),
    ):
        html = shown(member, place)
        assert [name for name in names if f"<span>{name}</span>" in html] == expected


def test_a_guest_is_shown_none(maya: Any, project: Project) -> None:
    from projects.models import ProjectAccess

    guest = make_member("guest")
    ProjectAccess.objects.create(project=project, member=guest)
    save(maya, project, "For all of us", reach="shared")
    html = shown(guest, project)
    assert "For all of us" not in html and "views-menu" not in html


def test_a_name_is_a_persons_once(maya: Any, owner: Any, project: Project) -> None:
    save(maya, project, "Late")
    answer = save(maya, project, "LATE")
    assert answer.status_code == 422
    assert 'value="LATE"' in answer.content.decode()
    assert save(owner, project, "late").status_code == 302
    assert save(maya, project, " ").status_code == 422
    assert SavedView.objects.count() == 2


def test_a_shared_view_is_changed_by_its_author_and_managers_only(maya: Any, owner: Any, project: Project) -> None:
    save(maya, project, "Ours", reach="shared")
    view = SavedView.objects.get()
    other = make_member(display_name="Other")
    for address, given in (("update", {"query": "q=b"}), ("edit", {"name": "Theirs"}), ("delete", {})):
        assert client_of(other).post(f"/views/{view.pk}/{address}/", given).status_code == 403
    # A manager gives it another name; it stays its author's, and shared.
    client_of(owner).post(f"/views/{view.pk}/edit/", {"name": "Everybody's", "reach": "mine"})
    view.refresh_from_db()
    assert (view.name, view.member, view.is_shared) == ("Everybody's", maya, True)
    client_of(maya).post(f"/views/{view.pk}/update/", {"query": "draft=1&junk=2"})
    view.refresh_from_db()
    assert view.query == "draft=1"
    answer = client_of(maya).post(f"/views/{view.pk}/delete/", {})
    assert (answer.headers["Location"], SavedView.objects.count()) == (f"/projects/{project.pk}/list/?draft=1", 0)


def test_a_view_of_something_deleted_opens_and_says_so(maya: Any, project: Project) -> None:
    label = Label.objects.create(name="Ads", tint=1)
    task = make_task(project, "Ads budget")
    make_task(project, "Photos")
    save(maya, project, "Ads", asked=f"kind=list&query=q%3DAds%26label%3D{label.pk}")
    label.delete()
    view = SavedView.objects.get()
    html = client_of(maya).get(f"/views/{view.pk}/", follow=True).content.decode()
    assert "A label this filter asks for no longer exists. The rest of it applies." in html
    assert f'id="row-{task.pk}"' in html
    assert html.count("<tr id=") == 1
    # What is left can be kept instead.
    assert f"/views/{view.pk}/update/" in html


def test_a_changed_page_offers_to_update_the_view_it_was_opened_by(maya: Any, project: Project) -> None:
    save(maya, project, "Late", asked="kind=list&query=overdue%3D1")
    view = SavedView.objects.get()
    assert f"/views/{view.pk}/update/" not in shown(maya, project, f"?overdue=1&saved={view.pk}")
    assert f"/views/{view.pk}/update/" in shown(maya, project, f"?overdue=1&sort=due&saved={view.pk}")
