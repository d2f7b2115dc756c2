"""What nobody can beat by much: the same rows in one statement, plain Django templates, nothing else.

No session, sign-in, workspace, permission or CSRF check, no layout around the content; BEGIN and COMMIT where a
product needs them.
"""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.test.utils import override_settings
from django.urls import path

_engine = Engine()
_CARDS = _engine.from_string(
    """<!doctype html><title>{{ name }}</title>{% for card in cards %}
{% ifchanged card.column %}<h2>{{ card.column }}</h2>{% endifchanged %}
<article class="card" id="task-{{ card.id }}"><h3><a href="/tasks/{{ card.id }}/">{{ card.title }}</a></h3>
<p><span class="owner">{{ card.owner }}</span>
<time datetime="{{ card.due_at|date:"c" }}">{{ card.due_at|date:"Y-m-d H:i" }}</time></p>
{% for label in card.labels %}<span class="label">{{ label }}</span>{% endfor %}</article>{% endfor %}"""
)
_TASK = _engine.from_string(
    """<!doctype html><title>{{ task.title }}</title><h1>{{ task.title }}</h1>
<p>{{ task.owner }} {{ task.due_at|date:"Y-m-d H:i" }}
{{ task.project }} {{ task.column }}</p><div>{{ task.description|linebreaks }}</div>
<ul>{% for item in task.items %}<li>{{ item }}</li>{% endfor %}</ul>
{% for comment in task.comments %}<article>{{ comment|linebreaks }}</article>{% endfor %}"""
)
_WORK = _engine.from_string(
    """<!doctype html><ul>{% for task in tasks %}<li><a href="/tasks/{{ task.id }}/">{{ task.title }}</a>
{{ task.project }}
{{ task.due_at|date:"Y-m-d H:i" }}</li>{% endfor %}</ul>
<table>{% for project in projects %}<tr><td><a href="/projects/{{ project.id }}/">
{{ project.name }}</a><td>{{ project.owner }}
<td>{{ project.done }}/{{ project.all }}<td>{{ project.overdue }}{% endfor %}</table>"""
)
_FOUND = _engine.from_string(
    """<!doctype html><ul>{% for task in tasks %}<li><a href="/tasks/{{ task.id }}/">{{ task.title }}</a>
{{ task.project }} {{ task.owner }} {{ task.due_at|date:"Y-m-d H:i" }}
<p>{{ task.description }}</p></li>{% endfor %}</ul>"""
)
_GANTT = _engine.from_string(
    """<!doctype html><title>Gantt</title>{% for bar in bars %}
<div class="bar" id="task-{{ bar.id }}" data-start="{{ bar.start_on|date:"Y-m-d" }}"
data-end="{{ bar.due_at|date:"c" }}"><a href="/tasks/{{ bar.id }}/">{{ bar.title }}</a>
<span class="owner">{{ bar.owner }}</span></div>{% endfor %}
{% for link in links %}<i data-from="{{ link.blocker_id }}" data-to="{{ link.blocked_id }}"></i>{% endfor %}"""
)
_SALES = _engine.from_string(
    """<!doctype html><table>{% for day in days %}<tr><th>{{ day.day_on|date:"Y-m-d" }}<td>{{ day.gross }}
<td>{{ day.units }}<td>{{ day.orders }}<td>{{ day.discounts }}<td>{{ day.refunds }}<td>{{ day.sessions }}
<td>{{ day.returned }}<td>{{ day.pending }}<td>{{ day.ads }}<td>{{ day.seen }}
<td>{{ day.advertised }}{% endfor %}</table>"""
)
_CARDS_SQL = """
SELECT t.id, t.title, t.due_at, c.name AS "column", m.display_name AS owner,
    ARRAY(SELECT l.name FROM projects_task_labels tl JOIN projects_label l ON l.id = tl.label_id
        WHERE tl.task_id = t.id) AS labels
FROM projects_task t JOIN projects_column c ON c.id = t.column_id LEFT JOIN members_member m ON m.id = t.owner_id
WHERE t.project_id = %s AND t.deleted_at IS NULL AND t.archived_at IS NULL AND t.completed_at IS NULL
ORDER BY c.position, t.rank
"""
_BARS_SQL = """
SELECT t.id, t.title, t.start_on, t.due_at, m.display_name AS owner
FROM projects_task t LEFT JOIN members_member m ON m.id = t.owner_id
WHERE t.project_id = %s AND t.deleted_at IS NULL AND t.archived_at IS NULL ORDER BY t.start_on, t.due_at, t.id
"""
_LINKS_SQL = """
SELECT d.blocker_id, d.blocked_id FROM projects_dependency d JOIN projects_task t ON t.id = d.blocked_id
WHERE t.project_id = %s
"""
_TASK_SQL = """
SELECT t.*, m.display_name AS owner, p.name AS project, c.name AS "column",
    ARRAY(SELECT text FROM projects_checklistitem i WHERE i.task_id = t.id ORDER BY position) AS items,
    ARRAY(SELECT body FROM projects_comment k WHERE k.task_id = t.id ORDER BY created_at) AS comments
FROM projects_task t JOIN projects_project p ON p.id = t.project_id JOIN projects_column c ON c.id = t.column_id
LEFT JOIN members_member m ON m.id = t.owner_id WHERE t.id = %s
"""
_MINE_SQL = """
SELECT t.id, t.title, t.due_at, p.name AS project FROM projects_task t JOIN projects_project p ON p.id = t.project_id
WHERE t.owner_id = %s AND t.completed_at IS NULL AND t.deleted_at IS NULL AND t.archived_at IS NULL ORDER BY t.due_at
"""
_SEARCH_SQL = """
SELECT t.id, t.title, t.due_at, t.description, p.name AS project, m.display_name AS owner
FROM projects_searchentry e JOIN projects_task t ON t.id = e.ref JOIN projects_project p ON p.id = t.project_id
LEFT JOIN members_member m ON m.id = t.owner_id
WHERE e.kind = 1 AND e.vector @@ %s::tsquery AND t.deleted_at IS NULL ORDER BY e.id DESC LIMIT 25
"""
_PROJECTS_SQL = """
SELECT p.id, p.name, m.display_name AS owner, count(*) AS all, count(t.completed_at) AS done,
    count(*) FILTER (WHERE t.completed_at IS NULL AND t.due_at < now()) AS overdue
FROM projects_project p JOIN members_member m ON m.id = p.owner_id LEFT JOIN projects_task t ON t.project_id = p.id
GROUP BY p.id, m.id ORDER BY p.last_activity_at DESC
"""
_TRACE_SQL = """
INSERT INTO projects_activity (project_id, task_id, actor_id, verb, data, created_at)
VALUES (%s, %s, %s, %s, %s, now())
"""
_CREATE_SQL = """
INSERT INTO projects_task (project_id, column_id, rank, number, title, description, due_zone, priority,
    is_milestone, is_fixed, remind_hours_before, visibility, may_be_shared, sensitivity, sop_step, sop_role, sop_phase,
    checklist_count, checklist_done_count, comment_count, file_count, version, duration_days, calendar, created_by_id)
VALUES (%s, %s, %s, %s, %s, '', '', 2, false, false, '{24}', 'internal', true, 'normal', '', '', '',
    0, 0, 0, 0, 1, 1, '', %s)
RETURNING id
"""


_SALES_SQL = """
SELECT currency, day_on, account_id, sum(orders_first) AS orders, sum(units_ordered) AS units,
    sum(gross_sales) AS gross, sum(discounts) AS discounts, sum(units_refunded) AS returned,
    sum(refund_amount) AS refunds, sum(pending_units) AS pending, sum(sessions) AS sessions, sum(ad_spend) AS ads,
    sum(units_ordered) FILTER (WHERE sessions IS NOT NULL) AS seen,
    sum(gross_sales) FILTER (WHERE ad_spend IS NOT NULL) AS advertised
FROM integrations_dailysales WHERE account_id = ANY(%s) AND day_on BETWEEN current_date - 58 AND current_date - 3
GROUP BY currency, day_on, account_id
"""


def _rows(sql: str, *params: Any) -> list[dict[str, Any]]:
    with connections["floor"].cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def board(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(_CARDS.render(Context({"name": "Board", "cards": _rows(_CARDS_SQL, pk)})))


def table(request: HttpRequest, pk: int) -> HttpResponse:
    """The first hundred rows of the same."""
    return HttpResponse(_CARDS.render(Context({"name": "List", "cards": _rows(f"{_CARDS_SQL} LIMIT 100", pk)})))


def gantt(request: HttpRequest, pk: int) -> HttpResponse:
    """Bars with their dates and arrows: performance.md, case 6. Nothing is computed."""
    return HttpResponse(_GANTT.render(Context({"bars": _rows(_BARS_SQL, pk), "links": _rows(_LINKS_SQL, pk)})))


def task(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(_TASK.render(Context({"task": _rows(_TASK_SQL, pk)[0]})))


def work(request: HttpRequest, pk: int) -> HttpResponse:
    """What a person owns, and the counts of every project: performance.md, case 5."""
    return HttpResponse(_WORK.render(Context({"tasks": _rows(_MINE_SQL, pk), "projects": _rows(_PROJECTS_SQL)})))


def search(request: HttpRequest, words: str) -> HttpResponse:
    """The newest that have the word, by the product's own index: performance.md, case 7."""
    found = _rows(_SEARCH_SQL, {"zh": "'主图'", "en": "'samples':*"}[words])
    return HttpResponse(_FOUND.render(Context({"tasks": found})))


def sales(request: HttpRequest, shops: str) -> HttpResponse:
    """The numbers that the page needs of two periods of 28 days, as a table. Nothing is compared."""
    days = _rows(_SALES_SQL, [int(pk) for pk in shops.split(",")])
    return HttpResponse(_SALES.render(Context({"days": days})))


def move(request: HttpRequest, pk: int) -> HttpResponse:
    given = request.POST
    with transaction.atomic(using="floor"), connections["floor"].cursor() as cursor:
        cursor.execute(
            "UPDATE projects_task SET column_id = %s, rank = %s, version = version + 1, updated_at = now()"
            " WHERE id = %s RETURNING project_id",
            [given["column"], given["rank"], pk],
        )
        project = cursor.fetchone()[0]
        cursor.execute(_TRACE_SQL, [project, pk, given["member"], "moved", json.dumps({"before": "a", "after": "b"})])
    return HttpResponse("<p>moved</p>")


def create(request: HttpRequest, pk: int) -> HttpResponse:
    given = request.POST
    with connections["floor"].cursor() as cursor:
        cursor.execute(
            _CREATE_SQL, [pk, given["column"], given["rank"], given["number"], given["title"], given["member"]]
        )
        made = cursor.fetchone()[0]
    return HttpResponse(f"<article id='task-{made}'></article>")


urlpatterns = [
    path("board/<int:pk>/", board),
    path("list/<int:pk>/", table),
    path("gantt/<int:pk>/", gantt),
    path("task/<int:pk>/", task),
    path("work/<int:pk>/", work),
    path("search/<str:words>/", search),
    path("sales/<str:shops>/", sales),
    path("move/<int:pk>/", move),
    path("create/<int:pk>/", create),
]


def _to_floor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        request.urlconf = "linkstar.bench.floor"
        return get_response(request)

    return answer


def handler() -> WSGIHandler:
    """Django without middleware, but for the line that leads to these views."""
    with override_settings(MIDDLEWARE=["linkstar.bench.floor._to_floor"]):
        return WSGIHandler()


assert settings.configured  # noqa: S101 - a wrong entry point would measure something else
