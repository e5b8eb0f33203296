"""The cast of all integration tests: an owner, a colleague and an outsider, with money, and two markets."""

import os
from collections.abc import Callable
from decimal import Decimal

CAST = ("owner", "colleague", "outsider")
MONEY = {"BTC": "100", "ETH": "1000", "USDT": "10000000"}
PASSWORD = "a-long-enough-password"
FUNDS_WRITER = 1


def load_cast() -> None:
    """Assets, markets BTC-USDT and ETH-USDT, fee tiers, three users with money, one staff member."""
    from django.utils import timezone

    from accounts.models import KycStatus, User
    from exchange.demo import FEE_TIERS
    from kernel.units import to_atoms
    from ledger.services import fund_account, open_user_account, open_writer
    from matching.listing import list_asset, list_market, open_shard, set_fee_tiers

    set_fee_tiers(tiers=FEE_TIERS)
    open_writer(number=FUNDS_WRITER, name="funds")
    shard = open_shard(name="main", writer_number=2)
    assets = {
        symbol: list_asset(symbol=symbol, name=symbol, scale=scale, display_decimals=8)
        for symbol, scale in (("BTC", 12), ("ETH", 18), ("USDT", 12))
    }
    for base, lot_size, initial_price in (("BTC", "0.0001", "60000"), ("ETH", "0.001", "3000")):
        list_market(
            base=assets[base],
            quote=assets["USDT"],
            shard=shard,
            tick_size=Decimal("0.01"),
            lot_size=Decimal(lot_size),
            min_quantity=Decimal(lot_size),
            max_quantity=Decimal("1000"),
            min_notional=Decimal("5"),
            max_order_value=Decimal("5000000"),
            price_band_ppm=500_000,
            max_open_orders=200,
            initial_price=Decimal(initial_price),
        )
    for name in CAST:
        user = User.objects.create_user(f"{name}@example.com", name, PASSWORD, kyc_status=KycStatus.APPROVED)
        account = open_user_account(user=user)
        for symbol, amount in MONEY.items():
            fund_account(
                writer_id=FUNDS_WRITER,
                account=account,
                asset=assets[symbol],
                atoms=to_atoms(Decimal(amount), assets[symbol].scale),
                idempotency_key=f"cast:{name}:{symbol}",
                at=timezone.now(),
            )
    User.objects.create_superuser("staff@example.com", "staff", PASSWORD)


def migrate() -> None:
    """Tables, triggers and rights as they are now, and the partitions of the next months."""
    from django.core.management import call_command

    from storage.partitions import ensure_partitions

    call_command("migrate", verbosity=0, skip_checks=True)
    ensure_partitions(months_ahead=2)


def run(step: Callable[[], None]) -> None:
    """Fill the database that DATABASE_URL names, in a process of its own."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")
    django.setup()
    step()
