"""Which custom fields a person knows of beyond one project; a part of access.py."""

from django.db.models import BigIntegerField, F, Func, QuerySet

from linkstar.members.models import Member
from projects.models import CustomField, Project


def fields_anywhere(member: Member) -> QuerySet[CustomField]:
    """The custom fields that some project which this member sees, and which is not archived, shows them."""
    projects = Project.objects.visible_to(member).exclude(state=Project.State.ARCHIVED)
    shown = projects.annotate(field=Func(F("shown_fields"), function="unnest", output_field=BigIntegerField()))
    return CustomField.objects.open().visible_to(member).filter(pk__in=shown.values("field")).order_by("position", "pk")
