"""GET /api/v1/orders/export, /trades/export, /ledger/export"""

import csv
import os
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.conf import LazySettings

from kernel.ids import COUNTER_BITS, writer_of
from ledger import history
from ledger.history import PostingFilter, walk_postings
from matching.models import Command, Order
from matching.selectors import orders, trades
from tests.integration.api.conftest import ORDERS, TradingFloor
from tests.support import databases
from tests.support.api import SignedClient, error_code
from tests.support.random_flow import log_flow

TRADES, LEDGER = "/api/v1/trades", "/api/v1/ledger"
LISTS = (ORDERS, TRADES, LEDGER)
MANY = 200_000


def fetch(client: SignedClient, path: str, query: str = "") -> Any:
    response = client.get(f"{path}/export{query}")
    assert response.status_code == 200, error_code(response)
    return response


def lines(client: SignedClient, path: str, query: str = "") -> list[dict[str, str]]:
    text = fetch(client, path, query).getvalue().decode()
    assert text.endswith("\r\n")
    return list(csv.DictReader(text.splitlines(keepends=True), strict=True))


def items(client: SignedClient, path: str, query: str = "?") -> list[dict[str, Any]]:
    found, cursor = [], ""
    while True:
        body = client.get(f"{path}{query}&limit=3{cursor}").json()
        found += body["items"]
        if body["next_cursor"] is None:
            return found
        cursor = f"&cursor={body['next_cursor']}"


def as_line(item: dict[str, Any]) -> dict[str, str]:
    words = {None: "", True: "true", False: "false"}
    return {
        name: words[value] if value is None or isinstance(value, bool) else str(value) for name, value in item.items()
    }


@pytest.fixture(autouse=True)
def often(settings: LazySettings) -> None:
    """Tests fetch more often than people."""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"exports": {"key": "100/minute", "address": "1000/minute"}}


@pytest.fixture
def history_of_all(idle: TradingFloor, monkeypatch: pytest.MonkeyPatch) -> TradingFloor:
    """Orders of all kinds, trades with others and with oneself; pieces are small."""
    log_flow(idle.exchange, 80, seed=3)
    for name in ("owner", "owner", "colleague"):
        idle.exchange.place(name, "SELL", "60000", "0.2")
        idle.exchange.place("owner", "BUY", "60000", "0.2")
    idle.exchange.run()
    for module in (history, orders, trades):
        monkeypatch.setattr(module, "EXPORT_PIECE", 7)
    return idle


def test_a_file_has_what_the_pages_have(history_of_all: TradingFloor) -> None:
    for client in (history_of_all.owner, history_of_all.colleague):
        for path in LISTS:
            told = items(client, path)
            assert len(told) > 7
            assert lines(client, path) == [as_line(item) for item in told], path


def test_filters_are_those_of_the_pages(history_of_all: TradingFloor) -> None:
    client = history_of_all.owner
    order_id = items(client, TRADES)[0]["order_id"]
    middle = items(client, ORDERS)[10]["created_at"]
    for path, queries in (
        (
            ORDERS,
            ("symbol=ETH-USDT", "side=BUY", "type=MARKET", "status=FILLED,CANCELLED", f"from={middle}", f"to={middle}"),
        ),
        (TRADES, ("symbol=ETH-USDT", "side=SELL", "role=MAKER", f"order_id={order_id}", "role=TAKER")),
        (LEDGER, ("asset=BTC", "cause=FUNDING", "cause=ORDER&asset=USDT", f"from={middle}", f"to={middle}")),
    ):
        for query in queries:
            told = items(client, path, f"?{query}")
            assert told, query
            assert len(told) < len(items(client, path)), query
            assert lines(client, path, f"?{query}") == [as_line(item) for item in told], query


def test_what_the_file_is_called(idle: TradingFloor) -> None:
    for path, name in ((ORDERS, "orders"), (TRADES, "trades"), (LEDGER, "ledger")):
        response = fetch(idle.owner, path, "?from=2026-01-01T00:00:00Z&to=2026-12-31T23:59:59.999Z")
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert response.headers["Content-Disposition"] == f'attachment; filename="{name}-20260101-20261231.csv"'
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Accel-Buffering"] == "no"
        assert "X-RateLimit-Limit" in response.headers
        response.close()


def test_clients_may_ask_for_csv_and_are_refused_in_json(idle: TradingFloor) -> None:
    for accept in ("text/csv", "application/json", "*/*"):
        path = f"{ORDERS}/export"
        headers = idle.owner.headers("GET", path, b"") | {"Accept": accept}
        response = idle.owner.get(path, headers=headers)
        assert response.status_code == 200
        response.close()
        refused = idle.stranger.get(path, headers={"Accept": accept})
        assert (refused.status_code, error_code(refused)) == (401, "AUTHENTICATION_REQUIRED")


def test_bad_parameters(idle: TradingFloor) -> None:
    theirs = idle.limit(idle.colleague, "BUY", "60000", "1", response="ACK").json()["id"]
    year = timedelta(days=366)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    exact = f"?from={start.isoformat()}&to={(start + year).isoformat()}".replace("+", "%2B")
    longer = f"?from={start.isoformat()}&to={(start + year + timedelta(milliseconds=1)).isoformat()}".replace(
        "+", "%2B"
    )
    for path in LISTS:
        fetch(idle.owner, path, exact).close()
        for query, code in (
            (longer, "FIELD_INVALID"),
            ("?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "FIELD_INVALID"),
            ("?from=0", "FIELD_INVALID"),
            ("?from=yesterday", "FIELD_INVALID"),
            ("?limit=5", "UNKNOWN_FIELD"),
            ("?cursor=5", "UNKNOWN_FIELD"),
        ):
            response = idle.owner.get(f"{path}/export{query}")
            assert (response.status_code, error_code(response)) == (400, code), (path, query)
        assert error_code(idle.stranger.get(f"{path}/export")) == "AUTHENTICATION_REQUIRED"
    for path, query, code in (
        (TRADES, f"?order_id={theirs}", "ORDER_NOT_FOUND"),
        (ORDERS, "?symbol=X-Y", "UNKNOWN_MARKET"),
        (LEDGER, "?asset=XYZ", "UNKNOWN_ASSET"),
    ):
        response = idle.owner.get(f"{path}/export{query}")
        assert (response.status_code, error_code(response)) == (404, code)


def test_nobody_elses_rows(history_of_all: TradingFloor) -> None:
    mine = {line["id"] for line in lines(history_of_all.owner, ORDERS)}
    theirs = {line["id"] for line in lines(history_of_all.colleague, ORDERS)}
    assert mine
    assert not mine & theirs


def test_own_ids_are_no_formulas(idle: TradingFloor) -> None:
    idle.limit(idle.owner, "BUY", "60000", "0.1", client_order_id="-2-3", response="ACK")
    (line,) = lines(idle.owner, ORDERS)
    assert line["client_order_id"] == "'-2-3"


def test_exports_have_a_rate_of_their_own(idle: TradingFloor, settings: LazySettings) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"exports": {"key": "2/minute", "address": "100/minute"}}
    for path in (ORDERS, LEDGER):
        fetch(idle.owner, path).close()
    refused = idle.owner.get(f"{TRADES}/export")
    assert (refused.status_code, error_code(refused)) == (429, "RATE_LIMITED")
    assert idle.owner.get(TRADES).status_code == 200


def test_few_at_once(idle: TradingFloor, settings: LazySettings) -> None:
    settings.MAX_EXPORTS_PER_ACCOUNT = 1
    running = fetch(idle.owner, ORDERS)
    refused = idle.owner.get(f"{LEDGER}/export")
    assert (refused.status_code, error_code(refused)) == (429, "TOO_MANY_EXPORTS")
    assert refused.headers["Retry-After"] == "5"
    fetch(idle.colleague, LEDGER).close()
    running.close()
    fetch(idle.owner, LEDGER).close()


def test_balances_fit_while_others_are_made(idle: TradingFloor, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is committed while an export is under way is left out, or the balances after postings would be wrong."""
    monkeypatch.setattr(history, "EXPORT_PIECE", 4)
    exchange = idle.exchange

    def trade() -> None:
        exchange.place("owner", "SELL", "60000", "0.1")
        exchange.place("owner", "BUY", "60000", "0.1")
        exchange.place("owner", "BUY", "59000", "0.1")
        exchange.run()

    for _ in range(4):
        trade()
    now = {asset: exchange.balance("owner", asset) for asset in ("BTC", "ETH", "USDT")}
    far_future = 2**62
    walk = walk_postings(account_id=exchange.account("owner").pk, wanted=PostingFilter(), before_id=far_future)
    walked = [next(walk)]
    trade()
    walked += list(walk)
    for posting in walked:
        assert (posting.available_after, posting.locked_after) == now[posting.asset]
        available, locked = now[posting.asset]
        now[posting.asset] = available - posting.available_delta, locked - posting.locked_delta
    assert set(now.values()) == {(Decimal(0), Decimal(0))}


# --- as much as a busy account has in a year ------------------------------------------------------------------------


def copy_rows(idle: TradingFloor, table: str, identifier: int, *, count: int = MANY) -> None:
    """As many copies of a row as are wanted, under smaller ids."""
    with psycopg.connect(databases.owner_url(idle.exchange.database), autocommit=True) as connection:
        connection.execute(
            f"""
            INSERT INTO {table}
            SELECT (jsonb_populate_record(original, jsonb_build_object('id', original.id - number))).*
            FROM {table} original, generate_series(1, %s) number WHERE original.id = %s
            """,
            [count, identifier],
        )
        connection.execute(f"ANALYZE {table}")


def resident_bytes() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def read_measured(idle: TradingFloor, path: str) -> None:
    """Read a file of `MANY` lines; it is longer than what the process may grow by."""
    fetch(idle.owner, path, "?to=2026-01-01T00:00:00Z").getvalue()
    before, started = resident_bytes(), time.process_time()
    pieces = iter(fetch(idle.owner, path).streaming_content)
    first = next(pieces)
    until_first = time.process_time() - started
    size, count, most = len(first), first.count(b"\r\n"), before
    for piece in pieces:
        size += len(piece)
        count += piece.count(b"\r\n")
        most = max(most, resident_bytes())
    assert count > MANY
    assert size > 15_000_000
    assert most - before < 10_000_000
    # Of its own time: a machine that stands still says nothing about who makes the whole file first.
    assert until_first < (time.process_time() - started) / 10


def test_many_orders_need_little_memory(idle: TradingFloor) -> None:
    order_id = idle.exchange.place("owner", "BUY", "60000", "0.1")
    idle.exchange.run()
    for model in (Command, Order):
        copy_rows(idle, model._meta.db_table, order_id)
    read_measured(idle, ORDERS)


def test_many_postings_need_little_memory(idle: TradingFloor) -> None:
    account, asset = idle.exchange.account("owner"), idle.exchange.market().base
    idle.exchange.place("owner", "BUY", "60000", "0.1")
    idle.exchange.run()
    with psycopg.connect(databases.owner_url(idle.exchange.database), autocommit=True) as connection:
        entry_id, last_id = connection.execute("SELECT max(entry_id), max(id) FROM ledger_posting").fetchone() or (0, 0)
        connection.execute(
            """
            INSERT INTO ledger_posting (id, entry_id, account_id, asset_id, available_delta, locked_delta)
            SELECT ((%s - number / 60000) << 21) | %s | (number %% 60000), %s, %s, %s, 1 - 2 * (number %% 2), 0
            FROM generate_series(1, %s) number
            """,
            [(last_id >> 21) - 1, writer_of(last_id) << COUNTER_BITS, entry_id, account.pk, asset.pk, MANY],
        )
    read_measured(idle, LEDGER)
