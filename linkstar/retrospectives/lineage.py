"""Which templates are one SOP: a built-in, and what the workspace made of it. What one learns, the others know."""

from templates_sop.catalogue import find_template
from templates_sop.library import TemplateNotFound
from templates_sop.models import WorkspaceTemplate
from templates_sop.shapes import OWN_PREFIX, SopTemplate


def keys_of(key: str) -> list[str]:
    """The template's own key, the one it was made from, and those made from either."""
    root = key
    if key.startswith(OWN_PREFIX):
        own = WorkspaceTemplate.objects.filter(key=key).values_list("origin_key", flat=True).first()
        root = own or key
    made = WorkspaceTemplate.objects.filter(origin_key=root).order_by("created_at", "pk").values_list("key", flat=True)
    return list(dict.fromkeys([key, root, *made]))


def standing_for(key: str) -> WorkspaceTemplate | None:
    """The workspace's own template that stands in the place of this one, or is it; None for a built-in without one."""
    ours = WorkspaceTemplate.objects.in_use()
    if key.startswith(OWN_PREFIX):
        return ours.filter(key=key).first()
    published = ours.standing_for(key).filter(versions__isnull=False).distinct().first()
    return published or ours.standing_for(key).first()


def current_template(key: str) -> SopTemplate:
    """What is used now in the place of the template: the newest version of ours, or the built-in. Raises
    TemplateNotFound.
    """
    own = standing_for(key)
    if own is not None:
        try:
            return find_template(own.key)
        except TemplateNotFound:
            pass  # copied, and not published yet: the built-in is still what is used
    return find_template(key)
