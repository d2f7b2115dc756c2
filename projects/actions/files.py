"""Files come in, get new versions and go. The bytes are written first and taken away again if the rows fail."""

from codecs import getincrementaldecoder
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

import puremagic
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import F

from linkstar.lib.drive import DriveFile
from linkstar.lib.text import clean_line
from linkstar.members.models import Member
from linkstar.workspaces.models import Workspace
from projects.actions import bin
from projects.actions.search_index import index_file
from projects.actions.trace import leave_trace, touch
from projects.models import FileVersion, Project, StoredFile, Task

_CHUNK = 1024 * 1024
_SNIFFED_BYTES = 8192
_NAME_LENGTH = 200
_NOTE_LENGTH = 300
# The end of a name by which a machine opens it: ".xlsx", ".tar.gz" keeps ".gz".
_LONGEST_ENDING = 16


class UploadRefused(ValueError):
    """Nothing was stored; `reason` is "empty", "too large", "quota" or "gone" (in the bin by now)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def add_file(
    project: Project,
    upload: UploadedFile,
    *,
    task: Task | None,
    note: str = "",
    is_shared: bool,
    uploader: Member,
    now: datetime,
) -> StoredFile:
    """A new file with its first version. What a guest brings is always shared. Raises UploadRefused."""
    file = StoredFile(
        project=project,
        task=task,
        name=file_name(upload.name),
        is_shared=is_shared or uploader.is_guest,
        created_by=uploader,
        created_at=now,
    )
    _store(file, upload, note=note, uploader=uploader, now=now)
    return file


@transaction.atomic
def link_drive_file(
    project: Project,
    target: DriveFile,
    *,
    task: Task | None,
    name: str = "",
    is_shared: bool,
    actor: Member,
    now: datetime,
) -> StoredFile:
    """A link among the files; Google is not asked for anything. Without a name it is called by its kind and id.

    What a guest brings is always shared.
    """
    file = StoredFile.objects.create(
        project=project,
        task=task,
        name=clean_line(name, _NAME_LENGTH) or f"{target.label} {target.file_id[:6]}",
        is_shared=is_shared or actor.is_guest,
        drive=target.stored(),
        created_by=actor,
        created_at=now,
    )
    index_file(file)
    _count(task, now=now)
    leave_trace("file linked", project=project, task=task, actor=actor, now=now, name=file.name)
    return file


def add_version(file: StoredFile, upload: UploadedFile, *, note: str, uploader: Member, now: datetime) -> FileVersion:
    """A newer version under the same address; older ones stay. Raises UploadRefused."""
    return _store(file, upload, note=note, uploader=uploader, now=now)


@transaction.atomic
def share_file(file: StoredFile, *, is_shared: bool, actor: Member, now: datetime) -> None:
    """Show the file, with all its versions, to the guests who see its task or project, or stop."""
    if file.is_shared == is_shared:
        return
    file.is_shared = is_shared
    file.save(update_fields=["is_shared"])
    verb = "file shared" if is_shared else "file unshared"
    leave_trace(verb, project=file.project, task=file.task, actor=actor, now=now, name=file.name)


@transaction.atomic
def delete_file(file: StoredFile, *, actor: Member, now: datetime) -> None:
    """Into the bin for 30 days, with its versions; what they weigh is counted until then (actions/bin.py)."""
    bin.promise_removal(bin.FILE, file.pk, binned_at=now)
    file.deleted_at = now
    file.save(update_fields=["deleted_at"])
    _count(file.task, now=now)
    leave_trace("file deleted", project=file.project, task=file.task, actor=actor, now=now, name=file.name)


@transaction.atomic
def restore_file(file: StoredFile, *, actor: Member, now: datetime) -> None:
    """Out of the bin. Raises StoredFile.DoesNotExist when it was removed for good meanwhile."""
    bin.take_back_removal(bin.FILE, file.pk)
    file.refresh_from_db(fields=["deleted_at"])
    if file.deleted_at is None:
        return
    file.deleted_at = None
    file.save(update_fields=["deleted_at"])
    _count(file.task, now=now)
    leave_trace("file restored", project=file.project, task=file.task, actor=actor, now=now, name=file.name)


def _store(file: StoredFile, upload: UploadedFile, *, note: str, uploader: Member, now: datetime) -> FileVersion:
    _check_size(upload)
    digest, head = _read(upload)
    key = f"{connection.tenant.pk}/{digest[:2]}/{uuid4().hex}"
    upload.seek(0)
    stored = default_storage.save(key, File(upload.file, name=key))
    version = FileVersion(
        key=stored,
        sha256=digest,
        size_bytes=upload.size or 0,
        content_type=_sniff(head, file.name),
        note=clean_line(note, _NOTE_LENGTH),
        uploaded_by=uploader,
        created_at=now,
    )
    try:
        _write_rows(file, version, now=now)
    except BaseException:
        default_storage.delete(stored)
        raise
    return version


@transaction.atomic
def _write_rows(file: StoredFile, version: FileVersion, *, now: datetime) -> None:
    _take_quota(version.size_bytes)
    if file.pk is None:
        file.save()
        index_file(file)
    else:
        # Locked, so that two new versions get two numbers.
        current = StoredFile.objects.alive().select_for_update(no_key=True).filter(pk=file.pk).first()
        if current is None:
            raise UploadRefused("gone")
        file.version_count = current.version_count
    file.version_count += 1
    file.save(update_fields=["version_count"])
    version.file, version.number = file, file.version_count
    version.save()
    _count(file.task, now=now)
    leave_trace(
        "file added" if version.number == 1 else "file replaced",
        project=file.project,
        task=file.task,
        actor=version.uploaded_by,
        now=now,
        name=file.name,
        version=version.number,
        note=version.note,
    )


def _take_quota(size: int) -> None:
    """Count the bytes if they fit; one statement, so that two uploads cannot both take the last room."""
    room = Workspace.objects.filter(pk=connection.tenant.pk, storage_used_bytes__lte=F("storage_limit_bytes") - size)
    if not room.update(storage_used_bytes=F("storage_used_bytes") + size):
        raise UploadRefused("quota")


def _check_size(upload: UploadedFile) -> None:
    if not upload.size:
        raise UploadRefused("empty")
    if upload.size > settings.UPLOAD_MAX_BYTES:
        raise UploadRefused("too large")


def _read(upload: UploadedFile) -> tuple[str, bytes]:
    """The SHA-256 of the bytes and their beginning."""
    upload.seek(0)
    digest, head = sha256(), b""
    while chunk := upload.read(_CHUNK):
        head = head or chunk[:_SNIFFED_BYTES]
        digest.update(chunk)
    return digest.hexdigest(), head


def _sniff(head: bytes, name: str) -> str:
    """The media type by the bytes themselves. What the browser claims is not asked; the name only helps to choose
    between types that begin alike, as Office documents and plain ZIPs do.
    """
    try:
        found = puremagic.from_string(head, mime=True, filename=name)
    except (puremagic.PureError, ValueError):
        found = ""
    if found:
        return str(found)
    try:
        # The head may end inside a character.
        getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "text/plain"


def file_name(typed: str | None) -> str:
    """A name as it is stored and shown: no path, no marks that turn the reading direction, 200 characters at most.

    A longer one is shortened before its ending, so that it still opens; an empty one becomes "file".
    """
    name = clean_line((typed or "").replace("\\", "/").rpartition("/")[2], 1000).lstrip(".") or "file"
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > _LONGEST_ENDING:
        return name[:_NAME_LENGTH]
    return f"{stem[: _NAME_LENGTH - len(ending) - 1]}.{ending}"


def _count(task: Task | None, *, now: datetime) -> None:
    if task is None:
        return
    # Locked, so that two who change the files of a task at once both count what the other left.
    Task.objects.select_for_update(no_key=True).only("pk").get(pk=task.pk)
    task.file_count = task.files.alive().count()
    touch(task, "file_count", now=now)
