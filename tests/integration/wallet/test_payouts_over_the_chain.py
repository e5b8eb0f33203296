"""Withdrawals over the real simulated chain: what its failures make of them, and that each leaves once."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ledger.verification import LEDGER_CHECKS
from risk.models import RiskEvent, Severity
from tests.support import funds
from tests.support.simulated_chain import SimulatedChain
from tests.support.withdrawals import PayoutDesk, money_and_rows, open_desk
from wallet.errors import AddressIsOurs
from wallet.models import Rail, RailAsset, Withdrawal
from wallet.rails.simulated import SimulatedChainRail
from wallet.services.payouts import send_payouts

COINS = 10**8


@pytest.fixture
def chain(tmp_path: Path, settings: Any) -> Iterator[SimulatedChain]:
    made = SimulatedChain(tmp_path)
    settings.SIMCHAIN_URL, settings.SIMCHAIN_TOKEN = made.url, made.token
    made.start()
    yield made
    made.end()


@pytest.fixture
def desk(db: None, chain: SimulatedChain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PayoutDesk:
    desk = open_desk(tmp_path, monkeypatch)
    RailAsset.objects.update(address_format="simulated")
    desk.far_end = SimulatedChainRail(Rail.objects.get())  # type: ignore[assignment]
    chain.fund("hot", "BTC", 5 * COINS)
    return desk


def approved(desk: PayoutDesk, chain: SimulatedChain, name: str = "owner") -> Withdrawal:
    return desk.approved("1", name=name, address=chain.client.new_address(f"outside:{name}"))


def sent(chain: SimulatedChain) -> list[str]:
    return [row["client_id"] for row in chain.client.sent("hot")["chain_transactions"]]


def test_a_withdrawal_over_the_chain(desk: PayoutDesk, chain: SimulatedChain) -> None:
    withdrawal = approved(desk, chain)
    send_payouts()
    assert (desk.state(withdrawal), sent(chain)) == ("SENT", [f"w{withdrawal.pk}"])
    chain.client.mine(2)
    desk.round()
    found = desk.found(withdrawal)
    assert (found.state, found.network_fee) == ("CONFIRMED", Decimal("0.00002"))
    assert chain.client.balance("outside:owner", "BTC")["amount"] == str(COINS)
    assert funds.balance("owner") == (Decimal("98.999"), 0)
    # What the books say of the hot wallet is what the chain took out of it.
    assert funds.system_balance("custody", "sim:hot") == Decimal("1.00002")
    assert chain.client.balance("hot", "BTC")["amount"] == str(5 * COINS - COINS - 2000)
    assert [finding for check in LEDGER_CHECKS for finding in check()] == []


@pytest.mark.parametrize("wallet", ["hot", "cold"])
def test_our_own_wallets_are_paid_nothing(desk: PayoutDesk, chain: SimulatedChain, wallet: str) -> None:
    address = chain.client.new_address(wallet)
    before = money_and_rows()
    with pytest.raises(AddressIsOurs):
        desk.asked("1", address=address)
    assert money_and_rows() == before
    # Asked for while the chain was away, it is refused by the payout itself.
    outside = approved(desk, chain)
    Withdrawal.objects.filter(pk=outside.pk).update(destination=outside.destination | {"address": address})
    send_payouts()
    funds.process()
    assert (desk.state(outside), sent(chain)) == ("FAILED", [])
    assert funds.balance("owner") == (100, 0)


def test_an_address_of_another_user_is_somebodys(desk: PayoutDesk, chain: SimulatedChain) -> None:
    withdrawal = desk.approved("1", address=chain.client.new_address("incoming", client_id="account:1"))
    send_payouts()
    assert desk.state(withdrawal) == "SENT"


def test_a_chain_that_is_away_keeps_nobody_from_asking(desk: PayoutDesk, chain: SimulatedChain) -> None:
    address = chain.client.new_address("outside:owner")
    chain.kill()
    assert desk.asked("1", address=address).state == "REQUESTED"


@pytest.mark.parametrize(
    ("fault", "after_one", "after_two"),
    [
        ("refuse", "FAILED", "FAILED"),
        ("insufficient", "SENDING", "SENT"),
        ("http_500", "UNKNOWN", "SENT"),
        ("timeout_before", "UNKNOWN", "SENT"),
        ("timeout_after_doing", "UNKNOWN", "SENT"),
    ],
)
def test_each_failure(desk: PayoutDesk, chain: SimulatedChain, fault: str, after_one: str, after_two: str) -> None:
    withdrawal = approved(desk, chain)
    chain.client.fail_next(fault)
    desk.round()
    assert desk.state(withdrawal) == after_one
    alarms = [event.description for event in RiskEvent.objects.all()]
    assert alarms == (
        ["sim does not take payouts of BTC; they wait: INSUFFICIENT_FUNDS"] if fault == "insufficient" else []
    )
    desk.round()
    desk.round()
    assert desk.state(withdrawal) == after_two
    assert len(sent(chain)) == (0 if fault == "refuse" else 1)


def test_what_covers_the_amount_and_not_the_fee_waits(desk: PayoutDesk, chain: SimulatedChain) -> None:
    withdrawal = approved(desk, chain)
    chain.client.set_fee("BTC", 4 * COINS + 1)
    desk.round()
    assert (desk.state(withdrawal), desk.found(withdrawal).waits_for) == ("APPROVED", "HOT_WALLET_LOW")
    assert RiskEvent.objects.get().severity == Severity.HIGH
    chain.client.set_fee("BTC", 4 * COINS)
    desk.round()
    assert desk.state(withdrawal) == "SENT"


def test_a_chain_that_is_away_and_comes_back(desk: PayoutDesk, chain: SimulatedChain) -> None:
    withdrawal = approved(desk, chain)
    chain.kill()
    desk.round()
    assert (desk.state(withdrawal), desk.found(withdrawal).waits_for) == ("APPROVED", "RAIL_UNAVAILABLE")
    chain.start()
    desk.round()
    assert desk.state(withdrawal) == "SENT"
    chain.kill()
    desk.round()
    assert desk.state(withdrawal) == "SENT"


def test_a_reorganisation_drops_a_payout(desk: PayoutDesk, chain: SimulatedChain) -> None:
    withdrawal = approved(desk, chain)
    desk.round()
    chain.client.mine()
    chain.client.reorganise(1, drop=[desk.found(withdrawal).external_tx_id])
    desk.round()
    assert (desk.state(withdrawal), desk.found(withdrawal).confirmations) == ("SENT", 0)
    chain.client.mine(2)
    desk.round()
    assert desk.state(withdrawal) == "CONFIRMED"
    assert len(sent(chain)) == 1
