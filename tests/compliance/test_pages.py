"""The pages of passports: lists, one passport, forms, and what a task says of them."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linkstar.compliance.actions.products import NewProduct, add_products, last_described
from linkstar.compliance.models import Paper, Passport, Product
from linkstar.workspaces.models import Workspace
from tests.compliance.conftest import fill, in_days, make_passport, record
from tests.factories import client_of, make_member
from tests.races import RACE, at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def maya(owner: Any) -> Any:
    return make_member(display_name="Maya", language="en")


def post(who: Any, path: str, data: Any = None, **headers: str) -> Any:
    return client_of(who).post(path, data or {}, headers=headers)


class TestList:
    def test_what_is_worst_comes_first(self, owner: Any, maya: Any) -> None:
        fill(make_passport(owner, "A-VALID"), owner=owner)
        lapsed = make_passport(owner, "B-LAPSED")
        fill(lapsed, owner=owner, but=("fcc_sdoc",))
        record(lapsed, "fcc_sdoc", owner=owner, expires_on=in_days(-1))
        make_passport(owner, "C-MISSING")
        page = client_of(maya).get("/passports/").text
        assert [page.index(sku) for sku in ("B-LAPSED", "C-MISSING", "A-VALID")] == sorted(
            page.index(sku) for sku in ("B-LAPSED", "C-MISSING", "A-VALID")
        )
        only = client_of(maya).get("/passports/?state=valid").text
        assert "A-VALID" in only and "B-LAPSED" not in only

    def test_words_and_category_narrow_it(self, owner: Any, maya: Any) -> None:
        make_passport(owner, "A-1", name="Quiet fountain")
        add_products([NewProduct("B-1", "Dress", "apparel")], market="us", actor=owner, now=timezone.now())
        client = client_of(maya)
        assert "B-1" not in client.get("/passports/?q=fountain").text
        assert "A-1" not in client.get("/passports/?category=apparel").text
        nothing = client.get("/passports/?q=nowhere").text
        assert "No passport fits" in nothing

    def test_statements_do_not_grow(self, owner: Any, maya: Any) -> None:
        client, counts = client_of(maya), []
        client.get("/passports/")
        for number in range(3):
            fill(make_passport(owner, f"S-{number}"), owner=owner)
            with CaptureQueriesContext(connection) as captured:
                client.get("/passports/")
            counts.append(len(captured))
        assert counts[0] == counts[2]

    def test_it_turns_pages(self, owner: Any, maya: Any) -> None:
        entries = [NewProduct(f"S-{number:03}") for number in range(60)]
        add_products(entries, market="us", actor=owner, now=timezone.now())
        first, second = client_of(maya).get("/passports/").text, client_of(maya).get("/passports/?page=2").text
        assert "S-049" in first and "S-050" not in first and "S-059" in second

    def test_the_table_for_a_spreadsheet(self, owner: Any, maya: Any) -> None:
        make_passport(owner, "=1+1", name="Danger")
        answer = client_of(maya).get("/passports/table.csv")
        head, row = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
        assert (head[0], row[0], row[2], row[7], row[8]) == ("SKU", "'=1+1", "Danger", "0", "4")

    def test_it_is_a_part_of_the_module(self, owner: Any, maya: Any) -> None:
        Workspace.objects.filter(pk=connection.tenant.pk).update(modules=[])
        from linkstar.workspaces.hosts import forget_hosts

        forget_hosts()
        assert client_of(maya).get("/passports/").status_code == 404


class TestImport:
    def test_lines_of_a_spreadsheet(self, maya: Any) -> None:
        lines = "SKU\tName\tCategory\nPF-1\tFountain, white\t电子\nPF-2，喷泉，Electronics\npf-1\n\nPF-3"
        post(maya, "/passports/add/", {"lines": lines})
        found = Product.objects.order_by("sku").values_list("sku", "name", "category")
        assert list(found) == [
            ("PF-1", "Fountain, white", "electronics"),
            ("PF-2", "喷泉", "electronics"),
            ("PF-3", "", ""),
        ]

    def test_what_is_wrong_is_named_by_line_and_nothing_is_made(self, maya: Any) -> None:
        answer = post(maya, "/passports/add/", {"lines": "PF-1, Fountain, spaceships\n, no sku"})
        assert answer.status_code == 422 and not Product.objects.exists()
        assert "Line 1: there is no category “spaceships”." in answer.text
        assert "Line 2: the SKU is missing." in answer.text
        assert "PF-1, Fountain, spaceships" in answer.text

    def test_what_is_there_stays(self, owner: Any, maya: Any) -> None:
        make_passport(owner, "PF-1", name="Ours")
        post(maya, "/passports/add/", {"lines": "pf-1, Theirs"})
        assert list(Product.objects.values_list("sku", "name")) == [("PF-1", "Ours")]

    def test_a_sku_that_a_task_lacked_stands_there(self, maya: Any) -> None:
        assert "PF-9</textarea>" in client_of(maya).get("/passports/add/?sku=PF-9").text


class TestPassport:
    def test_it_says_what_applies_and_why(self, owner: Any, maya: Any) -> None:
        page = client_of(maya).get(make_passport(owner).get_absolute_url()).text
        assert "FCC Certification (FCC ID)" in page and "It sends radio" in page
        assert "It is no children" in page
        assert "not legal advice" in page and "Sources last checked on" in page
        assert "Read in an official text" in page and "May apply: ask a lab" in page

    def test_answers_change_what_applies(self, owner: Any, maya: Any) -> None:
        passport = make_passport(owner, answers={})
        given = {
            "sku": "SP-01",
            "category": "electronics",
            "q-wireless": "yes",
            "q-battery": "no",
            "channels": ["shopify"],
            "read": last_described(passport),
        }
        answer = post(maya, f"/passports/{passport.pk}/product/", given)
        passport = Passport.objects.select_related("product").get()
        assert (answer.status_code, passport.product.answers, passport.channels) == (
            302, {"wireless": True, "battery": False}, ["shopify"],
        )  # fmt: skip

    def test_a_taken_sku_is_said_and_what_was_typed_stays(self, owner: Any, maya: Any) -> None:
        make_passport(owner, "A-1")
        other = make_passport(owner, "B-1")
        given = {"sku": "a-1", "name": "Typed", "q-toy": "yes", "read": last_described(other)}
        answer = post(maya, f"/passports/{other.pk}/product/", given)
        assert answer.status_code == 422
        assert "Another product has this SKU." in answer.text and 'value="Typed"' in answer.text

    def test_answers_of_somebody_else_are_not_lost_unseen(self, owner: Any, maya: Any) -> None:
        passport = make_passport(owner, answers={})
        url, read = f"/passports/{passport.pk}/product/", last_described(passport)
        given = {"sku": "SP-01", "category": "electronics", "read": read}
        assert f'name="read" value="{read}"' in client_of(maya).get(url).text
        post(owner, url, {**given, "q-wireless": "yes"})
        answer = post(maya, url, {**given, "name": "Typed", "q-battery": "yes"})
        assert (answer.status_code, Product.objects.get().answers) == (409, {"wireless": True})
        assert "Somebody else has described this product" in answer.text and 'value="Typed"' in answer.text
        # Now it was seen.
        again = {**given, "q-battery": "yes", "read": last_described(passport)}
        assert f'name="read" value="{again["read"]}"' in answer.text
        assert post(maya, url, again).status_code == 302
        assert Product.objects.get().answers == {"battery": True}

    def test_one_without_papers_is_thrown_away_and_another_stays(self, owner: Any) -> None:
        passport = make_passport(owner)
        record(passport, "fcc_sdoc", owner=owner)
        post(owner, f"/passports/{passport.pk}/remove/")
        assert Passport.objects.exists()
        Paper.objects.all().delete()
        post(owner, f"/passports/{passport.pk}/remove/")
        assert not Product.objects.exists()

    def test_statements_do_not_grow_with_papers(self, owner: Any, maya: Any) -> None:
        passport, client = make_passport(owner), client_of(maya)
        client.get(passport.get_absolute_url())
        with CaptureQueriesContext(connection) as before:
            client.get(passport.get_absolute_url())
        fill(passport, owner=owner, expires_on=in_days(400))
        with CaptureQueriesContext(connection) as after:
            client.get(passport.get_absolute_url())
        assert len(after) == len(before)


class TestPaper:
    def test_it_is_recorded_with_its_file(self, owner: Any, maya: Any) -> None:
        passport = make_passport(owner)
        path, ends = f"/passports/{passport.pk}/papers/fcc_certification/", in_days(400)
        given = {
            "progress": "in_hand", "issuer": "TCB", "expires_on": ends.isoformat(), "owner": maya.pk, "version": "0",
            "file": SimpleUploadedFile("grant.pdf", b"%PDF-1.7"),
        }  # fmt: skip
        assert post(maya, path, given).status_code == 302
        paper = Paper.objects.get()
        assert (paper.issuer, paper.expires_on, paper.owner, paper.file.name) == ("TCB", ends, maya, "grant.pdf")
        page = client_of(maya).get(passport.get_absolute_url()).text
        assert paper.file.get_absolute_url() in page and "400 days left" in page

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({}, "A paper in hand needs its file or its number."),
            ({"number": "1", "issued_on": "2026-05-02", "expires_on": "2026-05-01"}, "run out before it was issued"),
            ({"number": "1", "expires_on": "20260-05-01"}, "Type a day"),
            ({"number": "1", "expires_on": "2126-05-01"}, "out of reach"),
            ({"file": SimpleUploadedFile("empty.pdf", b"")}, "This file is empty."),
        ],
    )
    def test_what_is_wrong_is_said_beside_what_was_typed(self, owner: Any, maya: Any, given: Any, said: str) -> None:
        passport = make_passport(owner)
        path = f"/passports/{passport.pk}/papers/fcc_certification/"
        answer = post(maya, path, {"progress": "in_hand", "issuer": "Typed lab", "version": "0", **given})
        assert (answer.status_code, Paper.objects.exists()) == (422, False)
        assert said in answer.text and "Typed lab" in answer.text

    def test_somebody_was_quicker(self, owner: Any, maya: Any) -> None:
        passport = make_passport(owner)
        record(passport, "fcc_certification", owner=owner, number="THEIRS")
        path = f"/passports/{passport.pk}/papers/fcc_certification/"
        answer = post(maya, path, {"progress": "in_hand", "number": "MINE", "version": "0"})
        assert (answer.status_code, Paper.objects.get().number) == (409, "THEIRS")
        assert "MINE" in answer.text
        version = Paper.objects.get().version
        assert f'name="version" value="{version}"' in answer.text
        assert post(maya, path, {"progress": "in_hand", "number": "MINE", "version": version}).status_code == 302

    def test_a_duty_has_no_paper(self, owner: Any, maya: Any) -> None:
        passport = make_passport(owner)
        assert client_of(maya).get(f"/passports/{passport.pk}/papers/ftc_reviews/").status_code == 404
        assert client_of(maya).get(f"/passports/{passport.pk}/papers/nonsense/").status_code == 404

    def test_waiving_needs_a_reason(self, owner: Any) -> None:
        passport = make_passport(owner)
        path = f"/passports/{passport.pk}/papers/fcc_certification/waive/"
        assert post(owner, path, {"reason": " "}).status_code == 422
        assert post(owner, path, {"reason": "Module is certified"}).status_code == 302
        assert Paper.objects.get().waived_reason == "Module is certified"


@RACE
def test_the_same_skus_pasted_twice_at_once_are_there_once(live_workspace: Any, owner: Any) -> None:
    entries = [NewProduct(f"S-{number}") for number in range(20)]
    now = timezone.now()
    at_once(
        lambda: add_products(entries, market="us", actor=owner, now=now),
        lambda: add_products(entries[::-1], market="us", actor=owner, now=now + timedelta(seconds=1)),
    )
    assert (Product.objects.count(), Passport.objects.count()) == (20, 20)
