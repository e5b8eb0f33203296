"""The files of a copy are those that the server sent."""

import hashlib
import json
from pathlib import Path

import pytest

from exchange.embedded.failure import StartError
from exchange.embedded.server_manifest import check_files

FILES = {"PG_VERSION": b"18\n", "base/1/112": b"rows" * 100, "pg_wal/archive_status/x": b""}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for name, content in (FILES | {"pg_wal/000000010000000000000001": b"log"}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """As PostgreSQL writes it: the last line is the sum of the lines before it."""
    entries = [
        {
            "Path": name,
            "Size": len(content),
            "Checksum-Algorithm": "SHA256",
            "Checksum": hashlib.sha256(content).hexdigest(),
        }
        for name, content in FILES.items()
    ]
    lines = '{ "PostgreSQL-Backup-Manifest-Version": 2,\n"Files": ' + json.dumps(entries) + ",\n"
    path = tmp_path / "backup_manifest"
    path.write_text(f'{lines}"Manifest-Checksum": "{hashlib.sha256(lines.encode()).hexdigest()}"}}\n')
    return path


def test_all_files_as_sent(manifest: Path, data: Path) -> None:
    assert check_files(manifest, data) == len(FILES)


def test_what_is_not_as_sent(manifest: Path, data: Path) -> None:
    file = data / "base/1/112"
    content = file.read_bytes()
    file.write_bytes(content[:-1] + b"X")
    with pytest.raises(StartError, match="base/1/112 is not what"):
        check_files(manifest, data)
    file.write_bytes(content[:-1])
    with pytest.raises(StartError, match="another length"):
        check_files(manifest, data)
    file.unlink()
    with pytest.raises(StartError, match="lacks base/1/112"):
        check_files(manifest, data)
    file.write_bytes(content)
    (data / "base/1/999").write_bytes(b"?")
    with pytest.raises(StartError, match="did not send"):
        check_files(manifest, data)


def test_a_damaged_list(manifest: Path, data: Path) -> None:
    manifest.write_text(manifest.read_text().replace("PG_VERSION", "PG_VERSIOM"))
    with pytest.raises(StartError, match="damaged"):
        check_files(manifest, data)
