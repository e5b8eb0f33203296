"""The demo's faucet, with the success its description promises."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.simulated_chain import SimulatedChain


def walk_faucet(go: Callable[..., Any], folder: Path, settings: Any) -> None:
    """`go` sends one request that has to succeed. There is a chain for as long as it takes."""
    chain = SimulatedChain(folder)
    settings.DEMO, settings.SIMCHAIN_URL, settings.SIMCHAIN_TOKEN = True, chain.url, chain.token
    chain.start()
    try:
        given = go("pour_from_faucet", 201, {"asset": "BTC", "request_id": "one"})
        assert [found["id"] for found in chain.client.pending()] == [given["external_tx_id"]]
    finally:
        chain.end()
        settings.DEMO, settings.SIMCHAIN_URL = False, ""
