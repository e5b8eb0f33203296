"""The REST API, as far as the bots need it."""

import json
from typing import Any

import httpx

from exchange.bots.errors import Refused, Unreachable
from exchange.bots.signing import Signer

TIMEOUT_SECONDS = 8.0
"""Longer than the exchange waits for the engine before it answers 202."""
_MOST_CONNECTIONS = 8


def http_client(base_url: str) -> httpx.AsyncClient:
    """One for all accounts. Proxies of the environment are for the world outside, not for the exchange next door."""
    return httpx.AsyncClient(
        base_url=base_url,
        timeout=TIMEOUT_SECONDS,
        trust_env=False,
        limits=httpx.Limits(max_connections=_MOST_CONNECTIONS, max_keepalive_connections=_MOST_CONNECTIONS),
    )


async def ask(
    client: httpx.AsyncClient, method: str, path: str, payload: dict[str, Any] | None = None, *, signer: Signer | None
) -> Any:
    """The JSON of an answer. Raises Refused, Unreachable."""
    body = b"" if payload is None else json.dumps(payload, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json"}
    if signer is not None:
        headers |= signer.headers(method, path, body)
    try:
        response = await client.request(method, path, content=body, headers=headers)
        answer = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise Unreachable(type(error).__name__) from error
    if response.status_code >= 400:
        raise refusal(answer)
    return answer


def refusal(answer: Any) -> Refused:
    """The exception of an answer in the shape of all errors."""
    error = answer.get("error", {}) if isinstance(answer, dict) else {}
    retry_after = error.get("retry_after")
    return Refused(str(error.get("code", "INTERNAL_ERROR")), retry_after if isinstance(retry_after, int) else None)
