"""The rows of the first pages: projects, boards, tasks, files, people, accounts, the public site."""

from dataclasses import replace

from tests.access.rows.base import (
    ADMINS,
    ANYONE,
    EVERYBODY,
    FINANCE,
    GIVERS,
    INSIDERS,
    INTERNAL,
    MANAGERS,
    OK,
    ONE_OF_US,
    READ_ONLY,
    READ_ONLY_TEAM,
    RUNNERS,
    SHARED,
    SHARED_TO_READ,
    SIGNED_IN,
    THE_GUEST,
    THE_GUEST_AMONG,
    THE_GUEST_AND_ADMINS,
    THE_MANAGER,
    Row,
    who,
)


def _projects() -> list[Row]:
    return [
        Row("projects:home", "", EVERYBODY),
        Row("projects:rail", "", EVERYBODY),
        Row("projects:project-list", "", EVERYBODY),
        Row("projects:project-new", "", INSIDERS),
        Row(
            "projects:project-new",
            "",
            INSIDERS,
            {"name": "New", "owner": "$members.owner", "time_zone": "UTC", "channel": ""},
        ),
        Row("projects:project", "project", SHARED),
        Row("projects:project", "archived", INTERNAL),
        Row("projects:project-edit", "project", RUNNERS),
        Row("projects:project-edit", "project", RUNNERS, {"name": "Newer", "time_zone": "UTC", "channel": ""}),
        Row("projects:project-archive", "project", GIVERS, {}),
        Row("projects:project-restore", "archived", GIVERS, {}),
        Row("projects:bin", "project", INSIDERS),
        Row("projects:bin", "archived", INSIDERS),
        Row("projects:activity", "project", INSIDERS),
        Row("projects:activity", "archived", INSIDERS),
        Row("projects:owner-offer", "project", GIVERS),
        Row("projects:owner-offer", "not_offered", GIVERS, {"to": "$members.manager", "note": ""}),
        Row("projects:offer-answer", "offer", THE_MANAGER, {"answer": "accept"}),
        Row("projects:offer-answer", "offer", GIVERS, {"answer": "withdraw"}),
        Row("projects:guests", "project", INSIDERS),
        Row("projects:guest-invite", "project", RUNNERS, {"email": "somebody@elsewhere.test"}),
        Row("projects:guest-remove", "project guest", RUNNERS, {}),
        Row("projects:guest-withdraw", "project guest_invitation", RUNNERS, {}),
        Row("projects:guest-join", "guest_join", ANYONE),
        Row("projects:guest-join", "guest_join", who(inside=403, guests=403, anonymous=422), {}),
    ]


def _boards() -> list[Row]:
    htmx = {"name": "A column", "status": "doing", "wip_limit": ""}
    return [
        Row("projects:board", "project", SHARED),
        Row("projects:board", "archived", INTERNAL),
        Row("projects:column-cards", "column", SHARED, ok=302),
        Row("projects:column-add", "project", RUNNERS),
        Row("projects:column-add", "project", RUNNERS, htmx),
        Row("projects:column-edit", "column", RUNNERS),
        Row("projects:column-edit", "column", RUNNERS, {"name": "Next", "wip_limit": "5"}),
        Row("projects:column-move", "column", RUNNERS, {"position": "1"}),
        Row("projects:column-delete", "empty_column", RUNNERS, {}),
        Row("projects:task-add", "column", INSIDERS, {"titles": "Order samples"}),
        Row("projects:task-add", "archived_column", READ_ONLY_TEAM, {"titles": "Order samples"}),
        Row("projects:task-move", "task", SHARED, {"column": "$doing"}),
        Row("projects:task-move", "shown_task", SHARED_TO_READ, {"column": "$doing"}),
        Row("projects:task-move", "internal_task", INTERNAL, {"column": "$doing"}),
        Row("projects:task-move", "archived_task", READ_ONLY, {"column": "$archived_column"}),
        # A card that is gone, or was never there, takes itself off the page and says no more.
        Row("projects:task-card", "task", EVERYBODY, unknown=200),
    ]


def _tasks() -> list[Row]:
    return [
        Row("projects:task", "task", SHARED),
        Row("projects:task", "shown_task", SHARED),
        Row("projects:task", "internal_task", INTERNAL),
        Row("projects:task", "finance_task", FINANCE),
        Row("projects:task", "archived_task", INTERNAL),
        Row("projects:task", "binned_task", who(inside=404, guests=404)),
        Row("projects:task-stream", "task", SHARED, ok=302),
        Row("projects:task-properties", "task", SHARED, ok=302),
        Row("projects:task-title", "task", INSIDERS, {"text": "Newer"}),
        Row("projects:task-description", "task", INSIDERS),
        Row("projects:task-description", "task", INSIDERS, {"text": "Newer"}),
        Row("projects:task-set", "task +column", SHARED, {"column": "$doing"}),
        Row("projects:task-set", "task +priority", SHARED_TO_READ, {"priority": "4"}),
        Row("projects:task-set", "task +owner", SHARED_TO_READ, {"owner": "$members.member"}),
        Row("projects:task-set", "task +visibility", SHARED_TO_READ, {"visibility": "internal"}),
        Row("projects:task-finish", "task", SHARED, {}),
        Row("projects:task-finish", "shown_task", SHARED_TO_READ, {}),
        Row("projects:task-finish", "archived_task", READ_ONLY, {}),
        Row("projects:task-reopen", "task", SHARED, {}),
        Row("projects:task-delete", "task", INSIDERS, {}),
        Row("projects:task-restore", "binned_task", INSIDERS),
        Row("projects:task-restore", "binned_task", INSIDERS, {}),
        Row("projects:task-deadline", "task", INSIDERS),
        Row("projects:task-deadline", "task", INSIDERS, {"clear": "1"}),
        Row("projects:deadline-preview", "task", INSIDERS),
        Row("projects:item-add", "task", INSIDERS, {"lines": "One more"}),
        Row("projects:item-check", "item", SHARED, {"is_done": "1"}),
        Row("projects:item-edit", "item", INSIDERS),
        Row("projects:item-edit", "item", INSIDERS, {"lines": "Whiter"}),
        Row("projects:item-remove", "item", INSIDERS, {}),
        Row("projects:comment-add", "task", SHARED, {"body": "Good."}),
        Row("projects:comment-add", "internal_task", INTERNAL, {"body": "Good."}),
        Row("projects:people", "task", INSIDERS),
        Row("projects:comment-edit", "guests_comment", THE_GUEST_AMONG),
        Row("projects:comment-edit", "guests_comment", THE_GUEST_AMONG, {"body": "Better."}),
        Row("projects:comment-delete", "guests_comment", THE_GUEST_AND_ADMINS, {}),
    ]


def _files() -> list[Row]:
    note = {"note": ""}
    drive = {"address": "https://docs.google.com/document/d/1A2b3C4d5E6f7G8h9I0j/edit"}
    return [
        Row("projects:task-files", "task", SHARED),
        Row("projects:task-file-add", "task", SHARED, {"files": "$upload", **note}),
        Row("projects:task-file-add", "shown_task", SHARED_TO_READ, {"files": "$upload", **note}),
        Row("projects:task-file-link", "task", SHARED, drive),
        Row("projects:task-file-link", "shown_task", SHARED_TO_READ, drive),
        Row("projects:project-file-link", "project", SHARED, drive),
        Row("projects:files", "project", SHARED),
        Row("projects:project-file-add", "project", SHARED, {"files": "$upload", **note}),
        Row("projects:file", "file", SHARED),
        Row("projects:file", "internal_file", INTERNAL),
        Row("projects:file-download", "file", SHARED, ok=302),
        Row("projects:file-download", "internal_file", INTERNAL, ok=302),
        Row("projects:file-version", "file one", SHARED, ok=302),
        # The ticket is the guest's own; who is signed in as somebody else needs a permission of their own.
        Row("projects:file-bytes", "token", who(guests=OK, guest_elsewhere=404, outside=OK, anonymous=OK)),
        Row("projects:file-replace", "file", SHARED, {"files": "$upload", **note}),
        Row("projects:file-replace", "team_file", SHARED_TO_READ, {"files": "$upload", **note}),
        Row("projects:file-share", "file", INSIDERS, {"is_shared": "1"}),
        Row("projects:file-delete", "file", SHARED, {}),
        Row("projects:file-delete", "team_file", SHARED_TO_READ, {}),
        Row("projects:file-restore", "binned_file", INSIDERS, {}),
    ]


def _rooms() -> list[Row]:
    sop = "+fba_replenishment_shipment"
    return [
        Row("notifications:inbox", "", EVERYBODY),
        Row("notifications:unread", "", EVERYBODY),
        Row("notifications:read-all", "", EVERYBODY, {}),
        Row("notifications:notification-open", "notice", THE_GUEST, {}),
        Row("templates_sop:template-list", "", INSIDERS),
        Row("templates_sop:template-show", sop, INSIDERS),
        Row("templates_sop:step", f"{sop} +velocity", INSIDERS, ok=302),
        Row("templates_sop:template-start", sop, INSIDERS),
        Row("templates_sop:template-start", sop, INSIDERS, {}, ok=422),
        Row("members:member-list", "", INSIDERS),
        Row("members:member-show", "colleague", INSIDERS),
        Row("members:member-name", "colleague", INSIDERS),
        Row("members:member-invite", "", MANAGERS),
        Row("members:member-invite", "", MANAGERS, {"emails": "a@new.test", "role": "member"}, ok=200),
        Row("members:member-invite", "", ADMINS | {"manager": 422}, {"emails": "a@new.test", "role": "admin"}, ok=200),
        Row("members:member-role", "colleague", ADMINS, {"role": "manager"}),
        Row("members:member-edit", "colleague", ADMINS, {"company": "Agency"}),
        Row("members:member-deactivate", "colleague", ADMINS),
        Row("members:member-deactivate", "colleague", ADMINS, {}),
        Row("members:member-reactivate", "former", ADMINS, {}),
        Row("members:invitation-renew", "invitation", MANAGERS, {}),
        Row("members:invitation-withdraw", "invitation", MANAGERS, {}),
        Row("members:join", "join", ANYONE),
        Row("members:join", "join", ANYONE | {"anonymous": 422}, {}),
        Row("members:leave", "", EVERYBODY),
        # The last owner stays. What a guest has open goes back to the project's owner.
        Row("members:leave", "", EVERYBODY | {"owner": 422}, {}),
        Row("members:profile", "", EVERYBODY),
        Row(
            "members:profile",
            "",
            EVERYBODY,
            {
                "full_name": "N",
                "language": "en",
                "time_zone": "Asia/Shanghai",
                "theme": "dark",
                "density": "compact",
            },
        ),
        Row("members:zone-take", "", EVERYBODY, {"time_zone": "Asia/Shanghai"}),
        Row("workspaces:arrive", "", SIGNED_IN | {"anonymous": 410}, ok=302),
        Row("workspaces:arrive", "", ANYONE, {}, ok=410),
        Row("workspaces:switcher", "", SIGNED_IN),
        Row("workspaces:switch", "+acme", ONE_OF_US, {}),
        Row("workspaces:settings", "", ADMINS),
        Row("workspaces:settings", "", ADMINS, {"name": "A", "time_zone": "Asia/Shanghai", "language": "en"}),
        Row("workspaces:modules", "", ADMINS),
        Row("workspaces:module-switch", "+projects", ADMINS, {"on": "1"}),
    ]


# allauth's own pages, alike on every host; their POSTs are tested in tests/accounts. These stand open.
_OPEN = (
    "account-email-hint", "account_inactive", "account_email_verification_sent", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key_done",
)  # fmt: skip
_OWN = ("account-security", "account_email", "account_change_password", "account_reauthenticate", "mfa_index")
# Whoever is in already, or did not type a password just now, is sent on.
_SENT_ON = ("account_set_password", "mfa_reauthenticate", "mfa_activate_totp", "mfa_generate_recovery_codes")
_NOT_SET_UP = ("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes")


def _accounts() -> list[Row]:
    in_already = SIGNED_IN | {"anonymous": 200}
    return [
        Row("set-language", "", ANYONE, {"language": "en"}),
        Row("account_login", "", in_already, ok=302),
        Row("account_signup", "", in_already, ok=302),
        Row("account_logout", "", SIGNED_IN | {"anonymous": 302}),
        Row("mfa_authenticate", "", SIGNED_IN, ok=302),
        *(Row(name, "", ANYONE) for name in _OPEN),
        *(Row(name, "", SIGNED_IN) for name in _OWN),
        *(Row(name, "", SIGNED_IN, ok=302) for name in _SENT_ON),
        *(Row(name, "", SIGNED_IN, ok=404) for name in _NOT_SET_UP),
        Row("account_confirm_email", "+no-such-key", ANYONE, ok=410),
        Row("account_reset_password_from_key", "+1 +no-such-key", ANYONE, ok=410),
    ]


def _on_public_site() -> list[Row]:
    rows = [
        Row("public:home", "", ANYONE),
        Row("public:plans", "", ANYONE),
        Row("public:help", "", ANYONE),
        Row("public:help-article", "+start", ANYONE),
        Row("workspaces:mine", "", SIGNED_IN | {"stranger": 302}),
        Row("workspaces:switcher", "", SIGNED_IN | {"stranger": 302}),
        Row("workspaces:new", "", SIGNED_IN),
        Row("workspaces:new", "", SIGNED_IN, {}, ok=422),
        Row("workspaces:slug-check", "", SIGNED_IN),
        Row("workspaces:enter", "+acme", ONE_OF_US, ok=302),
        Row("account-profile", "", SIGNED_IN),
        Row("account-profile", "", SIGNED_IN, {}, ok=422),
    ]
    return [replace(row, is_public=True) for row in [*rows, *_accounts()]]


ROWS = [
    *_projects(), *_boards(), *_tasks(), *_files(), *_rooms(), *_accounts(), *_on_public_site(),
]  # fmt: skip
