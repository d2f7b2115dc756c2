from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "linkstar.compliance"
    label = "compliance"

    def ready(self) -> None:
        """Registers what holds a task, and what happens when papers run out."""
        from linkstar.compliance import holding  # noqa: F401
        from linkstar.compliance.actions import expiry  # noqa: F401
