"""Shops: seen by the team, run by admins, their numbers for those who see finances; nothing of them is a guest's."""

from typing import TYPE_CHECKING

from django.utils import timezone

from integrations.actions.uploading import begin_upload
from integrations.models import ChannelAccount
from projects.models import Project, SavedView
from tests.access.rows.base import ADMINS, ANYONE, INSIDERS, MANAGERS, OK, Row, who
from tests.factories.integrations import make_connected

if TYPE_CHECKING:
    from tests.access.world import World


def lay(world: "World", project: Project) -> None:
    """One that is read, and one that is paused."""
    world.ids["shop"] = make_connected(name="Secret outlet").pk
    world.ids["paused_shop"] = make_connected(name="Secret outlet two", state="paused").pk
    draft = begin_upload(
        ChannelAccount.objects.get(pk=world.ids["paused_shop"]),
        b"Date,SKU,Units,Sales\n2026-01-02,SECRET-FILE-SKU,1,5\n2026-01-02,,1,5\n",
        name="secret-file.csv", kind="plain", day=None, actor=world.members["owner"], now=timezone.now(),
    )  # fmt: skip
    world.ids["upload"] = draft
    mine = {"member": world.members["owner"], "kind": SavedView.Kind.SALES}
    world.ids["kept"] = SavedView.objects.create(**mine, name="Secret numbers").pk
    world.ids["shared_kept"] = SavedView.objects.create(**mine, name="Secret shared numbers", is_shared=True).pk
    world.secrets += ["Secret outlet", "Secret outlet two", "Secret numbers", "Secret shared numbers"]


# Those who see finances are owners, admins, and members who were named.
_FINANCE = who(guests=403, member=403, manager=403)
_OF_STOCK = ("sales-cover", "sales-cover-csv", "sales-noticed")
# To others there are no kept dashboards at all.
_KEPT = who(guests=403, member=404, manager=404)
_HERS = who(guests=403, inside=404, owner=OK)

ROWS = [
    Row("integrations:connected", "+amazon", ANYONE, ok=410, is_public=True),
    Row("integrations:hook-shopify", "", ANYONE, {}, ok=401, is_public=True),
    Row("integrations:shop-add", "", _FINANCE),
    Row("integrations:shop-add", "", _FINANCE, {}, ok=422),
    Row("integrations:file-template", "+plain", _FINANCE),
    Row("integrations:upload", "shop", _FINANCE),
    Row("integrations:upload", "shop", _FINANCE, {}, ok=422),
    Row("integrations:upload-show", "paused_shop upload", _FINANCE),
    Row("integrations:upload-show", "paused_shop upload", _FINANCE, {}, ok=422),
    Row("integrations:upload-problems", "paused_shop upload", _FINANCE),
    Row("integrations:upload-confirm", "paused_shop upload", _FINANCE, {}),
    Row("integrations:connect", "", ADMINS),
    Row("integrations:connect-channel", "+amazon", ADMINS),
    Row("integrations:connect-channel", "+amazon", ADMINS, {}, ok=422),
    Row("integrations:connect-finish", "+amazon", ADMINS, ok=410),
    Row("integrations:connect-share", "+amazon", who(guests=403, member=403, manager=403, admin=403), {}, ok=410),
    Row("integrations:shop-list", "", INSIDERS),
    Row("integrations:shop", "shop", INSIDERS),
    Row("integrations:shop-standing", "shop", INSIDERS),
    Row("integrations:shop-sync", "shop", MANAGERS, {}),
    Row("integrations:shop-pause", "shop", ADMINS, {}),
    Row("integrations:shop-resume", "paused_shop", ADMINS, {}),
    Row("integrations:shop-rename", "shop", ADMINS),
    Row("integrations:shop-rename", "shop", ADMINS, {"name": "Outlet"}),
    Row("integrations:shop-disconnect", "shop", ADMINS),
    Row("integrations:shop-disconnect", "shop", ADMINS, {"numbers": "keep"}),
    Row("integrations:shop-disconnect", "shop", ADMINS, {}, ok=422),
    Row("integrations:kept-list", "", _KEPT),
    Row("integrations:kept-add", "", _KEPT),
    Row("integrations:kept-add", "", _KEPT, {}, ok=422),
    Row("integrations:kept", "kept", _HERS, ok=302),
    Row("integrations:kept", "shared_kept", _KEPT, ok=302),
    *(Row(f"integrations:kept-{name}", "kept", _HERS, {}) for name in ("update", "mail", "delete")),
    *(Row(f"integrations:kept-{name}", "shared_kept", _KEPT, {}) for name in ("update", "mail", "delete")),
    Row("integrations:kept-edit", "shared_kept", _KEPT),
    Row("integrations:kept-edit", "shared_kept", _KEPT, {}, ok=422),
    Row("integrations:sales-letters-stop", "+nonsense", ANYONE, ok=404),
    Row("integrations:sales-letters-stop", "+nonsense", ANYONE, {}, ok=404),
    # Whoever sees finances: here owner and admin.
    *(Row(f"integrations:{name}", "", ADMINS) for name in ("sales", "sales-skus", "sales-csv", *_OF_STOCK)),
    Row("integrations:sales-show", "", ADMINS, {"show": "CNY"}),
    Row("integrations:sales-show", "", ADMINS, {}, ok=400),
    Row("integrations:project-sales-show", "project", ADMINS, {"show": "CNY"}),
    *(
        Row(f"integrations:project-{name}", at, ADMINS)
        for name in ("sales", "sales-skus", "sales-csv", "sales-panel", *_OF_STOCK)
        for at in ("project", "archived")
    ),
]
