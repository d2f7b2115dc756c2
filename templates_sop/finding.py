"""Looking for a template by goal, platform and words."""

from functools import cache

from templates_sop.library import SopTemplate, get_template, library
from templates_sop.wording import GOALS


def find_templates(*, words: str = "", platform: str = "") -> list[tuple[str, list[SopTemplate]]]:
    """Templates by goal, in the order of GOALS; goals without one are left out.

    Every word must occur in a name, purpose, step or category of the template, in either language. A platform also
    finds the templates that serve several.
    """
    wanted = words.casefold().split()
    groups: dict[str, list[SopTemplate]] = {goal: [] for goal in GOALS}
    for key, template in library().items():
        if platform and template.platform not in (platform, "multi"):
            continue
        haystack = _haystack(key)
        if all(word in haystack for word in wanted):
            groups[template.category].append(template)
    return [(goal, found) for goal, found in groups.items() if found]


@cache
def _haystack(key: str) -> str:
    template = get_template(key)
    texts = [template.name, template.project_name, template.purpose, template.anchor.label]
    steps = [*template.steps, *(step for variant in template.variants for step in variant.add)]
    texts += [step.title for step in steps]
    return "\n".join(f"{text.zh}\n{text.en}" for text in texts).casefold()
