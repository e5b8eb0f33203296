"""A far end that speaks just enough of binance, and misbehaves as a test says; in the test's own event loop."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from django.conf import settings

from wallet.venues.core.fetched import Credentials
from wallet.venues.exchanges.client import ExchangeClient
from wallet.venues.exchanges.opening import open_client
from wallet.venues.models import SupportedExchange

API_KEY = "key-that-nobody-may-see"
API_SECRET = "secret-that-nobody-may-see"
PASSPHRASE = "passphrase-that-nobody-may-see"
SECRETS = (API_KEY, API_SECRET, PASSPHRASE)
ADDRESS_PATH = "/sapi/v1/capital/deposit/address"
TRON = "TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC"
ETHEREUM = "0xd9E1cD77aFa0e50b452a62fbb68A3340602286c3"

PATIENT_SECONDS = 25.0
"""For a question whose answer is none too late because the machine stood still; less than any `Retry-After` here."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class MisbehavingExchange:
    """What it answers to a path: JSON, or whatever a handler does."""

    url: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    in_turn: dict[str, list[Handler]] = field(default_factory=dict)
    """Handlers that are used up one after the other, before the answer."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/binance")
        self.calls.append(path)
        if self.in_turn.get(path):
            return await self.in_turn[path].pop(0)(request)
        answer = self.answers.get(path)
        if callable(answer):
            return await answer(request)
        return (
            web.json_response(answer) if answer is not None else web.json_response({"code": -1, "msg": "?"}, status=404)
        )

    def count(self, path: str) -> int:
        return self.calls.count(path)


def coin(code: str, *networks: str) -> dict[str, Any]:
    """One row of binance's list of coins, with the balance that stands in it."""
    rows = [{"network": each, "coin": code, "name": each, "depositEnable": True, "withdrawEnable": True,
             "withdrawFee": "1", "withdrawMin": "1", "withdrawMax": "9", "withdrawIntegerMultiple": "0.1",
             "isDefault": False, "contractAddressUrl": f"https://scan.{each.lower()}.example/token/"}
            for each in networks]  # fmt: skip
    return {"coin": code, "name": code, "free": "123.456", "isLegalMoney": False, "depositAllEnable": True,
            "withdrawAllEnable": True, "trading": True, "networkList": rows}  # fmt: skip


def well_behaved() -> dict[str, Any]:
    """Answers as they should be."""
    return {
        "/api/v3/time": {"serverTime": 1_790_000_000_000},
        "/sapi/v1/account/apiRestrictions": {
            "enableReading": True, "enableSpotAndMarginTrading": False, "enableWithdrawals": False,
        },
        "/sapi/v1/capital/config/getall": [coin("USDT", "TRX", "ETH"), coin("BTC", "BTC")],
        ADDRESS_PATH: {"coin": "USDT", "address": TRON, "tag": "", "url": "https://scan.trx.example/address/" + TRON},
    }  # fmt: skip


@asynccontextmanager
async def misbehaving_exchange(**changes: Any) -> AsyncIterator[MisbehavingExchange]:
    """Serves on a free port and is what sandbox accounts reach while it is open."""
    far_end = MisbehavingExchange(answers={**well_behaved(), **changes})
    application = web.Application()
    application.router.add_route("*", "/{anything:.*}", far_end.answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    before = settings.VENUE_SANDBOX_URL
    far_end.url = settings.VENUE_SANDBOX_URL = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield far_end
    finally:
        settings.VENUE_SANDBOX_URL = before
        await runner.cleanup()


def some_exchange(ccxt_id: str = "binance", **changes: Any) -> SupportedExchange:
    fields = {"id": ccxt_id, "name": ccxt_id, "ccxt_id": ccxt_id, "has_sandbox": True, "has_futures": True, **changes}
    return SupportedExchange(**fields)


def client_of_tests(
    exchange: SupportedExchange | None = None,
    *,
    owner_id: int = 1,
    time_limit: float | None = PATIENT_SECONDS,
    is_sandbox: bool = True,
    kind: str = "spot",
    secret: str = API_SECRET,
) -> ExchangeClient:
    """`time_limit`: None is the client's own."""
    return open_client(
        exchange=exchange or some_exchange(),
        credentials=Credentials(API_KEY, secret, PASSPHRASE),
        kind=kind,
        is_sandbox=is_sandbox,
        owner_id=owner_id,
        time_limit=time_limit,
    )
