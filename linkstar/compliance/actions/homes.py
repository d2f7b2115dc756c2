"""Where the files of papers lie and tasks about them go: the project that the passport names, or one made for them."""

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import override

from linkstar.compliance.models import Paper, PassportEvent
from linkstar.compliance.rulebook import get_rulebook
from linkstar.members.models import Member
from linkstar.workspaces.models import Role
from projects.actions.projects import create_project
from projects.models import Project

_MADE = "project made"


def home_of(paper: Paper, *, actor: Member, now: datetime) -> Project:
    """The passport's project while it is active; else the workspace's own one for papers, made on first need."""
    if paper.passport is not None and paper.passport.project is not None:
        chosen = paper.passport.project
        if chosen.state == Project.State.ACTIVE:
            return chosen
    # Two who need it first at once make one.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('papers'), hashtext(current_schema()))")
    return _made() or _make(paper, actor=actor, now=now)


def _made() -> Project | None:
    """Somebody may have archived it: then the next one stands in its place."""
    pks = PassportEvent.objects.filter(verb=_MADE).order_by("-pk").values_list("data__project", flat=True)
    return Project.objects.filter(pk__in=[int(pk) for pk in pks], state=Project.State.ACTIVE).order_by("-pk").first()


def _make(paper: Paper, *, actor: Member, now: datetime) -> Project:
    owner = Member.objects.active().filter(role=Role.OWNER).order_by("pk").first() or actor
    language = str(connection.tenant.language)
    with override(language):
        name, description = _("Compliance"), _("Papers of all products, and the tasks to renew them in time.")
    zone = get_rulebook(paper.market).zone
    project = create_project(
        name=name, description=description, owner=owner, actor=actor, time_zone=zone, now=now, language=language
    )
    data = {"project": project.pk, "name": project.name}
    PassportEvent.objects.create(market=paper.market, actor=actor, verb=_MADE, data=data, created_at=now)
    return project
