"""Which names can be the address of a workspace."""

import re

from django.utils.translation import gettext as _

from linkstar.workspaces.models import Workspace

_FORM = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
RESERVED_SLUGS = frozenset(
    "about account accounts admin api app assets auth beta billing blog cdn dashboard dev docs email enter files ftp "
    "help helpdesk home imap info invite legal linkstar localhost login logout mail media metrics mx my news ns ns1 "
    "ns2 owner partner pop portal pricing public register root sales security shop signup smtp sso staff staging "
    "static status store support system team test tickets webhook webhooks workspace workspaces www".split()
)


class SlugRefused(ValueError):
    """The address cannot be had; `message` says why, for the person who asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def check_slug(slug: str) -> None:
    """Raise SlugRefused when `slug` is malformed, reserved or taken."""
    if not _FORM.fullmatch(slug) or "--" in slug:
        raise SlugRefused(
            _(
                "Use 3 to 40 small letters, digits and single hyphens; "
                "start with a letter and end with a letter or digit."
            )
        )
    if slug in RESERVED_SLUGS:
        raise SlugRefused(_("This address is reserved. Choose another."))
    if Workspace.objects.filter(slug=slug).exists():
        raise SlugRefused(_("This address is taken. Choose another."))
