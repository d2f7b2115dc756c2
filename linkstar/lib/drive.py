"""Addresses of Google Drive: told from others by host and form, and made anew from what they mean."""

import re
from dataclasses import asdict, dataclass
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
# Whose account opens it, or which company's: says nothing of the file.
_WHOSE = re.compile(r"/a/[^/]+(?=/)|/u/\d+(?=/)")


@dataclass(frozen=True, slots=True)
class DriveFile:
    """`kind` is one of NAMES; "file" where the address does not tell. `resource_key` opens old shared files, or ""."""

    file_id: str
    kind: str
    resource_key: str = ""

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "DriveFile":
        return cls(**stored)

    def stored(self) -> dict[str, str]:
        return asdict(self)

    @property
    def label(self) -> str:
        """In the language of who reads it."""
        return str(NAMES[self.kind])

    @property
    def address(self) -> str:
        """Where a browser opens it; Google decides for whom."""
        match self.kind:
            case "file":
                address = f"https://{_DRIVE}/open?id={self.file_id}"
            case "folder":
                address = f"https://{_DRIVE}/drive/folders/{self.file_id}"
            case _:
                address = f"https://{_DOCS}/{self.kind}/d/{self.file_id}/edit"
        if not self.resource_key:
            return address
        return f"{address}{'&' if '?' in address else '?'}resourcekey={quote(self.resource_key)}"


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
