"""The bots process: it outlives what it cannot read or reach, and stops when it is told to."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exchange.bots.house import HouseFile, HouseKey, Role

SECRET = "never-to-be-seen"


def house_file(folder: Path) -> Path:
    path = folder / "deeper" / "house.json"
    HouseFile([HouseKey("house-maker-1", Role.CLOSE_MAKER, "bk_1", SECRET)], {"BTC": "65000"}).write(path)
    return path


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = house_file(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    read = HouseFile.read(path)
    assert (read.keys[0].secret, read.keys[0].role, read.first_prices) == (SECRET, Role.CLOSE_MAKER, {"BTC": "65000"})
    assert SECRET not in repr(read)
    read.write(path)
    assert HouseFile.read(path) == read
    assert [found.name for found in path.parent.iterdir()] == ["house.json"]


@pytest.mark.parametrize("has_file", [False, True])
def test_it_waits_for_what_is_not_there(tmp_path: Path, has_file: bool) -> None:
    path = house_file(tmp_path) if has_file else tmp_path / "house.json"
    arguments = ["--web", "http://127.0.0.1:9", "--streams", "ws://127.0.0.1:9", "--house", str(path)]
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "exchange.bots", *arguments],
            env=os.environ | {"PROCESS_NAME": "bots"},
            stderr=output,
        )
    try:
        expected = "does not answer yet" if has_file else "the bots stumbled"
        deadline = time.monotonic() + 60
        while expected not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
    assert SECRET not in log.read_text()
