"""A proposed change of an SOP: what it does to a template, and how it becomes the next version."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from linkstar.retrospectives.actions.changes import IsDecided, SaysSo, accept_change, propose_change, reject_change
from linkstar.retrospectives.actions.retrospectives import add_note
from linkstar.retrospectives.lessons import lessons_for_start, lessons_of
from linkstar.retrospectives.lineage import current_template, keys_of, standing_for
from linkstar.retrospectives.models import ProposedChange
from linkstar.retrospectives.proposing import TEXTS, NotApplicable, applied, find_steps, steps_in
from linkstar.retrospectives.wording import change_text
from notifications.models import Notification
from projects.models import Project
from templates_sop.actions.projects import start_project
from templates_sop.actions.templates import NotReady, archive, copy_built_in, save_draft
from templates_sop.library import get_template, library
from templates_sop.models import TemplateVersion, WorkspaceTemplate
from templates_sop.parsing import parse
from templates_sop.variants import steps_for
from templates_sop.writing import dump
from tests.factories import client_of, make_member
from tests.pages import text

KEY, STEP = "amazon_coupon_deal_promotion", "promo_images"
NOW = datetime(2026, 3, 20, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


def change(kind: str, after: Any, before: Any = None, step: str = STEP) -> ProposedChange:
    return ProposedChange(template=KEY, step="" if kind == "new_step" else step, kind=kind, before=before, after=after)


def step_of(content: Any, key: str = STEP) -> Any:
    return find_steps(content, key)[0]


NEW: dict[str, Any] = {
    "title": {"zh": "给主图打样", "en": "Proof the main image"},
    "phase": "ready",
    "role": "design",
    "days": -8,
    "duration": 2,
    "calendar": "cn_team",
    "after": STEP,
}


class TestApplying:
    def test_a_duration(self) -> None:
        content = dump(get_template(KEY))
        before = deepcopy(content)
        assert step_of(applied(content, change("duration", 5)))["duration_working_days"] == 5
        assert content == before

    def test_an_offset_by_its_own_unit(self) -> None:
        content = dump(get_template(KEY))
        assert step_of(applied(content, change("offset", {"days": -12})))["offset_days"] == -12
        recall = next(template for template in library().values() if template.anchor.is_instant)
        elapsed = next(step for step in recall.steps if step.is_elapsed)
        made = step_of(applied(dump(recall), change("offset", {"hours": 30}, step=elapsed.key)), elapsed.key)
        assert (made["offset_mode"], made["offset_hours"]) == ("elapsed_hours", 30)

    def test_a_role_and_words(self) -> None:
        content = dump(get_template(KEY))
        role = {"key": "operations", "zh": "运营", "en": "Operations"}
        assert step_of(applied(content, change("role", role)))["role"] == "operations"
        words = {"field": "why", "zh": "因为", "en": "Because"}
        assert step_of(applied(content, change("text", words)))["why"] == {"zh": "因为", "en": "Because"}

    def test_checklist_items_come_change_and_go(self) -> None:
        content = dump(get_template(KEY))
        first, *rest = step_of(content)["checklist"]
        item = {"zh": "看手机端", "en": "Look at it on a phone"}
        assert step_of(applied(content, change("checklist", item)))["checklist"] == [first, *rest, item]
        assert step_of(applied(content, change("checklist", item, before=first)))["checklist"] == [item, *rest]
        assert step_of(applied(content, change("checklist", None, before=first)))["checklist"] == rest
        with pytest.raises(NotApplicable):
            applied(content, change("checklist", None, before=item))

    def test_a_new_step_stands_after_the_one_it_waits_for(self) -> None:
        content = applied(dump(get_template(KEY)), change("new_step", NEW))
        keys = [step["key"] for step in content["steps"]]
        made = content["steps"][keys.index(STEP) + 1]
        assert (made["key"], made["depends_on"], made["offset_days"]) == ("proof_the_main_image", [STEP], -8)
        parse(content)
        again = applied(content, change("new_step", NEW))
        assert len({step["key"] for step in steps_in(again)}) == len(list(steps_in(again)))

    def test_a_new_step_of_a_phase_that_is_gone_is_none(self) -> None:
        for wrong in ({"phase": "gone"}, {"after": "gone"}):
            with pytest.raises(NotApplicable):
                applied(dump(get_template(KEY)), change("new_step", {**NEW, **wrong}))

    def test_what_waited_for_a_step_that_goes_waits_for_what_it_waited_for(self) -> None:
        content = applied(dump(get_template(KEY)), change("removed_step", None, step="promo_matrix"))
        assert step_of(content, "approve_promo")["depends_on"] == ["margin_calc", "ref_price", "stock_lock"]
        parse(content)

    def test_the_gate_stays(self) -> None:
        template = next(template for template in library().values() if template.gate_step)
        with pytest.raises(NotApplicable):
            applied(dump(template), change("removed_step", None, step=template.gate_step))

    @pytest.mark.parametrize("key", list(library()))
    def test_any_step_of_any_template_can_go_and_the_rest_is_whole(self, key: str) -> None:
        """Every one of them, with every category."""
        template = get_template(key)
        content = dump(template)
        for step in template.steps:
            if step.key == template.gate_step:
                continue
            left = parse(applied(content, change("removed_step", None, step=step.key)))
            for variant in (None, *(variant.key for variant in left.variants)):
                assert step.key not in {one.key for one in steps_for(left, variant)}

    def test_a_step_that_is_not_there(self) -> None:
        for kind in ("duration", "removed_step", "text"):
            with pytest.raises(NotApplicable):
                applied(dump(get_template(KEY)), change(kind, 3, step="gone"))


def propose(actor: Any, after: Any = 5, **values: Any) -> ProposedChange:
    given = {"kind": "duration", "step": STEP, "reason": "Two rounds", "source": "person", "now": NOW, **values}
    return propose_change(current_template(KEY), after=after, actor=actor, **given)


def start(owner: Any, now: datetime, **values: Any) -> Project:
    given = {"variant": "home", "anchor": date(2026, 6, 1), "owner": owner, "actor": owner, "roles": {}, **values}
    return start_project(current_template(KEY), name="Next coupon", now=now, language="en", **given)


@pytest.mark.django_db
class TestDeciding:
    def test_an_accepted_change_of_a_built_in_is_version_one_of_ours(self, owner: Any) -> None:
        maya = make_member(language="en")
        found = propose(maya)
        version = accept_change(found, actor=owner, now=NOW + HOUR)
        own = WorkspaceTemplate.objects.get()
        assert (own.origin, own.origin_key, version.number) == ("built_in", KEY, 1)
        assert step_of(version.content)["duration_working_days"] == 5
        assert "Two rounds" in version.what_changed
        found.refresh_from_db()
        assert (found.state, found.decided_by, found.made_template, found.made_version) == (
            "accepted", owner, own.key, 1,
        )  # fmt: skip
        assert current_template(KEY).key == own.key
        assert [notice.kind for notice in Notification.objects.filter(member=maya)] == ["sop_change_decided"]
        assert [notice.kind for notice in Notification.objects.filter(member=owner)] == ["sop_change_proposed"]

    def test_the_next_one_is_the_next_version(self, owner: Any) -> None:
        accept_change(propose(owner), actor=owner, now=NOW)
        version = accept_change(propose(owner, 7), actor=owner, now=NOW)
        assert (version.number, step_of(version.content)["duration_working_days"]) == (2, 7)
        assert WorkspaceTemplate.objects.count() == 1

    def test_two_that_were_open_at_once_both_count(self, owner: Any) -> None:
        one = propose(owner)
        other = propose(owner, {"zh": "看手机端", "en": "Look at it on a phone"}, kind="checklist")
        accept_change(one, actor=owner, now=NOW)
        version = accept_change(other, actor=owner, now=NOW)
        assert step_of(version.content)["duration_working_days"] == 5
        assert step_of(version.content)["checklist"][-1]["en"] == "Look at it on a phone"

    def test_what_others_are_writing_is_not_published_and_not_lost(self, owner: Any) -> None:
        accept_change(propose(owner), actor=owner, now=NOW)
        own = WorkspaceTemplate.objects.get()
        half = deepcopy(own.draft)
        step_of(half, "pick_sku")["title"] = {"zh": "", "en": ""}
        save_draft(own, half, base=own.draft_version, actor=owner, now=NOW)
        version = accept_change(propose(owner, 7), actor=owner, now=NOW)
        assert step_of(version.content, "pick_sku")["title"]["en"] == "Pick promo SKUs and state the goal"
        draft = WorkspaceTemplate.objects.get().draft
        assert step_of(draft, "pick_sku")["title"]["en"] == ""
        assert step_of(draft)["duration_working_days"] == 7

    def test_a_copy_that_was_never_published_is_used(self, owner: Any) -> None:
        own = copy_built_in(get_template(KEY), actor=owner, now=NOW)
        half = deepcopy(own.draft)
        half["steps"] = half["steps"][:2]
        save_draft(own, half, base=1, actor=owner, now=NOW)
        version = accept_change(propose(owner), actor=owner, now=NOW)
        assert version.template == own
        assert len(version.content["steps"]) == len(get_template(KEY).steps)
        assert len(WorkspaceTemplate.objects.get().draft["steps"]) == 2

    def test_who_is_told_reads_it_in_their_own_language(self, owner: Any) -> None:
        maya, lin = make_member(language="en"), make_member("manager", language="zh-hans")
        john = make_member("manager", language="en")
        found = propose(maya)
        with override("zh-hans"):
            reject_change(found, answer="", actor=lin, now=NOW)
        name = get_template(KEY).name
        told = {notice.member_id: notice.data for notice in Notification.objects.all()}
        assert (told[lin.pk]["template"], told[john.pk]["template"]) == (name.zh, name.en)
        assert "working days" in told[maya.pk]["change"]

    def test_decided_once(self, owner: Any) -> None:
        found = propose(owner)
        reject_change(found, answer="Once is not always", actor=owner, now=NOW)
        with pytest.raises(IsDecided):
            accept_change(ProposedChange.objects.get(), actor=owner, now=NOW)
        assert not TemplateVersion.objects.exists()
        assert ProposedChange.objects.get().answer == "Once is not always"

    def test_proposed_twice_is_one(self, owner: Any) -> None:
        assert propose(owner) == propose(make_member())
        assert propose(owner, 6) != propose(owner)

    def test_what_it_says_already_is_no_change(self, owner: Any) -> None:
        with pytest.raises(SaysSo):
            propose(owner, get_template(KEY).steps[12].duration_days)
        with pytest.raises(NotApplicable):
            propose(owner, step="gone")

    def test_what_could_not_be_published_stays_open(self, owner: Any) -> None:
        """It would be due before what it waits for."""
        found = propose(owner, {"days": -60}, kind="offset")
        with pytest.raises(NotReady):
            accept_change(found, actor=owner, now=NOW)
        assert ProposedChange.objects.get().state == "open"
        answer = client_of(owner).post(f"/sop-changes/{found.pk}/accept/", follow=True)
        assert "could not be published" in text(answer) or "无法" in text(answer)
        assert not WorkspaceTemplate.objects.exists()

    def test_an_archived_template_learns_nothing(self, owner: Any) -> None:
        accept_change(propose(owner), actor=owner, now=NOW)
        found = propose(owner, 7)
        own = WorkspaceTemplate.objects.get()
        archive(own, now=NOW)
        with pytest.raises(NotApplicable):
            accept_change(found, actor=owner, now=NOW)
        assert (standing_for(KEY), current_template(KEY).key) == (None, KEY)

    def test_one_sop_whatever_key_it_goes_by(self, owner: Any) -> None:
        accept_change(propose(owner), actor=owner, now=NOW)
        own = WorkspaceTemplate.objects.get()
        assert set(keys_of(KEY)) == set(keys_of(own.key)) == {KEY, own.key}
        assert keys_of("prime_day") == ["prime_day"]


@pytest.mark.django_db
class TestLessons:
    def test_the_next_project_is_told_and_the_one_after_it_is_not(self, owner: Any) -> None:
        first = start(owner, NOW)
        found = propose(owner, project=first, source="retrospective")
        assert lessons_for_start(KEY).rows == []
        accept_change(found, actor=owner, now=NOW + HOUR)
        for key in keys_of(KEY):
            told = lessons_for_start(key)
            assert ([row.reason for row in told.rows], told.since) == (["Two rounds"], "Next coupon")
            assert (told.rows[0].project, told.rows[0].version) == ("Next coupon", 1)
        second = start(owner, NOW + 2 * HOUR)
        assert lessons_for_start(KEY).rows == []
        assert [row.reason for row in lessons_of(second).rows] == ["Two rounds"]
        assert lessons_of(first).rows == []
        assert lessons_of(start(owner, NOW + 3 * HOUR)).rows == []
        assert second.tasks.get(sop_step=STEP).duration_days == 5

    def test_a_project_of_the_built_in_one_was_not_started_with_it(self, owner: Any) -> None:
        accept_change(propose(owner), actor=owner, now=NOW)
        given = {"variant": "home", "anchor": date(2026, 6, 1), "owner": owner, "actor": owner, "roles": {}}
        project = start_project(get_template(KEY), name="The old way", now=NOW + HOUR, language="en", **given)
        assert lessons_of(project).rows == []

    def test_pages_say_it(self, owner: Any) -> None:
        first = start(owner, NOW)
        accept_change(propose(owner, project=first), actor=owner, now=NOW + HOUR)
        browser = client_of(make_member(language="en"))
        own = WorkspaceTemplate.objects.get()
        assert "Two rounds" in text(browser.get(f"/templates/{own.key}/lessons/"))
        assert f"/templates/{own.key}/lessons/" in text(browser.get(f"/templates/{own.key}/start/"))
        assert "Start from your own" not in text(browser.get(f"/templates/{own.key}/lessons/"))
        assert f"/templates/{own.key}/start/" in text(browser.get(f"/templates/{KEY}/lessons/"))
        second = start(owner, NOW + 2 * HOUR)
        assert "Two rounds" in text(browser.get(f"/projects/{second.pk}/lessons/"))
        assert text(browser.get(f"/projects/{first.pk}/lessons/")).strip() == ""


@pytest.mark.django_db
class TestPages:
    @pytest.mark.parametrize(
        ("kind", "given", "after"),
        [
            ("duration", {"days": "4.5"}, 4.5),
            ("offset", {"count": "-12"}, {"days": -12}),
            ("role", {"role": "operations"}, {"key": "operations", "zh": "运营", "en": "Operations"}),
            ("text", {"field": "why", "zh": "因为", "en": "Because"}, {"field": "why", "zh": "因为", "en": "Because"}),
            ("checklist", {"zh": "看手机端", "en": "On a phone"}, {"zh": "看手机端", "en": "On a phone"}),
            ("checklist", {"item": "0", "zh": "", "en": ""}, None),
            ("removed_step", {}, None),
            ("new_step", {**NEW, **NEW["title"]}, NEW),
        ],
    )
    def test_each_kind_has_its_form(self, owner: Any, kind: str, given: dict[str, Any], after: Any) -> None:
        browser, url = client_of(make_member(language="en")), f"/templates/{KEY}/propose/"
        shown = text(browser.get(f"{url}?kind={kind}&step={STEP}"))
        for name in given:
            assert f'name="{name}"' in shown or name in ("title",)
        answer = browser.post(url, {"kind": kind, "step": STEP, "reason": "Two rounds", **given})
        assert answer.status_code == 302, text(answer)
        made = ProposedChange.objects.get()
        assert (made.kind, made.after, made.source) == (kind, after, "person")
        assert change_text(made)
        assert "Two rounds" in text(browser.get(f"/templates/{KEY}/learning/"))
        assert client_of(owner).post(f"/sop-changes/{made.pk}/accept/").status_code == 302
        assert ProposedChange.objects.get().state == "accepted"

    @pytest.mark.parametrize(
        ("kind", "given"),
        [
            ("duration", {"days": "0"}),
            ("duration", {"days": "2.3"}),
            ("duration", {"days": "nan"}),
            ("duration", {"days": "4", "reason": ""}),
            ("offset", {"count": "9999"}),
            ("role", {"role": "nobody"}),
            ("text", {"field": "title", "zh": "只有中文", "en": ""}),
            ("checklist", {"zh": "只有中文", "en": ""}),
            ("checklist", {"zh": "", "en": ""}),
            ("new_step", {**NEW, **NEW["title"], "phase": "gone"}),
        ],
    )
    def test_what_is_wrong_is_said_and_kept(self, owner: Any, kind: str, given: dict[str, Any]) -> None:
        browser, url = client_of(make_member(language="en")), f"/templates/{KEY}/propose/"
        answer = browser.post(url, {"kind": kind, "step": STEP, "reason": "Two rounds", **given})
        assert answer.status_code == 422
        assert 'role="alert"' in text(answer)
        assert not ProposedChange.objects.exists()

    def test_out_of_a_retrospective(self, owner: Any) -> None:
        project = start(owner, NOW)
        note = add_note(project, kind="change", text="Two rounds of pictures", task=None, author=owner, now=NOW)
        browser, url = client_of(owner), f"/templates/{KEY}/propose/"
        where = {"project": project.pk, "note": note.pk, "kind": "duration", "step": STEP}
        assert "Two rounds of pictures" in text(browser.get(url, where))
        answer = browser.post(url, {**where, "days": "4", "reason": "Two rounds of pictures"})
        assert answer.url == f"/projects/{project.pk}/retrospective/"
        made = ProposedChange.objects.get()
        assert (made.source, made.project, made.note) == ("retrospective", project, note)
        assert "Two rounds of pictures" in text(browser.get(answer.url))

    def test_only_who_edits_templates_decides(self, owner: Any) -> None:
        found = propose(owner)
        member, manager = client_of(make_member()), client_of(make_member("manager"))
        for name in ("accept", "reject"):
            assert member.post(f"/sop-changes/{found.pk}/{name}/").status_code == 403
        assert f"/sop-changes/{found.pk}/accept/" not in text(member.get(f"/templates/{KEY}/learning/"))
        assert f"/sop-changes/{found.pk}/accept/" in text(manager.get(f"/templates/{KEY}/learning/"))
        assert manager.post(f"/sop-changes/{found.pk}/reject/", {"answer": "No"}).status_code == 302

    def test_a_template_that_has_moved_on_says_so(self, owner: Any) -> None:
        old = propose(owner, 9)
        accept_change(propose(owner, 5), actor=owner, now=NOW)
        english = client_of(make_member("manager", language="en"))
        shown = text(english.get(f"/templates/{KEY}/learning/"))
        assert "Meanwhile the SOP says 5 working days." in shown
        accept_change(propose(owner, None, kind="removed_step"), actor=owner, now=NOW)
        assert "Meanwhile the step has left the SOP." in text(english.get(f"/templates/{KEY}/learning/"))
        with pytest.raises(NotApplicable):
            accept_change(old, actor=owner, now=NOW)

    def test_texts_are_those_of_a_step(self) -> None:
        assert set(TEXTS) <= set(dump(get_template(KEY))["steps"][0])

    def test_before_a_step_is_chosen_there_is_a_way_back(self, owner: Any) -> None:
        project = start(owner, NOW)
        browser, url = client_of(owner), f"/templates/{KEY}/propose/"
        to_template, to_project = f'href="/templates/{KEY}/"', f'quiet" href="/projects/{project.pk}/retrospective/"'
        alone, out_of_one = text(browser.get(url)), text(browser.get(url, {"project": project.pk}))
        assert (to_template in alone, to_project in alone) == (True, False)
        assert (to_template in out_of_one, to_project in out_of_one) == (False, True)
