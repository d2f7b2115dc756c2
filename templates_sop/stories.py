"""What the task made from a step says about itself."""

from django.utils import translation
from django.utils.translation import gettext as _

from templates_sop.reasons import added_text
from templates_sop.shapes import Step
from templates_sop.variants import Change, Touch
from templates_sop.wording import lead_time_text


def story_of(step: Step, language: str, change: Change | None) -> str:
    """Each part under its heading; parts that the step leaves out are left out here."""
    with translation.override(language):
        parts = [
            (_("Why it matters"), step.why.get(language)),
            (_("Done when"), step.outcome.get(language)),
            (_("Deliverable"), step.deliverable.get(language)),
            (_("Attach as evidence"), "\n".join(f"- {item.get(language)}" for item in step.evidence)),
            (_("Usual lead time"), lead_time_text(step.lead_time, language) if step.lead_time else ""),
            (_("What goes wrong"), step.risk.get(language)),
        ]
    story = "\n\n".join(f"**{heading}**\n\n{words}" for heading, words in parts if words)
    is_added = change is not None and change.touch is Touch.ADDED
    return f"{added_text(change, language)}\n\n{story}" if change is not None and is_added else story
