"""The demo exchange: assets, markets, fee tiers, users, and money that enters through the journal."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.models import KycStatus, Scope, User
from accounts.services import change_house_mark, create_api_key, revoke_api_key
from exchange.bots.house import FILE_NAME, HOUSE, HOUSE_MONEY, HouseFile, HouseKey, Role
from exchange.demo_funds import load_funds
from kernel.units import to_atoms
from ledger.models import Asset
from ledger.services import fund_account, open_user_account, open_writer
from matching.listing import list_asset, list_market, open_shard, set_fee_tiers

FUNDS_WRITER = 1
MAIN_SHARD_WRITER = 2

FEE_TIERS = {
    1: (1_000, 1_500, "0"),
    2: (800, 1_300, "100000"),
    3: (600, 1_100, "1000000"),
    4: (400, 900, "10000000"),
    5: (200, 700, "50000000"),
}
"""Maker and taker fee in parts per million, and the 30-day volume it begins at; tier 1 pays 0.1 % and 0.15 %."""

ASSETS = (
    # symbol, name, scale of an atom, decimals shown
    ("BTC", "Bitcoin", 12, 8),
    ("ETH", "Ether", 18, 8),
    ("SOL", "Solana", 12, 6),
    ("USDT", "Tether USD", 12, 2),
)


@dataclass(frozen=True, slots=True)
class DemoMarket:
    base: str
    quote: str
    tick_size: str
    lot_size: str
    initial_price: str
    min_quantity: str
    max_quantity: str


MARKETS = (
    DemoMarket("BTC", "USDT", "0.01", "0.00001", "65000", "0.00001", "100"),
    DemoMarket("ETH", "USDT", "0.01", "0.0001", "3200", "0.0001", "2000"),
    DemoMarket("SOL", "USDT", "0.001", "0.001", "150", "0.01", "50000"),
    DemoMarket("ETH", "BTC", "0.00001", "0.0001", "0.05", "0.0001", "2000"),
)

DEMO_MONEY = {"BTC": "10", "ETH": "200", "SOL": "2000", "USDT": "1000000"}


@dataclass(frozen=True, slots=True)
class DemoUser:
    username: str
    email: str
    password: str
    is_staff: bool = False


USERS = (
    DemoUser("alice", "alice@demo.example", "demo-alice-trades"),
    DemoUser("bob", "bob@demo.example", "demo-bob-trades"),
    DemoUser("staff", "staff@demo.example", "demo-staff-approves", is_staff=True),
)


def load_demo() -> list[DemoUser]:
    """Make what is missing; whatever is there stays as it is. Returns the demo logins."""
    set_fee_tiers(tiers=FEE_TIERS)
    assets = {
        symbol: list_asset(symbol=symbol, name=name, scale=scale, display_decimals=decimals)
        for symbol, name, scale, decimals in ASSETS
    }
    open_writer(number=FUNDS_WRITER, name="funds")
    shard = open_shard(name="main", writer_number=MAIN_SHARD_WRITER)
    for market in MARKETS:
        list_market(
            base=assets[market.base],
            quote=assets[market.quote],
            shard=shard,
            tick_size=Decimal(market.tick_size),
            lot_size=Decimal(market.lot_size),
            min_quantity=Decimal(market.min_quantity),
            max_quantity=Decimal(market.max_quantity),
            min_notional=Decimal("5") if market.quote == "USDT" else Decimal("0.0001"),
            max_order_value=Decimal("5000000") if market.quote == "USDT" else Decimal("100"),
            price_band_ppm=200_000,
            max_open_orders=200,
            max_stop_orders=50,
            max_order_rate=5_000,
            protection_ppm=50_000,
            breaker_ppm=100_000,
            breaker_window_seconds=300,
            halt_seconds=120,
            auction_seconds=60,
            initial_price=Decimal(market.initial_price),
        )
    load_funds()
    for user in USERS:
        _load_user(user)
    load_house(file=settings.BOURSE_HOME / FILE_NAME)
    return list(USERS)


def load_house(*, file: Path) -> None:
    """Make the house accounts that are missing, with their money, and the file by which the bots sign for them.

    A key whose secret is not in the file is of no use any more: it is revoked, and replaced by a new one.
    """
    try:
        known = {key.username: key for key in HouseFile.read(file).keys}
    except (OSError, ValueError):
        known = {}
    keys = [_house_key(_house_user(username), role, known.get(username)) for username, role in HOUSE.items()]
    first_prices = {market.base: market.initial_price for market in MARKETS if market.quote == "USDT"}
    HouseFile(keys, first_prices).write(file)


def _house_user(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User.objects.create_user(f"{username}@demo.example", username, kyc_status=KycStatus.APPROVED)
    if not user.is_house:
        change_house_mark(user=user, is_house=True, by=None, reason="trades for the exchange in the demo")
    _give_money(user, HOUSE_MONEY, purpose="house")
    return user


def _house_key(user: User, role: Role, known: HouseKey | None) -> HouseKey:
    for api_key in user.api_keys.filter(revoked_at=None):
        if known is not None and known.key == api_key.key:
            return HouseKey(user.username, role, known.key, known.secret)
        revoke_api_key(user=user, api_key_id=api_key.pk, reason="the bots have no secret of it")
    made = create_api_key(user=user, label="house bots", scopes=[Scope.READ, Scope.TRADE])
    return HouseKey(user.username, role, made.api_key.key, made.secret)


def _load_user(demo: DemoUser) -> None:
    user = User.objects.filter(email=demo.email).first()
    if user is None:
        create = User.objects.create_superuser if demo.is_staff else User.objects.create_user
        user = create(demo.email, demo.username, demo.password, kyc_status=KycStatus.APPROVED)
    open_user_account(user=user)
    if not demo.is_staff:
        give_demo_money(user=user)


def give_demo_money(*, user: User) -> None:
    """Credit a user with `DEMO_MONEY`, once and for all; a repeat changes nothing."""
    _give_money(user, DEMO_MONEY, purpose="demo")


def _give_money(user: User, money: dict[str, str], *, purpose: str) -> None:
    account = open_user_account(user=user)
    for asset in Asset.objects.filter(symbol__in=money):
        fund_account(
            writer_id=FUNDS_WRITER,
            account=account,
            asset=asset,
            atoms=to_atoms(Decimal(money[asset.symbol]), asset.scale),
            idempotency_key=f"{purpose}:{user.username}:{asset.symbol}",
            at=timezone.now(),
        )
