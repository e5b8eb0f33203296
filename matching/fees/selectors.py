"""What a user pays, and why: the tier, the volume, and what holds in each market."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.models import User
from matching.fees.volumes import counted_days, volume_of_account
from matching.models import FeeException, FeeTier
from matching.selectors.markets import list_markets
from risk.core.fees import Rates, TierStep, missing_volume, narrowest, step_after


@dataclass(frozen=True, slots=True)
class MarketFees:
    """What holds for a user's next order in one market."""

    symbol: str
    rates: Rates
    source: str
    """TIER, MARKET, USER or USER_IN_MARKET: whose rates they are."""
    expires_at: datetime | None
    """When the exception that these rates come from is over; None where there is none, or no end."""


@dataclass(frozen=True, slots=True)
class FeeStanding:
    """A user in the fee table. Volumes in units of `volume_asset`."""

    tier: int
    is_tier_fixed: bool
    """Held there by staff, whatever the volume."""
    tier_fixed_until: datetime | None
    volume: Decimal
    volume_asset: str
    volume_days: tuple[date, date]
    """The first and the last day that count."""
    next_step: TierStep | None
    missing: Decimal | None
    """What is still to be traded until the next tier; None on the highest."""
    rates: Rates
    """Where no market has its own."""
    markets: list[MarketFees]
    tiers: list[FeeTier]


def exceptions_in_force(now: datetime) -> QuerySet[FeeException]:
    """All that hold at that moment."""
    return FeeException.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), ended_at=None)


def fee_standing(*, user: User, account_id: int, now: datetime) -> FeeStanding:
    """Where a user stands at that moment; the tier as the engine knows it."""
    tiers = list(FeeTier.objects.order_by("tier"))
    steps = [TierStep(row.tier, row.min_volume) for row in tiers]
    tier = User.objects.values_list("fee_tier", flat=True).get(pk=user.pk)
    row = next(row for row in tiers if row.tier == tier)
    tier_rates = Rates(row.maker_ppm, row.taker_ppm)
    found = list(exceptions_in_force(now).filter(Q(user=user) | Q(user=None)))
    fixed = next((one for one in found if one.tier is not None), None)
    by_scope = {(one.user_id, one.market_id): one for one in found if one.tier is None}
    volume = volume_of_account(account_id=account_id, now=now)
    following = step_after(tier, steps)
    days = counted_days(now)
    return FeeStanding(
        tier=tier,
        is_tier_fixed=fixed is not None,
        tier_fixed_until=fixed.expires_at if fixed else None,
        volume=volume,
        volume_asset=settings.FEE_VOLUME_ASSET,
        volume_days=(days[0], days[-1]),
        next_step=following,
        missing=missing_volume(volume, following) if following else None,
        rates=_fees_in("", user.pk, None, by_scope, tier_rates).rates,
        markets=[_fees_in(view.symbol, user.pk, view.id, by_scope, tier_rates) for view in list_markets()],
        tiers=tiers,
    )


def _fees_in(
    symbol: str,
    user_id: int,
    market_id: int | None,
    by_scope: dict[tuple[int | None, int | None], FeeException],
    tier_rates: Rates,
) -> MarketFees:
    in_market = by_scope.get((user_id, market_id)) if market_id is not None else None
    everywhere = by_scope.get((user_id, None))
    of_market = by_scope.get((None, market_id)) if market_id is not None else None
    source, rates = narrowest(
        user_in_market=_rates(in_market), user=_rates(everywhere), market=_rates(of_market), tier=tier_rates
    )
    holds = {"USER_IN_MARKET": in_market, "USER": everywhere, "MARKET": of_market}.get(source)
    return MarketFees(symbol, rates, source, holds.expires_at if holds else None)


def _rates(exception: FeeException | None) -> Rates | None:
    if exception is None:
        return None
    assert exception.maker_ppm is not None
    assert exception.taker_ppm is not None
    return Rates(exception.maker_ppm, exception.taker_ppm)
