"""What people do with a paper: record it, renew it, find out whether it is needed, waive it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from linkstar.compliance import access
from linkstar.compliance.actions import expiry
from linkstar.compliance.actions.events import note_paper
from linkstar.compliance.actions.homes import home_of
from linkstar.compliance.models import Paper, Passport
from linkstar.compliance.rulebook import Requirement
from linkstar.members.models import Member
from linkstar.workspaces import due
from projects.actions.files import add_file, add_version

_WORDS = ("progress", "number", "issuer", "issued_on", "expires_on", "owner")


class StalePaper(ValueError):
    """Somebody else has changed the paper since it was read; nothing was saved. `paper` is as it is now."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(f"paper {paper.pk} is at version {paper.version}")
        self.paper = paper


class NothingToShow(ValueError):
    """A paper in hand has a file or a number."""


@dataclass(frozen=True)
class PaperWords:
    """What is said of a paper; the days are the market's."""

    progress: str
    number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    expires_on: date | None = None
    owner: Member | None = None


@transaction.atomic
def save_paper(
    passport: Passport,
    requirement: Requirement,
    words: PaperWords,
    *,
    upload: UploadedFile | None,
    note: str = "",
    version: int,
    actor: Member,
    now: datetime,
) -> Paper:
    """Record what is said of it, with a newer version of its file when one is given. `version` 0: there was none yet.

    Raises StalePaper, NothingToShow and UploadRefused.
    """
    paper = _locked(passport, requirement, actor=actor, now=now)
    if paper.version != max(version, 1):
        raise StalePaper(paper)
    before = {name: _as_json(getattr(paper, name)) for name in _WORDS}
    for name in _WORDS:
        setattr(paper, name, getattr(words, name))
    if upload is not None:
        _file(paper, upload, note=note, actor=actor, now=now)
    if paper.progress == Paper.Progress.IN_HAND and not paper.is_there:
        raise NothingToShow
    after = {name: _as_json(getattr(paper, name)) for name in _WORDS}
    changed = {name: [before[name], after[name]] for name in _WORDS if before[name] != after[name]}
    _save(paper, now=now)
    told = {"file": paper.file.name, "version": paper.file.version_count} if upload is not None and paper.file else {}
    if changed or told:
        note_paper(paper, "paper saved", actor=actor, now=now, changed=changed, **told)
    return paper


@transaction.atomic
def decide(
    passport: Passport, requirement: Requirement, decision: str, *, reason: str, actor: Member, now: datetime
) -> Paper:
    """Of a requirement that may apply: what a lab or somebody of the team found out; "" is open again.

    What was found to apply is given up by admins only: PermissionDenied.
    """
    paper = _locked(passport, requirement, actor=actor, now=now)
    if paper.decision == Paper.Decision.APPLIES and decision != paper.decision and not access.may(actor, "waive"):
        raise PermissionDenied
    before = paper.decision
    paper.decision, paper.decision_reason = decision, reason
    _save(paper, now=now)
    note_paper(paper, "requirement decided", actor=actor, now=now, before=before, after=decision, reason=reason)
    return paper


@transaction.atomic
def waive(passport: Passport, requirement: Requirement, *, reason: str, actor: Member, now: datetime) -> Paper:
    """Let launches go on without it. Raises PermissionDenied for all but admins."""
    if not access.may(actor, "waive"):
        raise PermissionDenied
    paper = _locked(passport, requirement, actor=actor, now=now)
    paper.waived_at, paper.waived_by, paper.waived_reason = now, actor, reason
    _save(paper, now=now)
    note_paper(paper, "paper waived", actor=actor, now=now, reason=reason)
    return paper


@transaction.atomic
def ask_again(passport: Passport, requirement: Requirement, *, actor: Member, now: datetime) -> Paper:
    """Take a waiver back. Twice is once; raises PermissionDenied for all but admins."""
    if not access.may(actor, "waive"):
        raise PermissionDenied
    paper = _locked(passport, requirement, actor=actor, now=now)
    if paper.waived_at is not None:
        paper.waived_at, paper.waived_by, paper.waived_reason = None, None, ""
        _save(paper, now=now)
        note_paper(paper, "waiver taken back", actor=actor, now=now)
    return paper


def _locked(passport: Passport, requirement: Requirement, *, actor: Member, now: datetime) -> Paper:
    """The row as it is now, made where there was none; its promise first, as workers do."""
    of = passport if requirement.is_document else None
    papers = Paper.objects.filter(passport=of, market=passport.market, requirement=requirement.key)
    if not papers.exists():
        fresh = Paper(
            passport=of, market=passport.market, requirement=requirement.key, created_by=actor, updated_at=now
        )
        # Of two who begin at once one makes it, and the other finds it.
        Paper.objects.bulk_create([fresh], ignore_conflicts=True)
    due.lock(expiry.KIND, papers.values_list("pk", flat=True).get())
    beside = ("file", "owner", "passport__project", "passport__product")
    return papers.select_related(*beside).select_for_update(of=("self",)).get()


def _file(paper: Paper, upload: UploadedFile, *, note: str, actor: Member, now: datetime) -> None:
    """The first file is put into the project for papers, later ones are its versions while that is not archived."""
    if paper.file is not None and paper.file.deleted_at is None and not paper.file.is_readonly:
        add_version(paper.file, upload, note=note, uploader=actor, now=now)
        return
    home = home_of(paper, actor=actor, now=now)
    paper.file = add_file(home, upload, task=None, note=note, is_shared=False, uploader=actor, now=now)


def _save(paper: Paper, *, now: datetime) -> None:
    paper.version += 1
    paper.updated_at = now
    paper.save()
    expiry.promise(paper, now=now)


def _as_json(value: object) -> object:
    if isinstance(value, Member):
        return value.display_name
    return value.isoformat() if isinstance(value, date) else value
