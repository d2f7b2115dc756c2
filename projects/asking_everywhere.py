"""What can be asked of the tasks of all projects together: on the calendar of all of them, and in My work."""

from dataclasses import replace

from linkstar.members.models import Member
from projects.access_fields import fields_anywhere
from projects.asking import Choice, FieldChoice, FilterChoices, field_choice
from projects.filters import TaskFilter
from projects.models import CustomField, Label, Task


def choices_everywhere(member: Member) -> FilterChoices:
    """Three statements, for a guest two: they are told of no label but those they see worn, and of no person."""
    labels = Label.objects.order_by("name")
    if member.is_guest:
        worn = Task.labels.through.objects.filter(task__in=Task.objects.visible_to(member).values("pk"))
        labels = labels.filter(pk__in=worn.values("label"))
    people = _people(member)
    return FilterChoices(
        people=[person for person in people if person.value != str(member.pk)],
        labels=[Choice(str(label.pk), label.name) for label in labels],
        fields={field.pk: field_choice(field, people, is_everywhere=True) for field in fields_anywhere(member)},
    )


def known_fields(wanted: TaskFilter, member: Member) -> tuple[TaskFilter, dict[int, FieldChoice]]:
    """The filter without the custom fields that this member knows nothing of, and the others, by their pk."""
    if not wanted.fields:
        return wanted, {}
    fields = list(fields_anywhere(member).filter(pk__in=[pk for pk, _values in wanted.fields]))
    people = _people(member) if any(field.kind == CustomField.Kind.PERSON for field in fields) else []
    known = {field.pk: field_choice(field, people, is_everywhere=True) for field in fields}
    return replace(wanted, fields=tuple(pair for pair in wanted.fields if pair[0] in known)), known


def _people(member: Member) -> list[Choice]:
    if member.is_guest:
        return []
    people = Member.objects.active().insiders().order_by("display_name", "pk")
    return [Choice(str(person.pk), person.display_name) for person in people.only("pk", "display_name")]
