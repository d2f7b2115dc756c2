from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RetrospectivesConfig(AppConfig):
    name = "linkstar.retrospectives"
    verbose_name = _("Retrospectives")

    def ready(self) -> None:
        """Says to the rooms below what must have happened before a project goes into the archive as done."""
        from linkstar.retrospectives import archiving  # noqa: F401
