"""The component sheet and the mail reader of a developer's machine."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from linkstar.dev.mail import read_mail, read_mails
from linkstar.mail import FolderBackend
from tests.factories.members import WorkspaceClient as Client


@pytest.fixture
def builder(settings: Any, tmp_path: Path) -> Client:
    settings.PUBLIC_SCHEMA_URLCONF = "tests.dev_pages.urls"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return Client(HTTP_HOST="localhost")


def _send(subject: str, text: str) -> None:
    letter = EmailMultiAlternatives(subject, text, "LinkStar <no-reply@localhost>", ["wu@acme.test"])
    letter.attach_alternative("<p>html</p>", "text/html")
    FolderBackend().send_messages([letter])


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?theme=dark&language=zh-hans", "?theme=light&density=compact"])
def test_component_sheet_draws(builder: Client, query: str) -> None:
    assert builder.get(f"/dev/components/{query}").status_code == 200


@pytest.mark.django_db
def test_dev_pages_are_absent_without_debug() -> None:
    assert Client(HTTP_HOST="localhost").get("/dev/mail/").status_code == 404


@pytest.mark.django_db
def test_mail_shows_its_text_with_links_that_can_be_followed(builder: Client) -> None:
    _send("Bestätige · 请确认", "Open http://localhost:8000/accounts/confirm-email/MQ:1a-b_c/ <b>now</b>")
    (mail,) = read_mails()
    assert mail.subject == "Bestätige · 请确认"
    page = builder.get(f"/dev/mail/{mail.name}/").text
    assert 'href="http://localhost:8000/accounts/confirm-email/MQ:1a-b_c/"' in page
    assert "&lt;b&gt;now&lt;/b&gt;" in page


@pytest.mark.django_db
def test_mail_list_has_the_newest_first(builder: Client) -> None:
    _send("Letter one", "1")
    _send("Letter two", "2")
    assert [mail.subject for mail in read_mails()] == ["Letter two", "Letter one"]
    page = builder.get("/dev/mail/").text
    assert page.index("Letter two") < page.index("Letter one")


@pytest.mark.django_db
def test_mail_list_without_letters_says_what_belongs_here(builder: Client) -> None:
    assert "No letter yet" in builder.get("/dev/mail/").text


@pytest.mark.parametrize("name", ["../settings.py", "x.eml", "..%2fx.eml", ""])
def test_mail_reader_reads_nothing_but_letters(settings: Any, tmp_path: Path, name: str) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path)
    assert read_mail(name) is None
