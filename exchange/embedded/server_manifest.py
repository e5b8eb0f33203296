"""PostgreSQL's own list of the files of a base backup, `backup_manifest`, held against the files that arrived.

pg_verifybackup does this, but the one in the wheel ends with a segmentation fault on every manifest.
"""

import hashlib
import json
from pathlib import Path

from exchange.embedded.failure import StartError

ALGORITHM = "SHA256"
_NOT_LISTED = frozenset({"backup_manifest", "postgresql.auto.conf"})


def check_files(manifest: Path, data: Path) -> int:
    """How many files were checked. Raises StartError where one is missing, one too many, or not what was sent."""
    text = manifest.read_bytes()
    _check_itself(text, manifest)
    listed = {entry["Path"]: entry for entry in json.loads(text)["Files"]}
    for name, entry in listed.items():
        path = data / name
        if not path.is_file() or path.stat().st_size != entry["Size"]:
            raise StartError(f"The copy of the database lacks {name}, or has another length of it.")
        if entry["Checksum-Algorithm"] != ALGORITHM or _sum(path) != entry["Checksum"]:
            raise StartError(f"In the copy of the database {name} is not what the server sent.")
    found = {str(path.relative_to(data)) for path in data.rglob("*") if path.is_file()}
    # The log is not listed: it went on while the files were copied, and the server checks it as it reads it.
    unknown = {name for name in found - listed.keys() - _NOT_LISTED if not name.startswith("pg_wal/")}
    if unknown:
        raise StartError(f"The copy of the database has files that the server did not send: {sorted(unknown)[:3]}.")
    return len(listed)


def _check_itself(text: bytes, manifest: Path) -> None:
    """The last line carries the sum of all lines before it."""
    lines = text.splitlines(keepends=True)
    if json.loads(text).get("Manifest-Checksum") != hashlib.sha256(b"".join(lines[:-1])).hexdigest():
        raise StartError(f"{manifest.name} is damaged.")


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
