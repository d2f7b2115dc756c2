"""Papers: what is recorded, how they stand, who waives them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from linkstar.compliance.actions.papers import (
    NothingToShow,
    PaperWords,
    StalePaper,
    ask_again,
    decide,
    save_paper,
    waive,
)
from linkstar.compliance.models import Paper, Passport, PassportEvent
from linkstar.compliance.standing import standing_of, today_in
from projects.actions.files import delete_file
from projects.models import Project, StoredFile
from tests.compliance.conftest import SPEAKER_PAPERS, US, fill, make_passport, record
from tests.factories import make_member, make_project
from tests.races import RACE, at_once

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
FCC, SDS = US.requirements["fcc_certification"], US.requirements["dangerous_goods_sds"]
PROP_65, INSURANCE = US.requirements["prop_65"], US.requirements["liability_insurance"]


def save(passport: Passport, actor: Any, *, version: int = 0, upload: Any = None, **words: Any) -> Paper:
    given = PaperWords(**{"progress": "in_hand", **words})
    return save_paper(passport, FCC, given, upload=upload, version=version, actor=actor, now=NOW)


@pytest.mark.django_db
class TestStates:
    def test_a_passport_begins_with_what_is_missing(self, passport: Passport) -> None:
        standing = standing_of(passport, now=NOW)
        assert [line.requirement.key for line in standing.lacking] == SPEAKER_PAPERS
        assert (standing.state, standing.questions, standing.is_in_order) == ("missing", [], False)

    def test_all_papers_make_it_valid(self, passport: Passport, owner: Any) -> None:
        fill(passport, owner=owner)
        standing = standing_of(passport, now=NOW)
        assert (standing.state, standing.is_in_order, standing.done) == ("valid", True, 4)

    @pytest.mark.parametrize(
        ("left", "state"), [(91, "valid"), (90, "soon"), (1, "soon"), (0, "soon"), (-1, "expired")]
    )
    def test_the_last_day_still_counts(self, passport: Passport, owner: Any, left: int, state: str) -> None:
        today = today_in("us", NOW)
        fill(passport, owner=owner, now=NOW)
        record(passport, "fcc_sdoc", owner=owner, expires_on=today + timedelta(days=left), now=NOW)
        standing = standing_of(passport, now=NOW)
        assert (standing.state, standing.is_in_order) == (state, state != "expired")

    def test_days_are_those_of_the_pacific_coast(self, passport: Passport, owner: Any) -> None:
        """At 07:59 UTC in winter it is still the day before there, whatever Beijing says."""
        fill(passport, owner=owner, but=("fcc_sdoc",))
        record(passport, "fcc_sdoc", owner=owner, expires_on=date(2026, 12, 31))
        before, after = datetime(2027, 1, 1, 7, 59, tzinfo=UTC), datetime(2027, 1, 1, 8, 0, tzinfo=UTC)
        assert standing_of(passport, now=before).is_in_order
        assert not standing_of(passport, now=after).is_in_order

    def test_open_questions_keep_it_from_being_in_order(self, owner: Any) -> None:
        passport = make_passport(owner, answers={"battery": False})
        standing = standing_of(passport, now=NOW)
        assert "wireless" in standing.questions and not standing.is_in_order

    def test_what_may_apply_holds_nothing_until_somebody_finds_that_it_does(
        self, passport: Passport, owner: Any
    ) -> None:
        fill(passport, owner=owner)
        assert standing_of(passport, now=NOW).is_in_order
        decide(passport, PROP_65, "applies", reason="Lead in the plug", actor=owner, now=NOW)
        assert [line.requirement for line in standing_of(passport, now=NOW).lacking] == [PROP_65]

    def test_a_paper_of_the_company_counts_for_every_product(self, passport: Passport, owner: Any) -> None:
        other = make_passport(owner, "SP-02")
        words = PaperWords(progress="in_hand", number="COI-1")
        save_paper(passport, INSURANCE, words, upload=None, version=0, actor=owner, now=NOW)
        lines = {line.requirement.key: line for line in standing_of(other, now=NOW).lines}
        assert lines["liability_insurance"].state == Paper.State.VALID


@pytest.mark.django_db
class TestSaving:
    def test_in_hand_needs_something_to_show(self, passport: Passport, owner: Any) -> None:
        with pytest.raises(NothingToShow):
            save(passport, owner)
        assert not Paper.objects.exists()
        save(passport, owner, progress="in_progress")
        assert standing_of(passport, now=NOW).lines[0].state == Paper.State.IN_PROGRESS

    def test_a_file_goes_to_the_project_for_compliance_and_gets_versions(self, passport: Passport, owner: Any) -> None:
        paper = save(passport, owner, upload=SimpleUploadedFile("grant.pdf", b"%PDF-1.7 one"))
        save(passport, owner, version=paper.version, upload=SimpleUploadedFile("new.pdf", b"%PDF-1.7 two"))
        [file] = StoredFile.objects.all()
        assert (file.name, file.version_count, file.is_shared) == ("grant.pdf", 2, False)
        assert [file.project] == list(Project.objects.all())
        make_passport(owner, "SP-02")
        assert Project.objects.count() == 1

    def test_a_file_goes_to_the_project_that_was_chosen(self, owner: Any) -> None:
        project = make_project(owner)
        paper = save(make_passport(owner, project=project), owner, upload=SimpleUploadedFile("a.pdf", b"%PDF-1.7"))
        assert paper.file.project == project

    def test_nothing_is_filed_in_an_archived_project(self, owner: Any) -> None:
        project = make_project(owner)
        passport = make_passport(owner, project=project)
        paper = save(passport, owner, upload=SimpleUploadedFile("a.pdf", b"%PDF-1.7"))
        Project.objects.filter(pk=project.pk).update(state=Project.State.ARCHIVED, archived_at=NOW)
        passport = Passport.objects.select_related("product", "project").get(pk=passport.pk)
        newer = save(passport, owner, version=paper.version, upload=SimpleUploadedFile("b.pdf", b"%PDF-1.7"))
        assert [file.version_count for file in project.files.all()] == [1]
        assert (newer.file.name, newer.file.project.state) == ("b.pdf", Project.State.ACTIVE)

    def test_a_file_in_the_bin_shows_nothing(self, passport: Passport, owner: Any) -> None:
        paper = save(passport, owner, upload=SimpleUploadedFile("grant.pdf", b"%PDF-1.7"))
        delete_file(paper.file, actor=owner, now=NOW)
        assert standing_of(passport, now=NOW).lines[0].state == Paper.State.MISSING

    def test_nothing_is_written_over_what_somebody_else_saved(self, passport: Passport, owner: Any) -> None:
        theirs = save(passport, owner, number="A")
        with pytest.raises(StalePaper):
            save(passport, owner, number="B")
        theirs.refresh_from_db()
        assert theirs.number == "A"

    def test_the_history_says_what_changed(self, passport: Passport, owner: Any) -> None:
        paper = save(passport, owner, number="A")
        save(passport, owner, version=paper.version, number="B", expires_on=date(2027, 5, 1))
        event = PassportEvent.objects.filter(verb="paper saved").latest("pk")
        assert event.data == {"changed": {"number": ["A", "B"], "expires_on": [None, "2027-05-01"]}}


@pytest.mark.django_db
class TestWaiving:
    def test_an_admin_waives_and_takes_it_back(self, passport: Passport, owner: Any) -> None:
        fill(passport, owner=owner, but=("fcc_certification",))
        admin = make_member("admin")
        waive(passport, FCC, reason="Module is certified", actor=admin, now=NOW)
        assert standing_of(passport, now=NOW).is_in_order
        trace = PassportEvent.objects.get(verb="paper waived")
        assert (trace.actor, trace.data, trace.created_at) == (admin, {"reason": "Module is certified"}, NOW)
        ask_again(passport, FCC, actor=admin, now=NOW)
        assert not standing_of(passport, now=NOW).is_in_order

    @pytest.mark.parametrize("role", ["manager", "member"])
    def test_nobody_else_does(self, passport: Passport, role: str) -> None:
        person = make_member(role)
        for act in (
            lambda: waive(passport, FCC, reason="x", actor=person, now=NOW),
            lambda: ask_again(passport, FCC, actor=person, now=NOW),
        ):
            with pytest.raises(PermissionDenied):
                act()

    def test_what_was_found_to_apply_is_given_up_by_admins_only(self, passport: Passport, owner: Any) -> None:
        member = make_member()
        decide(passport, PROP_65, "applies", reason="Lab", actor=member, now=NOW)
        with pytest.raises(PermissionDenied):
            decide(passport, PROP_65, "not", reason="No", actor=member, now=NOW)
        decide(passport, PROP_65, "not", reason="Retested", actor=owner, now=NOW)


@RACE
def test_two_who_begin_a_paper_at_once_leave_one(live_workspace: Any, owner: Any) -> None:
    passport = make_passport(owner)
    results = at_once(
        lambda: save(passport, owner, number="A"), lambda: save(passport, owner, number="B"), expected=StalePaper
    )
    saved = [one for one in results if isinstance(one, Paper)]
    assert len(saved) == 1
    assert Paper.objects.get().number == saved[0].number


@RACE
def test_two_first_files_at_once_make_one_project(live_workspace: Any, owner: Any) -> None:
    passport = make_passport(owner)
    file = lambda name: SimpleUploadedFile(name, b"%PDF-1.7")  # noqa: E731
    at_once(
        lambda: save(passport, owner, upload=file("a.pdf")),
        lambda: save_paper(
            passport, SDS, PaperWords(progress="in_hand"), upload=file("b.pdf"), version=0, actor=owner, now=NOW
        ),
    )
    assert Project.objects.count() == 1
