"""Withdrawals, transfers, the address book, limits and fees over the API, as clients use them."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.credentials import forget_credentials
from accounts.models import EmailCode, User
from accounts.services import change_password
from tests.integration.api.conftest import TradingFloor
from tests.support import funds
from tests.support.api import SignedClient, error_code, make_key
from tests.support.withdrawals import ADDRESS, PayoutDesk, money_and_rows, open_desk, travel_rule
from wallet.models import BalanceOperation, Rail, RailAsset, RailKind, SavedAddress, Withdrawal
from wallet.services import transfers, withdrawals
from wallet.services.address_book import MAX_ADDRESSES
from wallet.services.switches import stop_payouts

BASE = "/api/v1/wallet"
WITHDRAWALS = f"{BASE}/withdrawals"
BOOK = f"{BASE}/withdrawal-addresses"
TRANSFERS = f"{BASE}/transfers"


@pytest.fixture
def desk(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, redis_client: object) -> PayoutDesk:
    forget_credentials()
    return open_desk(tmp_path, monkeypatch)


@pytest.fixture
def owner(desk: PayoutDesk) -> SignedClient:
    return SignedClient(make_key(desk.user()))


@pytest.fixture
def outsider(desk: PayoutDesk) -> SignedClient:
    return SignedClient(make_key(desk.user("outsider")))


def body(amount: str = "0.01", **fields: Any) -> dict[str, Any]:
    wanted = {"request_id": "r1", "asset": "BTC", "network": "SIM", "amount": amount, "address": ADDRESS}
    return {name: value for name, value in (wanted | fields).items() if value is not None}


def test_the_life_of_a_withdrawal(desk: PayoutDesk, owner: SignedClient) -> None:
    asked = owner.post(WITHDRAWALS, body())
    assert asked.status_code == 201
    made = asked.json()
    assert (made["state"], made["amount"], made["fee"], made["network"]) == ("REQUESTED", "0.01", "0.001", "SIM")
    assert made["can_be_cancelled"] is True
    again = owner.post(WITHDRAWALS, body())
    assert (again.status_code, again.json()["id"]) == (200, made["id"])
    assert error_code(owner.post(WITHDRAWALS, body("0.02"))) == "IDEMPOTENCY_CONFLICT"

    page = f"{WITHDRAWALS}/{made['id']}"
    assert error_code(owner.post(f"{page}/verify", {"code": "123456"})) == "SECOND_FACTOR_REQUIRED"
    verified = owner.post(f"{page}/verify", {"code": desk.app().code()})
    assert (verified.status_code, verified.json()["state"]) == (202, "VERIFIED")
    funds.process()
    assert owner.get(page).json()["state"] == "APPROVED"
    stopped = owner.delete(page)
    assert stopped.status_code == 202
    funds.process()
    stopped = owner.delete(page)
    assert (stopped.status_code, stopped.json()["state"]) == (200, "CANCELLED")
    assert stopped.json()["reason_text"] == "By the user."

    listed = owner.get(f"{WITHDRAWALS}?asset=BTC&state=CANCELLED").json()
    assert [item["id"] for item in listed["items"]] == [made["id"]]
    assert owner.get(f"{WITHDRAWALS}?state=SENT").json() == {"items": [], "next_cursor": None}


def test_pages_of_withdrawals(desk: PayoutDesk, owner: SignedClient) -> None:
    made = [owner.post(WITHDRAWALS, body(request_id=f"r{number}")).json()["id"] for number in range(3)]
    first = owner.get(f"{WITHDRAWALS}?limit=2").json()
    assert [item["id"] for item in first["items"]] == [made[2], made[1]]
    rest = owner.get(f"{WITHDRAWALS}?limit=2&cursor={first['next_cursor']}").json()
    assert [item["id"] for item in rest["items"]] == [made[0]]


def test_the_short_form_and_the_header(desk: PayoutDesk, owner: SignedClient) -> None:
    payload = body(request_id=None)
    raw = json.dumps(payload).encode()

    def post(path: str) -> Any:
        headers = owner.headers("POST", path, raw) | {"Idempotency-Key": "mine"}
        return owner.post(path, raw=raw, headers=headers)

    assert post("/api/v1/withdraw").status_code == 201
    assert post(WITHDRAWALS).status_code == 200
    assert error_code(owner.post(WITHDRAWALS, payload)) == "FIELD_INVALID"


def test_what_cannot_be_read_is_refused(desk: PayoutDesk, owner: SignedClient) -> None:
    before = money_and_rows()
    for wrong in (
        body(address=None),
        body(address_id="1"),
        body(amount="1e3"),
        body(amount="-1"),
        body(amount="0"),
        body() | {"amount": 1},
        body(network=None),
        body(request_id="with space"),
        body(travel_rule={"originator": "me"}),
        body(travel_rule={"sender": {"name": "me"}}),
        body(unknown="1"),
    ):
        response = owner.post(WITHDRAWALS, wrong)
        assert response.status_code == 400, wrong
    assert money_and_rows() == before


@pytest.mark.parametrize(
    ("status", "code", "fields"),
    [
        (404, "UNKNOWN_NETWORK", {"network": "XYZ"}),
        (404, "SAVED_ADDRESS_NOT_FOUND", {"address": None, "address_id": "999"}),
        (422, "WITHDRAWAL_TOO_SMALL", {"amount": "0.001"}),
        (422, "TRAVEL_RULE_REQUIRED", {"amount": "1"}),
        (422, "WITHDRAWAL_LIMIT_EXCEEDED", {"amount": "20", "travel_rule": travel_rule()}),
        (422, "WITHDRAWAL_LIMIT_EXCEEDED", {"amount": "9" * 16, "travel_rule": travel_rule()}),
        (400, "TOO_MANY_DECIMALS", {"amount": "0.010000001"}),
    ],
)
def test_refusals(desk: PayoutDesk, owner: SignedClient, status: int, code: str, fields: dict[str, Any]) -> None:
    before = money_and_rows()
    response = owner.post(WITHDRAWALS, body(**fields))
    assert (response.status_code, error_code(response)) == (status, code)
    assert money_and_rows() == before


def test_a_bank_asks_for_the_recipient_and_the_law_for_more(desk: PayoutDesk, owner: SignedClient) -> None:
    Rail.objects.filter(pk=desk.rail.pk).update(kind=RailKind.BANK)
    before = money_and_rows()
    small = owner.post(WITHDRAWALS, body()).json()["error"]
    assert (small["code"], small["details"]) == ("TRAVEL_RULE_REQUIRED", {"fields": ["beneficiary.name"]})
    assert small["message"] == "A bank transfer needs the full name of who receives it."
    large = owner.post(WITHDRAWALS, body("1")).json()["error"]
    assert large["details"]["fields"] == ["beneficiary.name", "originator.name", "purpose"]
    assert large["details"]["above"] == "1000"
    assert "of this value" in large["message"]
    assert money_and_rows() == before
    assert owner.post(WITHDRAWALS, body(travel_rule={"beneficiary": {"name": "Bob"}})).status_code == 201


def test_a_stop_is_told(desk: PayoutDesk, owner: SignedClient) -> None:
    stop_payouts(scope="asset:BTC", by=None, reason="test")
    response = owner.post(WITHDRAWALS, body())
    assert (response.status_code, error_code(response)) == (503, "WITHDRAWALS_SUSPENDED")
    open_by_asset = {item["asset"]: item["is_open"] for item in owner.get(f"{BASE}/fees").json()["items"]}
    assert open_by_asset == {"BTC": False, "ETH": True, "USDT": True}


def test_what_is_somebody_elses_is_not_there(desk: PayoutDesk, owner: SignedClient, outsider: SignedClient) -> None:
    made = owner.post(WITHDRAWALS, body()).json()["id"]
    saved = owner.get(BOOK).json()["items"][0]["id"]
    before = money_and_rows()
    desk.app("outsider")
    page = f"{WITHDRAWALS}/{made}"
    refused = [
        outsider.get(page),
        outsider.delete(page),
        outsider.post(f"{page}/verify", {"code": desk.app("outsider").code()}),
        outsider.get(f"{WITHDRAWALS}/1"),
        outsider.get(f"{WITHDRAWALS}/abc"),
    ]
    assert [error_code(response) for response in refused] == ["WITHDRAWAL_NOT_FOUND"] * 5
    assert error_code(outsider.delete(f"{BOOK}/{saved}")) == "SAVED_ADDRESS_NOT_FOUND"
    assert error_code(outsider.post(WITHDRAWALS, body(address=None, address_id=saved))) == "SAVED_ADDRESS_NOT_FOUND"
    assert outsider.get(WITHDRAWALS).json()["items"] == outsider.get(BOOK).json()["items"] == []
    assert money_and_rows() == before


def test_a_key_needs_the_scope(desk: PayoutDesk, outsider: SignedClient) -> None:
    trader = SignedClient(make_key(desk.user(), scopes=("read", "trade")))
    stranger = SignedClient(None)
    before = money_and_rows()
    calls: list[Callable[[SignedClient], Any]] = [
        lambda client: client.post(WITHDRAWALS, body()),
        lambda client: client.post("/api/v1/withdraw", body()),
        lambda client: client.post(f"{WITHDRAWALS}/1/verify", {"code": "1"}),
        lambda client: client.delete(f"{WITHDRAWALS}/1"),
        lambda client: client.post(TRANSFERS, {}),
        lambda client: client.post(BOOK, {}),
        lambda client: client.delete(f"{BOOK}/1"),
    ]
    assert {error_code(call(trader)) for call in calls} == {"SCOPE_MISSING"}
    assert {error_code(call(stranger)) for call in calls} == {"AUTHENTICATION_REQUIRED"}
    for path in (WITHDRAWALS, BOOK, f"{BASE}/limits"):
        assert trader.get(path).status_code == 200
        assert error_code(stranger.get(path)) == "AUTHENTICATION_REQUIRED"
    assert stranger.get(f"{BASE}/fees").status_code == 200
    assert money_and_rows() == before


# --- the address book ------------------------------------------------------------------------------------------------


def test_the_address_book(desk: PayoutDesk, owner: SignedClient) -> None:
    first = owner.post(BOOK, {"asset": "BTC", "network": "SIM", "label": "Home", "address": ADDRESS})
    assert first.status_code == 201
    assert (first.json()["is_usable"], first.json()["label"]) == (True, "Home")
    assert {item["asset"] for item in first.json()["networks"]} == {"BTC", "ETH", "USDT"}
    second = owner.post(BOOK, {"asset": "BTC", "network": "SIM", "address": "another"}).json()
    assert (second["is_usable"], second["label"]) == (False, "another")
    again = owner.post(BOOK, {"asset": "ETH", "network": "SIM", "address": ADDRESS})
    assert error_code(again) == "ADDRESS_SAVED_ALREADY"
    assert error_code(owner.post(WITHDRAWALS, body(address="another"))) == "ADDRESS_COOLING_OFF"
    assert error_code(owner.post(WITHDRAWALS, body(address="third"))) == "ADDRESS_NOT_SAVED"
    assert owner.post(WITHDRAWALS, body(address=None, address_id=first.json()["id"])).status_code == 201

    assert owner.delete(f"{BOOK}/{first.json()['id']}").status_code == 200
    assert error_code(owner.delete(f"{BOOK}/{first.json()['id']}")) == "SAVED_ADDRESS_NOT_FOUND"
    anew = owner.post(BOOK, {"asset": "BTC", "network": "SIM", "address": ADDRESS}).json()
    assert anew["is_usable"] is False, "saved again, it waits again"
    assert len(owner.get(BOOK).json()["items"]) == 2


def test_the_first_address_of_an_older_account_waits_like_any_other(desk: PayoutDesk, owner: SignedClient) -> None:
    assert owner.get(BOOK).json() == {"items": [], "cooling_off_hours": 0}
    User.objects.filter(pk=desk.user().pk).update(joined_at=timezone.now() - timedelta(hours=48))
    forget_credentials()
    assert owner.get(BOOK).json() == {"items": [], "cooling_off_hours": 24}
    assert error_code(owner.post(WITHDRAWALS, body())) == "ADDRESS_NOT_SAVED"
    saved = owner.post(BOOK, {"asset": "BTC", "network": "SIM", "address": ADDRESS}).json()
    assert saved["is_usable"] is False
    waits = datetime.fromisoformat(saved["usable_at"]) - datetime.fromisoformat(saved["created_at"])
    assert waits == timedelta(hours=24)
    assert error_code(owner.post(WITHDRAWALS, body())) == "ADDRESS_COOLING_OFF"


def test_a_long_address_book_costs_no_more_questions_than_a_short_one(desk: PayoutDesk, owner: SignedClient) -> None:
    account_id, counts = funds.account_id("owner"), []
    owner.get(BOOK)  # Who signed is remembered from now on.
    for book in (range(2), range(2, 40)):
        SavedAddress.objects.bulk_create(
            SavedAddress(
                account_id=account_id,
                rail_id=funds.RAIL,
                label=f"{number}",
                address=f"address-{number}",
                usable_at=timezone.now(),
            )
            for number in book
        )
        with CaptureQueriesContext(connection) as queries:
            shown = owner.get(BOOK).json()["items"]
        assert {len(item["networks"]) for item in shown} == {3}
        counts.append((len(shown), len(queries)))
    (short, few), (long, many) = counts
    assert (short, long) == (2, 40)
    assert few == many


@pytest.mark.parametrize("place", ["address book", "withdrawals"])
def test_what_changes_where_money_goes_is_counted_as_funds(
    desk: PayoutDesk, owner: SignedClient, settings: Settings, place: str
) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"funds": {"key": "3/10minute", "address": "100/10minute"}}
    if place == "address book":
        for number in range(2):
            saved = owner.post(BOOK, {"asset": "BTC", "network": "SIM", "address": f"address-{number}"})
        assert owner.delete(f"{BOOK}/{saved.json()['id']}").status_code == 200
        assert error_code(owner.post(BOOK, {"asset": "BTC", "network": "SIM", "address": "more"})) == "RATE_LIMITED"
        assert error_code(owner.delete(f"{BOOK}/{saved.json()['id']}")) == "RATE_LIMITED"
    else:
        made = owner.post(WITHDRAWALS, body()).json()["id"]
        for _ in range(2):
            assert owner.delete(f"{WITHDRAWALS}/{made}").status_code == 200
        assert error_code(owner.delete(f"{WITHDRAWALS}/{made}")) == "RATE_LIMITED"
        assert owner.get(f"{WITHDRAWALS}/{made}").status_code == 200
    assert owner.get(BOOK).status_code == 200


def test_a_full_address_book_takes_another_address_only_after_one_has_left(
    desk: PayoutDesk, owner: SignedClient
) -> None:
    first = owner.post(BOOK, {"asset": "BTC", "network": "SIM", "address": ADDRESS}).json()
    known = SavedAddress.objects.get(pk=first["id"])
    SavedAddress.objects.bulk_create(
        SavedAddress(
            account_id=known.account_id,
            rail_id=known.rail_id,
            label=f"{number}",
            address=f"address-{number}",
            created_at=known.created_at,
            usable_at=known.usable_at,
        )
        for number in range(MAX_ADDRESSES - 1)
    )
    before = money_and_rows()
    refused = owner.post(BOOK, {"asset": "BTC", "network": "SIM", "address": "one-more"})
    assert (refused.status_code, error_code(refused)) == (409, "ADDRESS_BOOK_FULL")
    assert refused.json()["error"]["details"] == {"maximum": MAX_ADDRESSES}
    assert money_and_rows() == before
    assert SavedAddress.objects.count() == MAX_ADDRESSES

    owner.delete(f"{BOOK}/{first['id']}")
    assert owner.post(BOOK, {"asset": "BTC", "network": "SIM", "address": "one-more"}).status_code == 201


def test_an_address_is_checked_for_its_network(desk: PayoutDesk, owner: SignedClient) -> None:
    RailAsset.objects.filter(asset__symbol="BTC").update(address_format="bitcoin")
    RailAsset.objects.filter(asset__symbol="ETH").update(address_format="ethereum", needs_tag=True)
    new = {"asset": "BTC", "network": "SIM", "address": "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"}
    assert error_code(owner.post(BOOK, new | {"address": new["address"][:-1] + "5"})) == "ADDRESS_INVALID"
    assert error_code(owner.post(BOOK, new | {"asset": "ETH"})) == "TAG_REQUIRED"
    assert error_code(owner.post(BOOK, new | {"network": "ERC20"})) == "UNKNOWN_NETWORK"
    saved = owner.post(BOOK, new)
    assert saved.status_code == 201
    assert {item["asset"] for item in saved.json()["networks"]} == {"BTC", "USDT"}
    upper = owner.post(WITHDRAWALS, body(address=str(new["address"]).upper()))
    assert upper.status_code == 201, "another spelling of the same address"


# --- limits ----------------------------------------------------------------------------------------------------------


def test_limits_used_and_left(desk: PayoutDesk, owner: SignedClient) -> None:
    desk.verified("0.01")
    told = owner.get(f"{BASE}/limits").json()
    assert told["daily"] == {"limit": "1000000", "used": "600", "left": "999400"}
    assert told["hourly_count"] == {"limit": 3, "used": 1, "left": 2}
    assert (told["can_withdraw"], told["reference_asset"], told["held_until"]) == (True, "USDT", None)
    User.objects.update(kyc_status="pending")
    forget_credentials()
    assert owner.get(f"{BASE}/limits").json()["can_withdraw"] is False


def test_a_hold_is_told_and_kept(desk: PayoutDesk, owner: SignedClient) -> None:
    change_password(user=desk.user(), password="an-entirely-new-one", by=None)
    assert owner.get(f"{BASE}/limits").json()["held_until"]
    response = owner.post(WITHDRAWALS, body())
    assert (response.status_code, error_code(response)) == (422, "WITHDRAWALS_HELD")
    transfer = {"request_id": "t1", "asset": "BTC", "amount": "1", "to": "colleague", "code": desk.app().code()}
    assert error_code(owner.post(TRANSFERS, transfer)) == "WITHDRAWALS_HELD"


# --- transfers -------------------------------------------------------------------------------------------------------


def test_a_transfer(desk: PayoutDesk, owner: SignedClient) -> None:
    wanted = {"request_id": "t1", "asset": "BTC", "amount": "1.5", "to": "Colleague", "note": "lunch"}
    before = money_and_rows()
    assert error_code(owner.post(TRANSFERS, wanted)) == "SECOND_FACTOR_REQUIRED"
    desk.app()
    assert error_code(owner.post(TRANSFERS, wanted | {"code": "000000"})) == "SECOND_FACTOR_INVALID"
    assert money_and_rows() == before
    sent = owner.post(TRANSFERS, wanted | {"code": desk.app().code()})
    assert (sent.status_code, sent.json()["is_done"]) == (202, False)
    funds.process()
    again = owner.post(TRANSFERS, wanted)
    assert (again.status_code, again.json()["is_done"], again.json()["id"]) == (200, True, sent.json()["id"])
    assert funds.balance("owner")[0] + funds.balance("colleague")[0] == 200
    assert str(funds.balance("colleague")[0]).startswith("101.5")
    assert error_code(owner.post(TRANSFERS, wanted | {"amount": "2"})) == "IDEMPOTENCY_CONFLICT"


@pytest.mark.parametrize("amount", ["1.5", "99.5"])
def test_two_transfers_with_one_key_at_the_same_moment_are_one(
    desk: PayoutDesk, owner: SignedClient, monkeypatch: pytest.MonkeyPatch, amount: str
) -> None:
    wanted = {"request_id": "t1", "asset": "BTC", "amount": amount, "to": "colleague", "code": desk.app().code()}
    balance_of, first = transfers.available_balance, []

    def overtaken(**named: Any) -> Any:
        # The second one has looked for the first in vain; now the first one goes all the way.
        monkeypatch.setattr(transfers, "available_balance", balance_of)
        first.append(owner.post(TRANSFERS, wanted))
        funds.process()
        return balance_of(**named)

    monkeypatch.setattr(transfers, "available_balance", overtaken)
    second = owner.post(TRANSFERS, wanted)
    assert [answer.status_code for answer in (*first, second)] == [202, 200]
    assert second.json()["id"] == first[0].json()["id"]
    assert funds.balance("colleague")[0] == 100 + Decimal(amount)


def test_of_two_transfers_with_one_code_the_second_is_refused(desk: PayoutDesk, owner: SignedClient) -> None:
    wanted = {"request_id": "t1", "asset": "BTC", "amount": "1", "to": "colleague", "code": desk.app().code()}
    assert owner.post(TRANSFERS, wanted).status_code == 202
    assert error_code(owner.post(TRANSFERS, wanted | {"request_id": "t2"})) == "SECOND_FACTOR_INVALID"


def test_a_withdrawal_confirmed_twice_at_the_same_moment_is_confirmed_once(
    desk: PayoutDesk, owner: SignedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = owner.post(WITHDRAWALS, body()).json()
    page, code = f"{WITHDRAWALS}/{made['id']}/verify", {"code": desk.app().code()}
    verify, first = withdrawals.verify_second_factor, []

    def overtaken(**named: Any) -> None:
        monkeypatch.setattr(withdrawals, "verify_second_factor", verify)
        first.append(owner.post(page, code))
        verify(**named)

    monkeypatch.setattr(withdrawals, "verify_second_factor", overtaken)
    second = owner.post(page, code)
    assert [answer.status_code for answer in (*first, second)] == [202, 202]
    assert second.json()["state"] == "VERIFIED"
    assert BalanceOperation.objects.filter(request_id=f"withdraw:{made['id']}").count() == 1


def test_both_sides_see_their_transfers(desk: PayoutDesk, owner: SignedClient) -> None:
    colleague = SignedClient(make_key(desk.user("colleague")))
    assert owner.get(TRANSFERS).json() == {"items": [], "next_cursor": None}
    for number, (asset, amount) in enumerate((("BTC", "1.5"), ("USDT", "20"), ("BTC", "0.25"))):
        wanted = {
            "request_id": f"t{number}",
            "asset": asset,
            "amount": amount,
            "to": "colleague",
            "note": f"no. {number}",
        }
        sent = owner.post(TRANSFERS, wanted | {"code": desk.app().recovery_codes[number]})
        assert sent.status_code == 202, sent.json()
        funds.process()

    first = owner.get(f"{TRANSFERS}?limit=2").json()
    (latest, second), (oldest,) = (
        first["items"],
        owner.get(f"{TRANSFERS}?cursor={first['next_cursor']}").json()["items"],
    )
    assert [row["note"] for row in (latest, second, oldest)] == ["no. 2", "no. 1", "no. 0"]
    assert {name: latest[name] for name in ("asset", "amount", "direction", "counterparty")} == {
        "asset": "BTC", "amount": "0.25", "direction": "SENT", "counterparty": "colleague"
    }  # fmt: skip
    assert latest["id"] == sent.json()["id"]
    received = colleague.get(f"{TRANSFERS}?asset=BTC").json()["items"]
    assert [(row["direction"], row["counterparty"], row["amount"]) for row in received] == [
        ("RECEIVED", "owner", "0.25"), ("RECEIVED", "owner", "1.5")
    ]  # fmt: skip
    assert error_code(owner.get(f"{TRANSFERS}?asset=XYZ")) == "UNKNOWN_ASSET"
    assert SignedClient(make_key(desk.user("outsider"))).get(TRANSFERS).json()["items"] == []


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("RECIPIENT_UNKNOWN", {"to": "nobody-here"}),
        ("TRANSFER_TO_SELF", {"to": "owner"}),
        ("UNKNOWN_ASSET", {"asset": "XYZ"}),
        ("INSUFFICIENT_BALANCE", {"amount": "100.1"}),
        ("TOO_MANY_DECIMALS", {"amount": "0.0000000000001"}),
        ("FIELD_INVALID", {"request_id": ""}),
    ],
)
def test_refused_transfers(desk: PayoutDesk, owner: SignedClient, code: str, fields: dict[str, Any]) -> None:
    app = desk.app()
    before = money_and_rows()
    wanted = {"request_id": "t1", "asset": "BTC", "amount": "1", "to": "colleague", "code": app.code()} | fields
    assert error_code(owner.post(TRANSFERS, wanted)) == code
    assert money_and_rows() == before


def test_frozen_and_closed_accounts_send_nothing(desk: PayoutDesk, owner: SignedClient) -> None:
    made = owner.post(WITHDRAWALS, body()).json()
    app = desk.app()
    wanted = {"request_id": "t1", "asset": "BTC", "amount": "1", "to": "colleague", "code": app.code()}
    before = money_and_rows()
    User.objects.filter(username="colleague").update(state="closed")
    assert error_code(owner.post(TRANSFERS, wanted)) == "RECIPIENT_UNKNOWN"
    User.objects.filter(username="owner").update(state="withdraw_frozen")
    frozen = SignedClient(make_key(desk.user()))
    assert error_code(frozen.post(TRANSFERS, wanted)) == "WITHDRAWALS_FROZEN"
    assert error_code(frozen.post(WITHDRAWALS, body(request_id="r2"))) == "WITHDRAWALS_FROZEN"
    User.objects.filter(username="owner").update(state="closed")
    closed = SignedClient(frozen.key)
    forget_credentials()
    for response in (closed.post(TRANSFERS, wanted), closed.delete(f"{WITHDRAWALS}/{made['id']}")):
        assert error_code(response) == "ACCOUNT_CLOSED"
    assert money_and_rows() == before
    assert Withdrawal.objects.get().state == "REQUESTED"


def test_the_status_tells_what_can_be_sent(idle: TradingFloor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_desk(tmp_path, monkeypatch)
    stop_payouts(scope="asset:ETH", by=None, reason="test")
    assets = {asset["asset"]: asset for asset in idle.stranger.get("/api/v1/status").json()["assets"]}
    assert assets["BTC"]["networks"] == [{"network": "SIM", "deposits": "ENABLED", "withdrawals": "ENABLED"}]
    assert (assets["ETH"]["deposits"], assets["ETH"]["withdrawals"]) == ("ENABLED", "SUSPENDED")


# --- codes by e-mail -------------------------------------------------------------------------------------------------


CODES = f"{BASE}/email-codes"
LONGEST_KEY = "t" * 100


@pytest.fixture
def by_mail(settings: Any, mailoutbox: list[Any]) -> Callable[[], str]:
    """Codes by e-mail are asked for; reads the last one."""
    settings.EMAIL_CODE_PURPOSES = ["withdrawal"]
    return lambda: str(re.findall(r"^\d{6}$", mailoutbox[-1].body, re.M)[-1])


def transfer_body(**fields: Any) -> dict[str, Any]:
    return {"request_id": "t1", "asset": "BTC", "amount": "1", "to": "colleague"} | fields


def test_a_code_by_mail_where_it_is_asked_for(
    desk: PayoutDesk, owner: SignedClient, by_mail: Callable[[], str], mailoutbox: list[Any]
) -> None:
    made, app = owner.post(WITHDRAWALS, body()).json(), desk.app()
    assert owner.get(f"{BASE}/limits").json()["needs_email_code"] is True
    page, code = f"{WITHDRAWALS}/{made['id']}/verify", app.code()
    assert error_code(owner.post(page, {"code": code})) == "EMAIL_CODE_REQUIRED"
    mailoutbox.clear()
    assert owner.post(CODES, {"withdrawal_id": made["id"]}).status_code == 202
    too_soon = owner.post(CODES, {"withdrawal_id": made["id"]})
    assert error_code(too_soon) == "EMAIL_CODE_TOO_SOON"
    assert 58 <= too_soon.json()["error"]["retry_after"] <= 60
    mailed = by_mail()
    assert len(mailoutbox) == 1
    assert "withdrawal of 0.01 BTC" in mailoutbox[0].body
    verified = owner.post(page, {"code": code, "email_code": mailed})
    assert (verified.status_code, verified.json()["state"]) == (202, "VERIFIED")


def test_a_code_by_mail_for_a_transfer_under_the_longest_key(
    desk: PayoutDesk, owner: SignedClient, by_mail: Callable[[], str], mailoutbox: list[Any]
) -> None:
    wanted = transfer_body(request_id=LONGEST_KEY, code=desk.app().code())
    assert error_code(owner.post(TRANSFERS, wanted)) == "EMAIL_CODE_REQUIRED"
    assert owner.post(CODES, {"transfer_request_id": LONGEST_KEY}).status_code == 202
    assert "transfer to another user" in mailoutbox[-1].body
    before = money_and_rows()
    other = wanted | {"request_id": "another", "email_code": by_mail()}
    assert error_code(owner.post(TRANSFERS, other)) == "EMAIL_CODE_INVALID"
    assert money_and_rows() == before
    assert owner.post(TRANSFERS, wanted | {"email_code": by_mail()}).status_code == 202


def test_a_code_by_mail_is_for_a_withdrawal_or_for_a_transfer(
    desk: PayoutDesk, owner: SignedClient, by_mail: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a transfer was given the id of a withdrawal for its key."""
    monkeypatch.setattr("accounts.second_factor.email_codes.PAUSE", timedelta(0))
    made, code = owner.post(WITHDRAWALS, body()).json(), desk.app().code()
    before = money_and_rows()
    owner.post(CODES, {"withdrawal_id": made["id"]})
    wanted = transfer_body(request_id=made["id"], code=code, email_code=by_mail())
    assert error_code(owner.post(TRANSFERS, wanted)) == "EMAIL_CODE_INVALID"
    owner.post(CODES, {"transfer_request_id": made["id"]})
    confirm = {"code": code, "email_code": by_mail()}
    assert error_code(owner.post(f"{WITHDRAWALS}/{made['id']}/verify", confirm)) == "EMAIL_CODE_INVALID"
    assert money_and_rows() == before


def test_no_code_is_mailed_for_what_it_could_not_confirm(
    desk: PayoutDesk, owner: SignedClient, outsider: SignedClient, by_mail: object, mailoutbox: list[Any]
) -> None:
    made = owner.post(WITHDRAWALS, body()).json()
    mailoutbox.clear()
    assert error_code(outsider.post(CODES, {"withdrawal_id": made["id"]})) == "WITHDRAWAL_NOT_FOUND"
    owner.delete(f"{WITHDRAWALS}/{made['id']}")
    assert error_code(owner.post(CODES, {"withdrawal_id": made["id"]})) == "TRANSITION_NOT_ALLOWED"
    wrong: tuple[dict[str, Any], ...] = (
        {},
        {"withdrawal_id": made["id"], "transfer_request_id": "t1"},
        {"withdrawal_id": "-1"},
        {"withdrawal_id": ""},
        {"transfer_request_id": "with space"},
        {"transfer_request_id": f"{LONGEST_KEY}t"},
    )
    for asked in wrong:
        assert error_code(owner.post(CODES, asked)) == "FIELD_INVALID", asked
    assert not EmailCode.objects.exists()
    assert not [message for message in mailoutbox if re.search(r"^\d{6}$", message.body, re.M)]
