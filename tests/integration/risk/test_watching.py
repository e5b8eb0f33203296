"""From a trade on the exchange to a risk event: found once, whatever runs twice, dies or comes late."""

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts.models import AccountState
from accounts.services import change_house_mark, create_api_key
from exchange.surveillance import watch
from exchange.surveillance.links import links_between
from exchange.surveillance.stretches import Stretch
from exchange.surveillance.watch import SurveillanceRules, watch_markets
from exchange.tasks import watch_new_trading
from matching.errors import TradingFrozen
from matching.models import Outcome, Shard, Trade
from risk.core.surveillance.facts import SECOND_US, Finding
from risk.core.surveillance.quote_stuffing import QuoteStuffingRules
from risk.models import Detector, RiskEvent, Severity, SurveillanceProgress
from risk.services import change_risk_policy, resolve_risk_event
from tests.integration.risk.conftest import risk_rows, sign_in_from, trade_between
from tests.support.exchange import Exchange
from tests.support.random_flow import log_flow


def found() -> list[tuple[str, str, int]]:
    """Detector, whom it is about, and how often."""
    return [
        (event.detector, str(event.user), event.count)
        for event in RiskEvent.objects.select_related("user").order_by("pk")
    ]


def test_a_wash_trade_is_found_once(linked: Exchange) -> None:
    trade_between(linked, "owner", "colleague")
    assert watch_new_trading() == 1
    (event,) = RiskEvent.objects.all()
    accounts = sorted(linked.account(name).pk for name in ("owner", "colleague"))
    assert (event.detector, event.severity, event.market) == (Detector.WASH_TRADING, Severity.MEDIUM, "BTC-USDT")
    assert event.accounts == accounts
    assert event.metadata["trades"] == [Trade.objects.get().pk]
    assert event.first_seen_at == event.last_seen_at == Trade.objects.get().executed_at
    before = risk_rows()
    assert watch_markets() == 0
    assert risk_rows() == before


def test_another_one_belongs_to_the_same_event(linked: Exchange) -> None:
    trade_between(linked, "owner", "colleague")
    watch_markets()
    trade_between(linked, "colleague", "owner")
    watch_markets()
    (event,) = RiskEvent.objects.all()
    assert event.count == 2
    assert event.metadata["trades"] == list(Trade.objects.order_by("pk").values_list("pk", flat=True))


def test_looking_at_everything_anew_finds_nothing_twice(linked: Exchange) -> None:
    trade_between(linked, "owner", "colleague")
    watch_markets()
    before = risk_rows()
    SurveillanceProgress.objects.all().delete()
    watch_markets()
    assert risk_rows() == before


def test_strangers_may_trade_with_each_other(linked: Exchange) -> None:
    trade_between(linked, "owner", "outsider")
    assert watch_markets() == 0
    assert SurveillanceProgress.objects.get().applied_sequence == Shard.objects.get().applied_sequence


def test_house_accounts_may_trade_with_each_other(linked: Exchange) -> None:
    for name in ("owner", "colleague"):
        change_house_mark(user=linked.user(name), is_house=True, by=None, reason="test")
    trade_between(linked, "owner", "colleague")
    assert watch_markets() == 0


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "0.0.0.0", "fd00::1"])
def test_a_private_address_links_nobody(exchange: Exchange, address: str) -> None:
    for name in ("owner", "colleague"):
        sign_in_from(exchange, name, address)
    assert links_between([exchange.account(name).pk for name in ("owner", "colleague")]) == {}


def test_an_address_that_many_share_links_nobody(linked: Exchange) -> None:
    from accounts.models import User
    from tests.support.cast import PASSWORD

    for number in range(4):
        name = f"neighbour{number}"
        User.objects.create_user(f"{name}@example.com", name, PASSWORD)
        sign_in_from(linked, name)
    assert links_between([linked.account(name).pk for name in ("owner", "colleague")]) == {}


def test_keys_bound_to_one_address_link(exchange: Exchange) -> None:
    accounts = sorted(exchange.account(name).pk for name in ("owner", "colleague"))
    for name, ranges in (
        ("owner", ["8.8.4.4"]),
        ("colleague", ["8.8.4.4/32", "9.9.9.0/24"]),
        ("outsider", ["9.9.9.0/24"]),
    ):
        create_api_key(user=exchange.user(name), label="bot", scopes=["trade"], ip_ranges=ranges)
    everybody = [*accounts, exchange.account("outsider").pk]
    assert list(links_between(everybody)) == [(accounts[0], accounts[1])]


def test_bait_is_found(exchange: Exchange) -> None:
    trade_between(exchange, "colleague", "outsider", quantity="0.1")
    exchange.place("owner", "BUY", "59990", "0.1")
    bait = [exchange.place("owner", "SELL", str(60_010 + level), "0.5") for level in range(4)]
    exchange.run()
    exchange.place("colleague", "SELL", "59990", "0.1")
    exchange.run()
    for order_id in bait:
        exchange.cancel("owner", order_id)
    exchange.run()
    watch_markets()
    assert found() == [("layering", "owner", 1)]
    assert RiskEvent.objects.get().metadata["orders"] == bait


def test_bait_that_is_still_there_when_somebody_looks_is_found_later(exchange: Exchange) -> None:
    exchange.place("owner", "BUY", "59990", "0.1")
    bait = exchange.place("owner", "SELL", "60010", "2")
    exchange.run()
    exchange.place("colleague", "SELL", "59990", "0.1")
    exchange.run()
    assert watch_markets() == 0
    exchange.cancel("owner", bait)
    exchange.run()
    watch_markets()
    assert found() == [("spoofing", "owner", 1)]


def test_orders_that_staff_cancelled_are_nobodys_bait(exchange: Exchange) -> None:
    exchange.place("owner", "BUY", "59990", "0.1")
    exchange.place("owner", "SELL", "60010", "2")
    exchange.run()
    exchange.place("colleague", "SELL", "59990", "0.1")
    exchange.run()
    exchange.cancel_all(None)
    exchange.run()
    assert watch_markets() == 0


def test_a_market_maker_that_moves_its_quotes_after_a_fill_is_innocent(exchange: Exchange) -> None:
    quotes = [exchange.place("owner", "BUY", str(59_990 - 10 * level), "0.5") for level in range(5)]
    quotes += [exchange.place("owner", "SELL", str(60_010 + 10 * level), "0.5") for level in range(5)]
    exchange.run()
    exchange.place("colleague", "SELL", "59990", "0.1")
    exchange.run()
    exchange.cancel_all("owner")
    exchange.run()
    for level in range(5):
        exchange.place("owner", "BUY", str(59_980 - 10 * level), "0.5")
    exchange.run()
    assert watch_markets() == 0


def test_quotes_that_stood_for_long_speak_for_a_market_maker(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its bids are too old to be read at the first look; at the second one they are."""
    for level in range(5):
        exchange.place("owner", "BUY", str(59_990 - 10 * level), "0.5")
    asks = [exchange.place("owner", "SELL", str(60_010 + 10 * level), "0.5") for level in range(5)]
    exchange.run()
    exchange.place("colleague", "SELL", "59990", "0.1")
    exchange.run()
    exchange.cancel_all("owner")
    exchange.run()
    monkeypatch.setattr(Stretch, "first_command", lambda *_: asks[0])
    assert watch_markets() == 0
    SurveillanceProgress.objects.all().delete()
    monkeypatch.setattr(Stretch, "first_id", lambda *_: asks[0])
    assert watch_markets() == 1, "without a second look it would be accused"


def test_a_flood_is_found(exchange: Exchange) -> None:
    rules = SurveillanceRules(quote_stuffing=QuoteStuffingRules(least_instructions=30, brief_us=60 * SECOND_US))
    for _ in range(20):
        exchange.cancel("owner", exchange.place("owner", "BUY", "50000", "0.1"))
    exchange.place("colleague", "BUY", "50000", "0.1")
    exchange.run()
    watch_markets(rules=rules)
    assert found() == [("quote_stuffing", "owner", 1)]


def test_a_push_and_its_reversal_are_found(exchange: Exchange) -> None:
    for number in range(6):
        exchange.place("colleague", "SELL", str(60_000 + 300 * number), "0.1")
    exchange.place("outsider", "BUY", "60000", "0.1")
    exchange.run()
    for number in range(1, 5):
        exchange.place("owner", "BUY", str(60_000 + 300 * number), "0.1")
        exchange.run()
    exchange.place("outsider", "BUY", "61400", "0.3")
    exchange.run()
    exchange.place("owner", "SELL", "61300", "0.3")
    exchange.run()
    watch_markets()
    assert ("momentum_ignition", "owner", 1) in found()


def test_honest_random_trade_is_watched_to_the_end(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """In short stretches as in one: the same findings, and every command is looked at."""
    log_flow(exchange, 300, seed=3)
    exchange.run()
    watch_markets()
    at_once = [(event.fingerprint, event.severity) for event in RiskEvent.objects.order_by("fingerprint")]
    assert SurveillanceProgress.objects.get().applied_sequence == Outcome.objects.count()
    assert not at_once, "nobody is accused"


def test_short_stretches_find_what_one_stretch_finds(linked: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.surveillance.stretches.MOST_COMMANDS", 3)
    for _ in range(4):
        trade_between(linked, "owner", "colleague")
    assert watch_markets(most_stretches=2) > 0
    assert SurveillanceProgress.objects.get().applied_sequence < Outcome.objects.count()
    watch_markets()
    (event,) = RiskEvent.objects.filter(detector=Detector.WASH_TRADING)
    assert event.count == Trade.objects.count() == 4
    assert SurveillanceProgress.objects.get().applied_sequence == Outcome.objects.count()


def test_a_run_that_dies_leaves_nothing_and_the_next_one_finds_it(
    linked: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade_between(linked, "owner", "colleague")
    real = watch.record_finding

    def record_and_die(scope: Any, finding: Finding) -> RiskEvent:
        real(scope, finding)
        raise KeyboardInterrupt

    monkeypatch.setattr(watch, "record_finding", record_and_die)
    with pytest.raises(KeyboardInterrupt):
        watch_markets()
    assert risk_rows() == []
    monkeypatch.setattr(watch, "record_finding", real)
    assert watch_markets() == 1


def test_two_runs_at_the_same_time_find_it_once(linked: Exchange) -> None:
    trade_between(linked, "owner", "colleague")
    together = threading.Barrier(3)

    def run() -> int:
        try:
            together.wait(timeout=60)
            return watch_markets()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        findings = [future.result() for future in [pool.submit(run) for _ in range(3)]]
    assert sorted(findings) == [0, 0, 1]
    assert RiskEvent.objects.get().count == 1


def test_a_policy_freezes_whoever_is_found_and_the_engine_knows(linked: Exchange) -> None:
    staff = linked.user("staff")
    change_risk_policy(detector=Detector.WASH_TRADING, freezes_from=Severity.MEDIUM, by=staff, reason="test")
    trade_between(linked, "owner", "colleague")
    watch_markets()
    assert {linked.user(name).state for name in ("owner", "colleague")} == {AccountState.TRADE_FROZEN}
    assert linked.user("outsider").state == AccountState.ACTIVE
    before = linked.balance("owner", "BTC")
    order_id = linked.place("owner", "SELL", "60000", "0.1")
    linked.run()
    assert Outcome.objects.get(pk=order_id).refusal == TradingFrozen.code
    assert linked.balance("owner", "BTC") == before


def test_after_a_decision_the_same_opens_another_event(linked: Exchange) -> None:
    trade_between(linked, "owner", "colleague")
    watch_markets()
    resolve_risk_event(event_id=RiskEvent.objects.get().pk, resolution="father and son", by=linked.user("staff"))
    trade_between(linked, "owner", "colleague")
    watch_markets()
    assert [event.resolved for event in RiskEvent.objects.order_by("pk")] == [True, False]
    assert Decimal(RiskEvent.objects.latest("pk").count) == 1
