"""Custom fields: defined once, shown by projects, filled in on tasks, and never lost or shown to the wrong people."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from projects.actions.deadlines import set_deadline
from projects.actions.fields import (
    NameTaken,
    archive_field,
    choose_fields,
    create_field,
    edit_field,
    move_field,
    restore_field,
    set_field,
)
from projects.models import Activity, CustomField, ProjectAccess, Task
from tests.factories import client_of, make_member, make_task
from tests.pages import HTMX, text

pytestmark = pytest.mark.django_db


def make_field(actor: Any, name: str = "Notes", kind: str = "text", **values: Any) -> CustomField:
    values = {"choices": [], "sensitivity": "normal", "for_guests": False, **values}
    return create_field(name=name, kind=kind, actor=actor, now=timezone.now(), **values)


def show(task: Task, *fields: CustomField, on_cards: tuple[CustomField, ...] = ()) -> None:
    pks, cards = [field.pk for field in fields], [field.pk for field in on_cards]
    choose_fields(task.project, shown=pks, on_cards=cards, actor=task.project.owner, now=timezone.now())


def save(browser: Any, task: Task, field: CustomField, **given: str) -> Any:
    return browser.post(reverse("projects:task-field", args=[task.pk, field.pk]), given, **HTMX)


def values_of(task: Task) -> Any:
    return Task.objects.values_list("field_values", flat=True).get(pk=task.pk)


class TestDefine:
    def test_choices_are_renamed_dropped_and_brought_back_under_their_key(self, maya: Any) -> None:
        field = make_field(maya, "Listing", "choice", choices=["Draft", "Live", "Draft"])
        edit_field(
            field,
            name="Listing",
            choices=[("c2", "On sale")],
            added=["Blocked"],
            sensitivity="normal",
            for_guests=False,
        )
        field.refresh_from_db()
        assert [(choice.key, choice.name, choice.is_off) for choice in field.options] == [
            ("c2", "On sale", False),
            ("c3", "Blocked", False),
            ("c1", "Draft", True),
        ]
        edit_field(
            field, name="Listing", choices=[("c2", "On sale")], added=["draft"], sensitivity="normal", for_guests=False
        )
        assert [(choice.key, choice.is_off) for choice in field.options] == [("c2", False), ("c1", False), ("c3", True)]

    def test_a_name_is_taken_until_its_field_is_archived(self, maya: Any) -> None:
        field = make_field(maya, "Budget")
        with pytest.raises(NameTaken):
            make_field(maya, "budget")
        archive_field(field, now=timezone.now())
        make_field(maya, "budget")
        field.refresh_from_db()
        with pytest.raises(NameTaken):
            restore_field(field)

    def test_fields_move_among_those_in_use(self, maya: Any) -> None:
        _first, second, third = (make_field(maya, name) for name in ("A", "B", "C"))
        archive_field(second, now=timezone.now())
        move_field(third, by=-1)
        move_field(third, by=-1)
        names = CustomField.objects.open().order_by("position").values_list("name", flat=True)
        assert list(names) == ["C", "A"]

    def test_pages_say_what_is_wrong_and_lose_nothing(self) -> None:
        manager = make_member("manager", language="en")
        browser = client_of(manager)
        answer = browser.post(reverse("projects:field-new"), {"name": "Listing", "kind": "choice", "choices": " "})
        assert answer.status_code == 422
        assert "Type at least one choice" in text(answer)
        assert 'value="Listing"' in text(answer)
        browser.post(reverse("projects:field-new"), {"name": "Listing", "kind": "choice", "choices": "Draft\nLive"})
        field = CustomField.objects.get()
        assert [choice.name for choice in field.options] == ["Draft", "Live"]
        answer = browser.post(reverse("projects:field-new"), {"name": "listing", "kind": "text"})
        assert "There is a field with this name already." in text(answer)
        answer = browser.post(
            reverse("projects:field-new"), {"name": "Margin", "kind": "number", "sensitivity": "finance"}
        )
        assert "Only who may see finances makes a field of finance." in text(answer)
        browser.post(
            reverse("projects:field-edit", args=[field.pk]), {"name": "State", "choice-c1": "New", "choice-c2": ""}
        )
        field.refresh_from_db()
        assert (field.name, field.kind, [choice.name for choice in field.open_options]) == ("State", "choice", ["New"])
        assert "State" in text(browser.get(reverse("projects:field-list")))

    def test_a_project_chooses_fields_their_order_and_two_for_its_cards(
        self, maya: Any, task: Task, browser: Any
    ) -> None:
        fields = [make_field(maya, name) for name in ("A", "B", "C")]
        address = reverse("projects:project-fields", args=[task.project_id])
        a, b, c = (field.pk for field in fields)
        answer = browser.post(address, {"shown": [a, b, c], "on_cards": [a, b, c]})
        assert (answer.status_code, "Cards have room for two fields" in text(answer)) == (422, True)
        browser.post(address, {"shown": [a, c], "on_cards": [c], f"place-{a}": "2", f"place-{c}": "1"})
        task.project.refresh_from_db()
        assert (task.project.shown_fields, task.project.card_fields) == ([c, a], [c])
        assert Activity.objects.filter(verb="fields chosen").count() == 1


SAVED = [
    ("text", {"value": "  Two\npallets "}, "Two pallets"),
    ("number", {"value": "1,234.50"}, "1234.5"),
    ("money", {"value": "99.90", "currency": "usd"}, {"amount": "99.9", "currency": "USD"}),
    ("date", {"value": "2026-12-24"}, "2026-12-24"),
    ("choice", {"value": "c2"}, "c2"),
    ("link", {"value": "amazon.com/dp/B0TEST"}, "https://amazon.com/dp/B0TEST"),
]
REFUSED = [
    ("text", {"value": "x" * 501}, "This takes up to 500 characters."),
    ("number", {"value": "1,5"}, "Type a number"),
    ("money", {"value": "1.005", "currency": "USD"}, "up to 2 after the point"),
    ("money", {"value": "5", "currency": "EURO"}, "Choose a currency."),
    ("money", {"value": "5.5", "currency": "JPY"}, "up to 0 after the point"),
    ("date", {"value": "tomorrow"}, "This is not a date."),
    ("date", {"value": "1066-10-14"}, "Dates are accepted"),
    ("choice", {"value": "c9"}, "This choice is not offered any more."),
    ("person", {"value": "99999999"}, "This person cannot be chosen here."),
    ("person", {"value": "1; DROP"}, "This person cannot be chosen here."),
    ("link", {"value": "javascript:alert(1)"}, "Type the address of a page"),
    ("link", {"value": "ftp://files.example.com/a"}, "Type the address of a page"),
    ("link", {"value": "data:text/html,hi"}, "Type the address of a page"),
]


class TestFillIn:
    @pytest.mark.parametrize(("kind", "given", "stored"), SAVED)
    def test_a_value_is_saved_and_emptied_on_its_own(
        self, maya: Any, task: Task, browser: Any, kind: str, given: dict[str, str], stored: Any
    ) -> None:
        field, other = make_field(maya, "It", kind, choices=["One", "Two"]), make_field(maya, "Other")
        show(task, field, other)
        set_field(task, other, "stays", actor=maya, now=timezone.now())
        answer = save(browser, task, field, **given)
        assert (answer.status_code, values_of(task)) == (200, {str(field.pk): stored, str(other.pk): "stays"})
        assert "Saved" in text(answer)
        assert "set “It” to" in text(answer)
        assert "task:changed" in answer["HX-Trigger"]
        save(browser, task, field, value="", currency="USD")
        assert values_of(task) == {str(other.pk): "stays"}

    @pytest.mark.parametrize(("kind", "given", "words"), REFUSED)
    def test_what_is_wrong_is_said_beside_it_and_kept(
        self, maya: Any, task: Task, browser: Any, kind: str, given: dict[str, str], words: str
    ) -> None:
        field = make_field(maya, "It", kind, choices=["One", "Two"])
        show(task, field)
        answer = save(browser, task, field, **given)
        assert (answer.status_code, values_of(task)) == (422, {})
        assert words in text(answer)
        if kind in ("text", "number", "money", "date", "link"):
            assert f'value="{given["value"]}"' in text(answer)
        whole = browser.post(reverse("projects:task-field", args=[task.pk, field.pk]), given)
        assert (whole.status_code, words in text(whole)) == (422, True)

    def test_a_person_is_named_in_the_sheet_and_in_the_trace(self, maya: Any, task: Task, browser: Any) -> None:
        agent = make_member(display_name="Agent Wu")
        field = make_field(maya, "Forwarder", "person")
        show(task, field)
        answer = save(browser, task, field, value=str(agent.pk))
        assert "set “Forwarder” to Agent Wu." in text(answer)
        type(agent).objects.filter(pk=agent.pk).update(is_active=False)
        assert "Agent Wu</option>" in text(browser.get(task.get_absolute_url()))

    def test_two_people_filling_in_two_fields_keep_both(self, maya: Any, task: Task) -> None:
        first, second = make_field(maya, "A"), make_field(maya, "B")
        stale = Task.objects.select_related("project").get(pk=task.pk)
        set_field(task, first, "1", actor=maya, now=timezone.now())
        set_field(stale, second, "2", actor=maya, now=timezone.now())
        assert values_of(task) == {str(first.pk): "1", str(second.pk): "2"}

    def test_archiving_hides_values_and_restoring_shows_them(self, maya: Any, task: Task, browser: Any) -> None:
        field = make_field(maya, "Batch")
        show(task, field)
        set_field(task, field, "Lot 17", actor=maya, now=timezone.now())
        archive_field(field, now=timezone.now())
        assert save(browser, task, field, value="x").status_code == 404
        assert f"prop-f{field.pk}" not in text(browser.get(task.get_absolute_url()))
        restore_field(field)
        assert "Lot 17" in text(browser.get(task.get_absolute_url()))


class TestWhoSees:
    def test_finance_fields_and_their_trace_are_for_those_with_finance_class(self, maya: Any, task: Task) -> None:
        boss = make_member("admin", language="en")
        field = make_field(boss, "Target margin", "number", sensitivity="finance")
        show(task, field, on_cards=(field,))
        set_field(task, field, "31.75", actor=boss, now=timezone.now())
        addresses = [
            task.get_absolute_url(),
            task.project.board.get_absolute_url(),
            reverse("projects:activity", args=[task.project_id]),
            reverse("projects:project-fields", args=[task.project_id]),
        ]
        for address in addresses[:3]:
            assert "31.75" in text(client_of(boss).get(address))
        for address in addresses:
            page = text(client_of(maya).get(address))
            assert "31.75" not in page
            assert "Target margin" not in page
        assert save(client_of(maya), task, field, value="1").status_code == 404

    def test_a_field_that_becomes_one_of_finance_takes_its_trace_with_it(self, maya: Any, task: Task) -> None:
        field = make_field(maya, "Cost")
        show(task, field)
        set_field(task, field, "4.20 a piece", actor=maya, now=timezone.now())
        assert "4.20 a piece" in text(client_of(maya).get(task.get_absolute_url()))
        edit_field(field, name="Cost", choices=[], added=[], sensitivity="finance", for_guests=False)
        for address in (task.get_absolute_url(), reverse("projects:activity", args=[task.project_id])):
            assert "4.20 a piece" not in text(client_of(maya).get(address))

    def test_saving_choices_keeps_the_fields_that_one_may_not_see(self, maya: Any, task: Task, browser: Any) -> None:
        boss = make_member("admin")
        margin, plain = make_field(boss, "Margin", sensitivity="finance"), make_field(boss, "Plain")
        show(task, margin, on_cards=(margin,))
        browser.post(reverse("projects:project-fields", args=[task.project_id]), {"shown": [plain.pk, margin.pk]})
        task.project.refresh_from_db()
        assert (task.project.shown_fields, task.project.card_fields) == ([plain.pk, margin.pk], [margin.pk])

    def test_guests_read_only_what_is_marked_for_them(self, maya: Any, task: Task) -> None:
        shared, internal = make_field(maya, "Size", for_guests=True), make_field(maya, "Rival")
        show(task, shared, internal, on_cards=(shared, internal))
        for field, value in ((shared, "40 × 40"), (internal, "Acme Inc.")):
            set_field(task, field, value, actor=maya, now=timezone.now())
        Task.objects.filter(pk=task.pk).update(visibility="shared")
        guest = make_member("guest", language="en")
        ProjectAccess.objects.create(project=task.project, member=guest)
        for address in (task.get_absolute_url(), task.project.board.get_absolute_url()):
            page = text(client_of(guest).get(address))
            assert "40 × 40" in page
            assert "Acme Inc." not in page
            assert "Rival" not in page
        assert save(client_of(guest), task, shared, value="x").status_code == 403


class TestCost:
    def count(self, browser: Any, address: str) -> int:
        browser.get(address, **HTMX)
        with CaptureQueriesContext(connection) as queries:
            browser.get(address, **HTMX)
        return len(queries)

    def test_fields_cost_nothing_where_there_are_none_and_one_statement_where_there_are(
        self, maya: Any, task: Task, browser: Any
    ) -> None:
        board = task.project.board.get_absolute_url()
        fields = [make_field(maya, name) for name in ("A", "B", "C")]
        bare = [self.count(browser, address) for address in (board, task.get_absolute_url())]
        found = []
        for shown in (fields[:1], fields):
            show(task, *shown, on_cards=tuple(shown[:2]))
            for field in shown:
                set_field(task, field, "x", actor=maya, now=timezone.now())
            found.append([self.count(browser, address) for address in (board, task.get_absolute_url())])
        # The board asks once for its filter and once for its cards.
        assert found == [[bare[0] + 2, bare[1] + 1]] * 2

    def test_the_list_of_fields_is_one_statement(self, maya: Any) -> None:
        browser = client_of(make_member("manager"))
        counts = []
        for rows in (1, 3):
            while CustomField.objects.count() < rows:
                make_field(maya, f"Field {CustomField.objects.count()}")
            counts.append(self.count(browser, reverse("projects:field-list")))
        assert counts[0] == counts[1]


class TestList:
    def titles(self, browser: Any, task: Task, query: str) -> set[str]:
        page = text(browser.get(f"{reverse('projects:list', args=[task.project_id])}?{query}"))
        return {title for title in ("One", "Two", "Three", "Bare") if f">{title}</a>" in page}

    @pytest.mark.parametrize(
        ("kind", "values", "asked", "found"),
        [
            ("text", ("red box", "Blue box", "tray"), "BOX", {"One", "Two"}),
            ("number", ("-5", "2.5", "100"), "2..99", {"Two"}),
            ("number", ("-5", "2.5", "100"), "..2.5", {"One", "Two"}),
            ("number", ("-5", "2.5", "100"), "100.0", {"Three"}),
            ("number", ("-5", "2.5", "100"), "many", set()),
            ("date", ("2026-11-01", "2026-12-24", "2027-01-02"), "2026-12-01..2026-12-31", {"Two"}),
            ("date", ("2026-11-01", "2026-12-24", "2027-01-02"), "2026-13-01", set()),
            ("choice", ("c1", "c2", "c1"), "c1", {"One", "Three"}),
            ("choice", ("c1", "c2", "c1"), "none", {"Bare"}),
            ("link", ("https://a.test/x", "https://b.test", "https://a.test/y"), "a.test", {"One", "Three"}),
            (
                "money",
                (
                    {"amount": "10", "currency": "USD"},
                    {"amount": "10", "currency": "CNY"},
                    {"amount": "99.5", "currency": "USD"},
                ),
                "5..50 usd",
                {"One"},
            ),
        ],
    )
    def test_a_filter_by_a_field(
        self, maya: Any, task: Task, browser: Any, kind: str, values: Any, asked: str, found: set[str]
    ) -> None:
        field = make_field(maya, "It", kind, choices=["First", "Second"])
        show(task, field)
        make_task(task.project, "Bare")
        for title, value in zip(("One", "Two", "Three"), values, strict=True):
            made = make_task(task.project, title)
            set_field(made, field, value, actor=maya, now=timezone.now())
        assert self.titles(browser, task, f"f{field.pk}={asked}") == found

    def test_further_cards_and_the_calendar_ask_for_it_too(self, maya: Any, task: Task, browser: Any) -> None:
        field, other = make_field(maya), make_task(task.project, "Other one")
        show(task, field)
        deadline = Deadline(timezone.localdate(), None, task.project.time_zone)
        for each, value in ((task, "lot 17"), (other, "lot 18")):
            set_field(each, field, value, actor=maya, now=timezone.now())
            set_deadline(each, deadline, actor=maya, now=timezone.now())
        cards = reverse("projects:column-cards", args=[task.column_id])
        live = f"{reverse('projects:board-cards', args=[task.project_id])}?ids={task.pk},{other.pk},{'9' * 5000}&"
        for address in (f"{cards}?", f"{reverse('projects:calendar', args=[task.project_id])}?", live):
            page = text(browser.get(f"{address}f{field.pk}=18", **HTMX))
            assert "Other one" in page and task.title not in page

    def test_a_filter_by_an_archived_field_says_so_and_the_rest_applies(
        self, maya: Any, task: Task, browser: Any
    ) -> None:
        field = make_field(maya, "It")
        show(task, field)
        make_task(task.project, "One", owner=maya)
        make_task(task.project, "Two")
        archive_field(field, now=timezone.now())
        page = f"{reverse('projects:list', args=[task.project_id])}?f{field.pk}=x&owner=me"
        assert "A field this filter asks for no longer exists. The rest of it applies." in text(browser.get(page))
        assert self.titles(browser, task, f"f{field.pk}=x&owner=me") == {"One"}

    def test_columns_of_fields_stand_in_the_list_and_in_its_file(self, maya: Any, task: Task, browser: Any) -> None:
        state = make_field(maya, "State of the listing", "choice", choices=["=Draft"])
        margin = make_field(maya, "Margin", "number", sensitivity="finance")
        show(task, state, margin)
        set_field(task, state, "c1", actor=maya, now=timezone.now())
        set_field(task, margin, "31.75", actor=maya, now=timezone.now())
        query = f"columns=title,f{state.pk},f{margin.pk}"
        page = text(browser.get(f"{reverse('projects:list', args=[task.project_id])}?{query}"))
        assert '<span class="label" data-tint="1">=Draft</span>' in page
        assert "31.75" not in page
        file = browser.get(f"{reverse('projects:list-csv', args=[task.project_id])}?{query}")
        lines = b"".join(file.streaming_content).decode()
        assert "State of the listing" in lines
        assert "'=Draft" in lines
        assert "31.75" not in lines
