"""A backup of an exchange that trades, restored elsewhere: the same history, the same open orders, and onwards."""

import json
import shutil
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange.embedded.archive import read_manifest
from tests.e2e.test_entry_script import assert_refused, home
from tests.support.instance import Instance, end, wait_for
from tests.support.load import ConnectionLost, SignedClient

__all__ = ["home"]

QUIET = ("--no-bots", "--no-page")


@pytest.fixture
def instance(home: Path) -> Iterator[Instance]:
    made = Instance(home, *QUIET)
    yield made
    end(made)


@pytest.fixture
def other(home: Path) -> Iterator[Instance]:
    """Another home, into which is restored."""
    made = Instance(home.with_name("other"), *QUIET)
    yield made
    end(made)


def key_of(instance: Instance, user: str) -> tuple[str, str]:
    made = instance.run("manage", "create_api_key", user, "--scopes", "read,trade", "--json")
    assert made.returncode == 0, made.stderr
    key = json.loads(made.stdout)
    return key["key"], key["secret"]


def standing_of(instance: Instance) -> dict[str, Any]:
    shown = instance.run("manage", "standing", "--json")
    assert shown.returncode == 0, shown.stderr
    found: dict[str, Any] = json.loads(shown.stdout.splitlines()[-1])
    return found


def limit(side: str, price: int, quantity: str = "0.001") -> dict[str, Any]:
    return {"symbol": "BTC-USDT", "side": side, "type": "LIMIT", "price": str(price), "quantity": quantity}


def metrics_of(instance: Instance) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{instance.port}/metrics", timeout=60) as answer:
        lines = [line.rpartition(" ") for line in answer.read().decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def assert_logs_are_json(instance: Instance, secrets: list[str]) -> None:
    """Each line of each process of ours is a JSON object with the same first fields, and gives no secret away."""
    for name in ("web", "streams", "matching", "funds", "default", "beat"):
        lines = (instance.home / "log" / f"{name}.log").read_text().splitlines()
        assert lines, name
        for line in lines:
            event = json.loads(line)
            assert {"timestamp", "level", "event", "logger"} <= event.keys(), line
            assert event["process"] == name
            assert not any(secret in line for secret in secrets), line


class Traffic:
    """Two traders who trade with each other until they are told to stop."""

    def __init__(self, port: int, keys: list[tuple[str, str]]) -> None:
        self.orders = 0
        self._port, self._keys = port, keys
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._trade)

    def __enter__(self) -> "Traffic":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _trade(self) -> None:
        clients = [SignedClient(self._port, *key) for key in self._keys]
        while not self._stopping.is_set():
            for client, side in zip(clients, ("SELL", "BUY"), strict=True):
                try:
                    assert client.call("POST", "/api/v1/orders", limit(side, 65_000 + self.orders % 7)).status < 300
                except ConnectionLost:
                    continue
                self.orders += 1
            time.sleep(0.005)


@pytest.mark.timeout(1800)
def test_backup_under_load_and_restore(
    instance: Instance, other: Instance, tmp_path: Path, fill_home: Callable[[Path], None]
) -> None:
    fill_home(instance.home)
    instance.start()
    keys = [key_of(instance, user) for user in ("alice", "bob")]
    alice = SignedClient(instance.port, *keys[0])
    resting = alice.call("POST", "/api/v1/orders", limit("BUY", 64_000, "0.5"))
    assert resting.status == 201
    folder = tmp_path / "backups"
    folder.mkdir()
    with Traffic(instance.port, keys) as traffic:
        wait_for(lambda: traffic.orders > 50)
        before = traffic.orders
        made = instance.run("backup", "--to", str(folder))
        assert made.returncode == 0, made.stdout + made.stderr
        assert traffic.orders > before, "trading stood still during the backup"
        wait_for(lambda count=traffic.orders: traffic.orders > count + 50)  # type: ignore[misc]
    (file,) = folder.iterdir()
    manifest = read_manifest(file)
    assert manifest.stands_at in made.stdout
    assert keys[0][1] not in file.read_bytes().decode("latin-1")
    at_backup = manifest.standing
    now = standing_of(instance)
    assert 50 < at_backup["shards"]["main"] < now["shards"]["main"]
    assert 0 < at_backup["trades"] < now["trades"]

    shown = metrics_of(instance)
    assert shown['bourse_fills_total{market="BTC-USDT"}'] >= 2 * at_backup["trades"]
    assert shown["bourse_batch_seconds_count"] > 0
    assert shown['bourse_up{part="matching"}'] == 1
    assert_refused(instance.run("restore", str(file), "--force", "--yes"), "already running")
    restored = other.run("restore", str(file))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert manifest.stands_at in restored.stdout
    assert "Payouts are frozen" in restored.stdout
    assert standing_of(other) == at_backup
    marker = json.loads((other.home / "restored.json").read_text())
    assert marker["stands_at"] == manifest.stands_at

    other.start()
    reader = SignedClient(other.port, *keys[0])
    order = reader.read(f"/api/v1/orders/{resting.order_id}")
    assert order["status"] == "OPEN"
    depth = reader.read("/api/v1/markets/BTC-USDT/depth?limit=1000")
    assert ["64000", "0.5"] in [[level[0].removesuffix(".00"), level[1]] for level in depth["bids"]]
    with Traffic(other.port, keys) as traffic:
        wait_for(lambda: traffic.orders > 20)
    assert reader.call("DELETE", f"/api/v1/orders/{resting.order_id}").status == 200
    assert other.run("manage", "ledger_verify").returncode == 0
    replayed = other.run("manage", "replay_log", "--verify")
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    assert standing_of(other)["shards"]["main"] > at_backup["shards"]["main"]
    assert instance.stop() == 0
    assert_logs_are_json(instance, [text for key in keys for text in key])


def test_an_exchange_is_not_replaced_by_accident(instance: Instance, tmp_path: Path) -> None:
    """All of it on a stopped exchange: backup and restore start what they need."""
    assert_refused(instance.run("backup"), "nothing to back up")
    assert instance.run("manage", "standing").returncode == 0
    file = tmp_path / "first.tar"
    made = instance.run("backup", "--to", str(file))
    assert made.returncode == 0, made.stdout + made.stderr
    assert_refused(instance.run("backup", "--to", str(file)), "exists already")
    assert_refused(instance.run("backup", "--to", str(tmp_path / "nowhere" / "x.tar")), "no folder")
    secrets = (instance.home / "secrets.json").read_bytes()
    before = standing_of(instance)

    assert_refused(instance.run("restore", str(file)), "already holds an exchange")
    assert_refused(instance.run("restore", str(file), "--force"), "Say so with --yes")
    assert_refused(instance.run("restore", str(tmp_path / "none.tar"), "--force", "--yes"), "cannot be read")
    damaged = tmp_path / "damaged.tar"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    assert_refused(instance.run("restore", str(damaged), "--force", "--yes"), "damaged")
    elsewhere = instance.run("restore", str(file), DATABASE_URL="postgresql://app@db/bourse")
    assert_refused(elsewhere, "does not restore")
    assert standing_of(instance) == before
    assert not list(instance.home.glob("replaced-*"))

    changed = instance.run("manage", "create_api_key", "alice", "--scopes", "read")
    assert changed.returncode == 0, changed.stderr
    replaced = instance.run("restore", str(file), "--force", "--yes")
    assert replaced.returncode == 0, replaced.stdout + replaced.stderr
    assert standing_of(instance) == before
    (aside,) = instance.home.glob("replaced-*")
    assert (aside / "secrets.json").read_bytes() == secrets
    assert (aside / "postgres" / "data" / "PG_VERSION").exists()
    if (aside / "postgres").is_symlink():
        shutil.rmtree((aside / "postgres").resolve())
    assert instance.leftovers() == []
