"""The bots against a real exchange: they make markets, survive what happens to it, and leave nothing behind."""

import time
from decimal import Decimal

from django.db.models import F

from exchange.bots.house import FILE_NAME, HouseFile
from matching.engine.types import MarketState
from matching.models import Command, Order, Trade
from tests.integration.bots.conftest import GONE_SECONDS, SYMBOLS, Hall
from tests.support.streams_process import StreamsProcess
from tests.support.worker_process import eventually

PATIENCE_SECONDS = 180
"""For bots that have a book to fill, on a slow machine."""


def test_they_make_markets_among_themselves_and_for_others(hall: Hall, streams: StreamsProcess) -> None:
    with hall.bots(streams) as bots:
        eventually(hall.books_stand, seconds=PATIENCE_SECONDS)
        eventually(lambda: all(hall.trades(symbol) >= 3 for symbol in SYMBOLS), seconds=PATIENCE_SECONDS)
        for symbol in SYMBOLS:
            ticker = hall.get(f"markets/{symbol}/ticker")
            assert Decimal(ticker["best_bid"]) < Decimal(ticker["best_ask"])
            assert ticker["volume"] == ticker["house_volume"] != "0"
            assert all(trade["is_house"] for trade in hall.get(f"markets/{symbol}/trades")["items"])

        # Somebody bids too much: the house sells to them.
        generous = hall.exchange.place("alice", "BUY", "66500", "0.01")
        eventually(
            lambda: Order.objects.filter(pk=generous, filled_quantity=Decimal("0.01")).exists(),
            seconds=PATIENCE_SECONDS,
        )
        assert not all(trade["is_house"] for trade in hall.get("markets/BTC-USDT/trades")["items"])

        assert bots.terminate() < GONE_SECONDS
    assert hall.resting() == 0
    assert not Trade.objects.filter(maker_account=F("taker_account")).exists()
    assert not Order.objects.filter(reason="SELF_TRADE_PREVENTED").exists()
    written = hall.log.read_text()
    for key in HouseFile.read(hall.folder / FILE_NAME).keys:
        assert key.secret not in written
        assert key.key not in written
    hall.audit()


def test_a_halted_market_is_left_alone_until_it_opens(hall: Hall, streams: StreamsProcess) -> None:
    with hall.bots(streams):
        eventually(hall.books_stand, seconds=PATIENCE_SECONDS)
        hall.exchange.set_state(int(MarketState.HALTED), reason="for the test")
        market = hall.exchange.market()

        def sent() -> int:
            return Command.objects.filter(market=market, kind=1).count()

        eventually(lambda: hall.get("markets/BTC-USDT")["state"] == "HALTED")

        def is_quiet() -> bool:
            """What was under way when the market was halted has come, and the bots have looked at the markets."""
            before = sent()
            time.sleep(3)
            return sent() == before

        eventually(is_quiet, seconds=PATIENCE_SECONDS)
        before, elsewhere = sent(), hall.trades("ETH-USDT")
        eventually(lambda: hall.trades("ETH-USDT") > elsewhere + 2, seconds=PATIENCE_SECONDS)
        assert sent() == before
        hall.exchange.set_state(int(MarketState.TRADING))
        eventually(lambda: sent() > before + 10, seconds=PATIENCE_SECONDS)
    hall.audit()


def test_a_killed_bot_sweeps_up_after_itself(hall: Hall, streams: StreamsProcess) -> None:
    with hall.bots(streams) as bots:
        eventually(hall.books_stand, seconds=PATIENCE_SECONDS)
        bots.kill()
    left = set(Order.objects.filter(priority__isnull=False).values_list("id", flat=True))
    assert hall.resting() > 60
    with hall.bots(streams) as bots:
        eventually(lambda: not Order.objects.filter(pk__in=left, status__in=(1, 2)).exists(), seconds=PATIENCE_SECONDS)
        eventually(hall.books_stand, seconds=PATIENCE_SECONDS)
        streams.terminate()
        eventually(lambda: "lost SocketLine" in hall.log.read_text())
        assert bots.terminate() < GONE_SECONDS
    hall.audit()


def test_without_sockets_they_trade_over_http(hall: Hall) -> None:
    with hall.bots(None) as bots:
        eventually(hall.books_stand, seconds=PATIENCE_SECONDS)
        eventually(lambda: hall.trades("BTC-USDT") > 2, seconds=PATIENCE_SECONDS)
        assert "by HttpLine" in hall.log.read_text()
        assert bots.terminate() < GONE_SECONDS
    assert hall.resting() == 0
    hall.audit()
