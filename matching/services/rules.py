"""New limits for a market, from staff to the engine.

The web process writes a command and nothing else. The engine puts the limits in force at the command's place among the
orders, and the market's row changes in the same commit, so the row always says what is enforced. The command carries
the limits before and after in the core's units: a replay needs no other history.

The steps that prices and quantities are counted in are not limits: orders, trades and the command log count in them,
so they stay for the life of a market. The tick and the lot that orders must keep to are multiples of them, and those
may change.
"""

import copy
from decimal import Decimal
from typing import Unpack

from accounts.models import User
from accounts.staff import record_staff_action
from kernel.units import EXACT, PPM, STORED_DECIMALS, STORED_DIGITS, decimals_of, plain
from matching.errors import MarketRulesChanged, MarketRulesInvalid
from matching.listing import MarketLimits
from matching.models import CommandKind, Market
from matching.rules import AMOUNT_LIMITS, LIMIT_FIELDS, LoggedRules, units_of
from matching.selectors.markets import forget_markets, market_by_symbol
from matching.services.control import log_market_command

_GREATEST = Decimal(10) ** (STORED_DIGITS - STORED_DECIMALS)
_GREATEST_COUNT = 2**31 - 1
_GREATEST_LEVEL = 2**15 - 1
_PARTS = ("price_band_ppm", "static_band_ppm", "protection_ppm", "breaker_ppm")


def change_market_rules(
    *, symbol: str, based_on: int, by: User, reason: str, request_id: str = "", **limits: Unpack[MarketLimits]
) -> int:
    """Ask the engine to enforce other limits; returns the id of the command. What is left out stays as it is.

    `based_on` is the rules version the person who decided had in view. Amounts are in units of the asset: quantities
    in base, values and the initial price in quote. Raises UnknownMarket, ReasonMissing, MarketRulesInvalid, and
    MarketRulesChanged where another change came first; then nothing is written. Where another change overtakes this one
    on its way to the engine, the engine refuses it with the same code.
    """
    forget_markets()
    market = market_by_symbol(symbol)
    if market.rules.version != based_on:
        raise MarketRulesChanged(details={"version": market.rules.version})
    after = copy.copy(market.row)
    for field, value in limits.items():
        setattr(after, field, value)
    after.rules_version = based_on + 1
    _require_sound(after)
    changed = [field for field in LIMIT_FIELDS if getattr(after, field) != getattr(market.row, field)]
    if not changed:
        raise MarketRulesInvalid("These limits are in force already.")
    return log_market_command(
        market=market,
        kind=CommandKind.SET_RULES,
        rules=LoggedRules.of(market.row, after).write(),
        reason=reason,
        request_id=request_id,
        audit=lambda command_id: record_staff_action(
            by=by,
            subject_kind="market",
            subject=market.symbol,
            action="rules",
            old={field: _shown(getattr(market.row, field)) for field in changed},
            new={field: _shown(getattr(after, field)) for field in changed},
            reason=reason,
            command_id=command_id,
        ),
    )


def _require_sound(market: Market) -> None:
    """Raises MarketRulesInvalid; `details` has a sentence for each limit that cannot be."""
    found: dict[str, str] = {}
    for field in sorted(AMOUNT_LIMITS):
        amount: Decimal = getattr(market, field)
        scale = market.base.scale if field.endswith("quantity") else market.quote.scale
        if not amount.is_finite() or not 0 <= amount < _GREATEST:
            found[field] = "An amount is zero, for no limit, or positive."
        elif decimals_of(amount) > scale:
            found[field] = f"At most {scale} decimals."
    for field in _PARTS:
        if not 0 <= getattr(market, field) <= PPM:
            found[field] = "From 0, for none, to 1000000 parts per million."
    for field in set(LIMIT_FIELDS) - AMOUNT_LIMITS - set(_PARTS):
        least = 1 if field.endswith("_multiple") else 0
        greatest = _GREATEST_LEVEL if field == "min_kyc_level" else _GREATEST_COUNT
        if not least <= getattr(market, field) <= greatest:
            found[field] = f"A whole number from {least} to {greatest}."
    if not found:
        found |= _contradictions(market)
    if found:
        raise MarketRulesInvalid(details={"fields": found})


def _contradictions(market: Market) -> dict[str, str]:
    found: dict[str, str] = {}
    units = units_of(market)
    if 0 < market.max_quantity < max(market.min_quantity, market.lot_size):
        found["max_quantity"] = "Below the smallest quantity: no order could enter."
    if 0 < market.max_order_value < market.min_notional:
        found["max_order_value"] = "Below the smallest value: no order could enter."
    if 0 < market.max_order_value < EXACT.multiply(market.tick_size, market.lot_size):
        found["max_order_value"] = "Below one tick times one lot: no order could enter."
    tick_size = units.price(market.tick_multiple)
    if (units.ticks(market.initial_price) or 0) % market.tick_multiple or units.ticks(market.initial_price) is None:
        found["initial_price"] = f"Not a multiple of the tick size {plain(tick_size)}."
    if market.breaker_ppm and not market.breaker_window_seconds:
        found["breaker_window_seconds"] = "A circuit breaker looks back on a window of at least a second."
    return found


def _shown(value: Decimal | int) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)
