"""The sandbox's exchanges against plain ccxt clients: what is signed is let in, and each refusal is the exchange's own.

The tables say what ccxt makes of the refusals: they are what our own client has to start from.
"""

import asyncio
import base64
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ccxt
import ccxt.async_support as ccxt_async
import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from exchange.embedded.ports import free_port
from tests.support.sandbox_exchanges import EIGHT, PATIENT_MS, plain_client, running_far_end
from wallet.core.addresses import AddressInvalid, format_of
from wallet.venues.sandbox.addresses import derive, malformed
from wallet.venues.sandbox.demo import demo_credentials, demo_keys
from wallet.venues.sandbox.faults import FOREVER, Kind, Trouble, Twist
from wallet.venues.sandbox.keys import READ, TRADE, WITHDRAW, Key
from wallet.venues.sandbox.listing import CURRENCIES
from wallet.venues.sandbox.problems import Problem
from wallet.venues.sandbox.running import RunningFarEnd

ASK: dict[str, Callable[[Any], Any]] = {
    "binance": lambda client: client.sapiGetCapitalDepositAddress({"coin": "USDT", "network": "ETH"}),
    "coinbase": lambda client: client.v2PrivateGetAccountsAccountIdAddresses({"account_id": "USDT"}),
    "kraken": lambda client: client.privatePostDepositAddresses({"asset": "USDT", "method": "Tether USD (ERC20)"}),
    "bitfinex": lambda client: client.privatePostAuthWDepositAddress({"method": "tetheruse", "wallet": "exchange"}),
    "htx": lambda client: client.spotPrivateGetV2AccountDepositAddress({"currency": "usdt"}),
    "kucoin": lambda client: client.privateGetDepositAddresses({"currency": "USDT", "chain": "eth"}),
    "bybit": lambda client: client.privateGetV5AssetDepositQueryAddress({"coin": "USDT"}),
    "okx": lambda client: client.privateGetAssetDepositAddress({"ccy": "USDT"}),
}
"""The signed request for the addresses of USDT, without anything ccxt does around it."""
ROOT = Path(__file__).resolve().parents[3]
ANSWERED = "an answer"
http = httpx.Client(timeout=PATIENT_MS / 1000, limits=httpx.Limits(max_keepalive_connections=0))
REFUSALS: dict[Problem, tuple[str, ...]] = {
    Problem.WRONG_KEY: ("AuthenticationError",) * 8,
    Problem.WRONG_SIGNATURE: (
        "AuthenticationError", "AuthenticationError", "ExchangeError", "AuthenticationError",
        "AuthenticationError", "AuthenticationError", "AuthenticationError", "AuthenticationError",
    ),
    Problem.IP_NOT_ALLOWED: (
        "AuthenticationError", "AuthenticationError", "AuthenticationError", "AuthenticationError",
        "AuthenticationError", "AuthenticationError", "PermissionDenied", "PermissionDenied",
    ),
    Problem.PERMISSION_MISSING: (
        "AuthenticationError", "PermissionDenied", "PermissionDenied", "PermissionDenied",
        "PermissionDenied", "AuthenticationError", "PermissionDenied", "ExchangeError",
    ),
    Problem.ACCOUNT_DISABLED: (
        "OperationFailed", "PermissionDenied", "AccountSuspended", "AuthenticationError",
        ANSWERED, "AccountSuspended", "AccountSuspended", "AccountSuspended",
    ),
    Problem.NONCE_INVALID: (
        "InvalidNonce", "AuthenticationError", "InvalidNonce", "InvalidNonce",
        "AuthenticationError", "InvalidNonce", "InvalidNonce", "InvalidNonce",
    ),
    Problem.RATE_LIMITED: (
        "DDoSProtection", "RateLimitExceeded", "DDoSProtection", "RateLimitExceeded",
        "RateLimitExceeded", "RateLimitExceeded", "RateLimitExceeded", "RateLimitExceeded",
    ),
    Problem.MAINTENANCE: (
        "OnMaintenance", "ExchangeNotAvailable", "ExchangeNotAvailable", "OnMaintenance",
        "OnMaintenance", "ExchangeNotAvailable", "ExchangeError", "OnMaintenance",
    ),
    Problem.CURRENCY_UNKNOWN: (
        "BadRequest", "ExchangeError", "BadSymbol", "BadRequest", ANSWERED, "ExchangeError", "BadRequest", "BadRequest",
    ),
    Problem.NETWORK_UNKNOWN: (
        "BadRequest", "ExchangeError", "BadRequest", "BadRequest", ANSWERED, "BadRequest", "BadRequest", "BadRequest",
    ),
    Problem.ADDRESS_PENDING: (ANSWERED,) * 8,
    Problem.PATH_UNKNOWN: (
        "BadRequest", "ExchangeError", "ExchangeError", "ExchangeError",
        "ExchangeError", "NotSupported", "ExchangeError", "ExchangeError",
    ),
}  # fmt: skip
"""In the order of EIGHT."""


@pytest.fixture(scope="module")
def running() -> Iterator[RunningFarEnd]:
    with running_far_end() as far_end:
        yield far_end


@pytest.fixture(autouse=True)
def _nothing_planned(running: RunningFarEnd) -> None:
    running.far_end.recover()


def key_for(running: RunningFarEnd, exchange: str, **changes: Any) -> Key:
    return running.far_end.issue_key(exchange, **changes)


def outcome(ask: Callable[[], Any]) -> str:
    try:
        ask()
    except ccxt.BaseError as error:
        return type(error).__name__
    return ANSWERED


# --- who is let in ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exchange", EIGHT)
def test_a_plain_client_reads_markets_currencies_and_addresses(running: RunningFarEnd, exchange: str) -> None:
    client = plain_client(ccxt, exchange, running, key_for(running, exchange))
    client.load_markets()
    assert len(client.markets) >= 100
    listed = {one.code for one in running.far_end.exchanges[exchange].currencies()}
    # ccxt knows some exchanges' ids by other codes: none of ours is one of them.
    assert len(listed) >= 100
    assert listed <= set(client.currencies)
    if exchange == "coinbase":
        found = (
            client.fetch_deposit_addresses_by_network("USDT")["ERC20"],
            client.fetch_deposit_addresses_by_network("XRP"),
        )
        tether, ripple = found[0], found[1]["ripple"]
    else:
        tether = client.fetch_deposit_address("USDT", {"network": "ERC20"})
        ripple = client.fetch_deposit_address("XRP", {"network": "XRP"})
    assert format_of("ERC20").read(tether["address"]).is_checked
    assert format_of("XRP").read(ripple["address"], ripple["tag"]).tag
    assert not tether["tag"]


@pytest.mark.parametrize("exchange", EIGHT)
def test_clients_of_asyncio_are_let_in_as_well(running: RunningFarEnd, exchange: str) -> None:
    key = key_for(running, exchange)
    expected = ASK[exchange](plain_client(ccxt, exchange, running, key))

    async def several() -> list[Any]:
        client = plain_client(ccxt_async, exchange, running, key)
        try:
            # One after the other where a nonce must grow on its way, too.
            return [await ASK[exchange](client) for _ in range(3)]
        finally:
            await client.close()

    for answer in asyncio.run(several()):
        assert addresses_in(answer) == addresses_in(expected) != []


def addresses_in(answer: Any) -> list[str]:
    """Every text in an answer that is an address of Ethereum or Tron."""
    if isinstance(answer, dict):
        return [found for value in answer.values() for found in addresses_in(value)]
    if isinstance(answer, list):
        return [found for value in answer for found in addresses_in(value)]
    is_address = isinstance(answer, str) and (
        (answer.startswith("0x") and len(answer) == 42) or (answer.startswith("T") and len(answer) == 34)
    )
    return [answer] if is_address else []


@pytest.mark.parametrize("exchange", EIGHT)
@pytest.mark.parametrize("wrong", ["key", "secret", "passphrase"])
def test_wrong_keys_are_not_let_in(running: RunningFarEnd, exchange: str, wrong: str) -> None:
    good, other = key_for(running, exchange), key_for(running, exchange)
    if wrong == "passphrase" and not good.passphrase:
        return
    mixed = Key(
        exchange,
        "",
        "unknown-" + good.api_key[8:] if wrong == "key" else good.api_key,
        other.api_secret if wrong == "secret" else good.api_secret,
        other.passphrase if wrong == "passphrase" else good.passphrase,
    )
    problem = Problem.WRONG_KEY if wrong == "key" else Problem.WRONG_SIGNATURE
    client = plain_client(ccxt, exchange, running, mixed)
    assert outcome(lambda: ASK[exchange](client)) == REFUSALS[problem][EIGHT.index(exchange)]
    # And the same with all of it right.
    assert outcome(lambda: ASK[exchange](plain_client(ccxt, exchange, running, good))) == ANSWERED


@pytest.mark.parametrize("exchange", EIGHT)
def test_what_is_signed_cannot_be_changed_on_its_way(running: RunningFarEnd, exchange: str) -> None:
    client = plain_client(ccxt, exchange, running, key_for(running, exchange))
    fetch = client.fetch

    def tampered(url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
        if body:
            return fetch(url, method, headers, body.replace("ERC20", "TRC20").replace("tetheruse", "tetherusx"))
        for old, new in (("USDT", "BTC"), ("usdt", "btc")):
            url = url.replace(old, new)
        return fetch(url, method, headers, body)

    client.fetch = tampered
    assert outcome(lambda: ASK[exchange](client)) == REFUSALS[Problem.WRONG_SIGNATURE][EIGHT.index(exchange)]


@pytest.mark.parametrize("exchange", EIGHT)
def test_an_old_request_is_refused(running: RunningFarEnd, exchange: str) -> None:
    client = plain_client(ccxt, exchange, running, key_for(running, exchange))
    ASK[exchange](client)
    expected = REFUSALS[Problem.NONCE_INVALID][EIGHT.index(exchange)]
    if exchange in ("kraken", "bitfinex"):
        # A number that was used is used up.
        client.incrementing_nonce = lambda: 1_000
    else:
        running.far_end.clock_ahead_ms[exchange] = 3_600_000
    assert outcome(lambda: ASK[exchange](client)) == expected


def test_coinbase_takes_both_kinds_of_keys(running: RunningFarEnd) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    secret = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()
    key = Key("coinbase", "first", "organizations/of-a-test/apiKeys/one", secret)
    running.far_end.keys.add(key)
    assert addresses_in(ASK["coinbase"](plain_client(ccxt, "coinbase", running, key)))
    other = Key("coinbase", "first", key.api_key, base64.b64encode(bytes(64)).decode())
    assert outcome(lambda: ASK["coinbase"](plain_client(ccxt, "coinbase", running, other))) == "AuthenticationError"


@pytest.mark.parametrize("exchange", EIGHT)
def test_accounts_have_addresses_of_their_own(running: RunningFarEnd, exchange: str) -> None:
    mine, also_mine = key_for(running, exchange, owner="me"), key_for(running, exchange, owner="me")
    yours = key_for(running, exchange, owner="you")
    said = [addresses_in(ASK[exchange](plain_client(ccxt, exchange, running, key))) for key in (mine, also_mine, yours)]
    assert said[0] == said[1]
    assert set(said[0]).isdisjoint(said[2])


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exchange", EIGHT)
def test_every_refusal_is_the_exchanges_own(running: RunningFarEnd, exchange: str) -> None:
    client = plain_client(ccxt, exchange, running, key_for(running, exchange))
    found = {}
    for problem in REFUSALS:
        running.far_end.fail(problem, exchange=exchange)
        found[problem] = outcome(lambda: ASK[exchange](client))
    assert found == {problem: expected[EIGHT.index(exchange)] for problem, expected in REFUSALS.items()}
    assert outcome(lambda: ASK[exchange](client)) == ANSWERED


@pytest.mark.parametrize("exchange", EIGHT)
def test_a_key_without_the_permission_is_refused(running: RunningFarEnd, exchange: str) -> None:
    key = key_for(running, exchange, permissions=frozenset({TRADE}))
    client = plain_client(ccxt, exchange, running, key)
    assert outcome(lambda: ASK[exchange](client)) == REFUSALS[Problem.PERMISSION_MISSING][EIGHT.index(exchange)]


def test_a_rate_limit_says_when_to_come_again_where_the_exchange_does(running: RunningFarEnd) -> None:
    running.far_end.fail(Problem.RATE_LIMITED, exchange="binance")
    assert http.get(f"{running.url}/binance/api/v3/time").headers["retry-after"] == "30"
    running.far_end.fail(Problem.RATE_LIMITED, exchange="okx", seconds=7)
    answer = http.get(f"{running.url}/okx/api/v5/public/time")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


# --- what goes wrong on the way --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trouble", "timeout_ms", "expected"),
    [
        (Trouble.HANG_UP, PATIENT_MS, {"NetworkError", "ExchangeNotAvailable"}),
        (Trouble.SERVER_ERROR, PATIENT_MS, {"ExchangeNotAvailable"}),
        (Trouble.DELAY, 100, {"RequestTimeout"}),
        (Trouble.SLOW_DRIP, 100, {"RequestTimeout"}),
    ],
)
def test_trouble_on_the_way(running: RunningFarEnd, trouble: Trouble, timeout_ms: int, expected: set[str]) -> None:
    client = plain_client(ccxt, "okx", running, key_for(running, "okx"), timeout=timeout_ms)
    running.far_end.fail(trouble, exchange="okx", seconds=120)
    assert outcome(lambda: ASK["okx"](client)) in expected
    client.timeout = PATIENT_MS
    assert outcome(lambda: ASK["okx"](client)) == ANSWERED


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (Trouble.HTML, (503, "text/html", "<!DOCTYPE")),
        (Trouble.CUT_OFF, (200, "application/json", '{"code": ')),
        (Trouble.EMPTY_OBJECT, (200, "application/json", "{}")),
        (Trouble.EMPTY, (200, "application/json", "")),
    ],
)
def test_nonsense_on_the_way(running: RunningFarEnd, trouble: Trouble, expected: tuple[int, str, str]) -> None:
    running.far_end.fail(trouble)
    answer = http.get(f"{running.url}/okx/api/v5/public/time")
    status, kind, start = expected
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (status, kind)
    assert answer.text.startswith(start)
    assert not answer.text.endswith("]}") or trouble is Trouble.HTML


def test_a_huge_answer_does_not_end_soon(running: RunningFarEnd) -> None:
    running.far_end.fail(Trouble.HUGE)
    read = 0
    with httpx.stream("GET", f"{running.url}/okx/api/v5/public/time") as answer:
        for part in answer.iter_bytes():
            read += len(part)
            if read > 8 * 1024 * 1024:
                break
    assert read > 8 * 1024 * 1024


# --- what is said and is not true ------------------------------------------------------------------------------------


@pytest.mark.parametrize("exchange", EIGHT)
def test_twists_change_what_is_said(running: RunningFarEnd, exchange: str) -> None:
    far_end = running.far_end
    client = plain_client(ccxt, exchange, running, key_for(running, exchange))

    def said(kind: Kind | None) -> list[str]:
        if kind is not None:
            far_end.fail(kind, exchange=exchange, currency="USDT", network="ERC20")
        try:
            return addresses_in(ASK[exchange](client))
        except ccxt.BaseError:
            return []

    true = said(None)
    changed = said(Twist.CHANGED_ADDRESS)
    assert changed[0] != true[0]
    assert format_of("ERC20").read(changed[0]).is_checked
    malformed = {address for address in said(Twist.MALFORMED_ADDRESS) if address.endswith("!")}
    assert len(malformed) == 1
    wrong = said(Twist.WRONG_NETWORK)
    assert wrong[0] != true[0]
    assert len(said(Twist.MISSING_NETWORK)) < len(true)
    assert said(None) == true


def test_an_address_can_be_changed_for_good(running: RunningFarEnd) -> None:
    key = key_for(running, "okx")
    client = plain_client(ccxt, "okx", running, key)
    before = addresses_in(ASK["okx"](client))
    running.far_end.deposits.change(key, "USDT", "TRC20")
    after = addresses_in(ASK["okx"](client))
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, True, True]
    assert addresses_in(ASK["okx"](client)) == after


# --- the control door ------------------------------------------------------------------------------------------------


def test_the_control_door(running: RunningFarEnd) -> None:
    with httpx.Client(base_url=running.url, timeout=PATIENT_MS / 1000) as door:
        made = door.post("/_control/keys", json={"exchange": "okx", "permissions": [READ, WITHDRAW]}).json()
        key = Key("okx", "", made["api_key"], made["api_secret"], made["passphrase"])
        client = plain_client(ccxt, "okx", running, key)
        assert client.privateGetAccountConfig()["data"][0]["perm"] == "read_only,withdraw"
        plan = {"kind": "maintenance", "exchange": "okx", "api_key": key.api_key, "times": 2}
        assert door.post("/_control/faults", json=plan).status_code == 200
        assert outcome(client.privateGetAccountConfig) == "OnMaintenance"
        assert (
            outcome(lambda: plain_client(ccxt, "okx", running, key_for(running, "okx")).privateGetAccountConfig())
            == ANSWERED
        )
        door.delete("/_control/faults", params={"exchange": "okx"})
        assert outcome(client.privateGetAccountConfig) == ANSWERED
        before = addresses_in(ASK["okx"](client))
        changed = {"exchange": "okx", "api_key": key.api_key, "currency": "USDT", "network": "ERC20"}
        assert door.post("/_control/addresses", json=changed).status_code == 200
        assert addresses_in(ASK["okx"](client))[0] != before[0]
        door.post("/_control/settings", json={"latency_seconds": 0.05, "clock_ahead_ms": {"okx": 900_000}})
        started = time.monotonic()
        assert outcome(client.privateGetAccountConfig) == "InvalidNonce"
        assert time.monotonic() - started >= 0.05
        counted = {(row["exchange"], row["path"]): row["calls"] for row in door.get("/_control/calls").json()}
        assert counted["okx", "/api/v5/account/config"] >= 4


@pytest.mark.parametrize(
    "content", [{"kind": "politely"}, {"kind": "delay", "seconds": "long"}, {"kind": "delay", "who": "me"}, [], "text"]
)
def test_a_malformed_plan_is_refused(running: RunningFarEnd, content: object) -> None:
    assert http.post(f"{running.url}/_control/faults", json=content).status_code == 400
    assert http.get(f"{running.url}/okx/api/v5/public/time").status_code == 200


def test_a_page_in_a_browser_cannot_use_the_control_door(running: RunningFarEnd) -> None:
    headers = {"Origin": "https://elsewhere.example"}
    assert http.post(f"{running.url}/_control/keys", json={"exchange": "okx"}, headers=headers).status_code == 404
    assert http.delete(f"{running.url}/_control/faults", headers=headers).status_code == 404
    assert http.get(f"{running.url}/no-such-exchange/api/v5/public/time").status_code == 404


# --- keys to try -----------------------------------------------------------------------------------------------------


def test_the_keys_of_the_demo_are_the_same_everywhere_and_stand_in_the_page() -> None:
    page = (ROOT / "docs" / "sandbox-exchanges.md").read_text()
    keys = demo_keys()
    assert {key.exchange for key in keys} == set(EIGHT)
    assert len({key.api_key for key in keys}) == len(keys)
    for key in keys:
        assert f"| {key.exchange} | {key.name} | `{key.api_key}` | `{key.api_secret}` |" in page
        assert key.passphrase in page
        assert key.api_secret not in repr(key)
        assert key.api_secret not in str(key)
    reader = demo_credentials("kucoinfutures")
    assert reader is not None
    assert (reader.exchange, reader.permissions) == ("kucoin", frozenset({READ}))
    assert demo_credentials("another") is None


def test_faults_can_last(running: RunningFarEnd) -> None:
    running.far_end.fail(Problem.MAINTENANCE, exchange="kraken", times=FOREVER)
    for _ in range(3):
        assert http.get(f"{running.url}/kraken/0/public/Time").json()["error"] == ["EService:Unavailable"]
    running.far_end.recover("kraken")
    assert http.get(f"{running.url}/kraken/0/public/Time").json()["error"] == []


def test_every_address_has_the_form_of_its_network() -> None:
    for network in {network for one in CURRENCIES.values() for network in one.networks}:
        address, tag = derive("test", "okx:somebody", network)
        read = format_of(network).read(address, tag)
        assert (read.address, read.tag) == (address, tag)
        # Solana's have no checksum.
        assert read.is_checked or network == "SOL"
        with pytest.raises(AddressInvalid):
            format_of(network).read(malformed(address), tag)


def test_the_process_needs_no_django_and_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    port = free_port()
    shown = "import sys, wallet.venues.sandbox.__main__; print('django' in sys.modules, 'ccxt' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True).stdout
        == "False False\n"
    )
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "wallet.venues.sandbox", "--port", str(port)], stdout=output, stderr=output
        )
    try:
        deadline = time.monotonic() + 60
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            try:
                assert http.get(f"http://127.0.0.1:{port}/health").json() == {"status": "ok"}
                break
            except httpx.TransportError:
                time.sleep(0.05)
        key = demo_credentials("okx")
        assert key is not None
        client = ccxt.okx(
            {"apiKey": key.api_key, "secret": key.api_secret, "password": key.passphrase, "enableRateLimit": False}
        )
        client.urls["api"] = {"rest": f"http://127.0.0.1:{port}/okx"}
        assert addresses_in(ASK["okx"](client))
        process.terminate()
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
    assert key.api_key not in log.read_text()
    assert "Traceback" not in log.read_text()
