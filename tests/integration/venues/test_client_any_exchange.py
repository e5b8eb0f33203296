"""Exchanges that nobody wrote a line about: what ccxt can do there, by configuration."""

import asyncio
from typing import Any

import pytest
from aiohttp import web

from tests.support.misbehaving_exchange import TRON, client_of_tests, misbehaving_exchange, some_exchange
from wallet.venues import errors
from wallet.venues.exchanges.making import ccxt_class
from wallet.venues.exchanges.profiles import PROFILES, Source, profile_of, settled

pytestmark = pytest.mark.usefixtures("redis_client")

CURRENCIES = {"USDT": {"name": "Tether", "unified_cryptoasset_id": 825, "can_withdraw": True, "can_deposit": True,
                       "min_withdraw": "1", "max_withdraw": "0", "min_deposit": "1", "max_deposit": "0",
                       "maker_fee": "0.1", "taker_fee": "0.1", "is_memo": False,
                       "networks": {"deposits": ["ERC20", "TRC20"], "withdraws": ["ERC20", "TRC20"],
                                    "default": "ERC20"}}}  # fmt: skip


def test_there_is_a_way_to_ask_each_exchange_that_ccxt_can_ask() -> None:
    module = ccxt_class("binance").__module__.rpartition(".")[0]
    import importlib

    library = importlib.import_module(module)
    able = 0
    for ccxt_id in library.exchanges:
        has = getattr(library, ccxt_id).describe(getattr(library, ccxt_id)({"timeout_on_exit": 0}))["has"]
        ways = [
            has.get(way) for way in ("fetchDepositAddressesByNetwork", "fetchDepositAddress", "fetchDepositAddresses")
        ]
        if any(ways):
            able += 1
            source = settled(profile_of(some_exchange(ccxt_id)), has).source
            if ccxt_id not in PROFILES:
                assert has.get({Source.ALL: "fetchDepositAddressesByNetwork", Source.EACH: "fetchDepositAddress",
                                Source.LIST: "fetchDepositAddresses"}[source]) is True  # fmt: skip
    assert able > 50


def whitebit(address: Any) -> dict[str, Any]:
    """Its wire format, where it is called."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response(await address(await request.json()))

    return {
        "/whitebit/api/v4/public/assets": CURRENCIES,
        "/whitebit/api/v4/main-account/address": answer,
        "/whitebit/api/v4/main-account/balance": {"USDT": {"main_balance": "1"}},
        "/whitebit/api/v4/trade-account/balance": {"USDT": {"available": "1", "freeze": "0"}},
    }


def test_an_exchange_that_does_not_name_the_network_is_believed_only_where_somebody_says_so(settings: Any) -> None:
    asked: list[dict[str, Any]] = []

    async def address(content: dict[str, Any]) -> dict[str, Any]:
        asked.append(content)
        return {"account": {"address": TRON}, "required": {"minAmount": "1"}}

    async def ask(**metadata: Any) -> Any:
        exchange = some_exchange("whitebit", metadata=metadata)
        async with misbehaving_exchange(**whitebit(address)), client_of_tests(exchange) as client:
            return await client.deposit_addresses("USDT", ["TRC20"])

    refused = asyncio.run(ask())
    assert isinstance(refused.failed["TRC20"], errors.ExchangeNetworkMismatch)
    found = asyncio.run(ask(profile={"names_network": False}))
    assert [(each.network, each.address) for each in found.addresses] == [("TRC20", TRON)]
    settings.VENUE_PROFILES = {"whitebit": {"names_network": False}}
    assert asyncio.run(ask()).addresses == found.addresses
    assert {content["network"] for content in asked} == {"TRC20"}  # a network is always asked for


def test_its_keys_are_tested_by_reading_the_balance() -> None:
    async def ask() -> Any:
        exchange = some_exchange("whitebit", metadata={})
        async with misbehaving_exchange(**whitebit(None)), client_of_tests(exchange) as client:
            return (await client.test()).permissions

    found = asyncio.run(ask())
    assert (found.can_read, found.can_trade, found.can_withdraw) == (True, None, None)


def test_wallets_beyond_the_first_page_are_found() -> None:
    def wallet(code: str) -> dict[str, Any]:
        return {"uuid": f"wallet-{code}", "currency": code, "type": "ACCOUNT_TYPE_CRYPTO", "name": code}

    async def wallets(request: web.Request) -> web.Response:
        is_first = "cursor" not in request.query
        page = [wallet("BTC")] if is_first else [wallet("USDT")]
        return web.json_response({"accounts": page, "has_next": is_first, "cursor": "more" if is_first else ""})

    coins = [{"asset_id": code, "code": code, "name": code, "type": "crypto"} for code in ("BTC", "USDT", "ETH")]
    answers = {
        "/coinbase/v2/currencies": {"data": [{"id": "USD", "name": "US Dollar", "min_size": "0.01"}]},
        "/coinbase/v2/currencies/crypto": {"data": coins},
        "/coinbase/v2/exchange-rates": {"data": {"currency": "USD", "rates": {"BTC": "1"}}},
        "/coinbase/api/v3/brokerage/accounts": wallets,
        "/coinbase/v2/accounts/wallet-USDT/addresses": {"data": [{"address": TRON, "network": "tron"}]},
    }

    async def ask() -> None:
        exchange = some_exchange("coinbase")
        async with misbehaving_exchange(**answers) as far_end, client_of_tests(exchange) as client:
            found = await asyncio.gather(*(client.deposit_addresses("USDT") for _ in range(3)))
            assert [each.addresses[0].network for each in found] == ["TRC20"] * 3
            assert far_end.count("/coinbase/api/v3/brokerage/accounts") == 2  # and once for all of them
            with pytest.raises(errors.CurrencyNotSupported):
                await client.deposit_addresses("ETH")

    asyncio.run(ask())
