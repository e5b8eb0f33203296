"""Surveillance after the trade: reads what was committed, asks the detectors, writes what they found.

Progress and findings of a stretch are written in one database transaction, under a lock on the progress, so two runs at
the same time, or one that dies, report nothing twice and skip nothing. Trading neither waits for it nor sees it.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import transaction

from exchange.surveillance.links import house_accounts, links_between
from exchange.surveillance.reading import (
    MarketScope,
    read_orders,
    read_seconds,
    read_trades,
    read_usual_quantity,
)
from exchange.surveillance.stretches import Stretch, markets_of, next_stretch
from ledger.models import Account
from matching.models import Market, Shard
from risk.core.surveillance.facts import SECOND_US, Finding, TradeFact
from risk.core.surveillance.momentum_ignition import MomentumIgnitionRules, find_momentum_ignition
from risk.core.surveillance.quiet_moves import QuietMoveRules, find_quiet_move
from risk.core.surveillance.quote_stuffing import QuoteStuffingRules, find_quote_stuffing
from risk.core.surveillance.spoofing import SpoofingRules, find_spoofing
from risk.core.surveillance.wash_trading import (
    WashTradingRules,
    find_circular_trading,
    find_wash_trading,
)
from risk.models import RiskEvent, RiskEventType, Severity, SurveillanceProgress
from risk.services import record_risk_event

logger = logging.getLogger(__name__)

MOST_STRETCHES = 40
"""In one run: a run that has much to catch up with ends, and the next one goes on."""
EPISODE_US = 3600 * SECOND_US
"""What the same accounts do again within the same hour belongs to the same event."""

OLD_ORDERS_US = 3600 * SECOND_US
"""How old quotes may be that speak for somebody."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SurveillanceRules:
    """The parameters of all detectors."""

    wash_trading: WashTradingRules = field(default_factory=WashTradingRules)
    spoofing: SpoofingRules = field(default_factory=SpoofingRules)
    quote_stuffing: QuoteStuffingRules = field(default_factory=QuoteStuffingRules)
    momentum_ignition: MomentumIgnitionRules = field(default_factory=MomentumIgnitionRules)
    quiet_move: QuietMoveRules = field(default_factory=QuietMoveRules)


RULES = SurveillanceRules()


def watch_markets(*, rules: SurveillanceRules = RULES, most_stretches: int = MOST_STRETCHES) -> int:
    """Look at what all shards have applied since the last time; returns how many findings there were."""
    found = 0
    for shard in Shard.objects.order_by("pk"):
        for _ in range(most_stretches):
            findings = _watch_stretch(shard, rules)
            if findings is None:
                break
            found += findings
    return found


def _watch_stretch(shard: Shard, rules: SurveillanceRules) -> int | None:
    SurveillanceProgress.objects.bulk_create([SurveillanceProgress(shard=shard.name)], ignore_conflicts=True)
    with transaction.atomic():
        progress = SurveillanceProgress.objects.select_for_update().get(pk=shard.name)
        stretch = next_stretch(shard.pk, progress)
        if stretch is None:
            return None
        found = 0
        for market in Market.objects.filter(pk__in=markets_of(stretch)).select_related("base", "quote").order_by("pk"):
            scope = MarketScope.of(market)
            for finding in find_in_market(scope, stretch, rules):
                record_finding(scope, finding)
                found += 1
        progress.applied_sequence = stretch.last_sequence
        progress.save(update_fields=["applied_sequence", "seen_until"])
    return found


def find_in_market(scope: MarketScope, stretch: Stretch, rules: SurveillanceRules) -> list[Finding]:
    """All that the detectors say of one market's stretch."""
    fresh_from = stretch.fresh_from_us
    stuffing = rules.quote_stuffing
    seconds = read_seconds(scope, stretch, before_us=stuffing.window_seconds * SECOND_US, brief_us=stuffing.brief_us)
    findings = find_quote_stuffing(stuffing, seconds, fresh_from_us=fresh_from)
    trades = read_trades(scope, stretch)
    findings += _find_spoofing(scope, stretch, rules.spoofing, trades)
    if trades and trades[-1].at_us > fresh_from:
        traders = {account for trade in trades for account in (trade.buyer, trade.seller)}
        links, house = links_between(traders), house_accounts(traders)
        wash = rules.wash_trading
        findings += find_wash_trading(wash, trades, links=links, house=house, fresh_from_us=fresh_from)
        findings += find_circular_trading(wash, trades, links=links, house=house, fresh_from_us=fresh_from)
        findings += find_momentum_ignition(rules.momentum_ignition, trades, fresh_from_us=fresh_from)
        usual = read_usual_quantity(scope, stretch, window_us=rules.quiet_move.window_us)
        findings += find_quiet_move(rules.quiet_move, trades, usual_quantity=usual, fresh_from_us=fresh_from)
    return findings


def _find_spoofing(
    scope: MarketScope, stretch: Stretch, rules: SpoofingRules, trades: Sequence[TradeFact]
) -> list[Finding]:
    """Looks at young orders of everybody who traded lately; at whom they speak against, with their old orders, too:
    quotes that had stood for long on the other side speak for a market maker."""
    lately_us = stretch.fresh_from_us - rules.withdrawn_within_us
    # Bait is withdrawn after a trade, so it may be fresh when the last trade no longer is.
    lately = [trade for trade in trades if trade.at_us >= lately_us]
    accounts = {account for trade in lately for account in (trade.buyer, trade.seller)}
    met = {order for trade in lately for order in (trade.buy_order, trade.sell_order)}
    findings: list[Finding] = []
    for first_id in (
        lambda: stretch.first_command(rules.longest_life_us + rules.withdrawn_within_us),
        lambda: stretch.first_id(OLD_ORDERS_US),
    ):
        if accounts:
            orders = read_orders(
                scope,
                stretch,
                accounts=accounts,
                met=met,
                first_id=first_id(),
                ended_after_us=lately_us - rules.shown_within_us,
            )
            findings = find_spoofing(rules, orders, trades, fresh_from_us=stretch.fresh_from_us)
        accounts = {account for finding in findings for account in finding.accounts}
    return findings


def record_finding(scope: MarketScope, finding: Finding) -> RiskEvent:
    """The finding as an event, or as more of the event that is open for these accounts and this hour."""
    named = list(Account.objects.filter(pk__in=finding.accounts).select_related("user").order_by("pk"))
    accounts = "-".join(str(account) for account in finding.accounts)
    event = record_risk_event(
        event_type=RiskEventType.SUSPICIOUS_ACTIVITY,
        severity=Severity(finding.severity),
        detector=finding.detector,
        fingerprint=f"{finding.detector}:{scope.symbol}:{accounts}:{finding.last_us // EPISODE_US}",
        description=finding.description,
        first_seen_at=_moment(finding.first_us),
        last_seen_at=_moment(finding.last_us),
        count=finding.count,
        metadata={
            "figures": dict(finding.figures),
            "house": [str(account.user) for account in named if account.user is not None and account.user.is_house],
            "trades": list(finding.trade_ids),
            "orders": list(finding.order_ids),
        },
        user=next((account.user for account in named if account.user is not None), None),
        accounts=finding.accounts,
        market=scope.symbol,
    )
    logger.info("surveillance found %s in %s: risk event %s", finding.detector, scope.symbol, event.pk)
    return event


def _moment(at_us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at_us)
