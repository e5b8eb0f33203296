"""Trades, tickers, candles and market states over the public socket."""

from collections.abc import Callable

from accounts.models import User
from marketdata.selectors.house import forget_house_accounts
from matching.engine.types import MarketState
from matching.models import Trade
from tests.integration.streams.conftest import Stage
from tests.support.api import SignedClient
from tests.support.streams_process import StreamClient
from tests.support.worker_process import eventually

Clients = Callable[..., StreamClient]


def trade(stage: Stage, price: str = "60000", quantity: str = "0.1") -> None:
    stage.place("owner", "SELL", price, quantity)
    stage.place("colleague", "BUY", price, quantity)


def test_trades_are_numbered_without_a_gap(stage: Stage, clients: Clients) -> None:
    trade(stage)
    client = clients()
    client.ask("subscribe", channel="trades", symbols=["BTC-USDT"])
    known = [told["number"] for told in client.next("snapshot", channel="trades")["trades"][:1]]
    for number in range(5):
        trade(stage, f"{60000 + number}")
    last = Trade.objects.filter(market__symbol="BTC-USDT").count()
    while known[-1:] != [last]:
        known += [told["number"] for told in client.next("update", channel="trades")["trades"]]
    assert known == list(range(known[0], last + 1))


def test_a_trade_reads_as_it_does_over_rest(stage: Stage, clients: Clients) -> None:
    client = clients()
    client.ask("subscribe", channel="trades", symbols=["BTC-USDT"])
    client.drain()
    trade(stage)
    (rest,) = SignedClient(None).get("/api/v1/markets/BTC-USDT/trades?limit=1").json()["items"]
    told = client.next("update")["trades"]
    while told[-1]["number"] < rest["number"]:  # one of an earlier test, late
        told = client.next("update")["trades"]
    told = told[-1]
    assert rest == told
    second = clients()
    second.ask("subscribe", channel="trades", symbols=["BTC-USDT"])
    assert second.next("snapshot")["trades"][0] == told


def house_trade_is_marked(stage: Stage, client: StreamClient) -> bool:
    stage.place("owner", "SELL", "3000", "0.1", symbol="ETH-USDT")
    stage.place("colleague", "BUY", "3000", "0.1", symbol="ETH-USDT")
    return bool(client.next("update")["trades"][0]["is_house"])


def test_a_trade_of_the_house_with_itself_is_marked(stage: Stage, clients: Clients) -> None:
    client = clients()
    client.ask("subscribe", channel="trades", symbols=["ETH-USDT"])
    client.next("snapshot")
    User.objects.filter(username__in=("owner", "colleague")).update(is_house=True)
    try:
        # A process keeps what it knows of house accounts for two seconds.
        eventually(lambda: house_trade_is_marked(stage, client))
    finally:
        User.objects.filter(username__in=("owner", "colleague")).update(is_house=False)
    eventually(lambda: not house_trade_is_marked(stage, client))
    forget_house_accounts()


def test_the_ticker_follows(stage: Stage, clients: Clients) -> None:
    client = clients()
    client.ask("subscribe", channel="ticker", symbols=["BTC-USDT"])
    first = client.next("snapshot", channel="ticker")
    trade(stage, "60123")
    told = client.next("update", channel="ticker")
    while told["ticker"]["last"] != "60123":
        following = client.next("update", channel="ticker")
        assert following["sequence"] == told["sequence"] + 1
        told = following
    assert told["sequence"] > first["sequence"]
    assert set(told["ticker"]) == set(SignedClient(None).get("/api/v1/markets/BTC-USDT/ticker").json())


def test_candles_follow(stage: Stage, clients: Clients) -> None:
    client = clients()
    confirmed = client.ask("subscribe", channel="candles", symbols=["BTC-USDT"], interval="1d")
    assert confirmed["interval"] == "1d"
    before = client.next("snapshot", channel="candles")
    trade(stage, "60200")
    told = client.next("update", channel="candles", interval="1d")
    while told["candle"]["close"] != "60200":
        told = client.next("update", channel="candles", interval="1d")
    assert told["sequence"] > before["sequence"]
    rest = SignedClient(None).get("/api/v1/markets/BTC-USDT/candles?interval=1d&limit=1").json()["items"]
    assert rest == [told["candle"]]


def test_seconds_follow_each_other_and_are_told_as_they_ended(stage: Stage, clients: Clients) -> None:
    trade(stage)
    client = clients()
    client.ask("subscribe", channel="candles", symbols=["BTC-USDT"], interval="1s")
    told = {candle["opened_at"]: candle for candle in [client.next("snapshot", channel="candles")["candle"]]}
    first = min(told)
    for number in range(12):
        trade(stage, f"{60300 + number}")
    while len(told) < 4:
        candle = client.next("update", channel="candles", interval="1s")["candle"]
        assert candle["opened_at"] >= max(told)
        told[candle["opened_at"]] = candle
    last = max(told)
    over = [candle for opened_at, candle in sorted(told.items()) if opened_at != last]
    rest = SignedClient(None).get(f"/api/v1/markets/BTC-USDT/candles?interval=1s&start={first}&end={last}").json()
    assert rest["items"] == over


def test_the_best_levels_follow(stage: Stage, clients: Clients) -> None:
    stage.clear()
    client = clients()
    confirmed = client.ask("subscribe", channel="depth", symbols=["ETH-USDT"], levels=5)
    assert confirmed["levels"] == 5
    for number in range(7):
        stage.place("owner", "BUY", f"{2000 + number}", "0.1", symbol="ETH-USDT")
    stage.place("colleague", "SELL", "4000", "0.1", symbol="ETH-USDT")
    rest = SignedClient(None)
    told = client.next("snapshot", channel="depth", levels=5)
    while not (told["asks"] and told["bids"] and told["bids"][0][0] == "2006"):
        told = client.next("snapshot", channel="depth", levels=5)
    assert told["bids"] == [[f"{2006 - number}", "0.1"] for number in range(5)]
    assert told["asks"] == [["4000", "0.1"]]
    eventually(lambda: rest.get("/api/v1/markets/ETH-USDT/depth?limit=5").json()["bids"] == told["bids"])
    second = clients()
    second.ask("subscribe", channel="depth", symbols=["ETH-USDT"], levels=20)
    assert len(second.next("snapshot", levels=20)["bids"]) == 7
    client.drain()
    stage.place("owner", "BUY", "1600", "0.1", symbol="ETH-USDT")
    assert len(second.next("snapshot", levels=20)["bids"]) == 8
    assert client.drain() == []
    stage.clear()


def test_statistics_are_told_as_rest_has_them(stage: Stage, clients: Clients) -> None:
    client = clients()
    client.ask("subscribe", channel="statistics", symbols=["BTC-USDT"])
    told = client.next("snapshot", channel="statistics")["statistics"]
    assert [period["period"] for period in told["periods"]] == ["24h", "7d", "30d"]
    assert set(told) == set(SignedClient(None).get("/api/v1/markets/BTC-USDT/statistics").json())


def test_a_halt_is_told_at_once(stage: Stage, clients: Clients) -> None:
    client = clients()
    client.ask("subscribe", channel="market", symbols="*")
    assert client.next("snapshot", symbol="ETH-USDT")["market"]["state"] == "TRADING"
    stage.exchange.set_state(MarketState.HALTED, reason="checking", symbol="ETH-USDT")
    told = client.next("update", symbol="ETH-USDT")
    assert (told["market"]["state"], told["market"]["state_reason"]) == ("HALTED", "checking")
    stage.exchange.set_state(MarketState.TRADING, symbol="ETH-USDT")
    back = client.next("update", symbol="ETH-USDT")
    assert (back["market"]["state"], back["sequence"]) == ("TRADING", told["sequence"] + 1)


def test_an_auction_is_told_with_the_ticker(stage: Stage, clients: Clients) -> None:
    client = clients()
    client.ask("subscribe", channel="ticker", symbols=["ETH-USDT"])
    assert client.next("snapshot", channel="ticker")["ticker"]["auction"] is None
    stage.exchange.set_state(MarketState.AUCTION, reason="reopening", symbol="ETH-USDT")
    stage.place("owner", "SELL", "3000", "2", symbol="ETH-USDT")
    stage.place("colleague", "BUY", "3000", "3", symbol="ETH-USDT")
    expected = {"price": "3000", "quantity": "2", "surplus_side": "BUY", "surplus_quantity": "1"}
    client.take(lambda frame: frame["type"] == "update" and frame["ticker"]["auction"] == expected)
    stage.exchange.set_state(MarketState.TRADING, reason="open", symbol="ETH-USDT")
    client.take(lambda frame: frame["type"] == "update" and frame["ticker"]["auction"] is None)
    stage.clear()
