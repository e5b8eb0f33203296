"""Folders in the machine's memory, for runs that write much and keep nothing."""

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM_BYTES = 3 * 1024**3
"""A whole run of the tests needs about a third of it."""


def memory_folder(kind: str) -> Path | None:
    """This user's folder for such runs; None where the machine has no room for it or programs cannot run there."""
    folder = MEMORY / f"bourse-{kind}-{os.geteuid()}"
    try:
        if os.statvfs(MEMORY).f_flag & os.ST_NOEXEC or shutil.disk_usage(MEMORY).free < ROOM_BYTES:
            return None
        if _available_bytes() < 2 * ROOM_BYTES:
            return None
        folder.mkdir(mode=0o755, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return None
    # Every user of the machine may write beside it: one that somebody else has made is not ours.
    is_ours = folder.is_dir() and not folder.is_symlink() and status.st_uid == os.geteuid()
    return folder if is_ours else None


def _available_bytes() -> int:
    """What processes can still take without swapping."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0
