"""What the views that place, change and cancel orders have in common."""

from collections.abc import Mapping
from typing import Any, cast

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import AccountState, User
from kernel.errors import BourseError
from ledger.api.holder import user_of
from ledger.api.parameters import parameter, parse_id
from matching.answers import Answer
from matching.api import representations
from matching.api.body import ACK, CLIENT_ORDER_ID, RESULT
from matching.errors import OrderNotFound, TradingFrozen, error_of
from matching.selectors.markets import MarketView
from matching.selectors.orders import get_order, get_order_by_client_id
from matching.services import Accepted, CarriedOut, PlaceReceipt, Repeated

RESPONSES = {RESULT: True, ACK: False}
RESPONSE = parameter("response", "RESULT (default) waits for the engine; ACK does not.", choices=RESPONSES)
SYMBOL = parameter("symbol", "BTC-USDT or BTC/USDT")


def body_of(request: Request) -> Mapping[str, Any]:
    """The body; an empty one where there is none."""
    return cast("dict[str, Any]", request.data)


def request_id_of(request: Request) -> str:
    return getattr(request._request, "request_id", "")


def refuse_frozen(user: User) -> None:
    """Raises TradingFrozen."""
    if user.state == AccountState.TRADE_FROZEN:
        raise TradingFrozen


def trading_account(request: Request) -> User:
    """Who places or changes orders. Raises AuthenticationRequired, TradingFrozen."""
    user = user_of(request)
    refuse_frozen(user)
    return user


def order_id_of(text: str) -> int:
    """The id in an address. Raises OrderNotFound."""
    order_id = parse_id(text)
    if order_id is None:
        raise OrderNotFound
    return order_id


def order_of_client_id(account_id: int, client_order_id: str) -> int:
    """The order that the client's own id in an address names. Raises OrderNotFound."""
    if not CLIENT_ORDER_ID.fullmatch(client_order_id):
        raise OrderNotFound
    return get_order_by_client_id(account_id=account_id, client_order_id=client_order_id).id


def placed_response(account_id: int, request: Any, receipt: PlaceReceipt, *, wait: bool) -> Response:
    """The answer to the placing of an order, the first time and every time: 202 for ACK, else by what became of it.

    Raises the refusal of a rejected order.
    """
    order = placed_json(account_id, request, receipt, wait=wait)
    return Response(order, status=representations.placed_status(order, is_awaited=wait))


def placed_json(account_id: int, request: Any, receipt: PlaceReceipt, *, wait: bool) -> dict[str, Any]:
    """An order after its acceptance: from what request and answer say, else as the tables have it."""
    acceptance = receipt.acceptance
    if acceptance is not None and (acceptance.answer is not None or not wait):
        if representations.is_told_by_its_answer(request, acceptance):
            return representations.placed_order_json(receipt.order_id, request, acceptance)
        return order_with_fills(account_id, receipt.order_id, acceptance.answer)
    # A repeat, or an answer that did not come: the tables know.
    return representations.order_json(get_order(account_id=account_id, order_id=receipt.order_id))


def order_with_fills(account_id: int, order_id: int, answer: Answer | None) -> dict[str, Any]:
    """An order as the tables have it, with what the command at hand made it trade."""
    order = get_order(account_id=account_id, order_id=order_id)
    return representations.order_json(order) | {"fills": representations.fills_json(answer, order.side, order.market)}


def refuse_where_refused(answer: Answer | None, order_id: int) -> None:
    """Raise the engine's refusal, with the order it is about."""
    if answer is not None and answer.code is not None:
        raise error_of(answer.code, {"order_id": str(order_id)})


def accepted(done: CarriedOut) -> Accepted:
    """The acceptance of a command that nothing repeats. Raises its refusal."""
    receipt = done.receipt
    if isinstance(receipt, BourseError):
        raise receipt
    assert not isinstance(receipt, Repeated)  # only new orders are repeated
    return receipt


def symbols_of(markets: list[MarketView]) -> list[str]:
    return [market.symbol for market in markets]
