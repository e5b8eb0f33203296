"""The way to an exchange: HTTPS with certificates checked, to the very hosts its description names, and no farther.

No redirects, as the signature in a header or URL would go wherever the answer says; no proxies of the environment
unless the installation says so; and an answer of a bounded size, whatever it is compressed to.
"""

import ssl
from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import aiohttp

LARGEST_ANSWER_BYTES = 24 * 1024 * 1024
"""The largest lists of currencies have some 5 MiB."""
_MOST_CONNECTIONS = 10
_CHUNK_BYTES = 64 * 1024


class AddressRefused(Exception):
    """A request to somewhere else than to the exchange; shows nothing of it."""


class Connection:
    """What ccxt takes for its session. Belongs to one client, and to the event loop it was made in."""

    def __init__(self, origins: Iterable[str], *, is_local: bool, trusts_proxies: bool) -> None:
        """`is_local`: a far end of this machine, for which plain HTTP will do."""
        import aiohttp
        import certifi

        self._origins = frozenset(origins)
        self._is_local = is_local
        context = ssl.create_default_context(cafile=certifi.where())
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=context, limit=_MOST_CONNECTIONS),
            trust_env=trusts_proxies,
            response_class=_bounded_response(),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    @property
    def headers(self) -> Any:
        """What every request carries; ccxt adds its own."""
        return self._session.headers

    def get(self, url: Any, **options: Any) -> Any:
        return self._request("GET", url, options)

    def post(self, url: Any, **options: Any) -> Any:
        return self._request("POST", url, options)

    def put(self, url: Any, **options: Any) -> Any:
        return self._request("PUT", url, options)

    def delete(self, url: Any, **options: Any) -> Any:
        return self._request("DELETE", url, options)

    def patch(self, url: Any, **options: Any) -> Any:
        return self._request("PATCH", url, options)

    async def close(self) -> None:
        await self._session.close()

    def _request(self, method: str, url: Any, options: dict[str, Any]) -> "aiohttp.client._RequestContextManager":
        self._check(str(url))
        return self._session.request(method, url, **{**options, "allow_redirects": False})

    def _check(self, url: str) -> None:
        parts = urlsplit(url)
        is_protected = parts.scheme == "https" or (self._is_local and is_loopback(parts.hostname or ""))
        if not is_protected or origin_of(url) not in self._origins:
            raise AddressRefused


def origin_of(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine, by its address and not by what a name server says."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _bounded_response() -> "type[aiohttp.ClientResponse]":
    """aiohttp is loaded when somebody asks an exchange, and not before."""
    import aiohttp

    class BoundedResponse(aiohttp.ClientResponse):
        """Reads no more than an answer may have."""

        async def read(self) -> bytes:
            if self._body is None:
                parts, size = [], 0
                async for part in self.content.iter_chunked(_CHUNK_BYTES):
                    size += len(part)
                    if size > LARGEST_ANSWER_BYTES:
                        self.close()
                        raise aiohttp.ClientPayloadError("the answer is larger than any an exchange should give")
                    parts.append(part)
                self._body = b"".join(parts)
            return self._body

    return BoundedResponse
