"""The way to an exchange: protected, straight, bounded, and past nobody's proxy."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.misbehaving_exchange import ADDRESS_PATH, client_of_tests, misbehaving_exchange, some_exchange
from wallet.venues import errors
from wallet.venues.exchanges import connection as connecting
from wallet.venues.exchanges.connection import AddressRefused, Connection
from wallet.venues.exchanges.opening import public_client

pytestmark = pytest.mark.usefixtures("redis_client")


@asynccontextmanager
async def served(handler: Any, *, protection: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    application = web.Application()
    application.router.add_route("*", "/{anything:.*}", handler)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=protection).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


def test_a_certificate_that_nobody_vouches_for_is_no_exchange(tmp_path: Path, settings: Any) -> None:
    seen = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request.path)
        return web.json_response({})

    async def ask() -> None:
        async with served(answer, protection=self_signed(tmp_path)) as port:
            settings.VENUE_SANDBOX_URL = f"https://127.0.0.1:{port}"
            async with client_of_tests() as client:
                await client.test()

    with pytest.raises(errors.ExchangeUnavailable):
        asyncio.run(ask())
    assert seen == []


@pytest.mark.parametrize("url", ["http://exchange.example", "http://10.0.0.1:8000", "ftp://127.0.0.1", "//127.0.0.1"])
def test_keys_go_nowhere_without_protection_but_to_this_machine(url: str, settings: Any) -> None:
    settings.VENUE_SANDBOX_URL = url
    with pytest.raises(errors.ExchangeFeatureMissing):
        client_of_tests()


def test_a_connection_goes_to_its_own_exchange_alone() -> None:
    async def ask() -> None:
        connection = Connection({"https://api.binance.com"}, is_local=False, trusts_proxies=False)
        for url in (
            "http://api.binance.com/x",
            "https://api.binance.com.example/x",
            "https://x@evil.example/",
            "http://127.0.0.1/",
        ):
            with pytest.raises(AddressRefused):
                connection.get(url)
        await connection.close()

    asyncio.run(ask())


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_answer_sends_a_signed_request_elsewhere(status: int) -> None:
    elsewhere: list[str] = []

    async def other(request: web.Request) -> web.Response:
        elsewhere.append(request.path)
        return web.json_response({"coin": "USDT", "address": "TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC", "tag": ""})

    async def ask() -> None:
        async with served(other) as port:

            async def moved(_: web.Request) -> web.Response:
                return web.json_response({"a": 1}, status=status, headers={"Location": f"http://127.0.0.1:{port}/"})

            async with misbehaving_exchange(**{ADDRESS_PATH: moved}), client_of_tests() as client:
                with pytest.raises(errors.ExchangeApiError):
                    await client.deposit_addresses("USDT", ["TRC20"])

    asyncio.run(ask())
    assert elsewhere == []


@pytest.mark.parametrize("is_compressed", [False, True])
def test_an_answer_has_a_largest_size(is_compressed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "LARGEST_ANSWER_BYTES", 200_000)

    async def huge(_: web.Request) -> web.Response:
        response = web.json_response({"coin": "USDT", "address": "x", "more": "x" * 2_000_000})
        if is_compressed:
            response.enable_compression(web.ContentCoding.gzip)
        return response

    async def ask() -> None:
        async with misbehaving_exchange(**{ADDRESS_PATH: huge}), client_of_tests() as client:
            with pytest.raises(errors.ExchangeApiError) as caught:
                await client.deposit_addresses("USDT", ["TRC20"])
            assert not isinstance(caught.value, errors.ExchangeAddressInvalid)

    asyncio.run(ask())


def test_proxies_of_the_environment_are_passed_by_unless_the_installation_trusts_them(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    seen: list[str] = []

    async def proxy(request: web.Request) -> web.Response:
        seen.append(request.path)
        return web.json_response({}, status=502)

    async def ask() -> None:
        async with served(proxy) as port, misbehaving_exchange():
            for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
            async with client_of_tests() as client:
                await client.test()
            assert seen == []
            settings.VENUE_PROXY_FROM_ENVIRONMENT = True
            async with client_of_tests() as client:
                with pytest.raises(errors.ExchangeApiError):
                    await client.test()
            assert seen

    asyncio.run(ask())


def test_what_cannot_be_opened_says_so(settings: Any) -> None:
    settings.VENUE_SANDBOX_URL = ""
    with pytest.raises(errors.ExchangeFeatureMissing):
        client_of_tests(some_exchange("kraken", has_sandbox=False))
    with pytest.raises(errors.ExchangeFeatureMissing):
        client_of_tests(some_exchange("kraken", has_futures=False), kind="futures", is_sandbox=False)
    with pytest.raises(errors.ExchangeNotSupported):
        public_client(some_exchange("nobodysexchange"))
    with pytest.raises(errors.ExchangeNotSupported):
        public_client(some_exchange("binance", is_active=False))
