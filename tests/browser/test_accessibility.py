"""axe-core finds nothing serious on the main pages, in light and dark, on the screen of a desk and of a phone."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django_tenants.utils import tenant_context

from linkstar.compliance.models import Passport
from linkstar.members.models import Member
from linkstar.workspaces.models import Workspace
from projects.models import Project, Task
from tests.browser.axe import serious_at
from tests.browser.conftest import PHONE, Site

PUBLIC = ("/", "/plans/", "/accounts/login/", "/accounts/signup/")


@pytest.fixture
def demo(site: Site) -> Iterator[Workspace]:
    call_command("load_demo", "--if-empty")
    connection.set_schema_to_public()
    workspace = Workspace.objects.get(slug="demo")
    with tenant_context(workspace):
        yield workspace


def passports_of() -> list[str]:
    """One whose papers are missing, its questions, and one of its papers."""
    here = f"/passports/{Passport.objects.get(product__sku='PF-01-BLK').pk}"
    return [f"{here}/", f"{here}/product/", f"{here}/papers/battery_un38_3/", "/passports/add/"]


def retrospectives_of() -> list[str]:
    """One that is closed, one that is open, what their SOP has learnt, and how a change of it is proposed."""
    over = Project.objects.filter(sop_template="amazon_coupon_deal_promotion").order_by("pk")[:2]
    sop = "/templates/amazon_coupon_deal_promotion"
    looked_at = [f"/projects/{project.pk}/retrospective/" for project in over]
    return [*looked_at, f"{sop}/learning/", f"{sop}/propose/?step=promo_images&kind=checklist"]


def pages_of(project: Project, task: Task) -> list[str]:
    here = f"/projects/{project.pk}"
    return [
        "/", f"{here}/board/", f"{here}/list/", f"/tasks/{task.pk}/", "/projects/", "/inbox/", "/members/",
        f"{here}/files/", f"{here}/guests/", f"{here}/", "/templates/",
        "/templates/amazon_us_new_product_launch/", "/templates/prime_day/?view=outline",
        "/templates/fba_replenishment_shipment/start/", "/settings/", "/profile/", "/calendar/",
        "/calendar/?view=week", f"{here}/calendar/", "/waiting/", "/settings/calendar/", "/settings/calendar/years/",
        "/settings/calendar/market/", f"/members/{project.owner_id}/time/", f"{here}/zone/?to=Asia/Shanghai",
        f"{here}/timeline/", f"{here}/timeline/?view=list", "/passports/",
        "/sales/", "/sales/?range=90&measure=units", f"{here}/sales/", *passports_of(), *retrospectives_of(),
    ]  # fmt: skip


def test_nothing_serious_on_the_main_pages(site: Site, demo: Workspace) -> None:
    owner = Member.objects.get(email="owner@demo.test")
    project = Project.objects.order_by("pk")[0]
    task = project.tasks.get(sop_step="creative_done")
    found: list[str] = []
    for width in (1440, PHONE):
        stranger = site.page_for(None, width=width)
        for path in PUBLIC:
            found += serious_at(stranger, site.public_url(path))
        page = site.page_for(owner, language="en", width=width, workspace=demo)
        for path in pages_of(project, task):
            found += serious_at(page, site.url(path, workspace=demo))

    assert not found, "\n".join(found)
