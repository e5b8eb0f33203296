"""What the overview shows. Every question is bounded: sums are kept by the hour, counts run over open orders, accounts
or a day at the most, and what costs more than a look is kept for some seconds.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDay

from accounts.models import AccountChange, AccountState, KycStatus, StaffAction, User
from kernel.ids import first_id_at
from ledger.models import VerificationRun
from ledger.selectors import decisive_check
from ledger.verification import VERIFYING
from matching.engine.types import MarketState
from matching.models import Market, Order, OrderStatus, QuarantinedCommand, TradingHour
from matching.selectors.cache import ShortCache
from matching.selectors.health import EngineHealth, engine_health

DAYS = 14
KEEP_SECONDS = 10.0
LATEST_CHANGES = 10

_ACTIVE_ACCOUNTS = """
    SELECT count(*) FROM ledger_account a JOIN accounts_user u ON u.id = a.user_id
    WHERE (NOT %(exclude_house)s OR NOT u.is_house)
      AND EXISTS (SELECT FROM matching_command c WHERE c.account_id = a.id AND c.id >= %(first_id)s)
"""
_CHECK_RUNS = """
    SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                   WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted
                     AND (l.classid::bigint << 32) + l.objid::bigint = %s)
"""


@dataclass(frozen=True, slots=True)
class MarketDay:
    """A market's last 24 hours, in units of its assets; counted from a full hour on."""

    symbol: str
    base: str
    quote: str
    state: MarketState
    state_reason: str
    open_orders: int
    trades: int = 0
    quantity: Decimal = Decimal(0)
    quote_amount: Decimal = Decimal(0)
    base_fees: Decimal = Decimal(0)
    quote_fees: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class AssetDays:
    """One asset, day by day, oldest first; today is the last one and not over yet."""

    asset: str
    days: list[datetime]
    volume_by_market: dict[str, list[Decimal]]
    """What was traded of the asset, by the market in which it is a side."""
    fees: list[Decimal]
    """What was taken in fees of the asset, in all markets."""
    trades: list[int]
    """In the markets of this asset."""


@dataclass(frozen=True, slots=True)
class People:
    """Users as they are now, and what happened in the last 24 hours."""

    users: int
    active: int
    """Accounts with at least one order or cancel."""
    new: int
    new_by_day: list[int]
    waiting_for_kyc: int
    restricted: int
    """Frozen or closed."""


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody of the staff changed something."""

    at: datetime
    by: str
    subject: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Engine:
    """Whether the workers keep up, and what waits for a person."""

    health: EngineHealth
    held_commands: int
    last_check: VerificationRun | None
    is_checking: bool
    """A check of all of the books is going on."""
    halted: list[MarketDay] = field(default_factory=list)


_markets_cache: ShortCache[list[MarketDay]] = ShortCache(seconds=KEEP_SECONDS)
_days_cache: ShortCache[AssetDays] = ShortCache(seconds=KEEP_SECONDS)
_people_cache: ShortCache[People] = ShortCache(seconds=KEEP_SECONDS)


def forget_figures() -> None:
    """Read everything anew at the next question."""
    for cache in (_markets_cache, _days_cache, _people_cache):
        cache.forget()


def market_days(*, now: datetime, exclude_house: bool) -> list[MarketDay]:
    """All markets with their last 24 hours."""
    return _markets_cache.get(exclude_house, lambda: _market_days(now, exclude_house))


def asset_days(*, asset: str, now: datetime, exclude_house: bool) -> AssetDays:
    """The last `DAYS` days of an asset."""
    return _days_cache.get((asset, exclude_house), lambda: _asset_days(asset, now, exclude_house))


def people(*, now: datetime, exclude_house: bool) -> People:
    """Users in figures."""
    return _people_cache.get(exclude_house, lambda: _people(now, exclude_house))


def engine(markets: list[MarketDay]) -> Engine:
    """The workers, this very moment."""
    return Engine(
        health=engine_health(),
        held_commands=QuarantinedCommand.objects.filter(is_held=True).count(),
        last_check=decisive_check(),
        is_checking=is_checking_books(),
        halted=[market for market in markets if market.state is not MarketState.TRADING],
    )


def latest_changes() -> list[Change]:
    """What staff did last, to accounts and to the exchange, newest first."""
    by_staff = AccountChange.objects.filter(by__is_staff=True).select_related("user", "by").order_by("-pk")
    actions = StaffAction.objects.select_related("by").order_by("-pk")
    changes = [
        Change(row.at, str(row.by), str(row.user), f"{row.field}: {row.old} → {row.new}", row.reason)
        for row in by_staff[:LATEST_CHANGES]
    ]
    changes += [Change(row.at, str(row.by), row.subject, row.action, row.reason) for row in actions[:LATEST_CHANGES]]
    return sorted(changes, key=lambda change: change.at, reverse=True)[:LATEST_CHANGES]


def is_checking_books() -> bool:
    """Whether somebody checks all of the books this very moment."""
    with connection.cursor() as cursor:
        cursor.execute(_CHECK_RUNS, [VERIFYING])
        return bool(cursor.fetchone()[0])


def _market_days(now: datetime, exclude_house: bool) -> list[MarketDay]:
    full_hour = (now - timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    hours = _hours(full_hour, exclude_house).values_list("market_id").annotate(*map(Sum, _SUMMED)).order_by()
    sums = {market_id: dict(zip(_SUMMED, values, strict=True)) for market_id, *values in hours}
    resting = dict(
        Order.objects.filter(status__in=[OrderStatus.OPEN, OrderStatus.PARTIAL])
        .values_list("market_id")
        .annotate(count=Count("pk"))
        .order_by()
    )
    return [
        MarketDay(
            symbol=market.symbol,
            base=market.base.symbol,
            quote=market.quote.symbol,
            state=MarketState(market.engine_state.state),
            state_reason=market.engine_state.state_reason,
            open_orders=resting.get(market.pk, 0),
            **sums.get(market.pk, {}),
        )
        for market in Market.objects.select_related("base", "quote", "engine_state").order_by("symbol")
    ]


_SUMMED = ("trades", "quantity", "quote_amount", "base_fees", "quote_fees")


def _hours(since: datetime, exclude_house: bool) -> QuerySet[TradingHour]:
    hours = TradingHour.objects.filter(started_at__gte=since)
    return hours.filter(is_house=False) if exclude_house else hours


def _asset_days(asset: str, now: datetime, exclude_house: bool) -> AssetDays:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today - timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
    place = {day: number for number, day in enumerate(days)}
    volume: defaultdict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * DAYS)
    fees, trades = [Decimal(0)] * DAYS, [0] * DAYS
    rows = (
        _hours(days[0], exclude_house)
        .filter(Q(market__base__symbol=asset) | Q(market__quote__symbol=asset))
        .annotate(day=TruncDay("started_at"))
        .values_list("day", "market__symbol", "market__base__symbol")
        .annotate(*map(Sum, _SUMMED))
        .order_by("day", "market__symbol")
    )
    for day, symbol, base, count, quantity, quote_amount, base_fees, quote_fees in rows:
        number, is_base = place[day], base == asset
        volume[symbol][number] += quantity if is_base else quote_amount
        fees[number] += base_fees if is_base else quote_fees
        trades[number] += count
    return AssetDays(asset, days, dict(volume), fees, trades)


def _people(now: datetime, exclude_house: bool) -> People:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    first_day = today - timedelta(days=DAYS - 1)
    users = User.objects.filter(is_house=False) if exclude_house else User.objects.all()
    counts = users.aggregate(
        users=Count("pk"),
        new=Count("pk", filter=Q(joined_at__gte=now - timedelta(days=1))),
        waiting_for_kyc=Count("pk", filter=Q(kyc_status=KycStatus.PENDING)),
        restricted=Count("pk", filter=~Q(state=AccountState.ACTIVE)),
    )
    joined = dict(
        users.filter(joined_at__gte=first_day)
        .annotate(day=TruncDay("joined_at"))
        .values_list("day")
        .annotate(count=Count("pk"))
        .order_by()
    )
    with connection.cursor() as cursor:
        first_id = first_id_at(int((now - timedelta(days=1)).timestamp() * 1000))
        cursor.execute(_ACTIVE_ACCOUNTS, {"exclude_house": exclude_house, "first_id": first_id})
        active = cursor.fetchone()[0]
    new_by_day = [joined.get(first_day + timedelta(days=number), 0) for number in range(DAYS)]
    return People(active=active, new_by_day=new_by_day, **counts)
