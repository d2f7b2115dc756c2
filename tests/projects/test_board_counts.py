"""What a filtered board says of its columns, and a card of its labels."""

from typing import Any

import pytest

from projects.models import Label
from tests.factories import client_of, make_column, make_member, make_project, make_ready_task, make_task
from tests.pages import text

pytestmark = pytest.mark.django_db


def test_heads_of_a_filtered_board_say_how_many_of_how_many_also_after_a_move(owner: Any) -> None:
    project, reader = make_project(owner), make_member("manager", language="en")
    todo, doing = make_column(project), make_column(project, "doing")
    [first, *_others] = [make_ready_task(project, f"coupon {number}") for number in range(3)]
    make_task(project, "photos")
    client, board = client_of(reader), f"/projects/{project.pk}/board/"
    page = text(client.get(f"{board}?q=coupon"))
    assert f'id="count-{todo.pk}"><span title="Cards that fit the filter, and all of them">3 of 4</span>' in page
    assert f'id="jump-count-{todo.pk}">3 of 4</span>' in page
    assert f'id="count-{todo.pk}">4</span>' in text(client.get(board))
    for query, left in (("?q=coupon", "2 of 3"), ("", ">3</span>")):
        response = client.post(
            f"/tasks/{first.pk}/move/",
            {"column": (doing if query else todo).pk, "before": ""},
            headers={"HX-Request": "true", "HX-Current-URL": f"http://acme.localhost{board}{query}"},
        )
        assert left in text(response) if query else "of" not in text(response).split("</article>")[0].split("count-")[1]


def test_a_card_and_a_row_show_the_first_labels_and_the_number_of_the_others(owner: Any) -> None:
    project, reader = make_project(owner), make_member("manager", language="en")
    task, few = make_task(project), make_task(project)
    labels = [Label.objects.create(name=f"label {number:03}", tint=1) for number in range(200)]
    task.labels.set(labels)
    few.labels.set(labels[:6])
    for kind in ("board", "list"):
        page = text(client_of(reader).get(f"/projects/{project.pk}/{kind}/"))
        assert page.count('title="195 more labels">+195</span>') == 1
        shown = page.split("filter-panel")[0] + page.split("filterbar__end")[-1]
        assert (shown.count("label 004</span>"), shown.count("label 005</span>")) == (2, 1)
