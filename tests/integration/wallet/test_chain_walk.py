"""The walk along a chain: nothing is skipped or taken twice, whatever the far end, the process or a fork does."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from accounts.models import AccountState
from ledger.models import Account, Balance
from matching.models import UserEvent
from risk.models import RiskEvent, Severity
from tests.support import funds
from tests.support.far_end import FarEnd
from wallet.core.operations import Party
from wallet.core.states import DepositState
from wallet.deposits import watching
from wallet.deposits.locks import WATCHING
from wallet.deposits.watching import recheck_rail, watch_rail
from wallet.models import BalanceOperation, Deposit, FundsMail, OperationOutcome, Rail, RailAsset, ReceivingAddress
from wallet.rails.protocol import Arrival
from wallet.services import operations

pytestmark = pytest.mark.django_db
REQUIRED = 3


@pytest.fixture(autouse=True)
def _rail(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    rail = funds.open_rail()
    RailAsset.objects.filter(rail=rail).update(confirmations=REQUIRED, min_deposit=Decimal("0.01"))
    for name in ("owner", "colleague"):
        ReceivingAddress.objects.create(rail=rail, account_id=funds.account_id(name), address=f"address-of-{name}")


@pytest.fixture
def far_end() -> FarEnd:
    return FarEnd(height=10)


def walk(far_end: FarEnd, *, blocks: int = 0) -> None:
    """Let the far end grow, walk to its end, and have the processor do its part."""
    far_end.height += blocks
    assert watch_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
    funds.process()


def deposit(tx: str = "tx") -> Deposit:
    return Deposit.objects.get(external_tx_id=tx)


def cursor() -> tuple[int, str]:
    rail = Rail.objects.get(pk="sim")
    return rail.cursor_height, rail.cursor_hash


def requests() -> list[str]:
    return list(BalanceOperation.objects.order_by("id").values_list("request_id", flat=True))


def mails() -> list[str]:
    return list(FundsMail.objects.order_by("id").values_list("template", flat=True))


def balances() -> dict[int, tuple[Decimal, Decimal]]:
    return {row.pk: (row.available, row.locked) for row in Balance.objects.exclude(available=0, locked=0)}


def test_a_deposit_is_seen_confirmed_and_credited(far_end: FarEnd) -> None:
    far_end.arrive("tx", "address-of-owner", "1.5", at=10)
    walk(far_end)
    first = deposit()
    assert (first.state, first.confirmations, first.required_confirmations) == (DepositState.PENDING, 1, REQUIRED)
    assert (first.block_height, first.account_id) == (10, funds.account_id("owner"))
    assert funds.balance("owner")[0] == 100
    walk(far_end, blocks=1)
    assert (deposit().confirmations, funds.balance("owner")[0]) == (2, 100)
    walk(far_end, blocks=1)
    assert (deposit().state, deposit().confirmations) == (DepositState.CREDITED, REQUIRED)
    assert funds.balance("owner")[0] == Decimal("101.5")
    walk(far_end, blocks=5)
    assert len(requests()) == 1
    assert funds.balance("owner")[0] == Decimal("101.5")
    told = [event.payload for event in UserEvent.objects.filter(writer_id=1).order_by("sequence")]
    assert [payload.get("confirmations") for payload in told] == [0, 1, 2, None]
    assert [payload["state"] for payload in told] == ["PENDING", "PENDING", "PENDING", "CREDITED"]
    assert mails() == ["deposit_seen", "deposit_credited"]
    rail = Rail.objects.get(pk="sim")
    assert (rail.cursor_height, rail.last_error) == (17, "")
    assert rail.seen_at is not None


def test_what_waits_for_a_block_is_seen_before(far_end: FarEnd) -> None:
    far_end.arrive("tx", "address-of-owner", "1", at=11)
    in_block = far_end.contents.pop(11)
    far_end.waiting = [type(one)(one.external_tx_id, 0, one.asset, one.amount, one.address, "", 0) for one in in_block]
    walk(far_end)
    assert (deposit().state, deposit().confirmations, deposit().block_height) == (DepositState.PENDING, 0, None)
    recheck_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
    assert deposit().state == DepositState.PENDING
    far_end.waiting, far_end.contents[11] = [], in_block
    walk(far_end, blocks=REQUIRED)
    assert deposit().state == DepositState.CREDITED


def test_what_is_found_nowhere_is_orphaned_and_comes_back_when_it_is_seen(far_end: FarEnd) -> None:
    far_end.arrive("tx", "address-of-owner", "1", at=9)
    walk(far_end)
    far_end.fork(8, number=1)
    walk(far_end)
    gone = deposit()
    assert (gone.state, gone.confirmations, gone.block_height) == (DepositState.PENDING, 0, None)
    recheck_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
    assert (deposit().state, deposit().reason) == (DepositState.ORPHANED, "NOT_ON_CHAIN")
    walk(far_end, blocks=10)
    assert requests() == []
    far_end.arrive("tx", "address-of-owner", "1", at=22)
    walk(far_end, blocks=1)
    assert (deposit().state, deposit().reason, deposit().confirmations) == (DepositState.PENDING, "", 1)
    walk(far_end, blocks=2)
    assert deposit().state == DepositState.CREDITED
    assert funds.balance("owner")[0] == 101
    assert not RiskEvent.objects.exists()
    assert mails() == ["deposit_seen", "deposit_orphaned", "deposit_seen", "deposit_credited"]


def test_a_credited_deposit_whose_block_is_gone_is_held_and_alarms(far_end: FarEnd) -> None:
    far_end.arrive("tx", "address-of-owner", "1", at=8)
    walk(far_end)
    assert funds.balance("owner") == (101, 0)
    far_end.fork(7, number=1)
    walk(far_end)
    held = deposit()
    assert (held.state, held.reason, held.held_amount) == (DepositState.HELD, "REORGANISED", 1)
    assert funds.balance("owner") == (100, 1)
    event = RiskEvent.objects.get(severity=Severity.CRITICAL)
    assert (event.event_type, event.asset, event.accounts) == ("DEPOSIT", "BTC", [funds.account_id("owner")])
    before = balances()
    walk(far_end, blocks=5)
    assert balances() == before
    assert Rail.objects.get(pk="sim").cursor["displaced"] == []
    far_end.arrive("tx", "address-of-owner", "1", at=17)
    walk(far_end, blocks=1)
    # Only people let go of what was held.
    assert (balances(), deposit().state, deposit().block_height) == (before, DepositState.HELD, 17)
    assert RiskEvent.objects.filter(severity=Severity.MEDIUM, description__contains="on its chain again").count() == 1


def test_a_credited_deposit_that_the_new_branch_has_as_well_stays(far_end: FarEnd) -> None:
    far_end.arrive("tx", "address-of-owner", "1", at=8)
    walk(far_end)
    far_end.fork(7, number=1, keep=True)
    walk(far_end)
    kept = deposit()
    assert (kept.state, kept.block_hash) == (DepositState.CREDITED, far_end.hash_of(8))
    assert funds.balance("owner") == (101, 0)
    assert [event.severity for event in RiskEvent.objects.all()] == [Severity.HIGH]
    assert len(requests()) == 1


def test_a_credit_that_was_asked_for_is_not_given_before_the_deposit_is_confirmed_anew(far_end: FarEnd) -> None:
    far_end.arrive("tx", "address-of-owner", "1", at=8)
    assert watch_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
    assert (deposit().state, deposit().confirmations) == (DepositState.PENDING, REQUIRED)
    far_end.waiting = [type(one)(one.external_tx_id, 0, "BTC", one.amount, one.address, "", 0)
                       for one in far_end.contents[8]]  # fmt: skip
    far_end.fork(7, number=1)
    walk(far_end)
    assert (deposit().state, deposit().confirmations, len(requests())) == (DepositState.PENDING, 0, 1)
    far_end.waiting = []
    far_end.arrive("tx", "address-of-owner", "1", at=13)
    far_end.height = 13
    assert watch_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
    funds.process()
    assert (deposit().confirmations, funds.balance("owner")) == (1, (100, 0))
    walk(far_end, blocks=2)
    assert (deposit().state, funds.balance("owner")) == (DepositState.CREDITED, (101, 0))
    assert not RiskEvent.objects.exists()


def test_a_slow_processor_credits_what_was_displaced_and_is_confirmed_once_only(far_end: FarEnd) -> None:
    far_end.arrive("tx", "address-of-owner", "1", at=8)
    assert watch_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
    far_end.fork(7, number=1)
    far_end.arrive("tx", "address-of-owner", "1", at=11)
    assert watch_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
    # One confirmation, and a request of the time when it had three.
    funds.process()
    assert (deposit().state, deposit().confirmations) == (DepositState.PENDING, 1)
    assert funds.balance("owner") == (100, 0)
    walk(far_end, blocks=2)
    walk(far_end, blocks=5)
    assert (deposit().state, funds.balance("owner"), len(requests())) == (DepositState.CREDITED, (101, 0), 2)


@pytest.mark.parametrize("rounds", [1, 3])
def test_a_chain_that_returns_to_a_block_gets_what_was_refused_meanwhile_credited(far_end: FarEnd, rounds: int) -> None:
    far_end.arrive("tx", "address-of-owner", "1", at=8)
    assert watch_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
    for number in range(1, rounds + 1):
        contents, branch = dict(far_end.contents), dict(far_end.branch)
        far_end.fork(7, number=number)
        assert watch_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
        assert deposit().state == DepositState.ORPHANED
        # Only now the processor is there again, and refuses.
        funds.process()
        assert OperationOutcome.objects.latest("applied_sequence").code == "TRANSITION_NOT_ALLOWED"
        far_end.contents.update(contents)
        far_end.branch = branch
        far_end.height += 1
        assert watch_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
        assert (deposit().state, deposit().confirmations) == (DepositState.PENDING, REQUIRED)
    funds.process()
    assert (deposit().state, funds.balance("owner")) == (DepositState.CREDITED, (101, 0))
    assert len(set(requests())) == len(requests()) == rounds + 1


def test_another_reason_against_the_same_deposit_is_another_request(far_end: FarEnd) -> None:
    far_end.arrive("tx", "address-of-owner", "0.009", at=8)
    assert watch_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
    contents = dict(far_end.contents)
    far_end.fork(7, number=1)
    assert watch_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
    RailAsset.objects.update(deposits_enabled=False)
    far_end.contents.update(contents)
    far_end.branch = {}
    far_end.height += 1
    assert watch_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
    funds.process()
    assert (deposit().state, len(requests())) == (DepositState.SUSPENSE, 2)
    assert funds.system_balance("suspense") == Decimal("0.009")


def test_a_network_that_asks_for_no_confirmation_asks_for_one(far_end: FarEnd) -> None:
    RailAsset.objects.update(confirmations=0)
    far_end.arrive("tx", "address-of-owner", "1", at=10)
    walk(far_end)
    assert (deposit().state, deposit().required_confirmations) == (DepositState.CREDITED, 1)


def test_a_pending_deposit_of_a_gone_branch_is_credited_once_by_the_new_one(far_end: FarEnd) -> None:
    far_end.arrive("tx", "address-of-owner", "1", at=9)
    walk(far_end)
    assert deposit().confirmations == 2
    far_end.fork(8, number=1, keep=True)
    walk(far_end)
    assert (deposit().state, deposit().block_hash) == (DepositState.CREDITED, far_end.hash_of(9))
    far_end.fork(3, number=2, keep=True)
    walk(far_end, blocks=3)
    assert funds.balance("owner") == (101, 0)
    assert deposit().state == DepositState.CREDITED


def test_another_chain_is_not_walked(far_end: FarEnd) -> None:
    far_end.arrive("tx", "address-of-owner", "1", at=5)
    walk(far_end)
    before, place = balances(), cursor()
    far_end.branch = {0: 7}
    far_end.contents.clear()
    far_end.height = 30
    assert not watch_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
    assert (balances(), cursor(), deposit().state) == (before, place, DepositState.CREDITED)
    assert RiskEvent.objects.get().severity == Severity.CRITICAL
    assert "another history" in Rail.objects.get(pk="sim").last_error


@pytest.mark.parametrize(
    ("reason", "address", "amount"),
    [
        ("UNKNOWN_OWNER", "address-of-nobody", "1"),
        ("BELOW_MINIMUM", "address-of-owner", "0.009"),
        ("ASSET_DISABLED", "address-of-owner", "1"),
        ("ACCOUNT_CLOSED", "address-of-owner", "1"),
    ],
)
def test_what_cannot_be_credited_waits_in_suspense(far_end: FarEnd, reason: str, address: str, amount: str) -> None:
    if reason == "ASSET_DISABLED":
        RailAsset.objects.filter(asset__symbol="BTC").update(deposits_enabled=False)
    if reason == "ACCOUNT_CLOSED":
        user = Account.objects.get(pk=funds.account_id("owner")).user
        assert user is not None
        user.state = AccountState.CLOSED
        user.save()
    far_end.arrive("tx", address, amount, at=10)
    walk(far_end)
    assert deposit().state == DepositState.PENDING
    walk(far_end, blocks=2)
    assert (deposit().state, deposit().reason) == (DepositState.SUSPENSE, reason)
    assert mails() == ([] if reason == "UNKNOWN_OWNER" else ["deposit_seen", "deposit_suspense"])
    assert funds.system_balance("suspense") == Decimal(amount)
    assert funds.system_balance("custody", "sim:incoming") == -Decimal(amount)
    assert funds.balance("owner")[0] == 100
    far_end.fork(9, number=1)
    walk(far_end, blocks=2)
    assert deposit().state == DepositState.SUSPENSE
    assert RiskEvent.objects.filter(severity=Severity.HIGH, fingerprint=f"deposit gone:{deposit().pk}").exists()


def test_what_the_books_have_no_place_for_is_not_lost(far_end: FarEnd) -> None:
    far_end.arrive("unknown", "address-of-owner", "1", at=9, asset="DOGE")
    far_end.arrive("small", "address-of-owner", "0.0000000000001", at=9)
    far_end.arrive("tx", "address-of-owner", "1", at=9)
    walk(far_end, blocks=REQUIRED)
    assert funds.balance("owner")[0] == 101
    assert Deposit.objects.count() == 1
    assert RiskEvent.objects.filter(description__contains="cannot be booked").count() == 2


def test_what_has_more_decimals_than_the_books_is_credited_as_far_as_they_go(far_end: FarEnd) -> None:
    far_end.arrive("tx", "address-of-owner", "1.0000000000019", at=9)
    walk(far_end)
    far_end.fork(8, number=1, keep=True)
    walk(far_end, blocks=REQUIRED)
    assert deposit().amount == Decimal("1.000000000001")
    assert funds.balance("owner")[0] == Decimal("101.000000000001")
    event = RiskEvent.objects.get()
    assert (event.severity, event.description) == (
        Severity.LOW,
        "1.000000000001 of 1.0000000000019 BTC over sim is in the books",
    )


def test_what_the_far_end_says_of_the_sender_keeps_nothing_from_being_booked(far_end: FarEnd) -> None:
    far_end.arrive("tx", "address-of-owner", "1", at=9)
    (seen,) = far_end.contents[9]
    far_end.contents[9] = [replace(seen, source=Party("blockchain", address="\x00" + "x" * 500))]
    walk(far_end, blocks=REQUIRED)
    assert deposit().source["address"] == "x" * 200
    assert funds.balance("owner")[0] == 101


def test_another_amount_for_the_same_output_alarms_and_changes_nothing(far_end: FarEnd) -> None:
    far_end.arrive("tx", "address-of-owner", "1", at=10)
    walk(far_end)
    far_end.arrive("tx", "address-of-owner", "1000", at=11)
    walk(far_end, blocks=3)
    assert deposit().amount == 1
    assert funds.balance("owner")[0] == 101
    assert RiskEvent.objects.get().severity == Severity.CRITICAL


@pytest.mark.parametrize("answers", [0, 1, 2, 3])
def test_a_far_end_that_stops_answering_leaves_rows_and_cursor_together(far_end: FarEnd, answers: int) -> None:
    far_end.height = 1_800
    for height in range(100, 1_800, 100):
        far_end.arrive(f"tx{height}", "address-of-owner", "1", at=height)
    far_end.fails_after = answers
    assert not watch_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
    walked = cursor()[0]
    assert walked == 500 * answers
    assert Deposit.objects.count() == len([height for height in range(100, 1_800, 100) if height <= walked])
    assert Rail.objects.get(pk="sim").last_error
    far_end.fails_after = None
    walk(far_end)
    assert funds.balance("owner")[0] == 117
    assert Rail.objects.get(pk="sim").last_error == ""


def test_a_crash_before_the_commit_takes_back_rows_and_cursor(far_end: FarEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    far_end.arrive("tx", "address-of-owner", "1", at=5)

    class Crash(BaseException):
        pass

    def crash(*arguments: Any, **named: Any) -> None:
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(watching, "extended", crash)
        with pytest.raises(Crash):
            watch_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
    assert (cursor(), Deposit.objects.count(), requests()) == ((0, ""), 0, [])
    walk(far_end)
    assert funds.balance("owner")[0] == 101


@pytest.mark.parametrize("kind", ["gap", "silence"])
def test_an_answer_that_leaves_blocks_out_is_not_believed(
    far_end: FarEnd, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = far_end.detect

    def detect(**asked: Any) -> Any:
        told = honest(**asked)
        kept = told.blocks[:2] + told.blocks[3:] if kind == "gap" else ()
        return type(told)(kept, (), told.cursor, told.tip_height)

    monkeypatch.setattr(far_end, "detect", detect)
    assert not watch_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
    assert cursor() == (0, "")


def test_a_long_backlog_is_walked_without_skipping() -> None:
    far_end = FarEnd(height=100_000)
    heights = [1, 2, 499, 500, 501, 99_998, *range(777, 100_000, 1_234)]
    for height in heights:
        far_end.arrive(f"tx{height}", "address-of-colleague", "0.5", at=height)
    while not watch_rail(rail_code="sim", adapter=far_end):  # type: ignore[arg-type]
        pass
    assert far_end.asked == list(range(0, 100_000, 500))
    assert cursor() == (100_000, far_end.hash_of(100_000))
    assert {row.block_height for row in Deposit.objects.all()} == set(heights)
    funds.process()
    assert funds.balance("colleague")[0] == 100 + Decimal("0.5") * len(heights)
    assert len(Rail.objects.get(pk="sim").cursor["landmarks"]) < 200
    far_end.fork(90_000, number=1)
    while not watch_rail(rail_code="sim", adapter=far_end):  # type: ignore[arg-type]
        pass
    funds.process()
    gone = [height for height in heights if height > 90_000]
    assert Deposit.objects.filter(state=DepositState.HELD).count() == len(gone)
    assert funds.balance("colleague")[1] == Decimal("0.5") * len(gone)


def test_only_one_process_watches_a_rail(far_end: FarEnd) -> None:
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor_of_other:
            cursor_of_other.execute("SELECT pg_advisory_lock(%s, hashtext('sim'))", [WATCHING])
            assert not watch_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
            assert far_end.asked == []
            cursor_of_other.execute("SELECT pg_advisory_unlock(%s, hashtext('sim'))", [WATCHING])
        walk(far_end)
    finally:
        other.close()


def test_whoever_was_overtaken_writes_nothing(far_end: FarEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    far_end.arrive("tx", "address-of-owner", "1", at=5)
    honest = far_end.detect

    def detect(**asked: Any) -> Any:
        Rail.objects.filter(pk="sim").update(cursor_height=3, cursor_hash="another")
        return honest(**asked)

    monkeypatch.setattr(far_end, "detect", detect)
    assert not watch_rail(rail_code="sim", adapter=far_end)  # type: ignore[arg-type]
    assert (cursor(), Deposit.objects.count()) == ((3, "another"), 0)


@pytest.mark.parametrize("required", [1, REQUIRED])
def test_a_rail_without_blocks_tells_by_itself_what_is_final(far_end: FarEnd, required: int) -> None:
    rail = funds.open_rail("house", kind="custody")  # type: ignore[arg-type]
    RailAsset.objects.filter(rail=rail).update(confirmations=required)
    ReceivingAddress.objects.create(rail=rail, account_id=funds.account_id("owner"), address="address-of-owner")
    far_end.has_blocks = False
    far_end.arrive("tx", "address-of-owner", "1", at=0)
    (seen,) = far_end.contents.pop(0)
    far_end.height = 0
    far_end.waiting = [type(seen)("tx", 0, "BTC", seen.amount, seen.address, "", 0)]
    assert watch_rail(rail_code="house", adapter=far_end)  # type: ignore[arg-type]
    recheck_rail(rail_code="house", adapter=far_end)  # type: ignore[arg-type]
    assert deposit().state == DepositState.PENDING
    far_end.waiting = []
    recheck_rail(rail_code="house", adapter=far_end)  # type: ignore[arg-type]
    # Such a rail forgets; that proves nothing.
    assert deposit().state == DepositState.PENDING
    far_end.failed = {"tx"}
    recheck_rail(rail_code="house", adapter=far_end)  # type: ignore[arg-type]
    assert (deposit().state, deposit().reason) == (DepositState.ORPHANED, "FAILED_AT_RAIL")
    far_end.failed = set()
    far_end.waiting = [replace(seen, block_height=None)]
    assert watch_rail(rail_code="house", adapter=far_end)  # type: ignore[arg-type]
    assert (deposit().state, deposit().confirmations) == (DepositState.PENDING, 0)
    far_end.contents[0] = [seen]
    recheck_rail(rail_code="house", adapter=far_end)  # type: ignore[arg-type]
    funds.process()
    assert (deposit().state, deposit().confirmations) == (DepositState.CREDITED, required)
    assert funds.balance("owner")[0] == 101


def test_a_rail_without_blocks_that_finds_it_final_at_once(far_end: FarEnd) -> None:
    rail = funds.open_rail("house", kind="custody")  # type: ignore[arg-type]
    RailAsset.objects.filter(rail=rail).update(confirmations=REQUIRED)
    ReceivingAddress.objects.create(rail=rail, account_id=funds.account_id("owner"), address="address-of-owner")
    far_end.has_blocks = False
    far_end.waiting = [Arrival("tx", 0, "BTC", Decimal(1), "address-of-owner", "", 1)]
    assert watch_rail(rail_code="house", adapter=far_end)  # type: ignore[arg-type]
    funds.process()
    assert (deposit().state, deposit().confirmations) == (DepositState.CREDITED, REQUIRED)
