"""What a client makes of answers of every kind, with real ccxt and a far end of this machine."""

import asyncio
import decimal
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from tests.support.misbehaving_exchange import (
    ADDRESS_PATH,
    API_KEY,
    ETHEREUM,
    SECRETS,
    TRON,
    MisbehavingExchange,
    client_of_tests,
    coin,
    misbehaving_exchange,
)
from wallet.venues import errors
from wallet.venues.errors import ExchangeApiError

pytestmark = pytest.mark.usefixtures("redis_client")


def answering(text: str, *, status: int = 200, kind: str = "application/json", **headers: str) -> Any:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=text, status=status, content_type=kind, headers=headers)

    return answer


def failure_for(answer: Any, *, networks: tuple[str, ...] = ("TRC20",), currency: str = "USDT") -> ExchangeApiError:
    """What asking for an address raises, or what it says failed, where the far end answers like this."""

    async def ask() -> ExchangeApiError:
        async with misbehaving_exchange(**{ADDRESS_PATH: answer}), client_of_tests() as client:
            try:
                found = await client.deposit_addresses(currency, networks)
            except ExchangeApiError as error:
                return error
            assert not found.addresses
            (failed,) = found.failed.values()
            assert isinstance(failed, ExchangeApiError)
            return failed

    return asyncio.run(ask())


def test_an_address_is_one_request_once_the_currencies_are_known() -> None:
    async def ask() -> MisbehavingExchange:
        async with misbehaving_exchange() as far_end:
            async with client_of_tests() as client:
                first = await client.deposit_addresses("USDT", ["TRC20"])
            assert [each.address for each in first.addresses] == [TRON]
            assert first.addresses[0].network == "TRC20"
            assert first.addresses[0].is_format_checked
            far_end.calls.clear()
            async with client_of_tests(owner_id=2) as another:  # of another user, as the currencies are everybody's
                second = await another.deposit_addresses("USDT", ["TRX"])
            assert second.addresses == first.addresses
            return far_end

    assert asyncio.run(ask()).calls == [ADDRESS_PATH]


def test_nothing_of_an_account_is_kept_with_the_currencies(redis_client: Any) -> None:
    async def ask() -> None:
        async with misbehaving_exchange(), client_of_tests() as client:
            found = await client.currencies()
            assert {network.network for network in found["USDT"].networks} == {"TRC20", "ERC20"}
            assert {network.network_there for network in found["USDT"].networks} == {"TRC20", "ERC20"}

    asyncio.run(ask())
    from wallet.venues.exchanges.currencies import recall

    (key,) = [name.decode() for name in redis_client.keys("*venue-currencies*")]
    kept = recall(key.partition("venue-currencies:")[2])
    assert kept is not None
    assert "123.456" not in str(kept)


@pytest.mark.parametrize(
    "answer",
    [
        answering("<html><body>We will be back</body></html>", kind="text/html"),
        answering('{"coin": "USDT", "address": "TJRyWwFs9w'),
        answering("{}"),
        answering("[]"),
        answering(""),
        answering("null"),
        answering("<html>moved</html>", status=302, kind="text/html", Location="https://elsewhere.example/"),
        answering("[" * 100_000),
    ],
)
def test_what_is_no_answer_is_malformed_and_asked_for_once(answer: Callable[..., Awaitable[Any]]) -> None:
    error = failure_for(answer)
    assert type(error) is errors.ExchangeApiError
    assert error.details["exchange_error"] == "BadResponse"


def test_an_address_of_another_network_is_never_passed_on() -> None:
    link = "https://scan.eth.example/address/"
    wrong = failure_for({"coin": "USDT", "address": ETHEREUM, "tag": "", "url": link + ETHEREUM})
    assert type(wrong) is errors.ExchangeNetworkMismatch
    # The link is not always there; then the format says it.
    assert type(failure_for({"coin": "USDT", "address": ETHEREUM, "tag": ""})) is errors.ExchangeAddressInvalid
    assert type(failure_for({"coin": "BTC", "address": TRON, "tag": ""})) is errors.ExchangeNetworkMismatch
    assert type(failure_for({"coin": "USDT", "address": "", "tag": ""})) is errors.AddressPending


def test_a_network_or_currency_the_exchange_does_not_have_is_not_asked_for() -> None:
    assert type(failure_for({}, networks=("DOGE",))) is errors.ExchangeNetworkNotSupported
    assert type(failure_for({}, currency="NONE")) is errors.CurrencyNotSupported


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ('{"code": -2014, "msg": "API-key format invalid."}', 401, errors.ExchangeCredentialsInvalid),
        ('{"code": -1022, "msg": "Signature for this request is not valid."}', 400, errors.ExchangeCredentialsInvalid),
        ('{"code": -1021, "msg": "Timestamp for this request is outside"}', 400, errors.ExchangeClockSkewed),
        ('{"code": -9999999, "msg": "Nobody knows this one."}', 400, errors.ExchangeApiError),
        ("<html>denied</html>", 403, errors.ExchangeApiError),
        ("<html>gone</html>", 404, errors.ExchangeApiError),
        ("<html>not here</html>", 451, errors.ExchangeApiError),
    ],
)
def test_a_refusal_means_one_error(body: str, status: int, kind: type[ExchangeApiError]) -> None:
    assert type(failure_for(answering(body, status=status))) is kind


def test_what_may_pass_is_asked_again_and_what_may_not_is_not() -> None:
    async def ask(body: str, status: int, times: int, **headers: str) -> tuple[int, BaseException | None]:
        async with misbehaving_exchange() as far_end, client_of_tests() as client:
            await client.currencies()
            far_end.in_turn[ADDRESS_PATH] = [answering(body, status=status, **headers)] * times
            try:
                await client.deposit_addresses("USDT", ["TRC20"])
            except ExchangeApiError as error:
                return far_end.count(ADDRESS_PATH), error
            return far_end.count(ADDRESS_PATH), None

    assert asyncio.run(ask("<html/>", 503, 2)) == (3, None)
    assert asyncio.run(ask("{}", 429, 1, **{"Retry-After": "1"})) == (2, None)
    for status in (400, 403, 404):
        count, error = asyncio.run(ask("<html/>", status, 9))
        assert (count, type(error)) == (1, errors.ExchangeApiError)
    count, error = asyncio.run(ask("<html/>", 503, 9))
    assert (count, type(error)) == (4, errors.ExchangeUnavailable)


def test_nothing_secret_is_in_any_error_log_or_traceback(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def ask(answer: Any, **options: Any) -> list[BaseException]:
        raised: list[BaseException] = []
        async with misbehaving_exchange(**{ADDRESS_PATH: answer}), client_of_tests(**options) as client:
            assert API_KEY not in repr(client) + str(vars(client).get("_time_limit"))
            for question in (client.deposit_addresses("USDT", ["TRC20"]), client.deposit_addresses("USDT")):
                try:
                    raised += (await question).failed.values()
                except ExchangeApiError as error:
                    raised.append(error)
        return raised

    async def repeats_everything(request: web.Request) -> web.Response:
        text = f'{{"code": -2015, "msg": "{request.headers} {request.url}"}}'
        return web.Response(text=text, status=401, content_type="application/json")

    async def hangs_up(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    raised = []
    for answer in (repeats_everything, hangs_up, answering("<html/>", status=404), answering("{"), {"address": "x y"}):
        raised += asyncio.run(ask(answer))
    assert len(raised) >= 8
    for error in raised:
        assert error.__cause__ is None
        assert error.__context__ is None
        shown = f"{error!r} {error} {vars(error)} {''.join(traceback.format_exception(error))}"
        assert not [secret for secret in (*SECRETS, "signature") if secret in shown]
        frames = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
        assert not [name for name in frames if "ccxt" in name and "exchanges" not in name]
    logged = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert not [secret for secret in (*SECRETS, "signature") if secret in logged]


def test_a_secret_that_cannot_sign_is_told_apart_from_a_broken_exchange() -> None:
    async def ask() -> None:
        from tests.support.misbehaving_exchange import some_exchange

        async with misbehaving_exchange(), client_of_tests(some_exchange("kraken"), secret="abc") as client:
            with pytest.raises(errors.ExchangeCredentialsInvalid) as caught:
                await client.test()
            assert caught.value.__context__ is None

    asyncio.run(ask())


def test_ccxts_ways_with_decimals_stay_in_ccxt() -> None:
    async def ask() -> None:
        before = decimal.getcontext().copy()
        async with misbehaving_exchange() as far_end, client_of_tests() as client:

            async def answer(_: web.Request) -> web.Response:
                decimal_of_others = decimal.getcontext()
                assert decimal_of_others.prec == before.prec
                return web.json_response([coin("USDT", "TRX")])

            far_end.answers["/sapi/v1/capital/config/getall"] = answer
            await asyncio.gather(client.test(), client.currencies())
        after = decimal.getcontext()
        assert (after.prec, after.rounding, after.traps) == (before.prec, before.rounding, before.traps)

    asyncio.run(ask())


def test_what_a_key_may_do_is_told() -> None:
    async def ask(**granted: bool) -> tuple[bool | None, ...]:
        answers = {"/sapi/v1/account/apiRestrictions": {"enableReading": True, **granted}}
        async with misbehaving_exchange(**answers), client_of_tests() as client:
            report = await client.test()
            assert report.latency_ms > 0
            assert report.server_skew_ms is not None
            found = report.permissions
            return found.can_read, found.can_trade, found.can_withdraw

    assert asyncio.run(ask(enableWithdrawals=True, enableFutures=True)) == (True, True, True)
    assert asyncio.run(ask(enableWithdrawals=False, enableSpotAndMarginTrading=False)) == (True, False, False)
    assert asyncio.run(ask()) == (True, None, None)
