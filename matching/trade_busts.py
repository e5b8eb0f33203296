"""Busts of trades: one member of the staff asks, another one agrees, and the worker undoes what the trade did to money.

Whoever was on a side of the trade takes no part. Agreeing logs the command in the same database transaction, so a bust
that is agreed to is done or refused, whatever dies in between.
"""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import User
from accounts.staff import record_staff_action
from matching.errors import BustNeedsAnother, BustNotOpen, BustRequested, TradeAlreadyBusted, UnknownTrade
from matching.models import BustState, CommandKind, Trade, TradeBust
from matching.selectors.markets import market_by_id
from matching.services.control import MAX_REASON_LENGTH, log_market_command

_IN_FORCE = [BustState.REQUESTED, BustState.APPROVED, BustState.DONE]


def request_bust(*, trade_id: int, by: User, reason: str) -> TradeBust:
    """Ask for a trade to be undone; another person decides.

    Raises ReasonMissing, UnknownTrade, BustNeedsAnother for one's own trade, BustRequested where somebody has asked
    already, TradeAlreadyBusted.
    """
    if not reason.strip():
        raise ReasonMissing
    trade = _trade(trade_id)
    _require_no_side(trade, by)
    found = TradeBust.objects.filter(trade_id=trade_id, state__in=_IN_FORCE).first()
    if found is not None:
        raise TradeAlreadyBusted if found.state == BustState.DONE else BustRequested
    with transaction.atomic():
        try:
            with transaction.atomic():
                bust = TradeBust.objects.create(
                    trade_id=trade.pk,
                    market_id=trade.market_id,
                    reason=reason.strip()[:MAX_REASON_LENGTH],
                    requested_by=by,
                )
        except IntegrityError as error:
            raise BustRequested from error
        _note(bust, trade, action="request bust", by=by, reason=reason)
    return bust


def approve_bust(*, bust_id: int, by: User, reason: str, request_id: str = "") -> TradeBust:
    """Agree to a bust that somebody else asked for: the worker gets the command. `command_id` of the result is its id.

    Raises ReasonMissing, BustNotOpen, BustNeedsAnother.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        bust = _waiting(bust_id)
        trade = _trade(bust.trade_id)
        if bust.requested_by_id == by.pk:
            raise BustNeedsAnother
        _require_no_side(trade, by)
        bust.command_id = log_market_command(
            market=market_by_id(trade.market_id),
            kind=CommandKind.BUST_TRADE,
            target_order_id=trade.pk,
            reason=bust.reason,
            request_id=request_id,
            audit=lambda command_id: _note(
                bust, trade, action="approve bust", by=by, reason=reason, command_id=command_id
            ),
        )
        _decide(bust, BustState.APPROVED, by=by, reason=reason)
    return bust


def withdraw_bust(*, bust_id: int, by: User, reason: str) -> TradeBust:
    """Take back what one has asked for, or turn down what another one has. Raises ReasonMissing, BustNotOpen."""
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        bust = _waiting(bust_id)
        _decide(bust, BustState.WITHDRAWN, by=by, reason=reason)
        _note(bust, _trade(bust.trade_id), action="withdraw bust", by=by, reason=reason)
    return bust


def _trade(trade_id: int) -> Trade:
    found = Trade.objects.select_related("maker_account", "taker_account", "market").filter(pk=trade_id).first()
    if found is None:
        raise UnknownTrade(details={"trade_id": str(trade_id)})
    return found


def _waiting(bust_id: int) -> TradeBust:
    bust = TradeBust.objects.select_for_update(no_key=True).filter(pk=bust_id).first()
    if bust is None or bust.state != BustState.REQUESTED:
        raise BustNotOpen
    return bust


def _require_no_side(trade: Trade, by: User) -> None:
    if by.pk in (trade.maker_account.user_id, trade.taker_account.user_id):
        raise BustNeedsAnother


def _decide(bust: TradeBust, state: BustState, *, by: User, reason: str) -> None:
    bust.state = state
    bust.decided_by, bust.decided_at = by, timezone.now()
    bust.decision_reason = reason.strip()[:MAX_REASON_LENGTH]
    bust.save(update_fields=["state", "decided_by", "decided_at", "decision_reason", "command_id"])


def _note(bust: TradeBust, trade: Trade, *, action: str, by: User, reason: str, command_id: int | None = None) -> None:
    record_staff_action(
        by=by,
        subject_kind="market",
        subject=trade.market.symbol,
        action=action,
        new={"bust": str(bust.pk), "trade": str(trade.pk), "number": trade.number},
        reason=reason,
        command_id=command_id,
    )
