"""What all SOP templates share, from `data/common.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from templates_sop import files
from templates_sop.shapes import Role, Text

DATA = Path(__file__).parent / "data"
COMMON = DATA / "common.yaml"


@dataclass(frozen=True, slots=True)
class Common:
    """What all templates share: the roles, and the names of the category variants by key."""

    roles: tuple[Role, ...]
    variants: Mapping[str, Text]


@lru_cache(maxsize=1)
def common() -> Common:
    raw = files.read(COMMON)
    roles = tuple(Role(role["key"], Text(role["zh"], role["en"])) for role in raw["roles"])
    return Common(roles, {found["key"]: Text(found["zh"], found["en"]) for found in raw["category_variants"]})
