"""A custody account behind real ccxt clients: only the far end is ours, and it lies, breaks off and repeats itself."""

import base64
import decimal
import json
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ledger.models import Asset
from risk.models import RiskEvent, Severity
from tests.support.far_exchange import Broken, FarExchange
from tests.support.withdrawals import open_desk
from wallet.core.operations import Party
from wallet.models import Rail, RailAsset, RailCredential, RailKind, ReferencePrice
from wallet.rails import custody_client
from wallet.rails.custody_exchanges import EXCHANGES, CustodyMisconfigured
from wallet.rails.custody_lists import fee_of
from wallet.rails.protocol import ArrivalFailed, PayoutRefused, PayoutUnknown, RailAdapter, RailUnavailable
from wallet.rails.registry import adapter_of

pytestmark = pytest.mark.django_db

TRON = "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"
ETHEREUM = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
SECRET = base64.b64encode(b"a secret of the far end").decode()
DEPOSIT_ADDRESS = "/sapi/v1/capital/deposit/address"
DEPOSITS = "/sapi/v1/capital/deposit/hisrec"
WITHDRAWALS = "/sapi/v1/capital/withdraw/history"
WITHDRAW = "/sapi/v1/capital/withdraw/apply"
ACCOUNT = "/api/v3/account"
TOO_LITTLE = {"code": -1, "msg": "Account has insufficient balance for requested action."}
CURRENCIES = {
    "USDT": {
        "id": "USDT",
        "code": "USDT",
        "precision": 0.000001,
        "networks": {
            "TRC20": {
                "id": "TRX",
                "network": "TRC20",
                "fee": "1.5",
                "precision": 0.000001,
                "info": {"contractAddressUrl": "https://tronscan.org/#/token20/"},
            },
            "ERC20": {
                "id": "ETH",
                "network": "ERC20",
                "fee": "5",
                "precision": 0.000001,
                "info": {"contractAddressUrl": "https://etherscan.io/address/"},
            },
        },
    }
}


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custody_client, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(custody_client, "TIMEOUT_MS", 2_000)


@pytest.fixture
def far_end() -> Iterator[FarExchange]:
    made = FarExchange()
    made.start()
    yield made
    made.stop()


def open_custody(far_end: FarExchange, exchange: str = "binance", network: str = "TRC20", **further: Any) -> Rail:
    settings = {
        "exchange": exchange,
        "base_url": far_end.url,
        "users_apart_by": "claim",
        "poll_seconds": 0,
        "currencies": CURRENCIES,
        "options": {"adjustForTimeDifference": False},
    }
    rail = Rail.objects.create(code=exchange, name=exchange, kind=RailKind.CUSTODY, settings=settings | further)
    RailAsset.objects.create(
        rail=rail,
        asset=Asset.objects.get(symbol="USDT"),
        network=network,
        address_format="tron" if network == "TRC20" else "ethereum",
    )
    RailCredential.objects.create(rail=rail, api_key="far-key", api_secret=SECRET, passphrase="far-phrase")
    return rail


@pytest.fixture
def rail(db: None, far_end: FarExchange) -> Rail:
    return open_custody(far_end)


@pytest.fixture
def adapter(rail: Rail) -> RailAdapter:
    return adapter_of(rail)


def deposit(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"d{number}",
        "amount": "12.345678",
        "coin": "USDT",
        "network": "TRX",
        "status": 1,
        "address": TRON,
        "addressTag": "",
        "txId": f"chain-tx-{number}",
        "insertTime": int(time.time() * 1000) - 60_000 + number,
        "transferType": 0,
    } | fields


def withdrawal(**fields: Any) -> dict[str, Any]:
    return {
        "id": "far-1",
        "amount": "10",
        "transactionFee": "1.5",
        "coin": "USDT",
        "status": 6,
        "address": TRON,
        "txId": "chain-out-1",
        "applyTime": "2026-11-20 11:12:02",
        "network": "TRX",
        "withdrawOrderId": "w17",
    } | fields


def pay(adapter: RailAdapter, amount: str = "10", network: str = "TRC20", **destination: Any) -> Any:
    party = Party("blockchain", chain=network, address=destination.pop("address", TRON), **destination)
    return adapter.payout(payout_id="w17", asset="USDT", network=network, amount=Decimal(amount), destination=party)


# --- addresses -------------------------------------------------------------------------------------------------------


def test_a_network_is_always_asked_for_and_what_comes_back_is_checked(
    adapter: RailAdapter, far_end: FarExchange
) -> None:
    url = "https://tronscan.org/#/address/" + TRON
    far_end.answers[DEPOSIT_ADDRESS] = {"coin": "USDT", "address": TRON, "tag": "", "url": url}
    assert adapter.receiving_address("USDT", 1) == (TRON, "")
    assert far_end.asked[DEPOSIT_ADDRESS][0]["network"] == "TRX"


@pytest.mark.parametrize(
    "answer",
    [
        {"coin": "USDT", "address": ETHEREUM, "tag": "", "url": "https://etherscan.io/address/" + ETHEREUM},
        {"coin": "USDT", "address": ETHEREUM, "tag": "", "url": "https://tronscan.org/#/address/" + ETHEREUM},
        {"coin": "USDT", "address": TRON[:-1] + "9", "tag": "", "url": "https://tronscan.org/#/address/x"},
        {"coin": "USDT", "address": TRON, "tag": "", "url": ""},
        {},
        Broken(200, "<html>maintenance</html>"),
        Broken(200, '{"coin": "USDT", "addr'),
        Broken(403, "<html>blocked</html>"),
    ],
)
def test_an_address_that_is_not_certain_is_not_given_out(
    adapter: RailAdapter, far_end: FarExchange, answer: Any
) -> None:
    far_end.answers[DEPOSIT_ADDRESS] = answer
    with pytest.raises(RailUnavailable):
        adapter.receiving_address("USDT", 1)


# --- reading ---------------------------------------------------------------------------------------------------------


def test_what_may_pass_is_tried_again_and_what_only_looks_so_is_not(adapter: RailAdapter, far_end: FarExchange) -> None:
    good = {"balances": [{"asset": "USDT", "free": "100.000000000001", "locked": "3"}]}
    far_end.answers[ACCOUNT] = ["in turn", Broken(503, "busy"), Broken(hangs_up=True), good]
    assert adapter.balance("USDT") == {"hot": Decimal("100.000000000001"), "held": Decimal("3")}
    assert len(far_end.asked[ACCOUNT]) == 3
    far_end.answers[ACCOUNT] = Broken(403, "forbidden")
    far_end.asked.clear()
    with pytest.raises(RailUnavailable):
        adapter.balance("USDT")
    assert len(far_end.asked[ACCOUNT]) == 1


@pytest.mark.parametrize("answer", [{}, Broken(200, ""), Broken(200, "<html>"), Broken(200, '{"balances": [')])
def test_an_empty_answer_is_not_an_empty_account(adapter: RailAdapter, far_end: FarExchange, answer: Any) -> None:
    far_end.answers[ACCOUNT] = answer
    with pytest.raises(RailUnavailable):
        adapter.balance("USDT")


def test_the_threads_decimals_stay_exact(adapter: RailAdapter, far_end: FarExchange) -> None:
    before = decimal.getcontext().copy()
    far_end.answers[ACCOUNT] = {"balances": [{"asset": "USDT", "free": "0.1", "locked": "0"}]}
    far_end.answers[WITHDRAW] = {"id": "far-1"}
    adapter.balance("USDT")
    pay(adapter)
    after = decimal.getcontext()
    assert (after.prec, after.rounding, dict(after.traps)) == (before.prec, before.rounding, dict(before.traps))


def test_deposits_are_found_with_their_states(adapter: RailAdapter, far_end: FarExchange) -> None:
    far_end.answers[DEPOSITS] = [deposit(1), deposit(2, status=0), deposit(3, status=7)]
    found = adapter.detect(after_height=0, cursor={}, limit=100)
    assert [(one.external_tx_id, one.amount, one.confirmations) for one in found.arrivals] == [
        ("d1", Decimal("12.345678"), 1),
        ("d2", Decimal("12.345678"), 0),
    ]
    assert found.arrivals[0].source.reference == "chain-tx-1"
    # The next look goes back behind the last one: what was pending becomes final later.
    adapter.detect(after_height=0, cursor=found.cursor, limit=100)
    assert int(far_end.asked[DEPOSITS][1]["startTime"]) < found.cursor["USDT"] - 24 * 3_600_000
    adapter._rail.settings["poll_seconds"] = 30  # type: ignore[attr-defined]
    assert adapter.detect(after_height=0, cursor=found.cursor, limit=100).arrivals == ()
    far_end.asked.clear()
    anew = adapter_of(Rail.objects.get())
    assert (anew.confirmations("d1"), anew.confirmations("d2"), anew.confirmations("d9")) == (1, 0, None)
    with pytest.raises(ArrivalFailed):
        anew.confirmations("d3")
    assert len(far_end.asked[DEPOSITS]) == 1, "the whole list is read once for all of them"


def test_a_full_page_is_followed_by_the_one_before_it(
    adapter: RailAdapter, far_end: FarExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EXCHANGES, "binance", _with_pages(2))
    rows = [deposit(number) for number in range(5)]

    def page(asked: dict[str, str]) -> list[dict[str, Any]]:
        until = int(asked["endTime"])
        return [dict(row) for row in rows if row["insertTime"] <= until][-2:]

    far_end.answers[DEPOSITS] = page
    found = adapter_of(Rail.objects.get()).detect(after_height=0, cursor={}, limit=100)
    assert sorted(one.external_tx_id for one in found.arrivals) == ["d0", "d1", "d2", "d3", "d4"]
    far_end.answers[DEPOSITS] = lambda _: [dict(row) for row in rows[-2:]]
    with pytest.raises(RailUnavailable):
        adapter_of(Rail.objects.get()).detect(after_height=0, cursor={}, limit=100)


def _with_pages(size: int) -> Any:
    import dataclasses

    return dataclasses.replace(EXCHANGES["binance"], page_size=size)


# --- payouts ---------------------------------------------------------------------------------------------------------


def test_what_arrives_is_the_amount_and_our_id_goes_along(adapter: RailAdapter, far_end: FarExchange) -> None:
    far_end.answers[WITHDRAW] = {"id": "far-1"}
    assert pay(adapter).external_tx_id == "far-1"
    (asked,) = far_end.asked[WITHDRAW]
    assert (asked["amount"], asked["network"], asked["withdrawOrderId"]) == ("11.5", "TRX", "w17")


@pytest.mark.parametrize(
    "answer",
    [
        Broken(hangs_up=True),
        Broken(500, '{"code": -1000, "msg": "unknown"}'),
        Broken(502, "<html>"),
        Broken(200, "<html>ok</html>"),
        Broken(200, '{"id": "far'),
        Broken(200, ""),
        Broken(400, "<html>bad</html>"),
        Broken(403, "blocked"),
        Broken(429, '{"code": -1003, "msg": "Too many requests"}'),
        Broken(400, '{"code": -99999, "msg": "never heard of"}'),
        {},
    ],
)
def test_a_payout_whose_result_is_not_certain_is_unknown_and_never_repeated(
    adapter: RailAdapter, far_end: FarExchange, answer: Any
) -> None:
    far_end.answers[WITHDRAW] = answer
    with pytest.raises(PayoutUnknown):
        pay(adapter)
    assert len(far_end.asked[WITHDRAW]) == 1


def test_a_definite_refusal_is_one(adapter: RailAdapter, far_end: FarExchange) -> None:
    far_end.answers[WITHDRAW] = Broken(400, '{"code": -4003, "msg": "The amount is below the minimum."}')
    with pytest.raises(PayoutRefused):
        pay(adapter)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (TOO_LITTLE, "InsufficientFunds"),
        ({"code": -2015, "msg": "Invalid API-key, IP, or permissions."}, "AuthenticationError"),
        ({"code": -1, "msg": "You don't have permission."}, "PermissionDenied"),
        ({"code": -1, "msg": "This action is disabled on self account."}, "AccountSuspended"),
    ],
)
def test_a_no_that_is_about_our_account_refuses_nothing(
    adapter: RailAdapter, far_end: FarExchange, answer: dict[str, Any], error: str
) -> None:
    far_end.answers[WITHDRAW] = Broken(400, json.dumps(answer))
    with pytest.raises(RailUnavailable) as refused:
        pay(adapter)
    assert refused.value.details == {"error": error}
    assert len(far_end.asked[WITHDRAW]) == 1


def test_a_question_before_a_payout_that_goes_wrong_refuses_nothing(db: None, far_end: FarExchange) -> None:
    rail = open_custody(far_end, "coinbase")
    RailCredential.objects.update(api_secret="far-secret")
    adapter = adapter_of(rail)
    far_end.answers["/api/v3/brokerage/accounts"] = Broken(400, '{"error": "invalid_request"}')
    with pytest.raises(RailUnavailable):
        pay(adapter)
    assert list(far_end.asked) == ["/api/v3/brokerage/accounts"]


def test_too_little_at_the_exchange_keeps_a_payout_waiting(
    rail: Rail, adapter: RailAdapter, far_end: FarExchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the exchange takes beside the amount is counted; and where it says no all the same, nothing fails."""
    desk = open_desk(tmp_path, monkeypatch)
    RailAsset.objects.filter(rail=desk.rail).delete()
    RailAsset.objects.filter(rail=rail).update(
        min_withdrawal=1, auto_approve_limit=1000, hot_limit=1000, send_decimals=6, confirmations=1
    )
    ReferencePrice.objects.create(asset=Asset.objects.get(symbol="USDT"), price=1)
    desk.rail = rail
    desk.far_end = adapter  # type: ignore[assignment]
    far_end.answers[WITHDRAWALS] = []
    far_end.answers[ACCOUNT] = {"balances": [{"asset": "USDT", "free": "11.4", "locked": "0"}]}
    waiting = desk.approved("10", asset="USDT", network="TRC20", address=TRON)
    desk.round()
    assert (desk.state(waiting), desk.found(waiting).waits_for) == ("APPROVED", "HOT_WALLET_LOW")
    far_end.answers[ACCOUNT] = {"balances": [{"asset": "USDT", "free": "11.5", "locked": "0"}]}
    far_end.answers[WITHDRAW] = Broken(400, json.dumps(TOO_LITTLE))
    desk.round()
    assert (desk.state(waiting), desk.found(waiting).waits_for) == ("SENDING", "NOT_TAKEN")
    assert [event.severity for event in RiskEvent.objects.all()] == [Severity.HIGH] * 2
    far_end.answers[WITHDRAW] = {"id": "far-1"}
    desk.round()
    assert (desk.state(waiting), desk.found(waiting).external_tx_id) == ("SENT", "far-1")


@pytest.mark.parametrize(("amount", "address"), [("10.0000001", TRON), ("10", "")])
def test_what_cannot_be_sent_whole_is_not_sent(
    adapter: RailAdapter, far_end: FarExchange, amount: str, address: str
) -> None:
    with pytest.raises(PayoutRefused):
        pay(adapter, amount, address=address)
    assert WITHDRAW not in far_end.asked


def test_a_payout_is_found_by_our_id_and_by_theirs(adapter: RailAdapter, far_end: FarExchange) -> None:
    for payout_id, external, carried in (("w17", "", "w17"), ("w18", "far-1", ""), ("w18", "chain-out-1", "")):
        far_end.answers[WITHDRAWALS] = [withdrawal(withdrawOrderId=carried)]
        found = adapter.look_up(payout_id=payout_id, external_tx_id=external, asset="USDT")
        assert found is not None
        assert (found.external_tx_id, found.is_final, found.network_fee) == ("chain-out-1", True, Decimal("1.5"))
    assert adapter.look_up(payout_id="w18", external_tx_id="", asset="USDT") is None
    far_end.answers[WITHDRAWALS] = [withdrawal(status=4, txId="")]
    pending = adapter.look_up(payout_id="w17", external_tx_id="", asset="USDT")
    assert pending is not None
    assert (pending.external_tx_id, pending.is_final) == ("far-1", False)
    far_end.answers[WITHDRAWALS] = [withdrawal(status=5)]
    with pytest.raises(PayoutRefused):
        adapter.look_up(payout_id="w17", external_tx_id="", asset="USDT")


@pytest.mark.parametrize(("currency", "fee"), [("USDT", Decimal("1.5")), (None, Decimal("1.5")), ("BNB", None)])
def test_a_fee_in_another_asset_is_no_fee_of_this_one(currency: str | None, fee: Decimal | None) -> None:
    assert fee_of({"fee": {"cost": "1.5", "currency": currency}}, "USDT") == fee


def test_payouts_of_one_chain_transaction_are_told_apart_by_our_id(adapter: RailAdapter, far_end: FarExchange) -> None:
    other = withdrawal(id="far-0", withdrawOrderId="w16", status=5, transactionFee="9")
    far_end.answers[WITHDRAWALS] = [other, withdrawal()]
    found = adapter.look_up(payout_id="w17", external_tx_id="chain-out-1", asset="USDT")
    assert found is not None
    assert (found.is_final, found.network_fee) == (True, Decimal("1.5"))
    far_end.answers[WITHDRAWALS] = [other]
    assert adapter.look_up(payout_id="w17", external_tx_id="chain-out-1", asset="USDT") is None


def test_it_is_not_idempotent(adapter: RailAdapter) -> None:
    assert adapter.is_payout_idempotent is False


# --- the other exchanges ---------------------------------------------------------------------------------------------


def test_all_of_them_exist_under_their_names() -> None:
    import ccxt

    assert set(EXCHANGES) <= set(ccxt.exchanges)
    for name, exchange in EXCHANGES.items():
        made = getattr(ccxt, name)()
        assert bool(made.requiredCredentials.get("password")) == exchange.needs_passphrase
        assert made.has["withdraw"]
        listing = "fetchDepositsWithdrawals" if exchange.has_combined_list else "fetchDeposits"
        assert made.has[listing] is True


def test_kraken_needs_a_method_and_the_name_of_a_destination(db: None, far_end: FarExchange) -> None:
    rail = open_custody(far_end, "kraken")
    with pytest.raises(CustodyMisconfigured):
        adapter_of(rail).receiving_address("USDT", 1)
    rail.settings["deposit_methods"] = {"USDT": {"TRC20": "Tether USD (TRC20)"}}
    far_end.answers["/0/private/DepositAddresses"] = {"error": [], "result": [{"address": TRON, "expiretm": "0"}]}
    assert adapter_of(rail).receiving_address("USDT", 1) == (TRON, "")
    assert far_end.asked["/0/private/DepositAddresses"][0]["method"] == "Tether USD (TRC20)"
    far_end.answers["/0/private/DepositAddresses"]["result"][0]["address"] = ETHEREUM
    with pytest.raises(RailUnavailable):
        adapter_of(rail).receiving_address("USDT", 1)

    far_end.answers["/0/private/Withdraw"] = {"error": [], "result": {"refid": "K1"}}
    with pytest.raises(PayoutRefused):
        pay(adapter_of(rail))
    assert "/0/private/Withdraw" not in far_end.asked
    rail.settings["withdrawal_keys"] = {TRON: "owner's wallet"}
    assert pay(adapter_of(rail)).external_tx_id == "K1"
    (asked,) = far_end.asked["/0/private/Withdraw"]
    assert (asked["key"], asked["amount"]) == ("owner's wallet", "11.5")


def test_bitfinex_has_one_list_and_may_answer_without_an_id(db: None, far_end: FarExchange) -> None:
    rail = open_custody(far_end, "bitfinex")
    now = int(time.time() * 1000)
    far_end.answers["/v2/auth/r/movements/USDT/hist"] = [_moved("1", now, 7.25, "in"), _moved("2", now, -3, "out")]
    adapter = adapter_of(rail)
    (arrival,) = adapter.detect(after_height=0, cursor={}, limit=10).arrivals
    assert (arrival.external_tx_id, arrival.amount) == ("1", Decimal("7.25"))
    failed = [now, "acc_wd-req", None, None, [0, None, "trx", None, "exchange", 10, None, None, 1], None, "ERROR", "no"]
    far_end.answers["/v2/auth/w/withdraw"] = failed
    with pytest.raises(PayoutUnknown):
        pay(adapter)


def _moved(number: str, at: int, amount: float, tx: str) -> list[Any]:
    row: list[Any] = [None] * 22
    row[0:3], row[5:7], row[9] = [number, "USDT", "TRX"], [at, at], "COMPLETED"
    row[12:14], row[16], row[20] = [amount, 0], TRON, tx
    return row


@pytest.mark.parametrize("name", ["kucoin", "okx"])
def test_some_need_a_passphrase(db: None, far_end: FarExchange, name: str) -> None:
    rail = open_custody(far_end, name)
    RailCredential.objects.filter(rail=rail).update(passphrase="")
    with pytest.raises(CustodyMisconfigured):
        adapter_of(rail).balance("USDT")


def test_an_exchange_nobody_has_looked_at_is_not_used(db: None, far_end: FarExchange) -> None:
    rail = open_custody(far_end, "binance")
    rail.settings["exchange"] = "hitbtc"
    with pytest.raises(CustodyMisconfigured):
        adapter_of(rail)


def test_no_secret_is_told(adapter: RailAdapter, far_end: FarExchange) -> None:
    far_end.answers[ACCOUNT] = Broken(401, '{"code": -2015, "msg": "Invalid API-key far-key"}')
    with pytest.raises(RailUnavailable) as refused:
        adapter.balance("USDT")
    assert "far-key" not in f"{refused.value} {refused.value.details}"
    assert SECRET not in repr(adapter.__dict__)
