"""Working capital of the demo on the simulated chain: without it nothing could be paid out before somebody has paid in.

It comes in like any deposit, from the faucet to a house account's own address, is credited by the balance processor and
swept to the wallet that pays. So the books and the chain agree from the first block on.
"""

from decimal import Decimal

from django.conf import settings

from accounts.models import KycStatus, User
from accounts.services import change_house_mark
from kernel.units import to_atoms
from wallet.models import Deposit, RailAsset, RailKind
from wallet.services.receiving import receiving_places
from wallet.simchain.client import ChainClient

TREASURY = "treasury"
WORKING_CAPITAL = {
    "BTC": Decimal("20"),
    "ETH": Decimal("400"),
    "SOL": Decimal("8000"),
    "USDT": Decimal("1000000"),
}


def fill_demo_wallets() -> int:
    """Pour what is not there yet, each asset once and for all; how many assets that were.

    Raises ChainError while the chain is not reached: the next call goes on.
    """
    if not (settings.DEMO and settings.SIMCHAIN_URL):
        return 0
    offers = RailAsset.objects.filter(
        rail__kind=RailKind.SIMULATED_CHAIN, deposits_enabled=True, asset__symbol__in=WORKING_CAPITAL
    ).select_related("asset")
    missing = [offer for offer in offers if not _has_come(offer)]
    return sum(_pour(offer) for offer in missing)


def _has_come(offer: RailAsset) -> bool:
    return Deposit.objects.filter(account__user__username=TREASURY, rail=offer.rail_id, asset=offer.asset).exists()


def _pour(offer: RailAsset) -> bool:
    (place,) = receiving_places(user=_treasury(), asset=offer.asset, network=offer.network)
    if place.address is None:
        return False
    symbol = offer.asset.symbol
    client = ChainClient(settings.SIMCHAIN_URL, settings.SIMCHAIN_TOKEN)
    try:
        decimals = {one["symbol"]: one["decimals"] for one in client.status()["assets"]}
        atoms = to_atoms(WORKING_CAPITAL[symbol], decimals[symbol])
        client.faucet(place.address, symbol, atoms, client_id=f"{TREASURY}:{symbol}")
    finally:
        client.close()
    return True


def _treasury() -> User:
    user = User.objects.filter(username=TREASURY).first()
    if user is None:
        # Without a password: nobody signs in as it.
        user = User.objects.create_user(f"{TREASURY}@demo.example", TREASURY, kyc_status=KycStatus.APPROVED)
    if not user.is_house:
        change_house_mark(user=user, is_house=True, by=None, reason="working capital of the demo")
    return user
