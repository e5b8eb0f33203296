"""A backup's file is whole and unchanged, or it is refused before anything of it is used."""

import io
import tarfile
from pathlib import Path

import pytest

from exchange.embedded import archive
from exchange.embedded.archive import Manifest
from exchange.embedded.failure import StartError


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """The parts of a small backup."""
    folder = tmp_path / "parts"
    folder.mkdir()
    home = tmp_path / "home"
    (home / "chain_heads").mkdir(parents=True)
    (home / "secrets.json").write_text('{"key": 1}')
    (home / "chain_heads" / "2026-01.jsonl").write_text("{}\n")
    archive.pack_files(folder / archive.HOME, home, ("secrets.json", "chain_heads", "not there"))
    for name in (archive.BASE, archive.LOG):
        archive.pack_files(folder / name, home, ("secrets.json",))
    (folder / archive.SERVER_MANIFEST).write_text("{}")
    return folder


@pytest.fixture
def manifest(parts: Path) -> Manifest:
    described = {name: archive.describe_part(parts / name) for name in archive.PARTS}
    return Manifest("2026-01-20T14:25:00+00:00", "0.1.0", "18", {"stands_at": "2026-01-20"}, [], described)


@pytest.fixture
def file(tmp_path: Path, parts: Path, manifest: Manifest) -> Path:
    target = tmp_path / "backup.tar"
    archive.write_archive(target, parts, manifest)
    return target


def test_what_was_packed_comes_out(file: Path, manifest: Manifest, tmp_path: Path) -> None:
    assert archive.read_manifest(file) == manifest
    out = tmp_path / "out"
    out.mkdir()
    archive.take_out(file, out)
    home = tmp_path / "new home"
    home.mkdir()
    archive.unpack_files(out / archive.HOME, home)
    assert (home / "secrets.json").read_text() == '{"key": 1}'
    assert (home / "chain_heads" / "2026-01.jsonl").read_text() == "{}\n"
    assert (home / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert file.stat().st_mode & 0o777 == 0o600


def test_every_changed_byte_is_noticed(file: Path) -> None:
    content = file.read_bytes()
    # The padding between members means nothing.
    with tarfile.open(file) as opened:
        places = [place for m in opened for place in range(m.offset_data, m.offset_data + m.size, max(1, m.size // 7))]
    assert len(places) > 20
    for place in places:
        damaged = bytearray(content)
        damaged[place] ^= 1
        file.write_bytes(damaged)
        with pytest.raises(StartError, match=r"damaged|not a|another version"):
            archive.read_manifest(file)


@pytest.mark.parametrize("length", [0, 100, 512, 1500, -11_000])
def test_a_file_that_was_cut_off(file: Path, length: int) -> None:
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(StartError):
        archive.read_manifest(file)


@pytest.mark.parametrize("content", [b"", b"no tar at all", b"\0" * 2048])
def test_another_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(StartError, match="not a backup"):
        archive.read_manifest(path)
    with pytest.raises(StartError, match="cannot be read"):
        archive.read_manifest(tmp_path / "not there")
    with pytest.raises(StartError):
        archive.read_manifest(tmp_path)


def test_another_version(tmp_path: Path, parts: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FORMAT", 99)
    later = tmp_path / "later.tar"
    archive.write_archive(later, parts, manifest)
    monkeypatch.undo()
    with pytest.raises(StartError, match="another version"):
        archive.read_manifest(later)


def test_a_failed_write_leaves_nothing(tmp_path: Path, parts: Path, manifest: Manifest) -> None:
    (parts / archive.LOG).unlink()
    with pytest.raises(OSError, match="No such file"):
        archive.write_archive(tmp_path / "new.tar", parts, manifest)
    assert not list(tmp_path.glob("new.tar*"))


def test_a_part_that_changed_meanwhile_makes_no_backup(tmp_path: Path, parts: Path, manifest: Manifest) -> None:
    (parts / archive.SERVER_MANIFEST).write_text("something else")
    with pytest.raises(StartError, match="backup_manifest"):
        archive.write_archive(tmp_path / "new.tar", parts, manifest)
    assert not list(tmp_path.glob("new.tar*"))


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, target
    return made


@pytest.mark.parametrize(
    "bad",
    [
        member("/etc/cron.d/x"),
        member("../outside"),
        member("a/../../outside"),
        member("link", tarfile.SYMTYPE, "/etc"),
        member("hard", tarfile.LNKTYPE, "secrets.json"),
        member("device", tarfile.CHRTYPE),
        member("pipe", tarfile.FIFOTYPE),
    ],
    ids=lambda bad: str(bad.name),
)
def test_nothing_is_written_outside(tmp_path: Path, bad: tarfile.TarInfo) -> None:
    source = tmp_path / "bad.tar.gz"
    with tarfile.open(source, "w:gz") as packed:
        packed.addfile(bad, io.BytesIO())
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(StartError, match="no backup has"):
        archive.unpack_files(source, folder)
    assert list(folder.iterdir()) == []
    assert not (tmp_path / "outside").exists()
