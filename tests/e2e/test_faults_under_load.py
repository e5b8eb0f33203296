"""The whole exchange, traded on over HTTP while its processes are killed, stopped and taken away.

Every promise the traders were given is then held against what the exchange says: orders, balances, journal, replay.
"""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import redis

from matching.redis_names import depth_keys
from tests.e2e.test_entry_script import Instance, end, open_to_others, wait_for
from tests.support.load import PRICES, Promises, Reply, SignedClient, Trader

RECOVERY_SECONDS = 180
STOPPED_SECONDS = 13
"""Longer than the ten seconds after which the database ends the session of a worker that does not move."""
LOAD_SECONDS = 2
"""Undisturbed trading between two faults."""
TRADERS_PER_USER = 4
PAUSE_SECONDS = 0.04
AWAY_SECONDS = 5
SAMPLE = 400
"""Orders of each user that are also asked for one by one."""
OPEN = {"OPEN", "PARTIAL"}
FINAL = {"FILLED", "CANCELLED", "REJECTED", "EXPIRED"}
USERS = ("alice", "bob")


class House:
    """A running exchange and a key of each demo user."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.keys = {name: self._new_key(name) for name in USERS}
        self.promises: dict[str, list[Promises]] = {name: [] for name in USERS}
        """All that was promised in this module's tests."""

    def _new_key(self, name: str) -> dict[str, str]:
        made = self.manage("create_api_key", name, "--scopes", "read,trade", "--json")
        found: dict[str, str] = json.loads(made.splitlines()[-1])
        return found

    def manage(self, *arguments: str) -> str:
        """A management command that must succeed; its output."""
        result = self.instance.run("manage", *arguments)
        assert result.returncode == 0, f"{arguments}: {result.stdout}{result.stderr}"
        return result.stdout

    def client(self, name: str) -> SignedClient:
        return SignedClient(self.instance.port, self.keys[name]["key"], self.keys[name]["secret"])

    def traders(self, *, seed: int) -> list[Trader]:
        """Started; each notes its promises where the checks find them."""
        fresh = {user: [Promises() for _ in range(TRADERS_PER_USER)] for user in USERS}
        for user in USERS:
            self.promises[user] += fresh[user]
        traders = [
            Trader(
                self.client(user),
                f"{user}-{seed}-{number}",
                fresh[user][number],
                seed=seed * 1_000 + index * 100 + number,
                pause_seconds=PAUSE_SECONDS,
            )
            for index, user in enumerate(USERS)
            for number in range(TRADERS_PER_USER)
        ]
        for trader in traders:
            trader.start()
        return traders

    def supervisor(self, action: str, program: str) -> None:
        """As an operator would: supervisorctl of this home."""
        subprocess.run(
            [
                str(Path(sys.prefix) / "bin/supervisorctl"),
                *("-c", str(self.instance.home / "supervisord.conf"), action, program),
            ],
            check=True,
            capture_output=True,
            timeout=RECOVERY_SECONDS,
        )

    def redis_client(self) -> "redis.Redis":
        """The exchange's own Redis, by the socket that its configuration names."""
        found = re.search(r"--unixsocket (\S+)", (self.instance.home / "supervisord.conf").read_text())
        assert found is not None
        return redis.Redis(unix_socket_path=found[1], decode_responses=True)

    def cached_depth(self) -> dict[str, Any]:
        """Bids and asks as they stand in the cache; None for a market without one."""
        books: dict[str, Any] = {}
        with self.redis_client() as client:
            for symbol in PRICES:
                bids, asks, update_key = depth_keys(symbol)
                sides = client.zrange(bids, 0, -1, desc=True), client.zrange(asks, 0, -1)
                levels = tuple([member.split(":") for member in side] for side in sides)
                books[symbol] = levels if client.exists(update_key) else None
        return books

    def kill(self, name: str) -> None:
        """kill -9, and wait until another process has its place."""
        before = self.instance.pid_of(name)
        assert before, name
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: self.instance.pid_of(name) not in (0, before), RECOVERY_SECONDS)

    def recovered(self) -> None:
        wait_for(self.instance.answers, RECOVERY_SECONDS)

    def commands_applied(self) -> None:
        """Nothing waits for the engine."""
        wait_for(lambda: self.health().get("pending_commands") == 0, RECOVERY_SECONDS)

    def settled(self) -> None:
        """Usable, and nothing waits for the engine."""
        self.commands_applied()
        self.recovered()

    def health(self) -> dict[str, Any]:
        return get(self.instance.port, "/api/v1/health").body

    def depth(self) -> dict[str, Any]:
        """Bids and asks of the traded markets, as everybody sees them."""
        books = {}
        for symbol in PRICES:
            reply = get(self.instance.port, f"/api/v1/markets/{symbol}/depth?limit=1000")
            assert reply.status == 200, reply
            books[symbol] = (reply.body["bids"], reply.body["asks"])
        return books


def get(port: int, path: str) -> Reply:
    """An unsigned GET; status 0 where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return Reply(response.status, json.loads(response.read()))
    except (OSError, http.client.HTTPException, ValueError):
        return Reply(0, {})
    finally:
        connection.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, fill_home: Callable[[Path], None]) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("faults")
    open_to_others(folder)
    fill_home(folder / "home")
    instance = Instance(folder / "home", "--no-bots")
    try:
        instance.start()
        yield House(instance)
    finally:
        end(instance)


def stop(traders: list[Trader]) -> None:
    for trader in traders:
        trader.stop()
    for trader in traders:
        trader.join(2 * RECOVERY_SECONDS)
        assert not trader.is_alive(), f"{trader.name} still waits for an answer"


def kill_all_in_turn(house: House) -> None:
    """The matching worker twice in a row, web, Redis, PostgreSQL; then the worker stands still past its lock."""
    for name in ("matching", "matching", "web", "redis", "postgres"):
        house.kill(name)
        house.recovered()
        time.sleep(LOAD_SECONDS)
    worker = house.instance.pid_of("matching")
    os.kill(worker, signal.SIGSTOP)
    time.sleep(STOPPED_SECONDS)
    os.kill(worker, signal.SIGCONT)
    house.recovered()
    time.sleep(LOAD_SECONDS)


def test_nothing_promised_is_lost_and_nothing_is_done_twice(house: House) -> None:
    traders = house.traders(seed=1)
    try:
        time.sleep(LOAD_SECONDS)
        kill_all_in_turn(house)
    finally:
        stop(traders)
    assert any(trader.promises.repeated for trader in traders), "no outcome was ever unknown; this proves nothing"
    check_everything(house)
    before = house.depth()
    assert all(bids or asks for bids, asks in before.values())
    house.kill("matching")
    house.settled()
    assert house.depth() == before


@pytest.mark.parametrize("fault", ["stopped", "hanging"])
def test_redis_away(house: House, fault: str) -> None:
    """Writes are refused and change nothing, reads go on; then the cache is right again."""
    alice = house.client("alice")
    traders = house.traders(seed=2 if fault == "stopped" else 3)
    try:
        time.sleep(LOAD_SECONDS)
        if fault == "stopped":
            house.supervisor("stop", "redis")
        else:
            os.kill(house.instance.pid_of("redis"), signal.SIGSTOP)
        wait_for(lambda: house.health().get("redis") == "unavailable", RECOVERY_SECONDS)
        house.commands_applied()
        before = alice.pages("/api/v1/orders"), alice.read("/api/v1/balances")
        for _ in range(5):
            for refused in (new_order(alice, "away"), alice.call("DELETE", "/api/v1/orders?symbol=BTC-USDT")):
                assert (refused.status, refused.code) == (503, "SERVICE_UNAVAILABLE")
                assert refused.has_error_shape
        assert (alice.pages("/api/v1/orders"), alice.read("/api/v1/balances")) == before
        assert house.depth() == depth_of_open_orders(house)
    finally:
        if fault == "stopped":
            house.supervisor("start", "redis")
        else:
            os.kill(house.instance.pid_of("redis"), signal.SIGCONT)
        house.recovered()
        time.sleep(LOAD_SECONDS)
        stop(traders)
    check_everything(house)
    wait_for(lambda: house.cached_depth() == house.depth(), RECOVERY_SECONDS)
    with house.redis_client() as client:
        client.flushall()
    assert house.depth() == depth_of_open_orders(house)
    wait_for(lambda: house.cached_depth() == depth_of_open_orders(house), RECOVERY_SECONDS)


def test_postgresql_away(house: House) -> None:
    """Everything that needs it says so in the one shape, and goes on when it is back."""
    alice = house.client("alice")
    traders = house.traders(seed=4)
    try:
        time.sleep(LOAD_SECONDS)
        house.supervisor("stop", "postgres")
        try:
            for path in ("/api/v1/orders", "/api/v1/balances", "/api/v1/trades"):
                refused = alice.call("GET", path)
                assert (refused.status, refused.code) == (503, "SERVICE_UNAVAILABLE"), path
                assert refused.has_error_shape
            refused = new_order(alice, "never")
            assert (refused.status, refused.code) == (503, "SERVICE_UNAVAILABLE")
            health = get(house.instance.port, "/api/v1/health")
            assert (health.status, health.body["database"]) == (503, "unavailable")
            time.sleep(AWAY_SECONDS)
        finally:
            house.supervisor("start", "postgres")
        started = time.monotonic()
        house.recovered()
        print(f"usable {time.monotonic() - started:.1f} s after PostgreSQL was started")
        time.sleep(LOAD_SECONDS)
    finally:
        stop(traders)
    check_everything(house)


def new_order(client: SignedClient, client_order_id: str) -> Reply:
    """An order that would rest and that nobody may ever find."""
    return client.call(
        "POST",
        "/api/v1/orders",
        {
            "symbol": "BTC-USDT",
            "side": "BUY",
            "type": "LIMIT",
            "price": "60000",
            "quantity": "0.01",
            "client_order_id": client_order_id,
        },
    )


def check_everything(house: House) -> None:
    """Every promise of this module, the books, and the depth."""
    house.settled()
    promises = [promise for name in USERS for promise in house.promises[name]]
    print(dict(sum((promise.answers for promise in promises), Counter())))
    print(f"slowest answer {max(promise.slowest_answer_seconds for promise in promises):.1f} s")
    assert [problem for promise in promises for problem in promise.problems] == []
    for name in USERS:
        check_promises(house.client(name), house.promises[name])
    house.manage("ledger_verify")
    house.manage("replay_log", "--verify")
    assert house.manage("rebuild_balances").strip().endswith("0 balances differ from the journal")
    assert house.depth() == depth_of_open_orders(house)


def check_promises(client: SignedClient, promises: list[Promises]) -> None:
    """One user's orders, as the exchange tells them, against what its traders were told."""
    orders = client.pages("/api/v1/orders")
    by_client_id = Counter(order["client_order_id"] for order in orders)
    assert [name for name, count in by_client_id.items() if count > 1] == [], "placed twice"
    status = {order["id"]: order["status"] for order in orders}
    promised = {name: order_id for promise in promises for name, order_id in promise.orders.items()}
    assert {order["client_order_id"]: order["id"] for order in orders} == promised
    assert set(status.values()) <= OPEN | FINAL
    cancelled = set().union(*(promise.cancelled for promise in promises))
    assert {order_id for order_id in cancelled if status[order_id] in OPEN} == set(), "cancelled and still open"
    repeated = sorted(set().union(*(promise.repeated for promise in promises)) & promised.keys())
    for name in (repeated + sorted(promised.keys() - set(repeated)))[:SAMPLE]:
        order = client.read(f"/api/v1/orders/{promised[name]}")
        assert (order["client_order_id"], order["status"]) == (name, status[promised[name]])
    check_locked(client, orders)


def check_locked(client: SignedClient, orders: list[dict[str, Any]]) -> None:
    """What is locked is what the open orders need, and no balance is negative."""
    need: defaultdict[str, Decimal] = defaultdict(Decimal)
    for order in orders:
        if order["status"] in OPEN:
            rest = Decimal(order["quantity"]) - Decimal(order["filled_quantity"])
            base, quote = order["symbol"].split("-")
            buys = order["side"] == "BUY"
            need[quote if buys else base] += rest * Decimal(order["price"]) if buys else rest
    for balance in client.read("/api/v1/balances")["items"]:
        assert Decimal(balance["locked"]) == need[balance["asset"]], balance
        assert Decimal(balance["available"]) >= 0, balance


def depth_of_open_orders(house: House) -> dict[str, Any]:
    """The books as the open orders of all users describe them."""
    levels: defaultdict[tuple[str, str], defaultdict[Decimal, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for name in USERS:
        for order in house.client(name).pages("/api/v1/orders?status=OPEN,PARTIAL"):
            level = levels[order["symbol"], order["side"]]
            level[Decimal(order["price"])] += Decimal(order["quantity"]) - Decimal(order["filled_quantity"])
    return {
        symbol: tuple(
            [
                [format(price.normalize(), "f"), format(quantity.normalize(), "f")]
                for price, quantity in sorted(levels[symbol, side].items(), reverse=side == "BUY")
            ]
            for side in ("BUY", "SELL")
        )
        for symbol in PRICES
    }
