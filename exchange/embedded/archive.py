"""The file of a backup: a tar of a manifest and the parts that it names, each with its size and SHA-256.

    manifest.json     when it was made, of what, where the books stood, and the sums of the other members
    base.tar.gz       PostgreSQL's data folder, as pg_basebackup sent it
    pg_wal.tar.gz     the log from the beginning to the end of the copy, without which it is worth nothing
    backup_manifest   PostgreSQL's own sums of its files, for pg_verifybackup
    home.tar.gz       the keys that open the encrypted fields, and the signed heads of the chains

Nothing of a file is unpacked before all of it was read once and found to be what the manifest says.
"""

import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from exchange.embedded.failure import StartError

FORMAT = 1
MANIFEST = "manifest.json"
BASE, LOG, SERVER_MANIFEST, HOME = "base.tar.gz", "pg_wal.tar.gz", "backup_manifest", "home.tar.gz"
PARTS = (BASE, LOG, SERVER_MANIFEST, HOME)
CHUNK_BYTES = 1024**2
LARGEST_MANIFEST_BYTES = 1024**2


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `standing` is where the books stood, as `manage standing` tells it."""

    made_at: str
    product_version: str
    postgres_version: str
    standing: dict[str, Any]
    keys_elsewhere: list[str]
    """Names of variables whose keys came from the environment and so are not in the file."""
    parts: dict[str, dict[str, Any]]

    @property
    def stands_at(self) -> str:
        return str(self.standing.get("stands_at"))

    def to_json(self) -> bytes:
        return json.dumps({"format": FORMAT, **self.__dict__}, indent=1).encode()


def describe_part(path: Path) -> dict[str, Any]:
    """Size and sum of a file."""
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": _sum(file)}


def write_archive(target: Path, folder: Path, manifest: Manifest) -> None:
    """Pack the parts in `folder`; the file appears under its name only when it is whole and on disk."""
    partial = target.with_name(f"{target.name}.partial")
    try:
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as archive:
                head = manifest.to_json()
                member = tarfile.TarInfo(MANIFEST)
                member.size, member.mode = len(head), 0o600
                archive.addfile(member, io.BytesIO(head))
                for name in PARTS:
                    archive.add(folder / name, name, filter=_without_owner)
            file.flush()
            os.fsync(file.fileno())
        read_manifest(partial)
        partial.rename(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def read_manifest(path: Path) -> Manifest:
    """Read the whole file once. Raises StartError where it is no backup, or not what it was when it was made."""
    try:
        with tarfile.open(path, mode="r:") as archive:
            first = archive.next()
            if first is None or first.name != MANIFEST or first.size > LARGEST_MANIFEST_BYTES:
                raise StartError(f"{path} is not a backup of Bourse.")
            written = json.loads(_content(archive, first).read())
            if written.pop("format", None) != FORMAT:
                raise StartError(f"{path} was written by another version of Bourse, which must restore it.")
            manifest = Manifest(**written)
            found = {}
            while (member := archive.next()) is not None:
                with _content(archive, member) as content:
                    found[member.name] = {"bytes": member.size, "sha256": _sum(content)}
    except (tarfile.TarError, ValueError, TypeError, EOFError) as problem:
        raise StartError(f"{path} is not a backup of Bourse, or it is damaged ({problem}).") from None
    except OSError as problem:
        raise StartError(f"{path} cannot be read ({problem.strerror or problem}).") from None
    if set(manifest.parts) != set(PARTS):
        raise StartError(f"{path} is not a whole backup.")
    for name, expected in manifest.parts.items():
        if found.get(name) != expected:
            raise StartError(f"{path} is damaged: {name} in it is not what it was when the backup was made.")
    return manifest


def take_out(path: Path, folder: Path) -> None:
    """Put the parts of an archive that was read before into a folder."""
    with tarfile.open(path, mode="r:") as archive:
        for name in PARTS:
            with _content(archive, archive.getmember(name)) as content, _new_file(folder / name) as file:
                shutil.copyfileobj(content, file, CHUNK_BYTES)


def pack_files(target: Path, root: Path, names: Iterable[str]) -> None:
    """Pack files and folders of `root` that exist into a .tar.gz."""
    with tarfile.open(target, mode="w:gz") as archive:
        for name in names:
            if (root / name).exists():
                archive.add(root / name, name, filter=_without_owner)


def unpack_files(source: Path, folder: Path) -> None:
    """Unpack a .tar.gz of plain files and folders; every path stays below `folder`, files are their owner's alone.

    Raises StartError for anything else in it: neither PostgreSQL's data folder nor ours has links.
    """
    with gzip.open(source) as plain, tarfile.open(fileobj=cast("IO[bytes]", plain), mode="r|") as archive:
        for member in archive:
            parts = PurePosixPath(member.name).parts
            if member.name.startswith("/") or ".." in parts or not (member.isfile() or member.isdir()):
                raise StartError(f"{source.name} contains {member.name!r}, which no backup has.")
            path = folder.joinpath(*parts)
            if member.isdir():
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
            else:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with _content(archive, member) as content, _new_file(path) as file:
                    shutil.copyfileobj(content, file, CHUNK_BYTES)


def _new_file(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb")


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(member)
    if content is None:
        raise tarfile.TarError(f"{member.name} is not a file")
    return content


def _sum(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def _without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member
