"""Reports of rails: who may, how much, how often, and that nobody else ever credits anybody."""

import json
from decimal import Decimal
from typing import Any

import pytest
import redis

from accounts import credentials
from accounts.credentials import forget_credentials
from accounts.errors import ScopeUnknown
from accounts.models import AccountState, User
from accounts.services import NewApiKey, create_api_key, revoke_api_key
from ledger.models import Balance
from matching.models import UserEvent
from tests.support import funds
from tests.support.api import SignedClient, error_code, make_key
from tests.support.told_rail import ToldRail
from wallet.core.states import DepositState
from wallet.models import (
    BalanceOperation,
    Deposit,
    FundsMail,
    IngestReport,
    Rail,
    RailAsset,
    RailKind,
    ReceivingAddress,
    ReferencePrice,
)
from wallet.rails.errors import NeedsAnother
from wallet.services import operations
from wallet.services.claims import agree_to_resolution, propose_resolution
from wallet.services.ingest_grants import grant_ingest
from wallet.services.rail_rounds import recheck_reported_deposits

pytestmark = pytest.mark.django_db
DEPOSITS = "/api/v1/wallet/deposits"


@pytest.fixture
def far_end() -> ToldRail:
    return ToldRail({"BTC": "100", "USDT": "1000000"})


@pytest.fixture(autouse=True)
def _rail(
    monkeypatch: pytest.MonkeyPatch, settings: Any, far_end: ToldRail, db: None, redis_client: "redis.Redis"
) -> Any:
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    settings.RAIL_ADAPTERS = {RailKind.PROCESSOR: "tests.integration.wallet.test_ingest.told"}
    monkeypatch.setitem(globals(), "told", far_end)
    rail = funds.open_rail("cards", kind=RailKind.PROCESSOR)
    RailAsset.objects.filter(rail=rail).update(confirmations=2)
    ReferencePrice.objects.create(asset=RailAsset.objects.get(rail=rail, asset__symbol="BTC").asset, price=60000)
    forget_credentials()
    yield
    forget_credentials()


told: Any = None


@pytest.fixture
def machine() -> User:
    return User.objects.create_user("machine@example.com", "machine", "a-long-enough-password")


def make_grant(machine: User, *, cap: str = "1000000", four_eyes: str = "500000", rail: str = "cards") -> NewApiKey:
    return grant_ingest(
        rail=Rail.objects.get(pk=rail),
        user=machine,
        label="cards",
        ip_ranges=(),
        daily_cap=Decimal(cap),
        four_eyes_above=Decimal(four_eyes),
        by=User.objects.get(username="staff"),
        reason="contract signed",
    )


@pytest.fixture
def client(machine: User) -> SignedClient:
    return SignedClient(make_grant(machine))


def report(tx: str = "t1", amount: str = "1", **fields: Any) -> dict[str, Any]:
    body = {"asset": "BTC", "amount": amount, "external_tx_id": tx, "confirmations": 2, "request_id": f"r-{tx}"}
    return ({"user": "owner"} if "address" not in fields else {}) | body | fields


def everything() -> list[Any]:
    return [
        list(Deposit.objects.order_by("pk").values_list("pk", "state", "amount", "confirmations")),
        BalanceOperation.objects.count(),
        IngestReport.objects.count(),
        list(Balance.objects.order_by("pk").values_list("pk", "available", "locked")),
    ]


def test_a_confirmed_report_is_credited_once(client: SignedClient) -> None:
    answer = client.post(DEPOSITS, report())
    assert answer.status_code == 201, answer.content
    assert answer.json()["state"] == "PENDING"
    again = client.post(DEPOSITS, report())
    assert (again.status_code, again.json()["id"]) == (201, answer.json()["id"])
    other_key = client.post(DEPOSITS, report(request_id="another"))
    assert other_key.json()["id"] == answer.json()["id"]
    funds.process()
    assert funds.balance("owner") == (Decimal("101"), 0)
    assert funds.system_balance("custody", "cards:incoming") == -1
    assert Deposit.objects.get().state == DepositState.CREDITED


def test_the_short_form_does_the_same_and_the_key_may_be_a_header(client: SignedClient) -> None:
    body = report()
    del body["request_id"]
    assert error_code(client.post("/api/v1/deposit", body)) == "FIELD_INVALID"
    raw = json.dumps(body).encode()
    headers = client.headers("POST", "/api/v1/deposit", raw) | {"Idempotency-Key": "k1"}
    answer = client.post("/api/v1/deposit", raw=raw, headers=headers)
    assert answer.status_code == 201, answer.content
    assert IngestReport.objects.get().request_id == "k1"


def test_other_content_under_the_same_key_or_output_is_a_conflict(client: SignedClient) -> None:
    client.post(DEPOSITS, report())
    before = everything()
    assert error_code(client.post(DEPOSITS, report(amount="2"))) == "IDEMPOTENCY_CONFLICT"
    assert error_code(client.post(DEPOSITS, report(amount="2", request_id="r2"))) == "DEPOSIT_CONTRADICTS"
    assert error_code(client.post(DEPOSITS, report(user="outsider", request_id="r3"))) == "DEPOSIT_CONTRADICTS"
    assert everything() == before


def test_confirmations_are_counted_up_by_our_id_or_the_rails(client: SignedClient) -> None:
    first = client.post(DEPOSITS, report("t1", confirmations=0)).json()
    client.post(DEPOSITS, report("t2", confirmations=0))
    funds.process()
    assert funds.balance("owner") == (100, 0)
    one = client.post(f"{DEPOSITS}/{first['id']}/confirm", {"request_id": "c1", "confirmations": 1})
    assert (one.status_code, one.json()["confirmations"], one.json()["state"]) == (200, 1, "PENDING")
    client.post(f"{DEPOSITS}/{first['id']}/confirm", {"request_id": "c2", "confirmations": 2})
    client.post(f"{DEPOSITS}/t2/confirm", {"request_id": "c3"})
    client.post(f"{DEPOSITS}/t2/confirm", {"request_id": "c3"})
    client.post(f"{DEPOSITS}/t2/confirm", {"request_id": "c4"})
    funds.process()
    assert funds.balance("owner") == (102, 0)


def test_a_key_that_stood_for_a_known_deposit_stands_for_nothing_else(client: SignedClient) -> None:
    client.post(DEPOSITS, report("t1"))
    assert client.post(DEPOSITS, report("t1", request_id="again")).status_code == 201
    before = everything()
    assert client.post(DEPOSITS, report("t1", request_id="again")).status_code == 201
    assert error_code(client.post(DEPOSITS, report("t2", request_id="again"))) == "IDEMPOTENCY_CONFLICT"
    assert error_code(client.post(f"{DEPOSITS}/t1/confirm", {"request_id": "again"})) == "IDEMPOTENCY_CONFLICT"
    assert everything() == before


def test_a_report_with_more_confirmations_is_a_confirmation(client: SignedClient, machine: User) -> None:
    client.post(DEPOSITS, report(confirmations=0))
    one = client.post(DEPOSITS, report(confirmations=1, request_id="r2"))
    assert (one.status_code, one.json()["confirmations"]) == (201, 1)
    SignedClient(make_grant(machine)).post(DEPOSITS, report(confirmations=2, request_id="r3"))
    fewer = client.post(DEPOSITS, report(confirmations=1, request_id="r4"))
    assert fewer.json()["confirmations"] == 2
    funds.process()
    assert funds.balance("owner") == (101, 0)
    told = [event.payload for event in UserEvent.objects.filter(writer_id=1).order_by("sequence")]
    assert [(one["state"], one.get("confirmations")) for one in told] == [
        ("PENDING", 0),
        ("PENDING", 1),
        ("CREDITED", None),
    ]


def test_confirmations_go_on_until_it_is_booked(client: SignedClient) -> None:
    client.post(DEPOSITS, report("t1", confirmations=0))
    client.post(DEPOSITS, report("t2", confirmations=0))
    for tx in ("t1", "t2"):
        for count in (3, 4):
            body = {"request_id": f"{tx}:{count}", "confirmations": count}
            answer = client.post(f"{DEPOSITS}/{tx}/confirm", body)
            assert (answer.status_code, answer.json()["confirmations"]) == (200, count), answer.content
        # So the second one goes into suspense.
        RailAsset.objects.filter(asset__symbol="BTC").update(min_deposit=2)
    funds.process()
    assert BalanceOperation.objects.count() == 2
    assert funds.system_balance("custody", "cards:incoming") == -2


def test_nobody_else_can_credit_anybody(client: SignedClient, machine: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session, a user's key with all scopes, another rail's key, a revoked key, a stranger."""
    monkeypatch.setattr(credentials, "KEEP_SECONDS", 600.0)
    funds.open_rail("other", kind=RailKind.PROCESSOR)
    other = SignedClient(make_grant(machine, rail="other"))
    deposit = client.post(DEPOSITS, report(confirmations=0)).json()
    before = everything()
    owner = User.objects.get(username="owner")
    person = SignedClient(None)
    person.django.force_login(owner)
    users_key = SignedClient(make_key(owner))
    for path, body in ((DEPOSITS, report("t9")), (f"{DEPOSITS}/{deposit['id']}/confirm", {"request_id": "x"})):
        assert error_code(person.post(path, body)) == "INGEST_NOT_GRANTED"
        assert error_code(users_key.post(path, body)) == "SCOPE_MISSING"
        assert error_code(SignedClient(None).post(path, body)) == "AUTHENTICATION_REQUIRED"
    assert error_code(other.post(f"{DEPOSITS}/{deposit['id']}/confirm", {"request_id": "x"})) == "DEPOSIT_NOT_FOUND"
    assert error_code(other.post(f"{DEPOSITS}/t1/confirm", {"request_id": "x"})) == "DEPOSIT_NOT_FOUND"
    assert everything() == before
    with pytest.raises(ScopeUnknown):
        create_api_key(user=owner, label="x", scopes=["funds:ingest"])
    with pytest.raises(ScopeUnknown):
        create_api_key(user=owner, label="x", scopes=["funds:ingest"], by=owner)
    staff = User.objects.get(username="staff")
    with pytest.raises(ScopeUnknown):
        create_api_key(user=staff, label="x", scopes=["funds:ingest"], by=staff)
    assert client.key is not None
    revoke_api_key(user=machine, api_key_id=client.key.api_key.pk)
    # At once, although this process still has its copy of the key.
    assert error_code(client.post(DEPOSITS, report("t9"))) == "INGEST_NOT_GRANTED"


def test_a_key_that_reports_may_do_nothing_else(client: SignedClient) -> None:
    assert error_code(client.get(DEPOSITS)) == "SCOPE_MISSING"
    assert error_code(client.get("/api/v1/balances")) == "SCOPE_MISSING"


def test_the_cap_of_a_day_holds(machine: User) -> None:
    client = SignedClient(make_grant(machine, cap="100000"))
    assert client.post(DEPOSITS, report("t1")).status_code == 201
    before = everything()
    refused = client.post(DEPOSITS, report("t2"))
    assert error_code(refused) == "INGEST_CAP_EXCEEDED"
    assert refused.json()["error"]["details"] == {"cap": "100000", "left": "40000"}
    assert everything() == before
    assert client.post(DEPOSITS, report("t3", amount="0.5")).status_code == 201


def test_above_the_threshold_two_of_the_staff_decide(machine: User) -> None:
    client = SignedClient(make_grant(machine, four_eyes="50000"))
    client.post(DEPOSITS, report())
    funds.process()
    deposit = Deposit.objects.get()
    assert (deposit.state, deposit.reason) == (DepositState.SUSPENSE, "NEEDS_FOUR_EYES")
    assert funds.balance("owner") == (100, 0)
    assert funds.system_balance("suspense") == 1
    first, second = User.objects.get(username="staff"), User.objects.get(username="colleague")
    proposed = propose_resolution(deposit_id=deposit.pk, account_id=deposit.account_id, by=first, reason="looks right")
    with pytest.raises(NeedsAnother):
        agree_to_resolution(resolution_id=proposed.pk, by=first, reason="me again")
    funds.process()
    assert funds.balance("owner") == (100, 0)
    agree_to_resolution(resolution_id=proposed.pk, by=second, reason="agreed")
    funds.process()
    assert funds.balance("owner") == (101, 0)
    assert funds.system_balance("suspense") == 0


def test_without_a_price_staff_look_at_it(client: SignedClient) -> None:
    client.post(DEPOSITS, report(asset="ETH", amount="1"))
    assert Deposit.objects.get().reason == "NOT_COVERED"
    ReferencePrice.objects.all().delete()
    client.post(DEPOSITS, report("t2"))
    funds.process()
    assert Deposit.objects.get(external_tx_id="t2").reason == "NEEDS_FOUR_EYES"


def test_what_the_cap_could_not_count_waits_for_staff(client: SignedClient) -> None:
    price = ReferencePrice.objects.get()
    ReferencePrice.objects.all().delete()
    client.post(DEPOSITS, report("t1", confirmations=0))
    client.post(DEPOSITS, report("t2", amount="101"))
    price.save()
    client.post(f"{DEPOSITS}/t1/confirm", {"request_id": "c1"})
    funds.process()
    assert Deposit.objects.get(external_tx_id="t1").reason == "NEEDS_FOUR_EYES"
    assert funds.balance("owner") == (100, 0)


def test_the_higher_price_counts(client: SignedClient) -> None:
    """What was much when it was reported waits for staff, whatever it is worth when it is confirmed."""
    client.post(DEPOSITS, report("t1", amount="9", confirmations=0))
    client.post(DEPOSITS, report("t2", amount="1", confirmations=0))
    ReferencePrice.objects.update(price=6)
    client.post(f"{DEPOSITS}/t1/confirm", {"request_id": "c1"})
    ReferencePrice.objects.update(price=600_000)
    client.post(f"{DEPOSITS}/t2/confirm", {"request_id": "c2"})
    assert {row.reason for row in Deposit.objects.all()} == {"NEEDS_FOUR_EYES"}


def test_no_amount_is_too_large_for_an_answer(client: SignedClient) -> None:
    most = "9" * 20 + ".999999999999"
    before = everything()
    assert error_code(client.post(DEPOSITS, report("t0", amount=most))) == "INGEST_CAP_EXCEEDED"
    assert everything() == before
    ReferencePrice.objects.all().delete()
    for number in range(1, 4):
        assert client.post(DEPOSITS, report(f"t{number}", amount=most)).json()["reason"] == "NOT_COVERED"
    ReferencePrice.objects.create(asset=RailAsset.objects.filter(asset__symbol="BTC")[0].asset, price=most)
    assert client.post(f"{DEPOSITS}/t1/confirm", {"request_id": "c1"}).json()["reason"] == "NOT_COVERED"
    assert error_code(client.post(DEPOSITS, report("t4", amount=most))) == "INGEST_CAP_EXCEEDED"


def test_the_exchanges_own_users_get_no_mail(client: SignedClient) -> None:
    User.objects.filter(username="owner").update(is_house=True)
    client.post(DEPOSITS, report("t1", confirmations=0))
    assert not FundsMail.objects.exists()
    client.post(DEPOSITS, report("t2", user="outsider", confirmations=0))
    assert FundsMail.objects.get().template == "deposit_seen"


def test_never_more_is_credited_than_the_rail_holds(client: SignedClient, far_end: ToldRail) -> None:
    far_end.holds = {"BTC": "2.5"}
    for number in range(4):
        client.post(DEPOSITS, report(f"t{number}"))
    assert [row.reason for row in Deposit.objects.order_by("pk")] == ["", "", "NOT_COVERED", "NOT_COVERED"]
    funds.process()
    assert funds.balance("owner") == (102, 0)
    assert recheck_reported_deposits() == 0
    far_end.holds = {"BTC": "3.5"}
    assert recheck_reported_deposits() == 1
    funds.process()
    assert recheck_reported_deposits() == 0
    assert funds.balance("owner") == (103, 0)


def test_a_silent_rail_credits_nothing(client: SignedClient, far_end: ToldRail) -> None:
    far_end.holds = None
    before = everything()
    assert error_code(client.post(DEPOSITS, report())) == "RAIL_UNAVAILABLE"
    assert everything() == before
    assert client.post(DEPOSITS, report(confirmations=0)).status_code == 201
    recheck_reported_deposits()


def test_what_cannot_be_credited_is_kept_with_its_reason(client: SignedClient) -> None:
    RailAsset.objects.filter(asset__symbol="USDT").update(min_deposit=10)
    User.objects.filter(username="outsider").update(state=AccountState.CLOSED)
    client.post(DEPOSITS, report("t1", user="nobody"))
    client.post(DEPOSITS, report("t2", asset="USDT", amount="9"))
    client.post(DEPOSITS, report("t3", user="outsider"))
    client.post(DEPOSITS, report("t4", address="nowhere"))
    RailAsset.objects.filter(asset__symbol="BTC").update(deposits_enabled=False)
    client.post(DEPOSITS, report("t5"))
    before = {name: funds.balance(name) for name in ("owner", "outsider")}
    funds.process()
    assert {name: funds.balance(name) for name in ("owner", "outsider")} == before
    found = {row.external_tx_id: (str(row.state), row.reason) for row in Deposit.objects.all()}
    assert found == {
        "t1": ("SUSPENSE", "UNKNOWN_OWNER"),
        "t2": ("SUSPENSE", "BELOW_MINIMUM"),
        "t3": ("SUSPENSE", "ACCOUNT_CLOSED"),
        "t4": ("SUSPENSE", "UNKNOWN_OWNER"),
        "t5": ("SUSPENSE", "ASSET_DISABLED"),
    }


def test_an_address_tells_whose_it_is(client: SignedClient) -> None:
    ReceivingAddress.objects.create(
        rail_id="cards", account_id=funds.account_id("colleague"), address="shared", tag="7"
    )
    client.post(DEPOSITS, report("t1", address="shared", tag="7"))
    client.post(DEPOSITS, report("t2", address="shared"))
    funds.process()
    assert funds.balance("colleague") == (101, 0)
    assert Deposit.objects.get(external_tx_id="t2").state == DepositState.SUSPENSE


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": 1}, "NUMBER_MALFORMED"),
        ({"amount": "-1"}, "NUMBER_NOT_POSITIVE"),
        ({"amount": "0"}, "NUMBER_NOT_POSITIVE"),
        ({"amount": "1e5"}, "NUMBER_MALFORMED"),
        ({"amount": "0.0000000000001"}, "TOO_MANY_DECIMALS"),
        ({"asset": "NONE"}, "UNKNOWN_ASSET"),
        ({"user": "", "address": ""}, "FIELD_INVALID"),
        ({"address": "x"}, "FIELD_INVALID"),
        ({"request_id": "with space"}, "FIELD_INVALID"),
        ({"output_index": -1}, "FIELD_INVALID"),
        ({"external_tx_id": "a b"}, "FIELD_INVALID"),
        ({"rail": "sim"}, "UNKNOWN_FIELD"),
    ],
)
def test_what_is_malformed_is_refused(client: SignedClient, change: dict[str, Any], code: str) -> None:
    before = everything()
    assert error_code(client.post(DEPOSITS, report() | {"user": "owner"} | change)) == code
    assert everything() == before
