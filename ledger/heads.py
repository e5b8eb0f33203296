"""Signed chain heads, kept outside the database.

Whoever owns the database could change history and recompute every link of a chain. So the head of each writer's chain
is signed from time to time and appended to a file of the month in `settings.CHAIN_HEADS_DIR`; copy that folder to
where the database's owner cannot write. Verification holds every line against the link it names.

A line is a JSON object: writer, sequence (of the link's last entry), hash (hex), signed_at, and an Ed25519 signature
(hex) over the four of them in canonical JSON. The key is `settings.CHAIN_SIGNING_KEY`, or derived from SECRET_KEY.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from ledger.models import ChainLink, Writer
from ledger.verification import Check, Finding

_CHUNK = 1_000
_FIELDS = {"writer": int, "sequence": int, "hash": str, "signed_at": str, "signature": str}


def signing_key() -> Ed25519PrivateKey:
    """The key heads are signed with."""
    seed: bytes = settings.CHAIN_SIGNING_KEY
    if not seed:
        derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"bourse chain heads")
        seed = derive.derive(settings.SECRET_KEY.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


def sign_heads(*, at: datetime) -> int:
    """Append the head of every chain that has grown since its last line; returns how many that were."""
    folder: Path = settings.CHAIN_HEADS_DIR
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{at:%Y-%m}.jsonl"
    lines_before = _lines(path, path.stat().st_size) if path.exists() else ()
    known = {line["writer"]: line["sequence"] for _, line in lines_before if line is not None}
    key = signing_key()
    lines = []
    for writer in Writer.objects.filter(last_sequence__gt=0).order_by("id"):
        if known.get(writer.id) == writer.last_sequence:
            continue
        head = {
            "writer": writer.id,
            "sequence": writer.last_sequence,
            "hash": bytes(writer.chain_hash).hex(),
            "signed_at": at.isoformat(),
        }
        lines.append(json.dumps({**head, "signature": key.sign(_canonical(head)).hex()}) + "\n")
    if not lines:
        return 0
    with path.open("a") as handle:
        handle.writelines(["\n" if _ends_in_half_a_line(path) else "", *lines])
        handle.flush()
        os.fsync(handle.fileno())
    return len(lines)


def signed_heads_check() -> Check:
    """A check for `verify_ledger`: every head signed so far names a link that is there and has that hash.

    Make it before the verification's snapshot is taken. A head that is signed meanwhile may name a link that the
    snapshot does not have, so the files are read only as far as they go now.
    """
    ends = {path: path.stat().st_size for path in sorted(settings.CHAIN_HEADS_DIR.glob("*.jsonl"))}

    def signed_heads_agree() -> Iterator[Finding]:
        yield from _heads_agree(ends)

    return signed_heads_agree


def _heads_agree(ends: dict[Path, int]) -> Iterator[Finding]:
    public_key = signing_key().public_key()
    for path, end in ends.items():
        chunk: list[dict[str, Any]] = []
        for number, line in _lines(path, end):
            if line is None:
                yield f"{path.name}: line {number} is no signed head"
                continue
            if not _is_signed(line, public_key):
                yield f"{path.name}: the head of writer {line['writer']} has a wrong signature"
                continue
            chunk.append(line)
            if len(chunk) == _CHUNK:
                yield from _compare(chunk)
                chunk = []
        yield from _compare(chunk)


def _compare(lines: list[dict[str, Any]]) -> Iterator[Finding]:
    links = ChainLink.objects.filter(last_sequence__in={line["sequence"] for line in lines})
    stored = {(writer, last): bytes(digest).hex() for writer, last, digest in links.values_list(
        "writer_id", "last_sequence", "hash")}  # fmt: skip
    for line in lines:
        digest = stored.get((line["writer"], line["sequence"]))
        if digest is None:
            yield f"writer {line['writer']} once stood at entry {line['sequence']}; the database has no such link"
        elif digest != line["hash"]:
            yield f"writer {line['writer']} had another chain at entry {line['sequence']}: history was rewritten"


def _lines(path: Path, end: int) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """The lines that end within the file's first `end` bytes, with their numbers; None for one that is no head."""
    with path.open("rb") as handle:
        for number, text in enumerate(handle, start=1):
            end -= len(text)
            # A crash can leave half a line at the end: it says nothing, and that head is signed again.
            if end >= 0 and text.endswith(b"}\n"):
                yield number, _head(text)


def _head(text: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return None
    is_head = isinstance(line, dict) and all(isinstance(line.get(name), kind) for name, kind in _FIELDS.items())
    return line if is_head else None


def _ends_in_half_a_line(path: Path) -> bool:
    return path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")


def _is_signed(line: dict[str, Any], public_key: Ed25519PublicKey) -> bool:
    head = {name: line[name] for name in _FIELDS if name != "signature"}
    try:
        public_key.verify(bytes.fromhex(line["signature"]), _canonical(head))
    except (InvalidSignature, ValueError):
        return False
    return True


def _canonical(head: dict[str, Any]) -> bytes:
    return json.dumps(head, sort_keys=True, separators=(",", ":")).encode()
