from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TemplatesSopConfig(AppConfig):
    name = "templates_sop"
    verbose_name = _("SOP templates")
