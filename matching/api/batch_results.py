"""What became of many orders or cancels that were asked for together: of each as if it had been asked for alone."""

from collections.abc import Sequence
from typing import Any

from kernel.errors import BourseError
from ledger.api.parameters import parse_id
from matching.api import representations
from matching.engine.codes import ORDER_NOT_FOUND
from matching.errors import OrderNotFound
from matching.selectors.orders import OrderView, get_orders
from matching.services import (
    Accepted,
    CancelCommand,
    CarriedOut,
    OrderRequest,
    PlaceCommand,
    Repeated,
)
from matching.services.cancel import order_not_open
from matching.services.commands import OrderName
from matching.services.place import Acceptance
from matching.services.requests import CountedOrder

Refusable = CarriedOut | BourseError


def place_commands(account_id: int, asked: Sequence[OrderRequest | BourseError], request_id: str) -> list[PlaceCommand]:
    """The orders that could be read."""
    return [PlaceCommand(account_id, order, request_id) for order in asked if not isinstance(order, BourseError)]


def placed_results(
    account_id: int, asked: Sequence[OrderRequest | BourseError], done: Sequence[CarriedOut], *, wait: bool
) -> list[dict[str, Any]]:
    """`done` has what became of those of `asked` that could be read, in their order."""
    rest = iter(done)
    outcomes = [(order, order if isinstance(order, BourseError) else next(rest)) for order in asked]
    stored = get_orders(
        account_id=account_id,
        order_ids=[
            one.receipt.command_id
            for order, one in outcomes
            if isinstance(one, CarriedOut)
            and not isinstance(one.receipt, BourseError)
            and _must_be_read(order, one, wait=wait)
        ],
    )
    return [_placed_result(order, one, stored, wait=wait) for order, one in outcomes]


def _acceptance(one: CarriedOut) -> Acceptance:
    receipt = one.receipt
    assert isinstance(receipt, Accepted)
    assert isinstance(receipt.counted, CountedOrder)  # it placed one order
    return Acceptance(receipt.market, receipt.counted, receipt.accepted_at, receipt.self_trade_prevention, one.answer)


def _must_be_read(order: OrderRequest | BourseError, one: CarriedOut, *, wait: bool) -> bool:
    if isinstance(one.receipt, Repeated) or (wait and one.answer is None):
        return True
    return isinstance(order, OrderRequest) and not representations.is_told_by_its_answer(order, _acceptance(one))


def _placed_result(
    order: OrderRequest | BourseError, one: Refusable, stored: dict[int, OrderView], *, wait: bool
) -> dict[str, Any]:
    if isinstance(one, BourseError) or isinstance(order, BourseError):
        return representations.refusal_json(one if isinstance(one, BourseError) else OrderNotFound())
    receipt = one.receipt
    if isinstance(receipt, BourseError):
        return representations.refusal_json(receipt)
    found = stored.get(receipt.command_id)
    if found is None:
        shown = representations.placed_order_json(receipt.command_id, order, _acceptance(one))
    else:
        fills = representations.fills_json(one.answer, found.side, found.market)
        shown = representations.order_json(found) | {"fills": fills}
    try:
        return {"status": representations.placed_status(shown, is_awaited=wait), "order": shown}
    except BourseError as refusal:
        return representations.refusal_json(refusal)


# --- cancels ---------------------------------------------------------------------------------------------------------


def names_of(order_ids: Sequence[str], client_order_ids: Sequence[str]) -> list[OrderName | BourseError]:
    """The orders that a list of cancels is about; what can be no order's id is refused in its place."""
    by_id: list[OrderName | BourseError] = [parse_id(text) or OrderNotFound() for text in order_ids]
    return by_id + list(client_order_ids)


def cancel_commands(account_id: int, names: Sequence[OrderName | BourseError], request_id: str) -> list[CancelCommand]:
    """The cancels of those that can be orders."""
    return [CancelCommand(account_id, name, request_id) for name in names if not isinstance(name, BourseError)]


def cancelled_results(
    account_id: int, names: Sequence[OrderName | BourseError], done: Sequence[CarriedOut]
) -> list[dict[str, Any]]:
    """`done` has what became of those of `names` that can be orders, in their order."""
    rest = iter(done)
    outcomes: list[Refusable] = [name if isinstance(name, BourseError) else next(rest) for name in names]
    targets = [_target(one) for one in outcomes]
    stored = get_orders(account_id=account_id, order_ids=[target for target in targets if target])
    return [_cancelled_result(one, target, stored) for one, target in zip(outcomes, targets, strict=True)]


def _target(one: Refusable) -> int:
    if isinstance(one, CarriedOut) and isinstance(one.receipt, Accepted):
        return one.receipt.target_order_id
    return 0


def _cancelled_result(one: Refusable, target: int, stored: dict[int, OrderView]) -> dict[str, Any]:
    if isinstance(one, BourseError):
        return representations.refusal_json(one)
    if isinstance(one.receipt, BourseError):
        return representations.refusal_json(one.receipt)
    if one.answer is not None and one.answer.code == ORDER_NOT_FOUND:
        # It was there and mine, so it ended before the engine met the cancel.
        return representations.refusal_json(order_not_open(target, None))
    return {"status": 202 if one.answer is None else 200, "order": representations.order_json(stored[target])}
