"""Time, pace and the circuit of each exchange: what holds over all clients, users and processes."""

import asyncio
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from aiohttp import web

from tests.support.misbehaving_exchange import (
    ADDRESS_PATH,
    TRON,
    client_of_tests,
    misbehaving_exchange,
    some_exchange,
)
from wallet.venues import errors
from wallet.venues.exchanges import breaker as breaking
from wallet.venues.exchanges.breaker import Breaker, CircuitState, circuits
from wallet.venues.exchanges.client import CURRENCY_SECONDS, TEST_SECONDS
from wallet.venues.exchanges.making import ccxt_class
from wallet.venues.exchanges.rates import SharedRate

pytestmark = pytest.mark.usefixtures("redis_client")


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """ccxt, which takes seconds to load: no time that is measured here."""
    ccxt_class("binance")


UNLIMITED_SECONDS = 20.0
"""Without a limit of ours each of these far ends would hold a question up for longer."""


async def never(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(60)
    return web.Response()


async def drips(request: web.Request) -> web.StreamResponse:
    """A byte now and then: no single wait is long."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    for _ in range(600):
        await response.write(b" ")
        await asyncio.sleep(0.1)
    return response


def timed(work: Coroutine[Any, Any, Any]) -> tuple[float, BaseException | None]:
    async def run() -> tuple[float, BaseException | None]:
        started = time.monotonic()
        try:
            await work
        except errors.ExchangeApiError as error:
            return time.monotonic() - started, error
        return time.monotonic() - started, None

    return asyncio.run(run())


@pytest.mark.parametrize("answer", [never, drips])
def test_a_currency_takes_two_seconds_whatever_the_far_end_does(answer: Any) -> None:
    async def ask() -> None:
        async with misbehaving_exchange(**{ADDRESS_PATH: answer}), client_of_tests(time_limit=None) as client:
            await client.deposit_addresses("USDT", ["TRC20"])

    seconds, error = timed(ask())
    assert isinstance(error, errors.ExchangeTimeout)
    assert 1.5 < seconds < UNLIMITED_SECONDS
    assert CURRENCY_SECONDS == 2


def test_a_connection_test_takes_five_seconds_whatever_the_far_end_does() -> None:
    async def ask() -> None:
        async with misbehaving_exchange(**{"/api/v3/time": drips}), client_of_tests(time_limit=None) as client:
            await client.test()

    seconds, error = timed(ask())
    assert isinstance(error, errors.ExchangeTimeout)
    assert 4.5 < seconds < UNLIMITED_SECONDS
    assert TEST_SECONDS == 5


def test_waiting_for_a_turn_that_never_comes_ends_in_time() -> None:
    async def ask() -> None:
        async with misbehaving_exchange(), client_of_tests() as client:
            await client.currencies()
            client._made.tokenBucket["tokens"] = -1e9
            client._made.init_throttler()
            client._time_limit = 1.0
            await client.deposit_addresses("USDT", ["TRC20"])

    seconds, error = timed(ask())
    assert isinstance(error, errors.ExchangeTimeout)
    assert seconds < UNLIMITED_SECONDS


def test_one_slow_network_does_not_hide_what_the_others_gave() -> None:
    async def ask() -> None:
        async def answer(request: web.Request) -> web.StreamResponse:
            if request.query["network"] == "ETH":
                return await never(request)
            return web.json_response({"coin": "USDT", "address": TRON, "tag": ""})

        async with misbehaving_exchange(**{ADDRESS_PATH: answer}), client_of_tests(time_limit=5) as client:
            found = await client.deposit_addresses("USDT")
            assert [each.network for each in found.addresses] == ["TRC20"]
            assert isinstance(found.failed["ERC20"], errors.ExchangeTimeout)

    seconds, error = timed(ask())
    assert error is None
    assert seconds < UNLIMITED_SECONDS


def test_a_users_share_is_one_for_all_processes_and_nobody_elses() -> None:
    def share(owner_id: int) -> SharedRate:
        return SharedRate(exchange="binance", owner_id=owner_id, rate_limit_ms=360_000, burst_seconds=3600)

    with ThreadPoolExecutor(4) as threads:  # each as good as a process: nothing of it is kept in ours
        waits = list(threads.map(lambda _: share(1).take(1.0), range(14)))
    assert waits.count(0.0) == 10
    assert all(0 < wait <= 3600 for wait in waits if wait)
    assert share(2).take(1.0) == 0.0


def test_two_clients_of_a_user_keep_the_pace_together() -> None:
    async def ask() -> list[float]:
        async with misbehaving_exchange() as far_end:
            exchange = some_exchange()
            async with client_of_tests(exchange) as first:
                await first.currencies()
                times: list[float] = []

                async def answer(_: web.Request) -> web.StreamResponse:
                    times.append(time.monotonic())
                    return web.json_response({"coin": "USDT", "address": TRON, "tag": ""})

                far_end.answers[ADDRESS_PATH] = answer
                async with client_of_tests(exchange) as second:
                    questions = [client.deposit_addresses("USDT", ["TRC20"]) for client in (first, second) * 20]
                    await asyncio.gather(*questions)
            return times

    times = asyncio.run(ask())
    assert len(times) == 40
    # 20 units fit into a second, and both clients together are held to that: alone, each would be done within one. What
    # they asked at different times may arrive at once, where the machine stands still, but never too early.
    assert times[-1] - times[0] > 0.9


def test_where_the_share_is_used_up_for_long_the_answer_is_not_to_wait() -> None:
    class Never(SharedRate):
        def take(self, cost: float) -> float:
            return 30.0

    async def ask() -> None:
        async with misbehaving_exchange(), client_of_tests() as client:
            client._caller._rate = Never(exchange="x", owner_id=1, rate_limit_ms=1, burst_seconds=1)
            await client.deposit_addresses("USDT", ["TRC20"])

    seconds, error = timed(ask())
    assert isinstance(error, errors.ExchangeRateLimited)
    assert error.retry_after == 30
    assert seconds < UNLIMITED_SECONDS


def test_the_circuit_opens_for_all_probes_with_one_and_closes() -> None:
    breaker, elsewhere = Breaker("binance", is_sandbox=False), Breaker("binance", is_sandbox=True)
    for _ in range(breaking.FAILURES_TO_OPEN):
        assert breaker.enter() == 0
        breaker.failed()
    assert 0 < Breaker("binance", is_sandbox=False).enter() <= breaking.OPEN_SECONDS
    assert elsewhere.enter() == 0
    assert circuits(["binance", "okx"])["binance"].state is CircuitState.OPEN
    assert circuits(["okx"])["okx"].state is CircuitState.CLOSED
    breaker.succeeded()
    assert breaker.enter() == 0
    assert circuits(["binance"])["binance"].state is CircuitState.CLOSED


def test_a_failed_probe_opens_the_circuit_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(breaking.time, "time", lambda: now)
    breaker = Breaker("kraken", is_sandbox=False)
    for _ in range(breaking.FAILURES_TO_OPEN):
        breaker.failed()
    now += breaking.OPEN_SECONDS + 1
    assert circuits(["kraken"])["kraken"].state is CircuitState.HALF_OPEN
    assert breaker.enter() == 0  # the probe
    assert breaker.enter() > 0  # and nobody else
    assert breaker.failed()
    assert breaker.enter() == 2 * breaking.OPEN_SECONDS
    now += 2 * breaking.OPEN_SECONDS + 1
    assert breaker.enter() == 0
    breaker.succeeded()
    assert [breaker.enter() for _ in range(3)] == [0, 0, 0]


def test_a_probe_that_never_tells_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(breaking.time, "time", lambda: now)
    breaker = Breaker("kraken", is_sandbox=False)
    for _ in range(breaking.FAILURES_TO_OPEN):
        breaker.failed()
    now += breaking.OPEN_SECONDS + 1
    assert breaker.enter() == 0
    now += breaking.PROBE_SECONDS + 1
    assert breaker.enter() == 0


def test_an_exchange_in_trouble_is_left_alone_and_one_that_refuses_is_not() -> None:
    async def fails(_: web.Request) -> web.StreamResponse:
        return web.Response(status=503, text="<html/>")

    async def ask(answer: Any) -> tuple[int, object]:
        async with misbehaving_exchange() as far_end, client_of_tests() as client:
            await client.currencies()
            far_end.answers[ADDRESS_PATH] = answer
            outcomes = []
            for _ in range(breaking.FAILURES_TO_OPEN + 1):
                outcomes.append((await asyncio.gather(client.deposit_addresses("BTC"), return_exceptions=True))[0])
            before = len(far_end.calls)
            await asyncio.gather(client.deposit_addresses("BTC"), return_exceptions=True)
            return len(far_end.calls) - before, outcomes[-1]

    calls, error = asyncio.run(ask(None))  # 404
    assert calls == 1
    assert type(error) is errors.ExchangeApiError
    calls, error = asyncio.run(ask(fails))
    assert calls == 0
    assert isinstance(error, errors.ExchangeUnavailable)
    assert error.retry_after is not None
    assert 0 < error.retry_after <= breaking.OPEN_SECONDS


def test_without_redis_addresses_stay_readable(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    async def ask() -> None:
        async with misbehaving_exchange(), client_of_tests() as client:
            assert (await client.deposit_addresses("USDT", ["TRC20"])).addresses

    settings.REDIS_URL = "unix:///nowhere/at/all.sock"
    asyncio.run(ask())
    assert circuits(["binance"])["binance"].state is CircuitState.CLOSED


def test_clients_live_in_event_loops_of_their_own() -> None:
    def ask(owner_id: int) -> str:
        async def run() -> str:
            async with client_of_tests(owner_id=owner_id) as client:
                return (await client.deposit_addresses("USDT", ["TRC20"])).addresses[0].address

        return asyncio.run(run())

    async def serve() -> list[str]:
        async with misbehaving_exchange():
            loop = asyncio.get_running_loop()
            with ThreadPoolExecutor(4) as threads:
                return await asyncio.gather(*(loop.run_in_executor(threads, ask, owner_id) for owner_id in range(8)))

    assert asyncio.run(serve()) == [TRON] * 8
