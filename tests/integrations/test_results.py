"""What pages say of results: verdicts for those who see finances, that there is one for the others."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from integrations.models import ChannelAccount, SalesAction
from integrations.shown_effects import REASONS, REMARKS, VERDICTS, ShownEffect, percent, units
from linkstar.lib.effects import Reason, Remark, Verdict
from linkstar.workspaces.hosts import forget_hosts
from linkstar.workspaces.models import Workspace
from projects.models import Project
from projects.pdf import can_print
from tests.factories import client_of, make_member, make_project, make_task
from tests.factories.integrations import make_shop
from tests.pages import glyphs_of, text

LIVE = datetime(2026, 8, 5, 2, 30, tzinfo=UTC)


def frozen(verdict: str = "likely_up", **values: Any) -> dict[str, Any]:
    """As `result_of` makes it: 7 days of 20, where 10 were to be expected."""
    spread = {"likely_up": (0.5, 1.0, 1.6), "not_clear": (-0.3, 0.1, 0.7), "likely_down": (-0.6, -0.5, -0.2)}
    effect = dict(zip(("worst", "likely", "best"), spread.get(verdict, (0, 0, 0)), strict=True))
    days = [
        {"on": f"2026-08-{5 + day:02d}", "actual": 20, "expected": 10.0, "is_counted": day != 3} for day in range(7)
    ]
    estimate = {
        "effect": effect,
        "extra": {name: value * 70 for name, value in effect.items()},
        "extra_daily": {name: value * 10 for name, value in effect.items()},
        "days": days, "controls": ["C-1", "C-2", "C-3"], "error": 0.15,
    }  # fmt: skip
    return {
        "made_at": "2026-08-14T08:00:00+00:00", "through": "2026-08-11", "money": None, "method": 1, "verdict": verdict,
        "reasons": [], "remarks": ["launch"], "estimate": estimate,
        "panel": {"start": "2026-03-01", "action_date": "2026-08-04", "units": [10.0] * 164},
        **values,
    }  # fmt: skip


def refused() -> dict[str, Any]:
    return frozen("not_enough_data", estimate=None, reasons=["few_units", "gaps"], remarks=[])


@pytest.fixture
def maya(_inside_acme: None) -> Any:
    return make_member("owner", display_name="Maya", language="en")


@pytest.fixture
def project(maya: Any) -> Project:
    return make_project(maya)


@pytest.fixture
def shop(_inside_acme: None) -> ChannelAccount:
    return make_shop(name="Northwind")


def act(shop: ChannelAccount, project: Project, title: str, **estimates: Any) -> SalesAction:
    task = make_task(project, title)
    return SalesAction.objects.create(
        account=shop, kind="images", skus=["PF-01"], live_at=LIVE, origin="task", task=task, project=project,
        estimates={horizon[1:]: result for horizon, result in estimates.items()},
    )  # fmt: skip


def test_all_words_of_the_estimator_have_ours() -> None:
    assert (set(REASONS), set(REMARKS), set(VERDICTS)) == (set(Reason), set(Remark), set(Verdict))


@pytest.mark.parametrize(("share", "said"), [(0.123, "+12 %"), (-0.5, "−50 %"), (0.001, "+0 %"), (14, "×15")])
def test_shares(share: float, said: str) -> None:
    assert percent(share) == said


@pytest.mark.parametrize(("value", "said"), [(3.14, "+3.1"), (-0.04, "+0.0"), (-12.6, "−13"), (9.97, "+10")])
def test_units(value: float, said: str) -> None:
    assert units(value) == said


def test_a_sentence_names_its_range_and_a_picture_what_was_expected() -> None:
    with translation.override("en"):
        shown = ShownEffect(7, frozen())
        assert shown.sentence == ("More was sold than of comparable SKUs: likely +100 %, between +50 % and +160 %.")
        assert [(bar.worst, bar.likely, bar.best) for bar in shown.bars] == [
            ("+5.0", "+10", "+16"), ("+35", "+70", "+112"), ("+50 %", "+100 %", "+160 %"),
        ]  # fmt: skip
        picture = shown.picture
        assert picture is not None
        assert len(picture.actual.split()) == 29 + 7
        assert len(picture.expected.split()) == 7
        assert len(picture.band.split()) == 14
        assert ShownEffect(14, refused()).sentence == "There is not enough data to say what it did."


@pytest.mark.django_db
class TestPages:
    def test_results_of_a_project_with_what_chance_would_give(
        self, shop: ChannelAccount, project: Project, maya: Any
    ) -> None:
        act(shop, project, "New main image", _7=frozen("not_clear"), _14=frozen())
        act(shop, project, "A+ page", _7=frozen("not_clear"))
        act(shop, project, "Video", _7=refused())
        act(shop, make_project(maya, name="Other"), "Elsewhere", _7=frozen())
        page = text(client_of(maya).get(reverse("integrations:project-results", args=[project.pk])))
        assert "Of 2 actions that could be estimated, 1 look likely; about 0.1 would by chance alone" in page
        assert page.count('class="verdict') == 3
        assert "+5.0 to +16 units a day" in page
        assert "Elsewhere" not in page

    def test_who_sees_no_finances_is_told_that_there_is_a_result(self, shop: ChannelAccount, project: Project) -> None:
        action = act(shop, project, "New main image", _7=frozen(), _14=refused())
        client = client_of(make_member("member", language="en"))
        for page in (
            text(client.get(reverse("integrations:project-results", args=[project.pk]))),
            text(client.get(reverse("integrations:action", args=[action.pk]))),
            text(client.get(reverse("integrations:task-action", args=[action.task_id]))),
            text(client.get(reverse("retrospectives:retrospective", args=[project.pk]))),
        ):
            assert "who" in page
            assert "see finances" in page
            for secret in ("Likely up", "Not enough", "units a day", "by chance", "+100 %"):
                assert secret not in page

    def test_the_page_of_an_action_shows_the_newest_and_the_earlier(
        self, shop: ChannelAccount, project: Project, maya: Any
    ) -> None:
        first = {**frozen(), "again": frozen("not_clear"), "checked_at": "2026-09-30T08:00:00+00:00"}
        action = act(shop, project, "New main image", _7=first, _14=refused())
        page = text(client_of(maya).get(action.get_absolute_url()))
        assert "After 7 closed days</h3>" in page
        assert "After 14 closed days: Not enough data" in page
        assert "fewer than 10 were to be expected" in page
        assert "The numbers of these days changed later" in page
        assert page.count("<polygon") == 1
        assert "never a proof" in page

    def test_the_retrospective_lists_them(self, shop: ChannelAccount, project: Project, maya: Any) -> None:
        act(shop, project, "New main image", _7=frozen())
        page = text(client_of(maya).get(reverse("retrospectives:retrospective", args=[project.pk])))
        assert "Likely up" in page
        assert "Of 1 action that could be estimated" in page

    def test_the_retrospective_on_paper_lists_them_to_whom_the_page_does(
        self, shop: ChannelAccount, project: Project, maya: Any
    ) -> None:
        act(shop, project, "New | image", _7=frozen())
        act(shop, project, "Video", _7=refused())
        url = reverse("retrospectives:markdown", args=[project.pk])
        lines = text(client_of(maya).get(url)).splitlines()
        place = lines.index("## Results of its actions")
        assert "Of 1 action that could be estimated, 1 looks likely; about 0.1 would by chance" in lines[place + 2]
        assert lines[place + 3].startswith("Associations, never proofs")
        rows = [line for line in lines[place:] if line.startswith("| ")]
        row = next(line for line in rows if "New \\| image" in line)
        assert "Likely up (7 days): More was sold than of comparable SKUs: likely +100 %, between" in row
        assert row.endswith(" | +5.0 (+50 %) | +10 (+100 %) | +16 (+160 %) |")
        assert any("fewer than 10 were to be expected" in line and line.endswith("| – | – | – |") for line in rows)
        blind = text(client_of(make_member("member", language="en")).get(url))
        assert blind.count("A result for those who see finances") == 2
        assert "Likely" not in blind
        assert "by chance" not in blind

    @pytest.mark.skipif(not can_print(), reason="Pango is not installed")
    def test_the_printed_retrospective_lists_them(self, shop: ChannelAccount, project: Project, maya: Any) -> None:
        act(shop, project, "主图换新", _7=frozen())
        answer = client_of(maya).get(reverse("retrospectives:pdf", args=[project.pk]))
        glyphs = glyphs_of(answer.content)
        assert [sign for sign in "主图换新" if f"{ord(sign):04x}" not in glyphs] == []

    def test_without_the_module_the_file_says_nothing_of_results(self, project: Project, maya: Any) -> None:
        Workspace.objects.filter(pk=connection.tenant.pk).update(modules=[])
        forget_hosts()
        assert "Results" not in text(client_of(maya).get(reverse("retrospectives:markdown", args=[project.pk])))

    def test_statements_do_not_grow_with_the_actions(self, shop: ChannelAccount, project: Project, maya: Any) -> None:
        client, url = client_of(maya), reverse("integrations:project-results", args=[project.pk])
        client.get(url)
        counts = []
        for _time in range(2):
            act(shop, project, "One more", _7=frozen())
            act(shop, project, "And more", _7=refused())
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counts.append(len(queries))
        assert counts[0] == counts[1]
        assert counts[0] <= 7
