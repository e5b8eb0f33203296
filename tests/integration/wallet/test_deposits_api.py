"""Deposits as users see them: their own, where to send what, and claims of what came without a name."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import redis
from django.utils import timezone

from accounts.credentials import forget_credentials
from accounts.models import AccountState, User
from ledger.models import Asset
from risk.models import RiskEvent, Severity
from tests.support import funds
from tests.support.api import SignedClient, error_code, make_key
from tests.support.told_rail import ToldRail
from wallet.core.operations import Suspense
from wallet.core.states import DepositState
from wallet.models import Deposit, DepositClaim, RailAsset, RailKind, ReceivingAddress, SuspenseResolution
from wallet.rails.errors import ClaimNotOpen, NeedsAnother, NotInSuspense
from wallet.services import operations
from wallet.services.claims import (
    accept_claim,
    agree_to_resolution,
    propose_resolution,
    reject_claim,
    turn_down_resolution,
)

pytestmark = pytest.mark.django_db
DEPOSITS = "/api/v1/wallet/deposits"
CLAIMS = "/api/v1/wallet/deposits/claims"
ADDRESSES = "/api/v1/wallet/deposit-addresses"
told: Any = None


@pytest.fixture(autouse=True)
def far_end(
    monkeypatch: pytest.MonkeyPatch, settings: Any, db: None, redis_client: "redis.Redis"
) -> Iterator[ToldRail]:
    made = ToldRail()
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    monkeypatch.setitem(globals(), "told", made)
    path = "tests.integration.wallet.test_deposits_api.told"
    settings.RAIL_ADAPTERS = {RailKind.SIMULATED_CHAIN: path, RailKind.CUSTODY: path}
    funds.open_rail()
    forget_credentials()
    yield made
    forget_credentials()


def client(name: str = "owner", *scopes: str) -> SignedClient:
    return SignedClient(make_key(User.objects.get(username=name), scopes=scopes or ("read", "trade")))


def in_suspense(tx: str = "lost", amount: str = "2") -> Deposit:
    """A deposit nobody is known for, its money in the books."""
    deposit = Deposit.objects.create(
        rail_id="sim",
        asset=Asset.objects.get(symbol="BTC"),
        external_tx_id=tx,
        amount=Decimal(amount),
        seen_at=timezone.now(),
        source={"type": "blockchain", "reference": f"chain-{tx}"},
    )
    message = Suspense(
        request_id=f"suspense:{tx}",
        asset="BTC",
        amount=Decimal(amount),
        rail="sim",
        deposit_id=deposit.pk,
        external_tx_id=tx,
        output_index=0,
        reason="UNKNOWN_OWNER",
    )
    assert funds.carry_out(message).code == ""
    deposit.refresh_from_db()
    return deposit


def test_one_sees_ones_own_deposits_and_nobody_elses() -> None:
    for number in range(3):
        funds.carry_out(funds.deposit("owner", "1", tx=f"t{number}"))
    funds.carry_out(funds.deposit("colleague", "1", tx="theirs"))
    mine = client()
    first = mine.get(f"{DEPOSITS}?limit=2").json()
    assert [item["external_tx_id"] for item in first["items"]] == ["t2", "t1"]
    rest = mine.get(f"{DEPOSITS}?limit=2&cursor={first['next_cursor']}").json()
    assert [item["external_tx_id"] for item in rest["items"]] == ["t0"]
    one = mine.get(f"{DEPOSITS}/{first['items'][0]['id']}").json()
    assert (one["amount"], one["state"], one["network"], one["asset"]) == ("1", "CREDITED", "SIM", "BTC")
    assert mine.get(f"{DEPOSITS}?asset=ETH").json()["items"] == []
    assert len(mine.get(f"{DEPOSITS}?state=CREDITED").json()["items"]) == 3
    theirs = Deposit.objects.get(external_tx_id="theirs")
    for wrong in (str(theirs.pk), "0", "x", "9" * 30):
        assert error_code(mine.get(f"{DEPOSITS}/{wrong}")) == "DEPOSIT_NOT_FOUND"
    assert error_code(mine.get(f"{DEPOSITS}?asset=NONE")) == "UNKNOWN_ASSET"
    assert error_code(SignedClient(None).get(DEPOSITS)) == "AUTHENTICATION_REQUIRED"


def test_an_address_is_made_once_and_kept(far_end: ToldRail) -> None:
    first = client().get(f"{ADDRESSES}/BTC").json()["items"]
    account_id = funds.account_id("owner")
    assert [(item["network"], item["address"]) for item in first] == [("SIM", f"address-of-{account_id}")]
    far_end.holds = None
    assert client().get(f"{ADDRESSES}/BTC").json()["items"] == first
    assert client().get(f"{ADDRESSES}/ETH?network=SIM").json()["items"][0]["address"] == first[0]["address"]
    assert client("colleague").get(f"{ADDRESSES}/BTC").json()["items"][0]["address"] is None
    assert ReceivingAddress.objects.count() == 1
    assert error_code(client().get(f"{ADDRESSES}/NONE")) == "UNKNOWN_ASSET"
    assert error_code(client().get(f"{ADDRESSES}/BTC?network=ERC20")) == "UNKNOWN_NETWORK"
    RailAsset.objects.update(deposits_enabled=False)
    assert client().get(f"{ADDRESSES}/BTC").json()["items"] == []


def test_an_address_that_is_another_users_is_told_to_nobody_else(
    far_end: ToldRail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(far_end, "receiving_address", lambda asset, account_id: ("the same for all", ""))
    (mine,) = client().get(f"{ADDRESSES}/BTC").json()["items"]
    assert mine["address"] == "the same for all"
    for _ in range(2):
        answer = client("colleague").get(f"{ADDRESSES}/BTC")
        assert (answer.status_code, answer.json()["items"][0]["address"]) == (200, None)
    assert ReceivingAddress.objects.get().account_id == funds.account_id("owner")
    event = RiskEvent.objects.get()
    assert (event.severity, event.count) == (Severity.HIGH, 2)
    assert event.metadata["account"] == str(funds.account_id("colleague"))
    (mine,) = client().get(f"{ADDRESSES}/BTC").json()["items"]
    assert mine["address"] == "the same for all"


def test_a_shared_address_is_nobodys_own() -> None:
    rail = funds.open_rail("shared", kind=RailKind.CUSTODY)
    rail.settings = {"users_apart_by": "claim"}
    rail.save()
    (item,) = client().get(f"{ADDRESSES}/BTC?network=SHARED").json()["items"]
    assert item["needs_claim"] is True
    assert not ReceivingAddress.objects.filter(rail=rail).exists()


@pytest.mark.parametrize(
    ("kind", "told"), [(RailKind.BANK, ("Bourse Ltd", "COBADEFFXXX")), (RailKind.CUSTODY, ("", ""))]
)
def test_a_transfer_needs_the_recipient_and_nothing_else_of_a_rail_is_told(
    kind: RailKind, told: tuple[str, str]
) -> None:
    rail = funds.open_rail("other", kind=kind)
    rail.settings = {"iban": "DE89370400440532013000", "bic": "COBADEFFXXX", "holder": "Bourse Ltd", "currency": "BTC"}
    rail.save()
    (item,) = client().get(f"{ADDRESSES}/BTC?network=OTHER").json()["items"]
    assert (item["recipient"], item["bic"]) == told
    assert item["needs_tag"] is (kind == RailKind.BANK)


def claim(who: SignedClient, **fields: Any) -> Any:
    body = {"asset": "BTC", "network": "SIM", "external_tx_id": "chain-lost", "request_id": "c1"}
    return who.post(CLAIMS, body | fields)


def test_a_claim_is_looked_into_by_two_people_before_anything_moves() -> None:
    deposit = in_suspense()
    made = claim(client())
    assert (made.status_code, made.json()["state"]) == (201, "OPEN")
    assert claim(client()).json()["id"] == made.json()["id"]
    assert error_code(claim(client(), note="other")) == "IDEMPOTENCY_CONFLICT"
    assert error_code(claim(client(), request_id="c2")) == "CLAIM_EXISTS"
    assert [item["id"] for item in client().get(CLAIMS).json()["items"]] == [made.json()["id"]]
    assert client("colleague").get(CLAIMS).json()["items"] == []

    staff, second = User.objects.get(username="staff"), User.objects.get(username="colleague")
    owner = User.objects.get(username="owner")
    row = DepositClaim.objects.get()
    with pytest.raises(NeedsAnother):
        accept_claim(claim_id=row.pk, deposit_id=deposit.pk, by=owner, reason="mine")
    other = in_suspense("other")
    with pytest.raises(NotInSuspense):
        accept_claim(claim_id=row.pk, deposit_id=other.pk, by=staff, reason="not what is claimed")
    proposed = accept_claim(claim_id=row.pk, deposit_id=deposit.pk, by=staff, reason="signed with the sending key")
    with pytest.raises(ClaimNotOpen):
        reject_claim(claim_id=row.pk, by=staff, reason="late")
    funds.process()
    assert funds.balance("owner") == (100, 0)
    with pytest.raises(NeedsAnother):
        agree_to_resolution(resolution_id=proposed.pk, by=owner, reason="mine")
    agree_to_resolution(resolution_id=proposed.pk, by=second, reason="agreed")
    funds.process()
    assert funds.balance("owner") == (102, 0)
    deposit.refresh_from_db()
    assert deposit.state == DepositState.CREDITED
    assert client().get(CLAIMS).json()["items"][0]["state"] == "ACCEPTED"
    told = client().get(f"{DEPOSITS}/{deposit.pk}").json()
    assert (told["state"], told["reason"]) == ("CREDITED", "RELEASED")


def test_a_claim_whose_proposal_is_turned_down_waits_for_another_decision() -> None:
    deposit = in_suspense()
    assert claim(client()).status_code == 201
    staff, second = User.objects.get(username="staff"), User.objects.get(username="colleague")
    row = DepositClaim.objects.get()

    def accepted_and_turned_down() -> None:
        proposed = accept_claim(claim_id=row.pk, deposit_id=deposit.pk, by=staff, reason="signed with the sending key")
        assert client().get(CLAIMS).json()["items"][-1]["state"] == "ACCEPTED"
        turn_down_resolution(resolution_id=proposed.pk, by=second, reason="the signature is another one")

    accepted_and_turned_down()
    row.refresh_from_db()
    assert (row.state, row.deposit, row.decided_by, row.decided_at, row.reason) == ("OPEN", None, None, None, "")
    accepted = accept_claim(claim_id=row.pk, deposit_id=deposit.pk, by=staff, reason="it is the right one")
    # Claimed once more meanwhile: one of the two is left to decide about.
    assert claim(client(), request_id="c2").status_code == 201
    turn_down_resolution(resolution_id=accepted.pk, by=second, reason="no")
    assert [item["state"] for item in client().get(CLAIMS).json()["items"]] == ["OPEN", "REJECTED"]


def test_the_list_of_claims_asks_for_all_networks_at_once(django_assert_max_num_queries: Any) -> None:
    mine = client()
    for number in range(8):
        claim(mine, external_tx_id=f"x{number}", request_id=f"x{number}")
    mine.get(CLAIMS)
    with django_assert_max_num_queries(6):
        items = mine.get(CLAIMS).json()["items"]
    assert [item["network"] for item in items] == ["SIM"] * 8


def test_a_claim_tells_nothing_and_one_may_have_a_few() -> None:
    """Whether there is such a deposit: the answer is the same."""
    in_suspense()
    known, unknown = claim(client()), claim(client(), external_tx_id="nothing", request_id="c2")
    assert known.status_code == unknown.status_code == 201
    assert set(known.json()) == set(unknown.json())
    for number in range(8):
        claim(client(), external_tx_id=f"x{number}", request_id=f"x{number}")
    assert error_code(claim(client(), external_tx_id="y", request_id="y")) == "TOO_MANY_CLAIMS"
    assert error_code(claim(client(), network="ERC20", request_id="z")) == "UNKNOWN_NETWORK"
    assert error_code(claim(client("owner", "read"), request_id="z")) == "SCOPE_MISSING"
    User.objects.filter(username="colleague").update(state=AccountState.CLOSED)
    assert error_code(claim(client("colleague"))) == "ACCOUNT_CLOSED"


def test_money_nobody_owns_can_leave_the_books_again() -> None:
    deposit = in_suspense()
    staff, second = User.objects.get(username="staff"), User.objects.get(username="colleague")
    proposed = propose_resolution(deposit_id=deposit.pk, account_id=None, by=staff, reason="sent back")
    with pytest.raises(NotInSuspense):
        propose_resolution(deposit_id=deposit.pk, account_id=None, by=second, reason="twice")
    agree_to_resolution(resolution_id=proposed.pk, by=second, reason="agreed")
    funds.process()
    deposit.refresh_from_db()
    assert deposit.state == DepositState.RETURNED
    assert funds.system_balance("suspense") == 0
    assert funds.system_balance("custody", "sim:incoming") == 0
    assert SuspenseResolution.objects.get().operation_id == proposed.operation_id or proposed.operation_id is None
