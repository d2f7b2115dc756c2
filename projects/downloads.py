"""Short-lived addresses of a version's bytes: the permission check makes one, whoever holds it may fetch for five minutes."""

from datetime import timedelta

from django.core import signing
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse
from django.utils.http import content_disposition_header

from projects.models import FileVersion

VALID_FOR = timedelta(minutes=5)
_SALT = "projects.downloads"


def signed_address(version: FileVersion, file_name: str) -> str:
    """Where the bytes are: S3's own presigned address, or ours, which serves them from the disk."""
    if _is_remote():
        parameters = {
            "ResponseContentDisposition": content_disposition(file_name),
            "ResponseContentType": version.content_type,
        }
        return str(default_storage.url(version.key, parameters=parameters, expire=int(VALID_FOR.total_seconds())))
    token = signing.dumps({"version": version.pk, "workspace": connection.tenant.pk}, salt=_SALT, compress=True)
    return reverse("projects:file-bytes", args=[token])


def version_of(token: str) -> int | None:
    """The id of the version that a token of this workspace names; None when it is forged, old, or of another one."""
    try:
        content = signing.loads(token, salt=_SALT, max_age=VALID_FOR)
    except signing.BadSignature:
        return None
    return int(content["version"]) if content["workspace"] == connection.tenant.pk else None


def content_disposition(file_name: str) -> str:
    """Always an attachment, so nothing that was uploaded ever runs on our host."""
    return content_disposition_header(as_attachment=True, filename=file_name) or "attachment"


def _is_remote() -> bool:
    return hasattr(default_storage, "bucket_name")
