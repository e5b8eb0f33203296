"""What one user's commands over a socket become: the same bodies, refusals and answers as over REST."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from accounts.admission import Count, admit_many
from accounts.errors import FieldInvalid
from accounts.models import AccountState
from exchange.streams.identities import Identity
from kernel.errors import BourseError
from ledger.api.parameters import parse_id
from matching.api.body import ACK, RESULT, PlaceBody, read_place_body
from matching.api.representations import order_json, placed_order_json, placed_status
from matching.engine.codes import ORDER_NOT_FOUND
from matching.errors import OrderNotFound, TradingFrozen
from matching.selectors.orders import OrderView, get_order
from matching.services import Accepted, CancelAllCommand, CancelCommand, PlaceCommand, check_order
from matching.services.accept import Repeated
from matching.services.cancel import order_not_open
from matching.services.place import Acceptance

if TYPE_CHECKING:
    from exchange.streams.hub import Hub

Result = dict[str, Any]
"""What stands in a `result` frame beside its type and id."""


def read_wait(frame: Mapping[str, Any]) -> bool:
    """The field `response`, as everywhere: RESULT waits for the engine, ACK does not. Raises FieldInvalid."""
    word = frame.get("response")
    if word not in (None, RESULT, ACK):
        raise FieldInvalid(details={"response": [f"One of {RESULT}, {ACK}."]})
    return word != ACK


class Trading:
    """The commands of one socket. Every method raises the refusal, after which nothing has changed."""

    def __init__(self, identity: Identity, hub: "Hub") -> None:
        self._identity = identity
        self._account_id = identity.account_id
        self._hub = hub

    async def place(self, body: Mapping[str, Any], request_id: str) -> Result:
        """`body` as in POST /orders."""
        if self._identity.state == AccountState.TRADE_FROZEN:
            raise TradingFrozen
        asked = read_place_body(body)
        if asked.validate_only:
            await self._hub.readers.run(lambda: self._check(asked))
            return {"status": 200, "is_acceptable": True}
        receipt = await self._hub.desk.submit(self._identity, PlaceCommand(self._account_id, asked.order, request_id))
        if isinstance(receipt, BourseError):
            raise receipt
        if isinstance(receipt, Repeated):
            order = order_json(await self._read(receipt.order_id))
        else:
            order = await self._placed(asked, receipt)
        return {"status": placed_status(order, is_awaited=asked.wait), "order": order}

    async def cancel(self, order_id: str, wait: bool, request_id: str) -> Result:
        target = parse_id(order_id)
        if target is None:
            raise OrderNotFound
        accepted = await self._accept(CancelCommand(self._account_id, target, request_id))
        answer = await self._hub.desk.answer(accepted.command_id) if wait else None
        if answer is not None and answer.code == ORDER_NOT_FOUND:
            # It was there and mine, so it ended before the engine met the cancel.
            raise order_not_open(target, None)
        order = order_json(await self._read(target))
        return {"status": 202 if answer is None else 200, "order": order}

    async def cancel_all(self, symbol: str, wait: bool, request_id: str) -> Result:
        accepted = await self._accept(CancelAllCommand(self._account_id, symbol, request_id))
        answer = await self._hub.desk.answer(accepted.command_id) if wait else None
        return {
            "status": 202 if answer is None else 200,
            "symbol": accepted.market.symbol if accepted.market is not None else symbol,
            "command_id": str(accepted.command_id),
            "cancelled": None if answer is None else [str(cancelled) for cancelled in answer.cancelled],
        }

    async def _accept(self, command: CancelCommand | CancelAllCommand) -> Accepted:
        receipt = await self._hub.desk.submit(self._identity, command)
        if isinstance(receipt, BourseError):
            raise receipt
        assert isinstance(receipt, Accepted)  # only orders are repeated
        return receipt

    async def _placed(self, asked: PlaceBody, accepted: Accepted) -> Result:
        """The order after the engine's answer, from that answer; without one the tables know."""
        answer = await self._hub.desk.answer(accepted.command_id) if asked.wait else None
        if asked.wait and answer is None:
            return order_json(await self._read(accepted.command_id))
        assert accepted.market is not None  # it placed an order
        assert accepted.counted is not None
        acceptance = Acceptance(accepted.market, accepted.counted, accepted.accepted_at, answer)
        return placed_order_json(accepted.command_id, asked.order, acceptance)

    async def _read(self, order_id: int) -> OrderView:
        return await self._hub.readers.run(lambda: get_order(account_id=self._account_id, order_id=order_id))

    def _check(self, asked: PlaceBody) -> None:
        count = Count(holder=self._identity.rate_holder, address=self._identity.address, weight=1)
        (refusal,) = admit_many(rate_class="orders", counts=[count])
        if refusal is not None:
            raise refusal
        check_order(account_id=self._account_id, request=asked.order)
