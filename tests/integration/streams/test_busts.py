"""A bust on the streams and over REST: both sides with their balances, everybody with the trade's number."""

from collections.abc import Callable

from accounts.models import User
from matching.models import BustState, Trade
from matching.trade_busts import approve_bust, request_bust
from tests.integration.streams.conftest import Stage
from tests.support.api import SignedClient
from tests.support.streams_process import StreamClient
from tests.support.worker_process import eventually

Clients = Callable[..., StreamClient]


def test_a_bust_is_seen_by_all_whom_it_concerns(stage: Stage, clients: Clients) -> None:
    exchange = stage.exchange
    stage.place("owner", "SELL", "60000", "1")
    stage.place("colleague", "BUY", "60000", "0.4")
    trade = Trade.objects.latest("pk")
    signed = {name: SignedClient(stage.key(name)) for name in ("owner", "colleague")}
    for client in signed.values():
        assert client.get("/api/v1/trades").json()["items"][0]["is_busted"] is False
    seller, buyer, outsider, public = clients("owner"), clients("colleague"), clients("outsider"), clients()
    for reader in (seller, buyer, outsider):
        reader.ask("subscribe")
    public.ask("subscribe", channel="trades", symbols=["BTC-USDT"])
    snapshot = public.next("snapshot", channel="trades")
    assert snapshot["trades"][0]["is_busted"] is False

    second = User.objects.create_user("second@example.com", "second", "a long password", is_staff=True)
    asked = request_bust(trade_id=trade.pk, by=exchange.user("staff"), reason="a plain error")
    approve_bust(bust_id=asked.pk, by=second, reason="seen")
    stage.settle()

    told = public.next("update", channel="trades")
    assert (told["trades"], told["busted"]) == ([], [{"trade_id": str(trade.pk), "number": trade.number}])
    sold, bought = seller.next("event"), buyer.next("event")
    assert sold["event"] == bought["event"] == "bust"
    assert (sold["order_id"], sold["side"], sold["fee_asset"]) == (str(trade.maker_order_id), "SELL", "USDT")
    assert (bought["order_id"], bought["side"], bought["fee_asset"]) == (str(trade.taker_order_id), "BUY", "BTC")
    assert {sold["trade_id"], bought["trade_id"]} == {str(trade.pk)}
    assert (bought["price"], bought["quantity"], bought["fee"]) == ("60000", "0.4", "0.0006")
    for name, event in (("owner", sold), ("colleague", bought)):
        shown = {row["asset"]: row for row in signed[name].get("/api/v1/balances").json()["items"]}
        assert [shown[balance["asset"]] for balance in event["balances"]] == event["balances"]
        assert len(event["balances"]) == 2
    assert [frame for frame in outsider.drain() if frame["type"] == "event"] == []

    asked.refresh_from_db()
    assert asked.state == BustState.DONE
    for client in signed.values():
        assert client.get("/api/v1/trades").json()["items"][0]["is_busted"] is True
        assert "is_busted" in b"".join(client.get("/api/v1/trades/export").streaming_content).decode().splitlines()[0]
    (shown,) = SignedClient(None).get("/api/v1/markets/BTC-USDT/trades?limit=1").json()["items"]
    assert (shown["number"], shown["is_busted"]) == (trade.number, True)
    late = clients()
    late.ask("subscribe", channel="trades", symbols=["BTC-USDT"])
    assert late.next("snapshot", channel="trades")["trades"][0] == shown


def test_a_missed_bust_comes_with_the_events_that_were_missed(stage: Stage, clients: Clients) -> None:
    stage.place("owner", "SELL", "61000", "1")
    buyer = clients("colleague")
    before = buyer.ask("subscribe")["sequences"]
    buyer.close()
    stage.place("colleague", "BUY", "61000", "0.4")
    trade = Trade.objects.latest("pk")
    second = User.objects.get_or_create(username="third", email="third@example.com")[0]
    asked = request_bust(trade_id=trade.pk, by=stage.exchange.user("staff"), reason="a plain error")
    approve_bust(bust_id=asked.pk, by=second, reason="seen")
    stage.settle()
    again = clients("colleague")
    again.ask("subscribe", **{"from": before})
    eventually(lambda: again.next("event")["event"] == "bust")
