"""What answers and anchors do to a plan, in words."""

from django.utils import translation
from django.utils.translation import gettext as _

from linkstar.lib.clock_text import day_text
from templates_sop.named_anchors import Contradiction, label_of
from templates_sop.shapes import SopTemplate
from templates_sop.variants import Change, Touch
from templates_sop.wording import duration_text


def added_text(change: Change, language: str) -> str:
    """Why a step is there that the template has not for every product."""
    with translation.override(language):
        return _("Added because: %(reasons)s.") % {"reasons": reasons_text(change, language)}


def reasons_text(change: Change, language: str) -> str:
    separator = "；" if language.startswith("zh") else "; "
    return separator.join(reason.get(language) for reason in change.reasons)


def change_text(change: Change, language: str) -> str:
    """What the category or an answer did to a step, with the reason: "3 → 5 working days, because: battery → …"."""
    with translation.override(language):
        words = {"reasons": reasons_text(change, language)}
        match change.touch:
            case Touch.ADDED:
                return _("added because: %(reasons)s") % words
            case Touch.REMOVED:
                return _("removed because: %(reasons)s") % words
            case Touch.RETIMED:
                before, after = (
                    duration_text(change.days_before, language),
                    duration_text(change.step.duration_days, language),
                )
                return _("%(before)s → %(after)s because: %(reasons)s") % (words | {"before": before, "after": after})
            case Touch.LEFT_OUT:
                return _("left out to save time")


def contradiction_text(found: Contradiction, template: SopTemplate, language: str) -> str:
    """Which two anchors stand the wrong way round, and on which days."""
    with translation.override(language):
        return _("“%(first)s” (%(first_on)s) must not come after “%(second)s” (%(second_on)s).") % {
            "first": label_of(template, found.first).get(language),
            "first_on": day_text(found.first_on, language, with_year=True),
            "second": label_of(template, found.second).get(language),
            "second_on": day_text(found.second_on, language, with_year=True),
        }
