"""Whose rights the database runs with: PostgreSQL refuses to run as root, so root starts it as nobody."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOBODY_ID = 65534


@dataclass(frozen=True)
class ServiceUser:
    """The user that PostgreSQL runs as. `is_other`: not the one who started ./bourse."""

    uid: int
    gid: int

    @classmethod
    def choose(cls) -> "ServiceUser":
        """nobody when we are root, else ourselves."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        try:
            entry = pwd.getpwnam("nobody")
        except KeyError:
            return cls(NOBODY_ID, NOBODY_ID)
        return cls(entry.pw_uid, entry.pw_gid)

    @property
    def is_other(self) -> bool:
        return self.uid != os.geteuid()

    def run(self, command: list[str], **arguments: Any) -> subprocess.CompletedProcess[str]:
        """Run a command as this user, from the root folder, with its output captured."""
        if self.is_other:
            arguments.update(user=self.uid, group=self.gid, extra_groups=[])
        return subprocess.run(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **arguments,
        )

    def can_enter(self, folder: Path) -> bool:
        """May this user pass through the folder and all its parents?"""
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]).returncode == 0

    def can_run(self, program: Path) -> bool:
        """Does `program --version` work for this user (folders open, libraries found)?"""
        try:
            return self.run([str(program), "--version"]).returncode == 0
        except OSError:
            return False

    def own(self, path: Path) -> None:
        """Make this user the owner of a file or folder."""
        if self.is_other:
            shutil.chown(path, self.uid, self.gid)
