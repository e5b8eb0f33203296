"""What becomes of every line of a recording."""

import signal
import time
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from exchange.replay import performance
from matching.models import Command, Market, Order, OrderStatus, Outcome, Trade
from tests.integration.replay.conftest import Record, Replay, add, cancel
from tests.support.audit import audit
from tests.support.exchange import Exchange
from tests.support.worker_process import WorkerProcess

pytestmark = pytest.mark.usefixtures("worker")


def test_orders_rest_match_and_are_cancelled(replay: Replay, record: Record, exchange: Exchange) -> None:
    path = record(
        add("a", "BUY", "4726.2", "15.0"),
        add("b", "SELL", "4727.15", "0.00000007"),
        add("c", "BUY", "4720", "2"),
        cancel("c"),
    )
    report = replay(path, accounts=3)
    assert report["accepted"] == 3
    assert report["cancelled"] == 1
    assert (report["refused"], report["refusals"], report["trades"], report["cancels_of_finished"]) == (0, [], 0, 0)
    assert report["ledger_consistent"] is True
    assert dict(Order.objects.values_list("price", "status")) == {
        Decimal("4726.2"): OrderStatus.OPEN,
        Decimal("4727.15"): OrderStatus.OPEN,
        Decimal("4720"): OrderStatus.CANCELLED,
    }


def test_a_missing_market_is_made_without_bands_or_limits(replay: Replay, record: Record) -> None:
    replay(record(add("a", "BUY", "0.00009", "100000.0"), add("b", "SELL", "37644.933", "2.75e-05")), "ABC-XYZ")
    market = Market.objects.get(symbol="ABC-XYZ")
    assert (market.tick_size, market.lot_size) == (Decimal("0.00001"), Decimal("0.0000001"))
    limits = ("min_quantity", "max_quantity", "min_notional", "max_order_value", "price_band_ppm", "max_open_orders")
    assert [getattr(market, name) for name in limits] == [0] * len(limits)


def test_refused_rows_are_listed_and_their_cancels_counted(replay: Replay, record: Record) -> None:
    path = record(
        add("good", "BUY", "10", "1"),
        add("free", "BUY", "0.0", "2000000.0"),
        add("negative", "SELL", "11", "-1"),
        add("text", "SELL", "eleven", "1"),
        "{not json",
        '["op", "add"]',
        {"op": "amend", "t": 1, "id": "good"},
        {"op": "add", "t": "soon", "id": "x", "side": "BUY", "price": "1", "qty": "1"},
        add("sideways", "UP", "1", "1"),
        cancel("free"),
        cancel("never seen"),
        "",
        cancel("good"),
        cancel("good"),
    )
    report = replay(path)
    assert [(refusal["line"], refusal["code"]) for refusal in report["refusals"]] == [
        (2, "NUMBER_NOT_POSITIVE"),
        (3, "NUMBER_NOT_POSITIVE"),
        (4, "NUMBER_MALFORMED"),
        (5, "MALFORMED_LINE"),
        (6, "MALFORMED_LINE"),
        (7, "MALFORMED_LINE"),
        (8, "MALFORMED_LINE"),
        (9, "MALFORMED_LINE"),
        (11, "ORDER_NOT_FOUND"),
    ]
    assert report["refused"] == 9
    assert (report["accepted"], report["cancelled"], report["cancels_of_finished"]) == (1, 1, 2)
    assert Command.objects.count() == 3, "a refused line is not sent"


def test_the_markets_own_limits_refuse_with_their_codes(replay: Replay, record: Record) -> None:
    """BTC-USDT of the tests has a band, which the engine knows, and a minimum, which the edge knows."""
    path = record(
        add("far", "BUY", "1000", "1"), add("small", "BUY", "60000", "0.0001"), add("tiny", "BUY", "1", "0.0001")
    )
    report = replay(path, "BTC/USDT")
    assert [(refusal["line"], refusal["code"]) for refusal in report["refusals"]] == [
        (1, "PRICE_OUT_OF_BAND"),
        (3, "NOTIONAL_TOO_SMALL"),
    ]
    assert report["accepted"] == 1


def test_takers_trade_and_are_seeded(replay: Replay, record: Record, exchange: Exchange) -> None:
    rows = [add(f"b{n}", "BUY", f"{100 - n}", "5") for n in range(20)]
    rows += [add(f"s{n}", "SELL", f"{101 + n}", "5") for n in range(20)]
    first = replay(record(*rows), "AAA-QQQ", takers=4, seed=7)
    again = replay(record(*rows), "BBB-QQQ", takers=4, seed=7)
    other = replay(record(*rows), "CCC-QQQ", takers=4, seed=8)
    assert first["takers"] == 10
    assert first["accepted"] == 50
    assert first["trades"] >= 10
    assert trades_of("AAA-QQQ") == trades_of("BBB-QQQ")
    assert trades_of("AAA-QQQ") != trades_of("CCC-QQQ")
    assert first["trades"] == again["trades"]
    assert other["ledger_consistent"]


def trades_of(symbol: str) -> list[tuple[Decimal, Decimal]]:
    market = Market.objects.get(symbol=symbol)
    return list(Trade.objects.filter(market=market).order_by("number").values_list("price", "quantity"))


def test_a_second_replay_into_the_same_market_works(replay: Replay, record: Record) -> None:
    path = record(add("a", "BUY", "10", "1"), add("b", "SELL", "11", "1"))
    for times in (1, 2):
        report = replay(path, accounts=2, takers=1)
        assert (report["accepted"], report["refused"]) == (4, 0)
        assert User.objects.filter(username__startswith="replay-").count() == 3
        assert Outcome.objects.count() == 4 * times


def test_speed_keeps_the_recorded_pace(replay: Replay, record: Record) -> None:
    path = record(add("a", "BUY", "10", "1", at_ms=5_000), add("b", "BUY", "11", "1", at_ms=125_000))
    started = time.monotonic()
    report = replay(path, speed=120.0)
    assert 1.0 <= time.monotonic() - started < 60
    assert report["seconds"] >= 1.0
    first, second = Command.objects.order_by("pk")
    assert 0.9 <= (second.accepted_at - first.accepted_at).total_seconds() < 60


@pytest.mark.parametrize(
    ("rows", "market", "sentence"),
    [
        ([], "ETH-AUD", "holds no order"),
        ([cancel("a")], "ETH-AUD", "holds no order"),
        ([add("a", "BUY", "1", "1")], "ETHAUD", "symbols are written like"),
        ([add("a", "BUY", "1", "1")], "ETH-ETH", "symbols are written like"),
        ([add("a", "BUY", "60000.001", "1")], "BTC-USDT", "line 1 has the price 60000.001"),
        ([add("a", "BUY", "1", "0.0000000000001")], "BTC-NEW", "Quantities of this file need 13 decimals, BTC has 12"),
        ([add("a", "BUY", "0.0000000001", "0.0000000001")], "AAA-BBB", "need 20 decimals, BBB has 18"),
    ],
)
def test_what_cannot_be_replayed_is_said(
    record: Record, exchange: Exchange, rows: list[dict[str, object]], market: str, sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("replay", str(record(*rows)), market=market)
    assert not Command.objects.exists()


def test_a_missing_file_is_said(exchange: Exchange) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        call_command("replay", "/no/such/file", market="ETH-AUD")


@pytest.mark.parametrize(
    "options", [["--speed", "0"], ["--speed", "nan"], ["--takers", "-1"], ["--accounts", "0"], ["--accounts", "many"]]
)
def test_options_are_checked(exchange: Exchange, options: list[str]) -> None:
    with pytest.raises(CommandError, match="argument"):
        call_command("replay", "file", "--market", "ETH-AUD", *options)


def test_a_username_of_somebody_else_is_not_used(record: Record, exchange: Exchange) -> None:
    User.objects.create_user("person@example.com", "replay-1")
    with pytest.raises(CommandError, match="belongs to somebody else"):
        call_command("replay", str(record(add("a", "BUY", "1", "1"))), market="ETH-AUD")


class TestWithoutAWorker:
    def test_nothing_is_sent_and_it_is_said(
        self, record: Record, exchange: Exchange, worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        worker.kill()
        monkeypatch.setattr(performance, "PATIENCE_SECONDS", 0.3)
        with pytest.raises(CommandError, match="No matching worker is running"):
            call_command("replay", str(record(add("a", "BUY", "1", "1"))), market="ETH-AUD")
        assert not Command.objects.exists()

    def test_one_that_dies_on_the_way_is_noticed(
        self, record: Record, replay: Replay, worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path: Path = record(add("a", "BUY", "1", "1"))
        replay(path)
        worker.send(signal.SIGSTOP)
        monkeypatch.setattr(performance, "PATIENCE_SECONDS", 0.5)
        with pytest.raises(CommandError, match="1 accepted commands wait"):
            call_command("replay", str(path), market="ETH-AUD")


def test_the_whole_history_replays_afterwards(
    replay: Replay, record: Record, exchange: Exchange, worker: WorkerProcess
) -> None:
    rows = [add(f"b{n}", "BUY", f"{100 - n}", "5") for n in range(10)]
    rows += [cancel(f"b{n}") for n in range(0, 10, 2)]
    replay(record(*rows), takers=3)
    worker.kill()
    audit(exchange)
