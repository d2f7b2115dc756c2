from linkstar.retrospectives.models.changes import ProposedChange
from linkstar.retrospectives.models.retrospectives import Note, Retrospective

__all__ = ["Note", "ProposedChange", "Retrospective"]
