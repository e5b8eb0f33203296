"""POST /api/v1/wallet/faucet: a newcomer's first deposit, in a demo and nowhere else."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import redis

from accounts.credentials import forget_credentials
from accounts.models import User
from tests.support import funds
from tests.support.api import SignedClient, error_code, make_key
from tests.support.simulated_chain import SimulatedChain
from wallet.deposits.watching import watch_rail
from wallet.models import Deposit, RailAsset, ReceivingAddress
from wallet.services import operations
from wallet.services.faucet import MOST_AN_HOUR

pytestmark = pytest.mark.django_db
FAUCET = "/api/v1/wallet/faucet"


@pytest.fixture(autouse=True)
def _rail(monkeypatch: pytest.MonkeyPatch, settings: Any, db: None, redis_client: "redis.Redis") -> Iterator[None]:
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    settings.DEMO = True
    RailAsset.objects.filter(rail=funds.open_rail()).update(confirmations=1)
    forget_credentials()
    yield
    forget_credentials()


@pytest.fixture
def chain(tmp_path: Path, settings: Any) -> Iterator[SimulatedChain]:
    made = SimulatedChain(tmp_path)
    settings.SIMCHAIN_URL, settings.SIMCHAIN_TOKEN = made.url, made.token
    made.start()
    yield made
    made.end()


@pytest.fixture
def client() -> SignedClient:
    return SignedClient(make_key(User.objects.get(username="owner")))


def test_a_gift_arrives_as_a_deposit_and_a_repeat_gives_nothing_more(
    chain: SimulatedChain, client: SignedClient
) -> None:
    asked = {"asset": "BTC", "request_id": "first"}
    given = client.post(FAUCET, asked)
    assert given.status_code == 201, given.content
    body = given.json()
    assert (body["asset"], body["network"], body["amount"]) == ("BTC", "SIM", "0.05")
    assert body["address"] == ReceivingAddress.objects.get().address
    assert client.post(FAUCET, asked).json() == body
    other = client.post(FAUCET, {"asset": "ETH", "request_id": "first"})
    assert (other.status_code, error_code(other)) == (409, "IDEMPOTENCY_CONFLICT")
    chain.client.mine()
    assert watch_rail(rail_code="sim")
    funds.process()
    assert funds.balance("owner")[0] == Decimal("100.05")
    assert Deposit.objects.get().external_tx_id == body["external_tx_id"]


def test_the_faucet_runs_dry(chain: SimulatedChain, client: SignedClient) -> None:
    for number in range(MOST_AN_HOUR):
        assert client.post(FAUCET, {"asset": "USDT", "request_id": str(number)}).status_code == 201
    # Long before any of it is seen as a deposit.
    refused = client.post(FAUCET, {"asset": "USDT", "request_id": "one-more"})
    assert (refused.status_code, error_code(refused)) == (429, "FAUCET_DRY")
    assert client.post(FAUCET, {"asset": "USDT", "request_id": "0"}).status_code == 201
    assert len(chain.client.pending()) == MOST_AN_HOUR


@pytest.mark.parametrize("why", ["no demo", "no chain", "no rail", "no gift"])
def test_where_there_is_no_faucet(chain: SimulatedChain, client: SignedClient, settings: Any, why: str) -> None:
    if why == "no demo":
        settings.DEMO = False
    elif why == "no chain":
        settings.SIMCHAIN_URL = ""
    elif why == "no rail":
        RailAsset.objects.update(deposits_enabled=False)
    else:
        RailAsset.objects.all().delete()
    refused = client.post(FAUCET, {"asset": "BTC", "request_id": "first"})
    assert (refused.status_code, error_code(refused)) == (404, "FAUCET_CLOSED")
    assert not ReceivingAddress.objects.exists()
    assert chain.client.pending() == []


def test_nobody_gives_to_strangers_and_a_chain_that_is_down_gives_nothing(
    chain: SimulatedChain, client: SignedClient
) -> None:
    assert SignedClient(None).post(FAUCET, {"asset": "BTC", "request_id": "first"}).status_code == 401
    chain.kill()
    refused = client.post(FAUCET, {"asset": "BTC", "request_id": "first"})
    assert (refused.status_code, error_code(refused)) == (503, "RAIL_UNAVAILABLE")
