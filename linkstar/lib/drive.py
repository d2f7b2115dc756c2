"""Addresses of Google Drive: told from others by host and form, and made anew from what they mean."""

import re
from dataclasses import asdict, dataclass, fields
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The kinds with an editor of their own, by the first part of their path, and what Google calls them everywhere.
_EDITORS = {
    "document": "Google Docs",
    "spreadsheets": "Google Sheets",
    "presentation": "Google Slides",
    "forms": "Google Forms",
    "drawings": "Google Drawings",
}
_OTHERS = {"folder": _("Google Drive folder"), "file": _("Google Drive file")}
NAMES: dict[str, str | Promise] = {**_EDITORS, **_OTHERS}
_DOCS, _DRIVE = "docs.google.com", "drive.google.com"
_ID = re.compile(r"[A-Za-z0-9_-]{10,120}")
_RESOURCE_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")
_MIME_TYPE = re.compile(r"[a-z]+/[A-Za-z0-9.+_-]{1,100}")
# What Google's own window calls those with an editor.
_KINDS = {
    "application/vnd.google-apps.document": "document",
    "application/vnd.google-apps.spreadsheet": "spreadsheets",
    "application/vnd.google-apps.presentation": "presentation",
    "application/vnd.google-apps.form": "forms",
    "application/vnd.google-apps.drawing": "drawings",
    "application/vnd.google-apps.folder": "folder",
}
_ICON_HOSTS = (".googleusercontent.com", ".gstatic.com")
_LONGEST_ADDRESS = 500
# Whose account opens it, or which company's: says nothing of the file.
_WHOSE = re.compile(r"/a/[^/]+(?=/)|/u/\d+(?=/)")


@dataclass(frozen=True, slots=True)
class DriveFile:
    """`kind` is one of NAMES; "file" where the address does not tell. `resource_key` opens old shared files, or "".

    Only of one that was chosen in Google's window are known: `mime_type`, the addresses of its `icon` and of its page
    at Google (`web_view`).
    """

    file_id: str
    kind: str
    resource_key: str = ""
    mime_type: str = ""
    icon: str = ""
    web_view: str = ""

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "DriveFile":
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})

    def stored(self) -> dict[str, str]:
        """What was not told is left out, but for the three that a pasted address has."""
        always = ("file_id", "kind", "resource_key")
        return {name: value for name, value in asdict(self).items() if value or name in always}

    @property
    def is_chosen(self) -> bool:
        """In Google's window, so that whoever chose it may be told about it."""
        return bool(self.mime_type)

    @property
    def is_image(self) -> bool:
        return self.mime_type.startswith("image/")

    @property
    def label(self) -> str:
        """In the language of who reads it."""
        return str(NAMES[self.kind])

    @property
    def address(self) -> str:
        """Where a browser opens it; Google decides for whom."""
        address = self.web_view or self._made_address
        if not self.resource_key or "resourcekey=" in address:
            return address
        return f"{address}{'&' if '?' in address else '?'}resourcekey={quote(self.resource_key)}"

    @property
    def _made_address(self) -> str:
        match self.kind:
            case "file":
                return f"https://{_DRIVE}/open?id={self.file_id}"
            case "folder":
                return f"https://{_DRIVE}/drive/folders/{self.file_id}"
            case _:
                return f"https://{_DOCS}/{self.kind}/d/{self.file_id}/edit"


def read_drive_address(typed: str) -> DriveFile | None:
    """What a pasted address points to; None for any other address. Nothing is asked of Google."""
    try:
        parts = urlsplit(typed.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme != "https" or port not in (None, 443) or parts.username is not None or host not in (_DOCS, _DRIVE):
        return None
    query = parse_qs(parts.query)
    found = _of_path(host, _WHOSE.sub("", parts.path), query)
    if found is None or not _ID.fullmatch(found[1]):
        return None
    key = (query.get("resourcekey") or [""])[0]
    return DriveFile(found[1], found[0], key if _RESOURCE_KEY.fullmatch(key) else "")


def read_chosen(told: Any) -> tuple[DriveFile, str] | None:
    """What Google's window told of one file, and its name there; None when it is none. It came by way of a browser,
    so an address in it counts only when it is Google's own and of this file.
    """
    if not isinstance(told, dict):
        return None
    text = {name: value for name, value in told.items() if isinstance(value, str)}
    file_id, mime_type = text.get("id", ""), text.get("mimeType", "")
    if not _ID.fullmatch(file_id) or not _MIME_TYPE.fullmatch(mime_type):
        return None
    key, web_view, icon = text.get("resourceKey", ""), text.get("url", ""), text.get("iconUrl", "")
    there = read_drive_address(web_view) if len(web_view) <= _LONGEST_ADDRESS else None
    file = DriveFile(
        file_id=file_id,
        kind=_KINDS.get(mime_type, "file"),
        resource_key=key if _RESOURCE_KEY.fullmatch(key) else "",
        mime_type=mime_type,
        icon=icon if _is_icon(icon) else "",
        web_view=web_view.strip() if there and there.file_id == file_id else "",
    )
    return file, text.get("name", "")


def _is_icon(address: str) -> bool:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    is_theirs = parts.scheme == "https" and port in (None, 443) and parts.username is None
    return is_theirs and len(address) <= _LONGEST_ADDRESS and (parts.hostname or "").endswith(_ICON_HOSTS)


def _of_path(host: str, path: str, query: dict[str, list[str]]) -> tuple[str, str] | None:
    """Kind and id."""
    steps = [step for step in path.split("/") if step]
    match steps:
        case [kind, "d", file_id, *_] if host == _DOCS and kind in _EDITORS and file_id != "e":
            # "e": published on the web, which has another id than the file.
            return kind, file_id
        case ["file", "d", file_id, *_]:
            return "file", file_id
        case ["drive", "folders", file_id] | ["folders", file_id]:
            return ("folder", file_id) if host == _DRIVE else None
        case ["open"] | ["uc"] | ["folderview"] if query.get("id"):
            return "folder" if steps == ["folderview"] else "file", query["id"][0]
        case _:
            return None
