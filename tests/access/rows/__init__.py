"""The permission matrix: every address × everybody who may knock. A new address needs its row in a module here.

Each module has `ROWS`, and may have `lay(world, project)`, which adds what its addresses name to the world (world.py).
"""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from tests.access.rows.base import LOGIN, OK, PERSONAS, Expected, Row

__all__ = ["AREAS", "LOGIN", "OK", "PERSONAS", "ROWS", "Expected", "Row"]

AREAS: list[ModuleType] = [
    import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__) if found.name != "base"
]
ROWS: list[Row] = [row for area in AREAS for row in area.ROWS]
