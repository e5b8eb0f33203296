"""What an asset is worth in the reference asset, for limits; and what staff set where the market does not say.

An own price counts while it is fresh and the market is not thin: somebody with a few trades at a price of their choice
must not move a limit. It is the higher of the last trade and the average of the last day, so that no cheap trade makes
a withdrawal look small. Without such a price staff's own counts, as long as that is not too old; then there is none.
"""

from datetime import datetime, timedelta
from decimal import ROUND_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from accounts.staff import record_staff_action
from kernel.units import plain
from ledger.models import Asset
from matching.models import BustState, Market, Trade, TradeBust, TradingHour
from wallet.core.withdrawal_rules import DAY
from wallet.errors import ControlInvalid
from wallet.models import ReferencePrice

_ROUNDED_UP = Context(prec=80, rounding=ROUND_UP, traps=[InvalidOperation, DivisionByZero, Overflow])
"""Values are told and compared, never posted; they are rounded against who withdraws."""
_VALUE_STEP = Decimal("1e-8")


def reference_value(*, asset: Asset, amount: Decimal, at: datetime) -> Decimal | None:
    """What `amount` units are worth in the reference asset, rounded up to 8 decimals; None without a good price."""
    price = reference_price(asset=asset, at=at)
    return None if price is None else worth(amount, price)


def worth(amount: Decimal, price: Decimal) -> Decimal:
    """Amount times price, rounded up to 8 decimals."""
    return _ROUNDED_UP.multiply(amount, price).quantize(_VALUE_STEP, context=_ROUNDED_UP)


def reference_price(*, asset: Asset, at: datetime) -> Decimal | None:
    """One unit in the reference asset: our own price, else staff's, else None."""
    if asset.symbol == settings.FEE_VOLUME_ASSET:
        return Decimal(1)
    own = _own_price(asset, at)
    if own is not None:
        return own
    set_by_staff = ReferencePrice.objects.filter(asset=asset).first()
    if set_by_staff is None or set_by_staff.set_at < at - timedelta(days=settings.STAFF_PRICE_MAX_AGE_DAYS):
        return None
    return set_by_staff.price


def set_reference_price(*, asset_id: int, price: Decimal, by: User, reason: str) -> ReferencePrice:
    """What one unit is worth where the asset's own market cannot be believed. Raises ControlInvalid, ReasonMissing."""
    if price <= 0:
        raise ControlInvalid(details={"fields": {"price": "More than zero."}})
    with transaction.atomic():
        asset = Asset.objects.get(pk=asset_id)
        before = ReferencePrice.objects.select_for_update(no_key=True).filter(asset=asset).first()
        row, _ = ReferencePrice.objects.update_or_create(
            asset=asset, defaults={"price": price, "set_by": by, "set_at": timezone.now()}
        )
        record_staff_action(
            by=by,
            subject_kind="asset",
            subject=asset.symbol,
            action="reference price",
            old={"price": plain(before.price) if before else ""},
            new={"price": plain(price)},
            reason=reason,
        )
    return row


def _own_price(asset: Asset, at: datetime) -> Decimal | None:
    market = Market.objects.filter(base=asset, quote__symbol=settings.FEE_VOLUME_ASSET).first()
    if market is None:
        return None
    last = Trade.objects.filter(market_id=market.pk).order_by("-pk").first()
    if last is None or last.executed_at < at - timedelta(seconds=settings.REFERENCE_PRICE_MAX_AGE_SECONDS):
        return None
    if TradeBust.objects.filter(trade_id=last.pk, state=BustState.DONE).exists():
        return None
    # Trades between house accounts say nothing about what others pay.
    day = TradingHour.objects.filter(market=market, started_at__gt=at - DAY, is_house=False).aggregate(
        quantity=Sum("quantity"), quote=Sum("quote_amount")
    )
    if not day["quantity"] or day["quote"] < Decimal(settings.REFERENCE_PRICE_MIN_VOLUME):
        return None
    return max(last.price, _ROUNDED_UP.divide(day["quote"], day["quantity"]))
