"""What a simulation begins with: assets, a market, a rail, users with an authenticator app, and nobody with money."""

from dataclasses import dataclass
from decimal import Decimal

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.utils import timezone

from accounts.models import KycStatus, User
from exchange.demo import FEE_TIERS, FUNDS_WRITER, MAIN_SHARD_WRITER
from exchange.simulation.scratch import SimulationImpossible
from ledger.models import Asset
from ledger.services import open_user_account, open_writer
from matching.listing import list_asset, list_market, open_shard, set_fee_tiers
from storage.partitions import ensure_partitions
from wallet.models import Rail, RailAsset, RailKind, ReferencePrice, WithdrawalLimit
from wallet.services.address_book import save_address
from wallet.services.receiving import receiving_places
from wallet.simchain import addresses

RAIL = "sim"
NETWORK = "SIM"
SYMBOL = "BTC-USDT"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
USERS = ("anna", "ben", "carla", "dora")
STAFF = ("first", "second")
PRICES = {"BTC": "60000", "USDT": "1"}
TERMS = {
    "BTC": {"min_deposit": "0.01", "min_withdrawal": "0.01", "withdrawal_fee": "0.0005", "auto_approve_limit": "2"},
    "USDT": {"min_deposit": "10", "min_withdrawal": "20", "withdrawal_fee": "1", "auto_approve_limit": "90000"},
}
HOT_TARGETS = {"BTC": "6", "USDT": "300000"}
SEND_DECIMALS = {"BTC": 8, "USDT": 6}


@dataclass(frozen=True, slots=True)
class Actor:
    """A user of the simulation."""

    user: User
    account_id: int
    address: str
    """Where this one's deposits arrive."""
    outside: str
    """An address of this one's somewhere else."""


def set_up() -> list[Actor]:
    """Fill an empty database. Raises SimulationImpossible where there are users already: it is somebody's exchange."""
    if User.objects.exists():
        raise SimulationImpossible("This database has users: a simulation runs in one of its own.")
    ensure_partitions(months_ahead=2)
    set_fee_tiers(tiers=FEE_TIERS)
    open_writer(number=FUNDS_WRITER, name="funds")
    shard = open_shard(name=settings.MATCHING_SHARD, writer_number=MAIN_SHARD_WRITER)
    btc, usdt = (list_asset(symbol=symbol, name=symbol, scale=12, display_decimals=8) for symbol in PRICES)
    list_market(base=btc, quote=usdt, shard=shard, tick_size=Decimal("0.01"), lot_size=Decimal("0.0001"))
    _set_terms()
    for name in STAFF:
        User.objects.create_user(f"{name}@simulation.example", name, is_staff=True, is_superuser=True)
    actors = [_actor(name) for name in USERS]
    for actor, other in zip(actors, [*actors[1:], actors[0]], strict=True):
        # The first one serves at once; the second, of somebody else here, after its cooling-off.
        for label, address in (("outside", actor.outside), ("somebody here", other.address)):
            save_address(
                user=actor.user,
                account_id=actor.account_id,
                asset="BTC",
                network=NETWORK,
                label=label,
                address=address,
            )
    return actors


def _set_terms() -> None:
    rail, _ = Rail.objects.get_or_create(
        code=RAIL, defaults={"name": "Simulated chain", "kind": RailKind.SIMULATED_CHAIN}
    )
    for asset in Asset.objects.filter(symbol__in=TERMS):
        amounts = {name: Decimal(amount) for name, amount in TERMS[asset.symbol].items()}
        RailAsset.objects.update_or_create(
            rail=rail,
            asset=asset,
            defaults={
                "network": NETWORK,
                "address_format": "simulated",
                "confirmations": 2,
                "send_decimals": SEND_DECIMALS[asset.symbol],
                "hot_limit": Decimal(10**9),
                "hot_target": Decimal(HOT_TARGETS[asset.symbol]),
                **amounts,
            },
        )
        ReferencePrice.objects.update_or_create(
            asset=asset, defaults={"price": Decimal(PRICES[asset.symbol]), "set_at": timezone.now()}
        )
    limits = {"daily": Decimal(10**8), "monthly": Decimal(10**9), "hourly_count": 8, "review_above": Decimal(250_000)}
    WithdrawalLimit.objects.update_or_create(kyc_level=0, defaults=limits)


def _actor(name: str) -> Actor:
    user = User.objects.create_user(f"{name}@simulation.example", name, kyc_status=KycStatus.APPROVED)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    TOTP.activate(user, SECRET)
    account = open_user_account(user=user)
    (place,) = receiving_places(user=user, asset=Asset.objects.get(symbol="BTC"), network=NETWORK)
    if place.address is None:
        raise SimulationImpossible("The far end gives no addresses.")
    return Actor(user, account.pk, place.address, addresses.derive("outside", name, 0))
