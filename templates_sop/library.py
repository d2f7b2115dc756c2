"""The built-in SOP templates, out of the YAML files in `data/`.

A new release brings new files, which never change while the server runs. What a workspace wrote has the same shape as
JSON (models/templates.py); catalogue.py finds both.
"""

from functools import lru_cache

from templates_sop import files
from templates_sop.common import COMMON, DATA
from templates_sop.parsing import parse
from templates_sop.shapes import SopTemplate


class TemplateNotFound(LookupError):
    """No built-in template has this key."""


@lru_cache(maxsize=1)
def library() -> dict[str, SopTemplate]:
    """Every built-in template by its key, in the order of the files' names. Read once; callers must not change it."""
    templates = (parse(files.read(path)) for path in sorted(DATA.glob("*.yaml")) if path != COMMON)
    return {template.key: template for template in templates}


def get_template(key: str) -> SopTemplate:
    """A built-in one."""
    try:
        return library()[key]
    except KeyError:
        raise TemplateNotFound(key) from None
