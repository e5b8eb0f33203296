"""What a report may be credited from: the rail's own balance, less all that is somebody else's."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import ApiKey, User
from accounts.services import revoke_api_key
from ledger.models import Asset
from matching.models import UserEvent
from risk.models import RiskEvent, Severity
from tests.support import funds
from tests.support.far_end import FarEnd
from tests.support.told_rail import ToldRail
from wallet.core.operations import Party
from wallet.core.states import DepositState, WithdrawalState
from wallet.core.withdrawal_rules import Verdict
from wallet.deposits.watching import recheck_rail, watch_rail
from wallet.models import (
    BalanceOperation,
    Deposit,
    Rail,
    RailAsset,
    RailKind,
    ReceivingAddress,
    ReferencePrice,
    SuspenseResolution,
    Withdrawal,
)
from wallet.processor import withdrawing
from wallet.processor.parking import park_operation
from wallet.rails.errors import DepositNotFound
from wallet.rails.protocol import Arrival, Movement
from wallet.selectors import reports
from wallet.services import operations
from wallet.services.ingest import DepositReport, confirm_deposit, report_deposit
from wallet.services.ingest_grants import grant_ingest
from wallet.services.rail_rounds import recheck_reported_deposits

pytestmark = pytest.mark.django_db
REQUIRED = 3
HERE = "tests.integration.wallet.test_ingest_cover"
told: Any = None
chain: Any = None


@pytest.fixture
def far_end() -> ToldRail:
    return ToldRail({"BTC": "1"})


@pytest.fixture
def blocks() -> FarEnd:
    return FarEnd(height=10)


@pytest.fixture(autouse=True)
def _rails(monkeypatch: pytest.MonkeyPatch, settings: Any, far_end: ToldRail, blocks: FarEnd, db: None) -> None:
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    monkeypatch.setitem(globals(), "told", far_end)
    monkeypatch.setitem(globals(), "chain", lambda rail: blocks)
    settings.RAIL_ADAPTERS = {
        RailKind.PROCESSOR: f"{HERE}.told",
        RailKind.CUSTODY: f"{HERE}.told",
        RailKind.SIMULATED_CHAIN: f"{HERE}.chain",
    }
    monkeypatch.setattr(withdrawing, "check_withdrawal", lambda withdrawal, *, at: Verdict())
    ReferencePrice.objects.create(asset=Asset.objects.get(symbol="BTC"), price=60000)


def key_for(rail: Rail, *, name: str = "machine", four_eyes_above: str = "100000000") -> str:
    user, _ = User.objects.get_or_create(username=name, defaults={"email": f"{name}@example.com"})
    made = grant_ingest(
        rail=rail,
        user=user,
        label="reports",
        ip_ranges=(),
        daily_cap=Decimal(10**9),
        four_eyes_above=Decimal(four_eyes_above),
        by=User.objects.get(username="staff"),
        reason="test",
    )
    return str(made.api_key.key)


def opened(code: str, kind: RailKind) -> tuple[Rail, str]:
    """A rail on which the owner and the colleague have an address, and a key that reports for it."""
    rail = funds.open_rail(code, kind=kind)
    RailAsset.objects.filter(rail=rail).update(confirmations=REQUIRED)
    for name in ("owner", "colleague"):
        ReceivingAddress.objects.create(rail=rail, account_id=funds.account_id(name), address=f"address-of-{name}")
    return rail, key_for(rail)


def report(key: str, tx: str, amount: str = "1", *, user: str = "outsider", **fields: Any) -> Deposit:
    confirmations = fields.pop("confirmations", REQUIRED)
    return report_deposit(
        key=key,
        request_id=fields.pop("request_id", f"report {tx}"),
        report=DepositReport(
            asset=fields.pop("asset", "BTC"),
            amount=Decimal(amount),
            external_tx_id=tx,
            user=user,
            confirmations=confirmations,
            source=Party("blockchain"),
            **fields,
        ),
    )


def arrival(tx: str, *, confirmations: int = 0, to: str = "owner", amount: str = "1") -> Arrival:
    return Arrival(tx, 0, "BTC", Decimal(amount), f"address-of-{to}", "", confirmations)


def watch(rail: Rail) -> None:
    assert watch_rail(rail_code=rail.code)
    funds.process()


def standing(tx: str) -> tuple[str, str]:
    deposit = Deposit.objects.get(external_tx_id=tx)
    return str(deposit.state), deposit.reason


def sent_payout(rail: Rail, amount: str, *, state: WithdrawalState = WithdrawalState.SENT) -> Withdrawal:
    """One of the owner's that has left the rail; its network fee was nothing."""
    withdrawal = funds.verified_withdrawal("owner", amount, fee="0", rail_id=rail.pk)
    assert not funds.carry_out(funds.withdraw(withdrawal)).code
    change_to(withdrawal, state)
    return Withdrawal.objects.select_related("asset").get(pk=withdrawal.pk)


def change_to(withdrawal: Withdrawal, state: WithdrawalState) -> None:
    Withdrawal.objects.filter(pk=withdrawal.pk).update(state=state, external_tx_id=f"out{withdrawal.pk}")


# --- arrivals of others --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [RailKind.PROCESSOR, RailKind.CUSTODY])
def test_an_arrival_that_is_not_booked_yet_covers_no_report(kind: RailKind, far_end: ToldRail) -> None:
    rail, key = opened("other", kind)
    far_end.arrivals = [arrival("real")]
    far_end.listed = [Movement("invented", 0, "BTC", Decimal(1), timezone.now())]
    watch(rail)
    report(key, "invented")
    assert standing("invented") == ("PENDING", "NOT_COVERED")
    far_end.arrivals = [arrival("real", confirmations=REQUIRED)]
    watch(rail)
    recheck_reported_deposits()
    funds.process()
    assert (standing("real"), standing("invented")) == (("CREDITED", ""), ("PENDING", "NOT_COVERED"))
    assert (funds.balance("owner"), funds.balance("outsider")) == ((101, 0), (100, 0))
    assert funds.system_balance("custody", "other:incoming") == -1


def test_what_a_rail_can_list_is_not_credited_before_it_lists_it(far_end: ToldRail) -> None:
    """Between its look at the balance and the watcher's at the arrivals, that may be anybody's money."""
    _, key = opened("other", RailKind.CUSTODY)
    at = timezone.now()
    far_end.listed = [Movement("real", 0, "BTC", Decimal(1), at), Movement("known", 1, "BTC", Decimal(1), at)]
    for tx, amount, output in (("invented", "1", 0), ("known", "1", 7), ("real", "0.5", 0)):
        report(key, tx, amount, output_index=output)
    assert {row.reason for row in Deposit.objects.all()} == {"NOT_COVERED"}
    report(key, "known", output_index=1, request_id="another")
    funds.process()
    assert funds.balance("outsider") == (101, 0)
    assert Deposit.objects.get(external_tx_id="known", output_index=1).state == DepositState.CREDITED


def test_on_a_chain_nobodys_word_counts_but_the_chains(blocks: FarEnd) -> None:
    rail, key = opened("sim", RailKind.SIMULATED_CHAIN)
    report(key, "invented", confirmations=100)
    report(key, "real", user="owner", confirmations=100)
    confirm_deposit(key=key, request_id="confirm", deposit="invented")
    blocks.arrive("real", "address-of-owner", "1", at=10)
    watch(rail)
    recheck_rail(rail_code="sim")
    assert recheck_reported_deposits() == 0
    real = Deposit.objects.get(external_tx_id="real")
    assert (str(real.state), real.confirmations, funds.balance("owner")) == ("PENDING", 1, (100, 0))
    blocks.height += 2
    watch(rail)
    assert (standing("real"), funds.balance("owner")) == (("CREDITED", ""), (101, 0))
    assert (standing("invented"), funds.balance("outsider")) == (("PENDING", ""), (100, 0))
    assert not RiskEvent.objects.exists()


def test_a_chain_that_needs_no_confirmations_is_waited_for_as_well(blocks: FarEnd) -> None:
    rail, key = opened("sim", RailKind.SIMULATED_CHAIN)
    RailAsset.objects.filter(rail=rail).update(confirmations=0)
    report(key, "real", user="owner", confirmations=0)
    confirm_deposit(key=key, request_id="confirm", deposit="real")
    assert not BalanceOperation.objects.exists()
    blocks.arrive("real", "address-of-owner", "1", at=10)
    watch(rail)
    assert (standing("real"), funds.balance("owner")) == (("CREDITED", ""), (101, 0))


def test_what_came_to_an_address_is_its_owners_whoever_it_was_reported_for(blocks: FarEnd) -> None:
    rail, key = opened("sim", RailKind.SIMULATED_CHAIN)
    report(key, "real", confirmations=100)
    blocks.arrive("real", "address-of-owner", "1", at=10)
    watch(rail)
    event = RiskEvent.objects.get(severity=Severity.CRITICAL)
    assert event.accounts == [funds.account_id("outsider")]
    assert event.metadata["deposit"] == str(Deposit.objects.get().pk)
    blocks.height += 2
    watch(rail)
    assert (funds.balance("owner"), funds.balance("outsider")) == ((101, 0), (100, 0))


def test_what_came_to_nobodys_address_is_nobodys_whoever_it_was_reported_for(blocks: FarEnd) -> None:
    rail, key = opened("sim", RailKind.SIMULATED_CHAIN)
    report(key, "real", confirmations=100)
    blocks.arrive("real", "address-of-nobody", "1", at=8)
    watch(rail)
    assert (standing("real"), funds.balance("outsider")) == (("SUSPENSE", "UNKNOWN_OWNER"), (100, 0))


@pytest.mark.parametrize("asset", ["BTC", "USDT"])
def test_a_wrong_report_keeps_nothing_from_its_owner(blocks: FarEnd, asset: str) -> None:
    rail, key = opened("sim", RailKind.SIMULATED_CHAIN)
    report(key, "real", "7", asset=asset)
    blocks.arrive("real", "address-of-owner", "1", at=10)
    watch(rail)
    blocks.height += 2
    watch(rail)
    deposit = Deposit.objects.get()
    assert (standing("real"), deposit.amount, deposit.asset.symbol) == (("CREDITED", ""), 1, "BTC")
    assert (funds.balance("owner"), funds.balance("outsider")) == ((101, 0), (100, 0))
    assert RiskEvent.objects.filter(severity=Severity.CRITICAL, description__contains="something else").exists()


def test_the_alarm_is_raised_where_the_money_was_credited_before(far_end: ToldRail) -> None:
    rail, key = opened("other", RailKind.CUSTODY)
    far_end.listed = [Movement("real", 0, "BTC", Decimal(1), timezone.now())]
    report(key, "real")
    funds.process()
    assert funds.balance("outsider") == (101, 0)
    far_end.arrivals = [arrival("real", confirmations=REQUIRED)]
    told_before = UserEvent.objects.count()
    watch(rail)
    watch(rail)
    assert RiskEvent.objects.filter(severity=Severity.CRITICAL).count() == 1
    assert UserEvent.objects.count() == told_before
    assert (funds.balance("owner"), funds.balance("outsider")) == ((100, 0), (101, 0))


def test_what_two_of_the_staff_have_given_to_somebody_is_no_contradiction(far_end: ToldRail) -> None:
    rail, _ = opened("other", RailKind.CUSTODY)
    far_end.arrivals = [arrival("real", to="nobody", confirmations=REQUIRED)]
    watch(rail)
    deposit = Deposit.objects.get()
    Deposit.objects.update(account_id=funds.account_id("outsider"))
    SuspenseResolution.objects.create(
        deposit=deposit,
        account_id=funds.account_id("outsider"),
        reason="theirs",
        requested_by=User.objects.get(username="staff"),
        decided_by=User.objects.get(username="colleague"),
        is_approved=True,
    )
    ReceivingAddress.objects.filter(account_id=funds.account_id("colleague")).update(address="address-of-nobody")
    watch(rail)
    assert not RiskEvent.objects.exists()
    assert Deposit.objects.get().account_id == funds.account_id("outsider")


def test_what_the_watcher_saw_first_stays_the_watchers(far_end: ToldRail) -> None:
    rail, key = opened("other", RailKind.CUSTODY)
    far_end.arrivals = [arrival("real")]
    watch(rail)
    assert report(key, "real", user="owner").pk == Deposit.objects.get().pk
    with pytest.raises(DepositNotFound):
        confirm_deposit(key=key, request_id="confirm", deposit="real")
    funds.process()
    assert standing("real") == ("PENDING", "")
    far_end.arrivals = [arrival("real", confirmations=REQUIRED)]
    watch(rail)
    assert (standing("real"), funds.balance("owner")) == (("CREDITED", ""), (101, 0))


# --- payouts on their way, and what is booked meanwhile ------------------------------------------------------------


@pytest.fixture
def cards(far_end: ToldRail) -> tuple[Rail, str]:
    """A processor's rail that holds 5, as the books say."""
    rail, key = opened("cards", RailKind.PROCESSOR)
    far_end.holds = {"BTC": "5"}
    report(key, "first", "5", user="owner")
    funds.process()
    assert funds.system_balance("custody", "cards:incoming") == -5
    return rail, key


def test_a_payout_on_its_way_is_taken_off_the_books(cards: tuple[Rail, str], far_end: ToldRail) -> None:
    rail, key = cards
    sent_payout(rail, "2")
    far_end.holds = {"BTC": "4"}
    report(key, "covered")
    report(key, "uncovered")
    assert standing("uncovered") == ("PENDING", "NOT_COVERED")
    funds.process()
    assert (standing("covered"), funds.balance("outsider")) == (("CREDITED", ""), (101, 0))


def test_a_payout_that_leaves_while_the_rail_is_asked_covers_nothing(
    cards: tuple[Rail, str], far_end: ToldRail
) -> None:
    rail, key = cards
    payout = sent_payout(rail, "2", state=WithdrawalState.SENDING)
    far_end.meanwhile = lambda: change_to(payout, WithdrawalState.SENT)
    report(key, "late")
    assert standing("late") == ("PENDING", "NOT_COVERED")


def test_a_payout_that_is_booked_while_the_rail_is_asked_covers_nothing(
    cards: tuple[Rail, str], far_end: ToldRail
) -> None:
    rail, key = cards
    payout = sent_payout(rail, "2", state=WithdrawalState.SENDING)

    def end() -> None:
        change_to(payout, WithdrawalState.SENT)
        assert not funds.carry_out(funds.confirm(payout, network_fee="0")).code

    far_end.meanwhile = end
    report(key, "late")
    assert funds.system_balance("custody", "cards:incoming") + funds.system_balance("custody", "cards:hot") == -3
    assert standing("late") == ("PENDING", "NOT_COVERED")


@pytest.mark.parametrize("read", ["deposits_coming", "held_by_books", "sent_and_unbooked"])
def test_what_is_booked_between_two_parts_of_a_look_is_not_overlooked(
    cards: tuple[Rail, str], far_end: ToldRail, monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    rail, key = cards
    far_end.holds = {"BTC": "6"}
    report(key, "covered")
    real: Callable[..., Decimal] = getattr(reports, read)

    def processor_is_faster(**what: Any) -> Decimal:
        found = real(**what)
        funds.process()
        return found

    monkeypatch.setattr(reports, read, processor_is_faster)
    assert reports.spoken_for(rail=rail, asset=Asset.objects.get(symbol="BTC")) >= 6
    assert funds.system_balance("custody", "cards:incoming") == -6


def test_what_the_processor_could_not_book_yet_keeps_its_cover(cards: tuple[Rail, str], far_end: ToldRail) -> None:
    _, key = cards
    far_end.holds = {"BTC": "6"}
    report(key, "parked")
    parked = BalanceOperation.objects.get(request_id="deposit:cards:parked:0")
    park_operation(operation_id=parked.pk, error="for the test")
    assert not funds.carry_out(funds.deposit("owner", "1", asset="USDT", rail="cards")).code
    report(key, "uncovered")
    assert standing("uncovered") == ("PENDING", "NOT_COVERED")


# --- keys and rounds -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("confirms", ["strict", "lax"])
def test_the_stricter_of_the_keys_that_spoke_of_it_decides(confirms: str, far_end: ToldRail) -> None:
    rail, _ = opened("cards", RailKind.PROCESSOR)
    keys = {
        "strict": key_for(rail, name="strict", four_eyes_above="50000"),
        "lax": key_for(rail, name="lax", four_eyes_above="100000000"),
    }
    reports_it = "lax" if confirms == "strict" else "strict"
    report(keys[reports_it], "large", confirmations=0)
    confirm_deposit(key=keys[confirms], request_id="confirm", deposit="large")
    funds.process()
    assert standing("large") == ("SUSPENSE", "NEEDS_FOUR_EYES")


def test_what_a_key_left_waiting_before_it_was_revoked_is_decided_by_staff(far_end: ToldRail) -> None:
    rail, key = opened("cards", RailKind.PROCESSOR)
    far_end.holds = {}
    report(key, "left")
    report(key, "confirmed")
    made = ApiKey.objects.get(key=key)
    revoke_api_key(user=made.user, api_key_id=made.pk)
    other = key_for(rail, name="other")
    confirm_deposit(key=other, request_id="confirm", deposit="confirmed")
    far_end.holds = {"BTC": "2"}
    assert recheck_reported_deposits() == 2
    funds.process()
    assert standing("left") == ("SUSPENSE", "NEEDS_FOUR_EYES")
    assert (standing("confirmed"), funds.balance("outsider")) == (("CREDITED", ""), (101, 0))


def test_a_round_asks_a_rail_once_for_each_asset(far_end: ToldRail) -> None:
    _, key = opened("cards", RailKind.PROCESSOR)
    far_end.holds = {}
    for number in range(4):
        report(key, f"b{number}")
        report(key, f"u{number}", asset="USDT")
    far_end.holds, far_end.times_asked = {"BTC": "2", "USDT": "9"}, 0
    assert recheck_reported_deposits() == 6
    assert far_end.times_asked == 2
