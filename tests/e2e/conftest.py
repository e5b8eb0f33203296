"""A home in which `./bourse up` has been before: tests of what comes later do not wait for tables to be made again."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from exchange.compiled import CHECKOUT, VARIABLE, is_current
from exchange.embedded.compiling import folder_in_home
from exchange.embedded.home import Home
from tests.support.instance import Instance, end, open_to_others


@pytest.fixture(scope="session")
def fill_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[[Path], None]:
    """Puts a copy of a stopped instance into a folder that does not exist yet: database, keys and demo users."""
    base = tmp_path_factory.getbasetemp()
    # Made once for all parallel processes of a run.
    folder = (base if worker_id == "master" else base.parent) / "filled"

    def fill(home: Path) -> None:
        folder.mkdir(exist_ok=True)
        open_to_others(folder)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "is-filled").exists():
                _start_and_stop(Instance(folder / "home", "--no-bots", "--no-page"))
                _put_cores(folder / "home")
                (folder / "is-filled").touch()
        # With its owners: the database runs as another user than root.
        subprocess.run(["cp", "-a", str(folder / "home"), str(home)], check=True)

    return fill


def _put_cores(home: Path) -> None:
    """The machine code that the tests run with, where there is some: each copy of the home would make its own."""
    named = os.environ.get(VARIABLE)
    if named and is_current(Path(named)):
        shutil.copytree(named, folder_in_home(Home(home), CHECKOUT), dirs_exist_ok=True)


def _start_and_stop(instance: Instance) -> None:
    try:
        instance.start()
        assert instance.stop() == 0
    except BaseException:
        end(instance)
        raise
