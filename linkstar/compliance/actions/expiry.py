"""Papers run out: 90, 30 and 7 days before, their owner is given a task, once each.

A worker looks at a paper when the market's day begins on which the next task is due. The paper's row remembers the last
one made for which end, so that a second look makes none, and an end that has moved begins anew.
"""

from datetime import date, datetime, time, timedelta

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from linkstar.compliance.actions.events import note_paper
from linkstar.compliance.actions.homes import home_of
from linkstar.compliance.models import Paper
from linkstar.compliance.models.papers import WARN_DAYS
from linkstar.compliance.rulebook import get_rulebook
from linkstar.compliance.standing import today_in
from linkstar.lib.deadlines import Deadline, resolve
from linkstar.lib.products import Product as Named
from linkstar.lib.zones import zone_name
from linkstar.members.models import Member
from linkstar.workspaces import due
from linkstar.workspaces.models import Role
from notifications.actions.notify import notify
from projects.actions.products import link_products
from projects.actions.search_index import index_tasks
from projects.actions.tasks import create_task
from projects.models import Column, Task

KIND = "paper_ends"
# By the days that are left: how urgent it is, and how many days before the end it is to be done.
_URGENCY = {90: (Task.Priority.NORMAL, 30), 30: (Task.Priority.HIGH, 7), 7: (Task.Priority.URGENT, 0)}


def promise(paper: Paper, *, now: datetime, after: date | None = None) -> None:
    """Part of the transaction that changes the paper: when to look at it next; a day later than `after`, if given."""
    ahead = _ahead(paper)
    if paper.expires_on is None or not ahead or paper.waived_at is not None:
        due.cancel(KIND, paper.pk)
        return
    days = [paper.expires_on - timedelta(days=before) for before in ahead]
    later = [day for day in days if after is None or day > after]
    if not later:
        due.cancel(KIND, paper.pk)
        return
    begins = resolve(later[0], time.min, get_rulebook(paper.market).zone).instant
    due.schedule(KIND, paper.pk, max(begins, now))


@due.handles(KIND)
def look(paper_id: int, *, now: datetime) -> None:
    """Make the task whose day has come; of several that were missed the most urgent alone."""
    # The due row, deleted by now, keeps two workers apart; this lock keeps out whoever edits the paper.
    papers = Paper.objects.select_for_update(of=("self",)).filter(pk=paper_id)
    beside = ("file", "owner", "created_by", "passport__product", "passport__project", "passport__created_by")
    paper = papers.select_related(*beside).first()
    if paper is None or paper.expires_on is None or paper.waived_at is not None:
        return
    today = today_in(paper.market, now)
    left = (paper.expires_on - today).days
    come = [before for before in _ahead(paper) if left <= before]
    if come and paper.is_there:
        task = _make_task(paper, min(come), left, now=now)
        paper.warned_for, paper.warned_days = paper.expires_on, min(come)
        paper.save(update_fields=["warned_for", "warned_days"])
        note_paper(paper, "task made", actor=None, now=now, task=task.pk, title=task.title, days=min(come))
    promise(paper, now=now, after=today)


def _ahead(paper: Paper) -> list[int]:
    """Of WARN_DAYS those for which this end has no task yet, the earliest first."""
    if paper.warned_for != paper.expires_on or paper.warned_days is None:
        return list(WARN_DAYS)
    return [before for before in WARN_DAYS if before < paper.warned_days]


def _make_task(paper: Paper, before: int, left: int, *, now: datetime) -> Task:
    assert paper.expires_on is not None  # noqa: S101 - asked for by the caller
    owner = _owner(paper)
    project = home_of(paper, actor=paper.created_by, now=now)
    priority, lead = _URGENCY[before]
    zone = get_rulebook(paper.market).zone
    on = max(paper.expires_on - timedelta(days=lead), today_in(paper.market, now))
    with override(owner.language):
        title, description = _words(paper, left, owner.language, now)
    column = project.board.columns.filter(status=Column.Status.TODO).order_by("position")[0]
    task = create_task(
        title=title, column=column, actor=paper.created_by, now=now, owner=owner, deadline=Deadline(on, None, zone)
    )
    task.description, task.priority = description, priority
    task.save(update_fields=["description", "priority"])
    index_tasks([task])
    if paper.passport is not None:
        link_products(task, [Named(sku=paper.passport.product.sku)], actor=paper.created_by, now=now)
    # The occasion is that of create_task: who recorded the paper themselves would not be told of their own deed.
    data = {"task": title, "project": project.name, "actor": "LinkStar"}
    notify([owner], kind="assigned", key=f"assigned:{task.pk}:1", data=data, url=task.get_absolute_url(), now=now)
    return task


def _words(paper: Paper, left: int, language: str, now: datetime) -> tuple[str, str]:
    requirement = get_rulebook(paper.market).requirements[paper.requirement]
    subject = paper.passport.product.sku if paper.passport else str(connection.tenant.name)
    names = {"paper": requirement.short.get(language), "sku": subject, "on": paper.expires_on}
    if left < 0:
        title = _("Renew %(paper)s of %(sku)s: it ran out on %(on)s") % names
    else:
        words = ngettext(
            "Renew %(paper)s of %(sku)s: %(days)d day left, until %(on)s",
            "Renew %(paper)s of %(sku)s: %(days)d days left, until %(on)s",
            left,
        )
        title = words % {**names, "days": left}
    lines = [
        _("“%(name)s” is valid until %(on)s, in the market's time (%(zone)s).")
        % {
            "name": requirement.name.get(language),
            "on": paper.expires_on,
            "zone": zone_name(get_rulebook(paper.market).zone, language, now),
        },
        _("Usual lead time: %(days)s working days.") % {"days": requirement.lead_days.get(language)},
        _("When the new paper is there, add it as a new version and enter its dates: %(url)s")
        % {"url": f"{connection.tenant.url}{paper_address(paper)}"},
    ]
    return title, "\n\n".join(lines)


def paper_address(paper: Paper) -> str:
    """Where it is recorded: in its passport, or among the papers of the company."""
    if paper.passport is not None:
        return reverse("compliance:paper", args=[paper.passport.pk, paper.requirement])
    return reverse("compliance:passport-list")


def _owner(paper: Paper) -> Member:
    """Who answers for it; when they have left, who recorded it, and at last the workspace's owner."""
    for person in (paper.owner, paper.created_by):
        if person is not None and person.is_active and person.is_insider:
            return person
    return Member.objects.active().filter(role=Role.OWNER).order_by("pk")[0]
