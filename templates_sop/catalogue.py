"""The templates a workspace can start from: the built-in ones, and its own in the place of those they came from."""

from collections.abc import Iterable

from projects.models import Project
from templates_sop import library
from templates_sop.library import TemplateNotFound
from templates_sop.models import ProjectOrigin, TemplateVersion, WorkspaceTemplate
from templates_sop.parsing import Raw, parse
from templates_sop.shapes import OWN_PREFIX, SopTemplate


class VersionNotFound(TemplateNotFound):
    """The template is there, but not in this version; of built-in ones there is only that of the release."""


def find_template(key: str, version: int | None = None) -> SopTemplate:
    """A built-in template or a published one of this workspace, archived ones too; `version` None: the newest.

    Raises TemplateNotFound, and VersionNotFound, which is one.
    """
    if not key.startswith(OWN_PREFIX):
        template = library.get_template(key)
        if version not in (None, template.version):
            raise VersionNotFound(f"{key} v{version}")
        return template
    versions = TemplateVersion.objects.filter(template__key=key)
    if version is not None:
        versions = versions.filter(number=version)
    found = versions.order_by("-number").values_list("content", flat=True).first()
    if found is not None:
        return parse(found)
    raise TemplateNotFound(key) if version is None else VersionNotFound(f"{key} v{version}")


def all_templates(*, with_replaced: bool = False) -> list[SopTemplate]:
    """The newest version of each, in the library's order; one query.

    The workspace's own ones made from a built-in stand in its place ("ours, based on …": `based_on` of the template),
    the others come last, oldest first. `with_replaced` keeps the built-in behind those that stand for it. What is
    archived, or was never published, is left out.
    """
    ours = [parse(content) for content in _newest_of_ours()]
    built_in = library.library()
    found = []
    for key, template in built_in.items():
        standing = [own for own in ours if own.based_on == key]
        found += standing
        if with_replaced or not standing:
            found.append(template)
    return [*found, *(own for own in ours if own.based_on not in built_in)]


def template_of(project: Project) -> SopTemplate:
    """As the project uses it, whatever has been published since. Raises TemplateNotFound."""
    origin = ProjectOrigin.objects.filter(project=project).values_list("content", flat=True).first()
    if origin is not None:
        return parse(origin)
    # Started before projects kept what they used.
    return find_template(project.sop_template)


def _newest_of_ours() -> Iterable[Raw]:
    versions = TemplateVersion.objects.filter(template__in=WorkspaceTemplate.objects.in_use())
    newest = versions.order_by("template__created_at", "template", "-number").distinct(
        "template__created_at", "template"
    )
    return newest.values_list("content", flat=True)
