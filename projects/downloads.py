"""Short-lived addresses of a version's bytes. The permission check makes one for a member; it lives five minutes.

On our own disk the check is repeated when it is fetched. S3 does not know members: there whoever holds the address may
fetch until it ends.
"""

from datetime import timedelta
from typing import Any, NamedTuple

from django.core import signing
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse
from django.utils.http import content_disposition_header

from linkstar.members.models import Member
from projects.models import FileVersion

VALID_FOR = timedelta(minutes=5)
_SALT = "projects.downloads"


class Ticket(NamedTuple):
    """What a signed address is for, by their ids."""

    version: int
    member: int


def signed_address(version: FileVersion, file_name: str, *, member: Member) -> str:
    """Where `member` fetches the bytes: S3's own presigned address, or ours, which serves them from the disk."""
    if _is_remote():
        parameters = {
            "ResponseContentDisposition": content_disposition(file_name),
            "ResponseContentType": version.content_type,
        }
        bucket: Any = default_storage
        return str(bucket.url(version.key, parameters=parameters, expire=int(VALID_FOR.total_seconds())))
    content = {"version": version.pk, "member": member.pk, "workspace": connection.tenant.pk}
    return reverse("projects:file-bytes", args=[signing.dumps(content, salt=_SALT, compress=True)])


def ticket_of(token: str) -> Ticket | None:
    """What a token of this workspace is for; None when it is forged, old, or of another one."""
    try:
        content = signing.loads(token, salt=_SALT, max_age=VALID_FOR)
    except signing.BadSignature:
        return None
    if content["workspace"] != connection.tenant.pk:
        return None
    return Ticket(int(content["version"]), int(content["member"]))


def content_disposition(file_name: str) -> str:
    """Always an attachment, so nothing that was uploaded ever runs on our host."""
    return content_disposition_header(as_attachment=True, filename=file_name) or "attachment"


def _is_remote() -> bool:
    return hasattr(default_storage, "bucket_name")
