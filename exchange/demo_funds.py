"""The demo's funds: ways in and out, what they cost, limits by level, and prices where no market says any."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ledger.models import Asset
from matching.listing import list_asset
from wallet.models import Rail, RailAsset, RailKind, ReferencePrice, WithdrawalLimit

CHAIN, BANK, INTERNAL = "sim", "bank", "internal"
RAILS: dict[str, tuple[str, RailKind, dict[str, Any]]] = {
    CHAIN: ("Simulated chain", RailKind.SIMULATED_CHAIN, {}),
    BANK: (
        "Bank transfer",
        RailKind.BANK,
        {"iban": "DE89370400440532013000", "bic": "COBADEFFXXX", "holder": "Bourse Demo", "currency": "EUR"},
    ),
    INTERNAL: ("Internal transfer", RailKind.INTERNAL, {}),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """Amounts in units of the asset."""

    asset: str
    smallest: str
    """Deposit and withdrawal."""
    fee: str
    decimals: int
    by_itself: str
    """A payout up to this needs no staff."""
    in_a_day: str
    """Payouts of all users up to this need no staff."""


CHAIN_TERMS = (
    Terms("BTC", "0.0001", "0.0002", 8, "1", "20"),
    Terms("ETH", "0.001", "0.002", 18, "20", "400"),
    Terms("SOL", "0.01", "0.01", 9, "400", "8000"),
    Terms("USDT", "1", "1", 6, "50000", "1000000"),
)
BANK_TERMS = Terms("EUR", "1", "0.50", 2, "10000", "200000")
CONFIRMATIONS = 3

LIMITS = {
    # level: a day, 30 days, an hour, looked at above; in the reference asset
    0: ("10000", "50000", 3, "5000"),
    1: ("100000", "500000", 5, "50000"),
    2: ("1000000", "5000000", 10, "250000"),
}
PRICES = {"BTC": "65000", "ETH": "3200", "SOL": "150", "EUR": "1.08"}


def load_funds() -> None:
    """Make what is missing; whatever is there stays as it is."""
    list_asset(symbol="EUR", name="Euro", scale=2, display_decimals=2)
    assets = {asset.symbol: asset for asset in Asset.objects.all()}
    rails = {
        code: Rail.objects.get_or_create(code=code, defaults={"name": name, "kind": kind, "settings": settings})[0]
        for code, (name, kind, settings) in RAILS.items()
    }
    for terms in CHAIN_TERMS:
        _offer(rails[CHAIN], assets[terms.asset], terms, "SIM", address_format="simulated", confirmations=CONFIRMATIONS)
    _offer(rails[BANK], assets["EUR"], BANK_TERMS, "SEPA", address_format="iban", confirmations=1)
    for level, (daily, monthly, hourly_count, review_above) in LIMITS.items():
        WithdrawalLimit.objects.get_or_create(
            kyc_level=level,
            defaults={
                "daily": Decimal(daily),
                "monthly": Decimal(monthly),
                "hourly_count": hourly_count,
                "review_above": Decimal(review_above),
            },
        )
    for symbol, price in PRICES.items():
        ReferencePrice.objects.get_or_create(asset=assets[symbol], defaults={"price": Decimal(price)})


def _offer(rail: Rail, asset: Asset, terms: Terms, network: str, *, address_format: str, confirmations: int) -> None:
    RailAsset.objects.get_or_create(
        rail=rail,
        asset=asset,
        defaults={
            "network": network,
            "address_format": address_format,
            "confirmations": confirmations,
            "min_deposit": Decimal(terms.smallest),
            "min_withdrawal": Decimal(terms.smallest),
            "withdrawal_fee": Decimal(terms.fee),
            "send_decimals": terms.decimals,
            "auto_approve_limit": Decimal(terms.by_itself),
            "hot_limit": Decimal(terms.in_a_day),
            "hot_target": Decimal(terms.in_a_day),
        },
    )
