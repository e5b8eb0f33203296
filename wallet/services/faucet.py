"""The demo's faucet: money of the simulated chain for a user's own address, which then comes in like any deposit."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from redis.exceptions import RedisError

from accounts.errors import ServiceUnavailable
from accounts.models import User
from kernel.units import from_atoms, to_atoms
from ledger.errors import IdempotencyConflict
from ledger.models import Asset
from wallet.deposits.errors import FaucetClosed, FaucetDry
from wallet.models import RailAsset, RailKind
from wallet.rails.protocol import RailUnavailable
from wallet.services.receiving import receiving_places
from wallet.simchain.client import ChainClient, ChainError, Refused
from wallet.waking import redis_client

AMOUNTS = {"BTC": Decimal("0.05"), "ETH": Decimal("1"), "SOL": Decimal("20"), "USDT": Decimal("2500")}
AN_HOUR_SECONDS = 3_600
MOST_AN_HOUR = 10
"""Gifts to one account within an hour of the first one, all assets together."""


@dataclass(frozen=True, slots=True)
class Gift:
    """What was poured, in units of the asset, and where to."""

    asset: str
    network: str
    amount: Decimal
    address: str
    external_tx_id: str


def pour_from_faucet(*, user: User, asset: Asset, request_id: str) -> Gift:
    """Send the user some of the asset over the simulated chain; a repeat of the request sends nothing more.

    Raises FaucetClosed, FaucetDry, IdempotencyConflict, RailUnavailable, ServiceUnavailable.
    """
    terms = RailAsset.objects.filter(
        asset=asset, rail__kind=RailKind.SIMULATED_CHAIN, rail__is_enabled=True, deposits_enabled=True
    ).first()
    amount = AMOUNTS.get(asset.symbol)
    if not settings.DEMO or not settings.SIMCHAIN_URL or terms is None or amount is None:
        raise FaucetClosed
    (place,) = receiving_places(user=user, asset=asset, network=terms.network)
    if place.address is None:
        raise RailUnavailable(details={"rail": terms.rail_id})
    client = ChainClient(settings.SIMCHAIN_URL, settings.SIMCHAIN_TOKEN)
    client_id = f"faucet:{user.pk}:{request_id}"
    try:
        known = client.look_up(client_id)
        if known is None:
            _count_gift(user)
        decimals = {one["symbol"]: one["decimals"] for one in client.status()["assets"]}
        atoms = to_atoms(amount, decimals[asset.symbol])
        poured = client.faucet(place.address, asset.symbol, atoms, tag=place.tag, client_id=client_id)
    except Refused as refusal:
        if refusal.code == "CONFLICT":
            raise IdempotencyConflict(details={"request_id": request_id}) from refusal
        raise RailUnavailable(details={"rail": terms.rail_id}) from refusal
    except (ChainError, KeyError) as problem:
        raise RailUnavailable(details={"rail": terms.rail_id}) from problem
    finally:
        client.close()
    given = from_atoms(int(poured["outputs"][0]["amount"]), decimals[asset.symbol])
    return Gift(asset.symbol, terms.network, given, place.address, str(poured["id"]))


def _count_gift(user: User) -> None:
    """Count it before it is poured: whoever asks many times at once gets no more than one after the other."""
    key = f"faucet:{user.pk}"
    try:
        with redis_client().pipeline() as together:
            together.set(key, 0, nx=True, ex=AN_HOUR_SECONDS)
            together.incr(key)
            _, gifts = together.execute()
    except RedisError as problem:
        raise ServiceUnavailable from problem
    if gifts > MOST_AN_HOUR:
        raise FaucetDry
