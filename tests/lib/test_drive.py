"""Addresses of Google Drive are told from all others, and what opens is made by us."""

import pytest

from linkstar.lib.drive import DriveFile, read_chosen, read_drive_address

ID = "1A2b3C4d5E6f7G8h9I0j_-K"


@pytest.mark.parametrize(
    ("typed", "kind", "key"),
    [
        (f"https://docs.google.com/document/d/{ID}/edit?usp=sharing#heading=h.1", "document", ""),
        (f" https://docs.google.com/spreadsheets/d/{ID}/edit#gid=0 ", "spreadsheets", ""),
        (f"https://docs.google.com/presentation/u/1/d/{ID}/preview", "presentation", ""),
        (f"https://docs.google.com/a/example.com/forms/d/{ID}", "forms", ""),
        (f"https://DOCS.google.com:443/drawings/d/{ID}/edit", "drawings", ""),
        (f"https://drive.google.com/file/d/{ID}/view?usp=drive_link&resourcekey=0-Ab_c", "file", "0-Ab_c"),
        (f"https://docs.google.com/file/d/{ID}/edit", "file", ""),
        (f"https://drive.google.com/open?id={ID}&resourcekey=%22%3E", "file", ""),
        (f"https://drive.google.com/uc?export=download&id={ID}", "file", ""),
        (f"https://drive.google.com/drive/folders/{ID}", "folder", ""),
        (f"https://drive.google.com/drive/u/0/folders/{ID}?resourcekey=0-x", "folder", "0-x"),
    ],
)
def test_what_is_pasted_is_read(typed: str, kind: str, key: str) -> None:
    found = read_drive_address(typed)
    assert found == DriveFile(ID, kind, key)
    assert found is not None and read_drive_address(found.address) == found and DriveFile.of(found.stored()) == found


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "brief.docx",
        f"http://docs.google.com/document/d/{ID}/edit",
        f"https://docs.google.com.evil.test/document/d/{ID}/edit",
        f"https://evil.test/docs.google.com/document/d/{ID}/edit",
        f"https://docs.google.com@evil.test/document/d/{ID}/edit",
        f"https://a:b@docs.google.com/document/d/{ID}/edit",
        f"https://docs.google.com:8443/document/d/{ID}/edit",
        f"https://sheets.google.com/document/d/{ID}/edit",
        "https://docs.google.com/document/d/e/2PACX-1vQabcdefghijk/pub",
        f"https://docs.google.com/unknown/d/{ID}/edit",
        "https://docs.google.com/document/d/short/edit",
        "https://docs.google.com/document/d/1A2b3C4d5E6f7<script>/edit",
        "https://drive.google.com/drive/my-drive",
        "https://drive.google.com/open",
        f"javascript:alert(1)//drive.google.com/open?id={ID}",
        f"https://[docs.google.com/document/d/{ID}",
    ],
)
def test_any_other_address_is_none(typed: str) -> None:
    assert read_drive_address(typed) is None


CHOSEN = {"id": ID, "name": "Costs", "mimeType": "application/vnd.google-apps.spreadsheet"}
OWN = f"https://docs.google.com/spreadsheets/d/{ID}/edit?usp=drive_web"


def test_what_googles_window_tells_is_kept_when_it_is_googles_own() -> None:
    icon = "https://ssl.gstatic.com/docs/sheet.png"
    told = CHOSEN | {"url": OWN, "iconUrl": icon, "resourceKey": "0-AbC", "sizeBytes": 12, "thumbnails": []}

    found = read_chosen(told)

    assert found == (DriveFile(ID, "spreadsheets", "0-AbC", CHOSEN["mimeType"], icon, OWN), "Costs")
    assert found[0].address == f"{OWN}&resourcekey=0-AbC"
    assert DriveFile.of(found[0].stored()) == found[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("url", "https://evil.test/"),
        ("url", "javascript:alert(1)"),
        ("url", "https://docs.google.com/spreadsheets/d/9Z8y7X6w5V4u3T2s1R0q/edit"),
        ("url", f"{OWN}&{'x' * 500}"),
        ("iconUrl", "https://evil.test/gstatic.com"),
        ("iconUrl", "http://ssl.gstatic.com/a.png"),
        ("iconUrl", "https://x:y@ssl.gstatic.com/a.png"),
        ("resourceKey", '"><script>'),
    ],
)
def test_an_address_that_is_not_googles_is_left_out(name: str, value: str) -> None:
    assert read_chosen(CHOSEN | {name: value}) == (DriveFile(ID, "spreadsheets", mime_type=CHOSEN["mimeType"]), "Costs")


@pytest.mark.parametrize("told", [None, [], {}, CHOSEN | {"id": "../x"}, CHOSEN | {"mimeType": "<b>"}, {"id": ID}])
def test_what_is_no_file_is_none(told: object) -> None:
    assert read_chosen(told) is None


def test_what_a_later_release_stores_is_read_all_the_same() -> None:
    assert DriveFile.of({"file_id": ID, "kind": "file", "resource_key": "", "later": 1}) == DriveFile(ID, "file")
