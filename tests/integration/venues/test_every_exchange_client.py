"""Each of the eight exchanges through our own client: everything an account needs, and everything that goes wrong.

The far end's own word is what answers are held against: no address may come back that it does not have for that very
network. Real ccxt clients sign, send and parse; nothing of them is replaced.
"""

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import pytest
from pytest_django import Settings

from tests.support.misbehaving_exchange import PATIENT_SECONDS
from tests.support.sandbox_exchanges import (
    ADDRESS_PATHS,
    EIGHT,
    address_requests,
    forget,
    running_far_end,
    true_addresses,
)
from wallet.venues.core.fetched import Credentials, FetchedAddresses, KeyPermissions
from wallet.venues.core.networks import address_format
from wallet.venues.errors import ExchangeApiError
from wallet.venues.exchanges.breaker import CircuitState, circuits
from wallet.venues.exchanges.opening import open_client, public_client
from wallet.venues.exchanges.protocol import VenueClient
from wallet.venues.models import AccountKind, SupportedExchange
from wallet.venues.sandbox.faults import FOREVER, Kind, Trouble, Twist
from wallet.venues.sandbox.keys import READ, TRADE, WITHDRAW, Key
from wallet.venues.sandbox.problems import Problem
from wallet.venues.sandbox.running import RunningFarEnd

pytestmark = pytest.mark.django_db
Result = TypeVar("Result")
Question = Callable[[VenueClient], Awaitable[Result]]

KEYS_REFUSED = "EXCHANGE_CREDENTIALS_INVALID"
NOT_PERMITTED = "EXCHANGE_PERMISSION_MISSING"
DISABLED = "EXCHANGE_ACCOUNT_DISABLED"
LIMITED = "EXCHANGE_RATE_LIMITED"
AWAY = "EXCHANGE_UNAVAILABLE"
MAINTAINED = "EXCHANGE_MAINTENANCE"
UNUSABLE = "EXCHANGE_API_ERROR"
TIMED_OUT = "EXCHANGE_TIMEOUT"
NONCE = "EXCHANGE_NONCE_INVALID"
NO_CURRENCY = "CURRENCY_NOT_SUPPORTED"
NO_NETWORK = "EXCHANGE_NETWORK_NOT_SUPPORTED"
OTHER_NETWORK = "EXCHANGE_NETWORK_MISMATCH"
NO_ADDRESS = "EXCHANGE_ADDRESS_INVALID"
PENDING = "ADDRESS_PENDING"

REFUSALS: dict[Problem, dict[str, str]] = {
    Problem.WRONG_KEY: dict.fromkeys(EIGHT, KEYS_REFUSED),
    Problem.WRONG_SIGNATURE: dict.fromkeys(EIGHT, KEYS_REFUSED),
    Problem.IP_NOT_ALLOWED: dict.fromkeys(EIGHT, KEYS_REFUSED) | {"bybit": NOT_PERMITTED, "okx": NOT_PERMITTED},
    # Binance has one answer for keys and permissions, which nobody can tell apart.
    Problem.PERMISSION_MISSING: dict.fromkeys(EIGHT, NOT_PERMITTED) | {"binance": KEYS_REFUSED},
    Problem.ACCOUNT_DISABLED: dict.fromkeys(EIGHT, DISABLED)
    | {"coinbase": NOT_PERMITTED, "bitfinex": KEYS_REFUSED, "htx": NOT_PERMITTED},
    Problem.NONCE_INVALID: dict.fromkeys(EIGHT, NONCE) | {"coinbase": KEYS_REFUSED, "htx": KEYS_REFUSED},
    Problem.RATE_LIMITED: dict.fromkeys(EIGHT, LIMITED),
    Problem.MAINTENANCE: dict.fromkeys(EIGHT, MAINTAINED) | dict.fromkeys(("coinbase", "kraken", "kucoin"), AWAY),
}
"""Where an exchange says less than there is to say, so do we."""
FINAL = frozenset({KEYS_REFUSED, NOT_PERMITTED, DISABLED})
"""What no repeat can help, so there is one request."""
NETWORKS_OF_TETHER = {exchange: frozenset({"ERC20", "TRC20", "BEP20", "SOL", "POLYGON"}) for exchange in EIGHT} | {
    "coinbase": frozenset({"ERC20", "SOL", "POLYGON"}),
    "bitfinex": frozenset({"ERC20", "TRC20", "SOL", "POLYGON"}),
}


@pytest.fixture(scope="module")
def running() -> Iterator[RunningFarEnd]:
    with running_far_end() as far_end:
        yield far_end


@pytest.fixture(autouse=True)
def _quiet(running: RunningFarEnd, settings: Settings) -> None:
    settings.VENUE_SANDBOX_URL = running.url
    running.far_end.recover()
    forget()


def unhurried(exchange: str) -> SupportedExchange:
    """An exchange that counts requests over an hour, so that those of a test are none too many."""
    row = SupportedExchange.objects.get(pk=exchange)
    row.metadata["profile"] = {"burst_seconds": 3600}
    return row


def open_for(key: Key, *, time_limit: float = PATIENT_SECONDS, kind: AccountKind = AccountKind.SPOT) -> VenueClient:
    return open_client(
        exchange=unhurried(key.exchange),
        credentials=Credentials(key.api_key, key.api_secret, key.passphrase),
        kind=kind,
        is_sandbox=True,
        owner_id=int.from_bytes(key.api_key.encode()[-4:]),
        time_limit=time_limit,
    )


def ask(client: VenueClient, question: Question[Result]) -> Result:
    async def within() -> Result:
        async with client:
            return await question(client)

    return asyncio.run(within())


async def refusal(key: Key, answer: Awaitable[object]) -> ExchangeApiError:
    """The error a question ends with; nothing in it, nor in anything it came from, is secret."""
    with pytest.raises(ExchangeApiError) as caught:
        await answer
    error = caught.value
    shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    told = "".join((repr(error), str(error), str(error.details)))
    for secret in (key.api_secret, key.passphrase, "signature=", "Signature="):
        assert not secret or secret not in told
    for secret in (key.api_secret, key.passphrase):
        assert not secret or secret not in shown.replace(repr(key), "")
    assert key.api_key not in told
    assert set(error.details) == {"exchange", "currency", "exchange_error", "retry_after"}
    assert error.details["exchange"] == key.exchange
    return error


def told(found: FetchedAddresses) -> dict[str, tuple[str, str]]:
    return {one.network: (one.address, one.tag) for one in found.addresses}


def usdt(client: VenueClient, *networks: str) -> Awaitable[FetchedAddresses]:
    return client.deposit_addresses("USDT", networks)


# --- create, sync, refresh -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exchange", EIGHT)
def test_addresses_are_those_the_exchange_has(running: RunningFarEnd, exchange: str) -> None:
    key = running.far_end.issue_key(exchange)
    true = true_addresses(running, key, "USDT")

    async def question(client: VenueClient) -> None:
        of_all = await usdt(client)
        assert set(told(of_all)) == NETWORKS_OF_TETHER[exchange]
        assert all(true[network] == place for network, place in told(of_all).items())
        assert not of_all.failed
        for one in of_all.addresses:
            assert (one.currency, one.tag) == ("USDT", "")
            assert one.is_format_checked == (address_format(one.network) is not None)
        for network in sorted(NETWORKS_OF_TETHER[exchange])[:2]:
            assert told(await usdt(client, network)) == {network: true[network]}
        # Refreshed after the exchange has given another one.
        running.far_end.deposits.change(key, "USDT", "ERC20")
        now = told(await usdt(client, "ERC20"))
        assert now == {"ERC20": true_addresses(running, key, "USDT")["ERC20"]}
        assert now["ERC20"] != true["ERC20"]

    ask(open_for(key), question)


@pytest.mark.parametrize("exchange", EIGHT)
def test_tags_come_with_their_address(running: RunningFarEnd, exchange: str) -> None:
    keys = [running.far_end.issue_key(exchange) for _ in range(2)]
    mine, yours = (told(ask(open_for(key), lambda client: client.deposit_addresses("XRP")))["XRP"] for key in keys)
    assert mine == true_addresses(running, keys[0], "XRP")["XRP"]
    assert mine[1].isdigit()
    # The exchange's one address: only the tag tells whose the money is.
    assert mine[0] == yours[0]
    assert mine[1] != yours[1]


@pytest.mark.parametrize("exchange", EIGHT)
def test_many_currencies_at_once(running: RunningFarEnd, exchange: str) -> None:
    key = running.far_end.issue_key(exchange)
    codes = ["BTC", "XRP", "LTC", "DOGE", "LINK", "XLM"]

    async def question(client: VenueClient) -> list[FetchedAddresses]:
        return list(await asyncio.gather(*(client.deposit_addresses(code) for code in codes)))

    for code, found in zip(codes, ask(open_for(key), question), strict=True):
        true = set(true_addresses(running, key, code).values())
        assert told(found)
        assert set(told(found).values()) <= true


@pytest.mark.parametrize("exchange", EIGHT)
def test_currencies_name_their_networks(running: RunningFarEnd, exchange: str) -> None:
    found = ask(open_for(running.far_end.issue_key(exchange)), lambda client: client.currencies())
    assert {one.code for one in running.far_end.exchanges[exchange].currencies()} <= set(found)
    assert len(found) >= 100
    if exchange not in ("coinbase", "kraken"):
        listed = {one.network for one in found["USDT"].networks if one.can_deposit}
        assert listed == NETWORKS_OF_TETHER[exchange]
    anybody = public_client(unhurried(exchange), is_sandbox=True, time_limit=PATIENT_SECONDS)
    running.far_end.calls.clear()
    assert len(ask(anybody, lambda client: client.currencies())) >= 100
    assert not any(one.api_key for one in running.far_end.calls)


@pytest.mark.parametrize("exchange", EIGHT)
def test_futures_accounts(running: RunningFarEnd, exchange: str) -> None:
    key = running.far_end.issue_key(exchange)
    if exchange == "kraken":
        # ccxt has no deposit addresses for Kraken's futures: they are another exchange, with other keys.
        with pytest.raises(ExchangeApiError) as caught:
            open_for(key, kind=AccountKind.FUTURES)
        assert caught.value.code == "EXCHANGE_FEATURE_MISSING"
        return
    found = ask(open_for(key, kind=AccountKind.FUTURES), lambda client: usdt(client, "ERC20"))
    assert told(found) == {"ERC20": true_addresses(running, key, "USDT")["ERC20"]}


# --- the connection test ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exchange", EIGHT)
def test_a_key_tells_what_it_may_do(running: RunningFarEnd, exchange: str) -> None:
    for held in ({READ}, {READ, TRADE}, {READ, WITHDRAW}, {READ, TRADE, WITHDRAW}):
        key = running.far_end.issue_key(exchange, permissions=frozenset(held))
        report = ask(open_for(key), lambda client: client.test())
        assert report.permissions == KeyPermissions(True, TRADE in held, WITHDRAW in held)
        assert report.latency_ms >= 1
        assert report.server_skew_ms is None or abs(report.server_skew_ms) < 20_000


@pytest.mark.parametrize("exchange", ["binance", "kucoin", "bybit", "okx"])
def test_a_clock_that_is_off_is_seen(running: RunningFarEnd, exchange: str) -> None:
    running.far_end.clock_ahead_ms[exchange] = 3_000
    key = running.far_end.issue_key(exchange)
    # Where the machine stands still in the middle of a request, nobody can tell.
    found = [ask(open_for(key), lambda client: client.test()).server_skew_ms or 0 for _ in range(3)]
    assert any(2_000 < skew_ms < 4_000 for skew_ms in found), found


# --- wrong keys and other refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize("exchange", EIGHT)
@pytest.mark.parametrize("wrong", ["key", "secret", "passphrase"])
def test_wrong_keys_are_refused(running: RunningFarEnd, exchange: str, wrong: str) -> None:
    good, other = running.far_end.issue_key(exchange), running.far_end.issue_key(exchange)
    if wrong == "passphrase" and not good.passphrase:
        return
    given = Key(
        exchange,
        good.owner,
        "unknown-" + good.api_key[8:] if wrong == "key" else good.api_key,
        other.api_secret if wrong == "secret" else good.api_secret,
        other.passphrase if wrong == "passphrase" else good.passphrase,
    )
    ask(open_for(good), lambda client: usdt(client, "ERC20"))

    async def question(client: VenueClient) -> None:
        for answer in (client.test(), usdt(client, "ERC20")):
            error = await refusal(given, answer)
            assert (error.code, error.blocks_account) == (KEYS_REFUSED, True)

    ask(open_for(given), question)


@pytest.mark.parametrize("exchange", EIGHT)
def test_every_refusal_has_its_error(running: RunningFarEnd, exchange: str) -> None:
    key = running.far_end.issue_key(exchange)

    async def question(client: VenueClient) -> None:
        await usdt(client, "ERC20")
        found, asked = {}, {}
        for problem in REFUSALS:
            running.far_end.recover()
            forget("*venue-breaker*")
            before = address_requests(running, key)
            running.far_end.fail(problem, exchange=exchange, path=ADDRESS_PATHS[exchange], times=FOREVER)
            error = await refusal(key, usdt(client, "ERC20"))
            assert error.details["currency"] == "USDT"
            found[problem], asked[problem] = error.code, address_requests(running, key) - before
        assert found == {problem: codes[exchange] for problem, codes in REFUSALS.items()}
        for problem, code in found.items():
            assert code not in FINAL or asked[problem] == 1, problem

    ask(open_for(key), question)


# --- limits, maintenance and what else passes ------------------------------------------------------------------------


@pytest.mark.parametrize("exchange", EIGHT)
def test_what_passes_is_asked_again(running: RunningFarEnd, exchange: str) -> None:
    key = running.far_end.issue_key(exchange)
    true = true_addresses(running, key, "USDT")["ERC20"]
    kinds: list[Kind] = [Problem.RATE_LIMITED, Problem.MAINTENANCE, Trouble.HANG_UP, Trouble.SERVER_ERROR]

    async def question(client: VenueClient) -> None:
        await usdt(client, "ERC20")
        for kind in kinds:
            if (exchange, kind) == ("binance", Problem.RATE_LIMITED):
                # It says after how long, which is longer than anybody waits: see below.
                continue
            before = address_requests(running, key)
            running.far_end.fail(kind, exchange=exchange, path=ADDRESS_PATHS[exchange])
            assert told(await usdt(client, "ERC20")) == {"ERC20": true}, kind
            assert address_requests(running, key) == before + 2, kind

    ask(open_for(key), question)


@pytest.mark.parametrize("exchange", EIGHT)
def test_a_limit_that_says_when_to_come_again(running: RunningFarEnd, exchange: str) -> None:
    key = running.far_end.issue_key(exchange)
    running.far_end.fail(
        Problem.RATE_LIMITED, exchange=exchange, path=ADDRESS_PATHS[exchange], times=FOREVER, seconds=41
    )

    async def question(client: VenueClient) -> None:
        started = time.monotonic()
        error = await refusal(key, usdt(client, "ERC20"))
        assert (error.code, error.retry_after, error.details["retry_after"]) == (LIMITED, 41, 41)
        # Nobody waits for what takes longer than there is time.
        assert time.monotonic() - started < PATIENT_SECONDS
        assert address_requests(running, key) == 1

    ask(open_for(key), question)


@pytest.mark.parametrize("exchange", EIGHT)
def test_a_slow_exchange_holds_nobody_up(running: RunningFarEnd, exchange: str) -> None:
    key = running.far_end.issue_key(exchange)
    ask(open_for(key), lambda client: usdt(client, "ERC20"))

    async def question(client: VenueClient) -> None:
        for trouble in (Trouble.DELAY, Trouble.SLOW_DRIP):
            running.far_end.fail(trouble, exchange=exchange, path=ADDRESS_PATHS[exchange], times=FOREVER, seconds=120)
            started = time.monotonic()
            assert (await refusal(key, usdt(client, "ERC20"))).code == TIMED_OUT
            assert time.monotonic() - started < PATIENT_SECONDS
            running.far_end.recover()

    ask(open_for(key, time_limit=0.3), question)


@pytest.mark.parametrize("exchange", ["kraken", "okx"])
def test_an_exchange_in_trouble_is_left_alone(running: RunningFarEnd, exchange: str) -> None:
    key = running.far_end.issue_key(exchange)

    async def question(client: VenueClient) -> None:
        await usdt(client, "ERC20")
        running.far_end.fail(Trouble.SERVER_ERROR, exchange=exchange, times=FOREVER)
        for _ in range(10):
            assert (await refusal(key, usdt(client, "ERC20"))).is_retryable
            if circuits([exchange], is_sandbox=True)[exchange].state is CircuitState.OPEN:
                break
        before = address_requests(running, key)
        running.far_end.recover()
        error = await refusal(key, usdt(client, "ERC20"))
        assert error.code == AWAY
        assert error.retry_after
        assert address_requests(running, key) == before

    ask(open_for(key), question)


# --- answers that cannot be used -------------------------------------------------------------------------------------


@pytest.mark.parametrize("exchange", EIGHT)
def test_an_answer_of_another_form_is_no_answer(running: RunningFarEnd, exchange: str) -> None:
    key = running.far_end.issue_key(exchange)
    pages = {200: UNUSABLE, 403: LIMITED if exchange == "bybit" else UNUSABLE, 404: UNUSABLE, 503: AWAY}

    async def question(client: VenueClient) -> None:
        await usdt(client, "ERC20")
        for trouble in (Trouble.CUT_OFF, Trouble.EMPTY_OBJECT, Trouble.EMPTY):
            before = address_requests(running, key)
            running.far_end.fail(trouble, exchange=exchange, path=ADDRESS_PATHS[exchange], times=FOREVER)
            error = await refusal(key, usdt(client, "ERC20"))
            assert (error.code, error.is_retryable) == (UNUSABLE, False), trouble
            assert address_requests(running, key) == before + 1
            running.far_end.recover()
        for status, expected in pages.items():
            running.far_end.fail(
                Trouble.HTML, exchange=exchange, path=ADDRESS_PATHS[exchange], times=FOREVER, status=status
            )
            assert (await refusal(key, usdt(client, "ERC20"))).code == expected, status
            running.far_end.recover()

    ask(open_for(key), question)


def test_a_huge_answer_is_not_read_to_its_end(running: RunningFarEnd) -> None:
    key = running.far_end.issue_key("okx")
    running.far_end.fail(Trouble.HUGE, exchange="okx", path=ADDRESS_PATHS["okx"], times=FOREVER)

    async def question(client: VenueClient) -> None:
        assert (await refusal(key, usdt(client, "ERC20"))).code in {UNUSABLE, AWAY, TIMED_OUT}

    ask(open_for(key), question)


# --- addresses that are not what was asked for -----------------------------------------------------------------------


@pytest.mark.parametrize("exchange", EIGHT)
def test_nothing_else_is_taken_for_the_address(running: RunningFarEnd, exchange: str) -> None:
    key = running.far_end.issue_key(exchange)
    true = true_addresses(running, key, "USDT")
    expected: dict[Kind, set[str]] = {
        Twist.WRONG_NETWORK: {OTHER_NETWORK, NO_ADDRESS},
        Twist.MALFORMED_ADDRESS: {NO_ADDRESS},
        Twist.MISSING_NETWORK: {NO_NETWORK, OTHER_NETWORK, PENDING, UNUSABLE},
        Problem.ADDRESS_PENDING: {PENDING},
    }

    async def why_not(answer: Awaitable[FetchedAddresses]) -> str:
        try:
            found = await answer
        except ExchangeApiError as error:
            return error.code
        assert not found.addresses
        return found.failed["ERC20"].code

    async def question(client: VenueClient) -> None:
        for kind, codes in expected.items():
            running.far_end.fail(kind, exchange=exchange, currency="USDT", network="ERC20", times=FOREVER)
            assert await why_not(usdt(client, "ERC20")) in codes, kind
            if kind is not Problem.ADDRESS_PENDING:
                of_all = await usdt(client)
                assert "ERC20" not in told(of_all)
                assert set(told(of_all)) >= NETWORKS_OF_TETHER[exchange] - {"ERC20"}
                assert all(true[network] == place for network, place in told(of_all).items())
            running.far_end.recover()
        assert told(await usdt(client, "ERC20")) == {"ERC20": true["ERC20"]}

    ask(open_for(key), question)


@pytest.mark.parametrize("exchange", EIGHT)
def test_what_the_exchange_does_not_have(running: RunningFarEnd, exchange: str) -> None:
    key = running.far_end.issue_key(exchange)

    async def question(client: VenueClient) -> None:
        assert (await refusal(key, client.deposit_addresses("NOSUCHCOIN"))).code == NO_CURRENCY
        found = await usdt(client, "ERC20", "NOSUCHNET")
        assert found.failed["NOSUCHNET"].code == NO_NETWORK
        assert told(found) == {"ERC20": true_addresses(running, key, "USDT")["ERC20"]}
        # The exchange takes the coin off its list while we still have it on ours.
        running.far_end.fail(Problem.CURRENCY_UNKNOWN, exchange=exchange, currency="USDT", times=FOREVER)
        assert (await refusal(key, usdt(client, "ERC20"))).code in {NO_CURRENCY, NO_NETWORK, UNUSABLE}

    ask(open_for(key), question)


# --- everybody for themselves ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("exchange", EIGHT)
def test_two_accounts_at_once_get_their_own(running: RunningFarEnd, exchange: str) -> None:
    mine, yours = running.far_end.issue_key(exchange), running.far_end.issue_key(exchange)
    clients = [open_for(mine), open_for(yours)]

    async def both() -> list[FetchedAddresses]:
        async with clients[0], clients[1]:
            return list(await asyncio.gather(*(usdt(client, "ERC20") for _ in range(3) for client in clients)))

    found = asyncio.run(both())
    for key, answers in ((mine, found[0::2]), (yours, found[1::2])):
        assert [told(one) for one in answers] == [{"ERC20": true_addresses(running, key, "USDT")["ERC20"]}] * 3
    running.far_end.fail(Problem.ACCOUNT_DISABLED, exchange=exchange, api_key=mine.api_key, times=FOREVER)
    ask(open_for(mine), lambda client: refusal(mine, usdt(client, "ERC20")))
    assert told(ask(open_for(yours), lambda client: usdt(client, "ERC20")))
