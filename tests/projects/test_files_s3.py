"""The same files in an S3 bucket: django-storages and boto3 against a stub on loopback."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from linkstar.members.models import Member
from linkstar.settings import _private_storage
from projects.actions.files import UploadRefused, add_file, add_version
from projects.models import FileVersion, Project, StoredFile
from tests.factories import client_of, make_member, make_project
from tests.projects.s3_stub import Stub, serve

pytestmark = pytest.mark.django_db


@pytest.fixture
def bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "dummy")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "dummy")
    with serve() as stub:
        private = _private_storage(f"s3://linkstar-files?endpoint={stub.url}&region=us-east-1")
        settings.STORAGES = {**settings.STORAGES, "default": private}
        yield stub


@pytest.fixture
def project(owner: Member) -> Project:
    return make_project(owner)


def upload(name: str = "brief.pdf", content: bytes = b"%PDF-1.7\n" + b"x" * 100_000) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def add(project: Project, **values: Any) -> StoredFile:
    return add_file(project, upload(**values), task=None, is_shared=False, uploader=project.owner, now=timezone.now())


def test_bytes_go_to_the_bucket_under_the_workspace(bucket, project, acme):
    file = add(project)

    version = FileVersion.objects.get(file=file)
    assert version.key.startswith(f"{acme.pk}/")
    assert bucket.objects == {f"/linkstar-files/{version.key}": b"%PDF-1.7\n" + b"x" * 100_000}


def test_the_download_is_a_presigned_attachment_that_ends_in_five_minutes(bucket, project):
    file = add(project, name="装箱单 packing.pdf")
    client = client_of(project.owner)

    address = client.get(f"/files/{file.pk}/download/")["Location"]

    query = parse_qs(urlsplit(address).query)
    assert address.startswith(bucket.url)
    assert query["X-Amz-Expires"] == ["300"] and "X-Amz-Signature" in query
    with urlopen(address) as answer:  # noqa: S310 - our stub on loopback
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.read() == b"%PDF-1.7\n" + b"x" * 100_000


def test_a_stranger_and_an_unrelated_guest_get_no_address(bucket, project):
    file = add(project)

    assert client_of(make_member("guest")).get(f"/files/{file.pk}/download/").status_code == 404
    assert client_of(None).get(f"/files/{file.pk}/download/")["Location"].startswith("/accounts/login/")


def test_versions_lie_beside_each_other(bucket, project):
    file = add(project)
    add_version(file, upload(content=b"%PDF-2"), note="", uploader=project.owner, now=timezone.now())

    assert sorted(bucket.objects.values()) == [b"%PDF-1.7\n" + b"x" * 100_000, b"%PDF-2"]
    assert [version.number for version in file.versions.order_by("number")] == [1, 2]


def test_what_does_not_fit_leaves_nothing_in_the_bucket(bucket, project, acme):
    type(acme).objects.filter(pk=acme.pk).update(storage_limit_bytes=10)

    with pytest.raises(UploadRefused):
        add(project)

    assert bucket.objects == {} and not StoredFile.objects.exists()
    assert [method for method, _, _ in bucket.calls if method in ("PUT", "DELETE")] == ["PUT", "DELETE"]


def test_a_large_file_goes_up_in_one_stream(bucket, project):
    content = b"\x00\x01" * (3 * 1024 * 1024)

    version = FileVersion.objects.get(file=add(project, name="shoot.raw", content=content))

    assert default_storage.size(version.key) == version.size_bytes == len(content)
    with default_storage.open(version.key) as stored:
        assert stored.read() == content
