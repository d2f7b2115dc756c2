from templates_sop.models.origins import ProjectOrigin
from templates_sop.models.templates import TemplateVersion, VersionFixed, WorkspaceTemplate

__all__ = ["ProjectOrigin", "TemplateVersion", "VersionFixed", "WorkspaceTemplate"]
