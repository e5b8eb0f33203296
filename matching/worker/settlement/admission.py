"""Refusals that depend on what an account has: decided when a command is applied, and stored with its outcome.

Position: what an account has of the base asset, available and locked, with what its open purchases in this market may
still bring, stays within the asset's limit. Sales and what makes a purchase smaller are never refused. Balances are
those the batch works with; money that arrives from elsewhere at the same moment counts from the next batch on.
"""

from typing import Final

from matching.engine.book import Book
from matching.engine.orders import Order, StopOrder
from matching.engine.types import Side
from matching.models import CommandKind
from matching.worker.markets import LiveMarket
from matching.worker.translation import LoggedCommand
from matching.worker.working_copy import WorkingCopy

MAX_POSITION: Final = "MAX_POSITION"
_AMEND = int(CommandKind.AMEND)
_BUY = Side.BUY


def position_refusal(command: LoggedCommand, limit_atoms: int, market: LiveMarket, copy: WorkingCopy) -> str | None:
    """MAX_POSITION where the command would let the account have more base atoms than that."""
    account_id = command.account_id or 0
    book: Book = market.book
    if command.kind == _AMEND:
        order = book.order(command.target_order_id)
        if order is None or order.account_id != account_id or order.side != _BUY or not command.lots:
            return None
        more = command.lots - order.filled_lots - order.remaining_lots
    elif command.side != _BUY:
        return None
    else:
        more = _lots_of(command, book) - _replaced_lots(command, book)
    if more <= 0:
        return None
    held = copy.balance(account_id, market.base_id).holding()
    wanted = sum(order.remaining_lots for order in book.open_orders(account_id) if _counts(order)) + more
    return MAX_POSITION if held + wanted * market.lot_atoms > limit_atoms else None


def _lots_of(command: LoggedCommand, book: Book) -> int:
    """What a purchase asks for; by amount, what that pays for at the last price."""
    if command.lots:
        return command.lots
    price = book.last_ticks or book.rules.initial_ticks
    return -(-command.value // price) if price else 0


def _replaced_lots(command: LoggedCommand, book: Book) -> int:
    if not command.replaces:
        return 0
    order = book.open_order(command.replaces)
    if order is None or order.account_id != command.account_id or not _counts(order):
        return 0
    return order.remaining_lots


def _counts(order: Order | StopOrder) -> bool:
    """A purchase; of a pair of which only one can trade, the leg in the book."""
    return order.side == _BUY and not (isinstance(order, StopOrder) and order.other_leg)
