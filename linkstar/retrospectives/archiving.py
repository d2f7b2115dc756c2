"""A project goes into the archive as done once its retrospective is closed, or somebody said why there is none."""

from django.urls import reverse
from django.utils.translation import gettext as _

from linkstar.retrospectives.models import Retrospective
from projects.archiving import Hold, hold_archiving
from projects.models import Project


@hold_archiving
def needs_retrospective(project: Project) -> Hold | None:
    if Retrospective.objects.filter(project=project).exclude(state=Retrospective.State.OPEN).exists():
        return None
    return Hold(
        text=_(
            "Before a finished project goes into the archive, its retrospective is closed, or waived with a reason."
        ),
        word=_("Look back"),
        url=reverse("retrospectives:retrospective", args=[project.pk]),
    )
