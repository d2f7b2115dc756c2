"""The products that a task is about: pasted, recognised, shown to the team, taken off."""

from functools import partial
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from linkstar.lib.products import Product, recognise
from projects.actions.edits import set_visibility
from projects.actions.products import MOST_PRODUCTS, TooManyProducts, link_products, unlink_product
from projects.models import Activity, ProductLink, Project, ProjectAccess, Task
from tests.factories import client_of, make_member, make_project, make_task
from tests.pages import HTMX, text
from tests.races import RACE, at_once


@pytest.mark.django_db
class TestActions:
    def test_each_is_named_once_and_a_bare_sku_is_of_the_projects_channel(self, task: Task, maya: Any) -> None:
        Project.objects.update(channel="walmart_us")
        task.project.refresh_from_db()
        pasted = [recognise(entry) for entry in ("PF-01", "B0C1234XYZ", "https://amazon.com/dp/B0C1234XYZ")]
        made = link_products(task, pasted, actor=maya, now=timezone.now())
        again = link_products(task, pasted, actor=maya, now=timezone.now())
        rows = list(ProductLink.objects.order_by("pk").values_list("channel", "asin", "sku"))
        assert rows == [("walmart_us", "", "PF-01"), ("amazon_us", "B0C1234XYZ", "")]
        assert (len(made), again, Task.objects.get().product_count) == (2, [], 2)
        assert Activity.objects.get(verb="products linked").data == {"names": ["PF-01", "B0C1234XYZ"]}
        for product in made:
            unlink_product(product, actor=maya, now=timezone.now())
        assert Task.objects.get().product_count == 0

    def test_fifty_are_enough(self, task: Task, maya: Any) -> None:
        many = [Product(sku=f"SKU-{number}") for number in range(MOST_PRODUCTS)]
        link_products(task, many[:-1], actor=maya, now=timezone.now())
        with pytest.raises(TooManyProducts) as refused:
            link_products(task, [many[-1], Product(sku="SKU-X")], actor=maya, now=timezone.now())
        assert refused.value.room == 1


@RACE
def test_one_product_pasted_by_two_at_once_is_one(live_workspace: Any, owner: Any) -> None:
    task = make_task(make_project(owner))
    copies = [Task.objects.select_related("project").get(pk=task.pk) for _ in range(2)]
    at_once(*(partial(link_products, copy, [Product(sku="PF-01")], actor=owner, now=timezone.now()) for copy in copies))
    assert (ProductLink.objects.count(), Task.objects.get().product_count) == (1, 1)


@pytest.mark.django_db
class TestPage:
    def test_lines_become_chips_that_lead_out_safely(self, browser: Any, task: Task) -> None:
        lines = "https://www.walmart.com/ip/Pet-Fountain/123456789\nhttps://fresh-paws.com/products/quiet-fountain\nB0C1234XYZ"
        page = text(browser.post(reverse("projects:product-add", args=[task.pk]), {"entries": lines}, **HTMX))
        assert page.count('rel="noopener noreferrer"') == 3
        assert 'href="https://www.walmart.com/ip/123456789" target="_blank"' in page
        assert "channel--shopify" in page and "fresh-paws.com" in page and 'data-text="B0C1234XYZ"' in page
        assert "linked 123456789, quiet fountain, B0C1234XYZ" in page

    @pytest.mark.parametrize("typed", ["javascript:alert(1)", "two words", "https://example.com/blog", ""])
    def test_what_is_no_product_comes_back(self, browser: Any, task: Task, typed: str) -> None:
        response = browser.post(
            reverse("projects:product-add", args=[task.pk]),
            {"entries": f"B0C1234XYZ\n{typed}" if typed else ""},
            **HTMX,
        )
        assert (response.status_code, ProductLink.objects.count()) == (422, 0)
        assert typed in text(response)

    def test_one_is_taken_off(self, browser: Any, task: Task, maya: Any) -> None:
        [product] = link_products(task, [recognise("PF-01")], actor=maya, now=timezone.now())
        response = browser.post(reverse("projects:product-remove", args=[product.pk]), **HTMX)
        assert "took the product PF-01 off this task" in text(response)
        assert browser.post(reverse("projects:product-remove", args=[product.pk])).status_code == 404

    def test_a_guest_is_told_of_none(self, task: Task, maya: Any) -> None:
        guest = make_member("guest", language="en")
        ProjectAccess.objects.create(project=task.project, member=guest)
        set_visibility(task, Task.Visibility.SHARED, actor=maya, now=timezone.now())
        [product] = link_products(task, [recognise("B0C1234XYZ")], actor=maya, now=timezone.now())
        assert "B0C1234XYZ" not in text(client_of(guest).get(task.get_absolute_url(), **HTMX))
        assert client_of(guest).post(reverse("projects:product-remove", args=[product.pk])).status_code == 403
