"""What one user's commands over a socket become: the same bodies, refusals and answers as over REST."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from accounts.admission import Count, admit_many
from accounts.models import AccountState
from exchange.streams.identities import Identity
from kernel.errors import BourseError
from matching.answers import Answer
from matching.api import batch_results
from matching.api.body import PlaceBody, read_oco_body, read_place_body, read_replacing_body
from matching.api.change_bodies import (
    read_amend_body,
    read_batch_body,
    read_cancel_batch_body,
    read_countdown_body,
)
from matching.api.entry import order_id_of, order_with_fills, refuse_where_refused
from matching.api.placing import pair_json, pair_status
from matching.api.representations import (
    cancelled_json,
    countdown_json,
    is_told_by_its_answer,
    order_json,
    placed_order_json,
    placed_status,
)
from matching.engine.codes import ORDER_NOT_FOUND
from matching.engine.types import Side
from matching.errors import TradingFrozen
from matching.selectors.markets import list_markets
from matching.selectors.orders import OrderView, get_order, markets_with_open_orders
from matching.services import (
    Accepted,
    AmendCommand,
    CancelAllCommand,
    CancelCommand,
    CarriedOut,
    CountdownCommand,
    NewCommand,
    PlaceCommand,
    PlaceOcoCommand,
    check_order,
    check_pair,
)
from matching.services.accept import Repeated
from matching.services.cancel import order_not_open
from matching.services.commands import OrderName
from matching.services.place import Acceptance
from matching.services.requests import CountedOrder

if TYPE_CHECKING:
    from exchange.streams.hub import Hub

Result = dict[str, Any]
"""What stands in a `result` frame beside its type and id."""

Body = Mapping[str, Any]


class Trading:
    """The commands of one socket. Every method raises the refusal, after which nothing has changed."""

    def __init__(self, identity: Identity, hub: "Hub") -> None:
        self._identity = identity
        self._account_id = identity.account_id
        self._hub = hub

    # --- new orders ----------------------------------------------------------------------------------------------

    def read_new_order(self, body: Body) -> PlaceBody:
        """`body` as in POST /orders."""
        self._require_unfrozen()
        return read_place_body(body)

    async def check(self, asked: PlaceBody) -> Result:
        """Of an order that is not placed: would it be accepted?"""
        await self._check(lambda: check_order(account_id=self._account_id, request=asked.order))
        return {"status": 200, "is_acceptable": True}

    def place_soon(self, asked: PlaceBody, request_id: str) -> "asyncio.Future[CarriedOut]":
        """What becomes of an order; `told_at_once` and `told_by_tables` say what that means for its owner."""
        command = PlaceCommand(self._account_id, asked.order, request_id)
        return self._hub.desk.carry_out_one(self._identity, command, wait=asked.wait)

    def told_at_once(self, asked: PlaceBody, done: CarriedOut) -> Result | None:
        """What the engine's answer says of an order; None where it does not say all."""
        receipt = done.receipt
        if isinstance(receipt, BourseError):
            raise receipt
        if isinstance(receipt, Repeated) or (asked.wait and done.answer is None):
            return None
        assert isinstance(receipt.counted, CountedOrder)  # it placed one order
        acceptance = Acceptance(
            receipt.market, receipt.counted, receipt.accepted_at, receipt.self_trade_prevention, done.answer
        )
        if not is_told_by_its_answer(asked.order, acceptance):
            return None
        return _placed(asked, placed_order_json(receipt.command_id, asked.order, acceptance))

    async def told_by_tables(self, asked: PlaceBody, done: CarriedOut) -> Result:
        """What `told_at_once` has no word of."""
        receipt, answer = done.receipt, done.answer
        assert not isinstance(receipt, BourseError)  # that is told at once
        order_id = receipt.command_id
        if answer is None:
            return _placed(asked, order_json(await self._read(order_id)))
        return _placed(asked, await self._hub.readers.run(lambda: order_with_fills(self._account_id, order_id, answer)))

    async def replace(self, order_id: str, body: Body, request_id: str) -> Result:
        """`body` as in POST /orders/{id}/replace."""
        self._require_unfrozen()
        return await self._place(read_replacing_body(body, order_id_of(order_id)), request_id)

    async def place_oco(self, body: Body, request_id: str) -> Result:
        """`body` as in POST /orders/oco."""
        self._require_unfrozen()
        asked = read_oco_body(body)
        if asked.validate_only:
            await self._check(lambda: check_pair(account_id=self._account_id, request=asked.pair))
            return {"status": 200, "is_acceptable": True}
        receipt = await self._hub.desk.submit(self._identity, PlaceOcoCommand(self._account_id, asked.pair, request_id))
        if isinstance(receipt, BourseError):
            raise receipt
        if isinstance(receipt, Accepted):
            refuse_where_refused(await self._answer(receipt, asked.wait), receipt.command_id)
        pair = await self._hub.readers.run(lambda: pair_json(self._account_id, receipt.command_id))
        return {"status": pair_status(pair, is_awaited=asked.wait), **pair}

    async def place_batch(self, body: Body, request_id: str) -> Result:
        """`body` as in POST /orders/batch."""
        self._require_unfrozen()
        asked = read_batch_body(body)
        commands = batch_results.place_commands(self._account_id, asked.orders, request_id)
        done = await self._hub.desk.carry_out(self._identity, commands, wait=asked.wait)
        results = await self._hub.readers.run(
            lambda: batch_results.placed_results(self._account_id, asked.orders, done, wait=asked.wait)
        )
        return {"status": 200, "results": results}

    # --- changes -------------------------------------------------------------------------------------------------

    async def amend(self, order: OrderName, body: Body, request_id: str) -> Result:
        """`body` as in PATCH /orders/{id}."""
        self._require_unfrozen()
        asked = read_amend_body(body)
        accepted = await self._accept(AmendCommand(self._account_id, order, asked.amendment, request_id))
        answer = await self._answer(accepted, asked.wait)
        target = accepted.target_order_id
        refuse_where_refused(answer, target)
        shown = await self._hub.readers.run(lambda: order_with_fills(self._account_id, target, answer))
        return {"status": 202 if answer is None else 200, "order": shown}

    async def cancel(self, order: OrderName, wait: bool, request_id: str) -> Result:
        accepted = await self._accept(CancelCommand(self._account_id, order, request_id))
        answer = await self._answer(accepted, wait)
        target = accepted.target_order_id
        if answer is not None and answer.code == ORDER_NOT_FOUND:
            # It was there and mine, so it ended before the engine met the cancel.
            raise order_not_open(target, None)
        return {"status": 202 if answer is None else 200, "order": order_json(await self._read(target))}

    async def cancel_batch(self, body: Body, request_id: str) -> Result:
        """`body` as in DELETE /orders/batch."""
        asked = read_cancel_batch_body(body)
        names = batch_results.names_of(asked.order_ids, asked.client_order_ids)
        commands = batch_results.cancel_commands(self._account_id, names, request_id)
        done = await self._hub.desk.carry_out(self._identity, commands, wait=asked.wait)
        results = await self._hub.readers.run(lambda: batch_results.cancelled_results(self._account_id, names, done))
        return {"status": 200, "results": results}

    async def cancel_all(self, symbol: str | None, side: Side | None, wait: bool, request_id: str) -> Result:
        """Without a symbol: in all markets in which the account has orders."""
        symbols = [symbol] if symbol is not None else await self._symbols_with_orders()
        commands = [CancelAllCommand(self._account_id, name, request_id, side) for name in symbols]
        shown = [cancelled_json(accepted, answer) for accepted, answer in await self._carry_out(commands, wait)]
        status = 200 if all(market["cancelled"] is not None for market in shown) else 202
        return {"status": status, **(shown[0] if symbol is not None else {"markets": shown})}

    async def cancel_all_after(self, body: Body, request_id: str) -> Result:
        """`body` as in POST /orders/cancel-all-after."""
        asked = read_countdown_body(body)
        symbols = [asked.symbol] if asked.symbol is not None else await self._all_symbols()
        countdown_us = asked.timeout_ms * 1000
        commands = [CountdownCommand(self._account_id, name, countdown_us, request_id) for name in symbols]
        done = await self._carry_out(commands, asked.wait)
        status = 200 if all(answer is not None for _, answer in done) else 202
        return {"status": status, "markets": [countdown_json(accepted, answer) for accepted, answer in done]}

    # --- what they have in common --------------------------------------------------------------------------------

    def _require_unfrozen(self) -> None:
        if self._identity.state == AccountState.TRADE_FROZEN:
            raise TradingFrozen

    async def _place(self, asked: PlaceBody, request_id: str) -> Result:
        if asked.validate_only:
            return await self.check(asked)
        done = await self.place_soon(asked, request_id)
        return self.told_at_once(asked, done) or await self.told_by_tables(asked, done)

    async def _accept(self, command: NewCommand) -> Accepted:
        receipt = await self._hub.desk.submit(self._identity, command)
        if isinstance(receipt, BourseError):
            raise receipt
        assert isinstance(receipt, Accepted)  # only new orders are repeated
        return receipt

    async def _carry_out(self, commands: Sequence[NewCommand], wait: bool) -> list[tuple[Accepted, Answer | None]]:
        """Commands of which none is ever refused but for all of them."""
        accepted: list[tuple[Accepted, Answer | None]] = []
        for done in await self._hub.desk.carry_out(self._identity, commands, wait=wait):
            if isinstance(done.receipt, BourseError):
                raise done.receipt
            assert isinstance(done.receipt, Accepted)  # only new orders are repeated
            accepted.append((done.receipt, done.answer))
        return accepted

    async def _answer(self, accepted: Accepted, wait: bool) -> Answer | None:
        return await self._hub.desk.answer(accepted.command_id) if wait else None

    async def _read(self, order_id: int) -> OrderView:
        return await self._hub.readers.run(lambda: get_order(account_id=self._account_id, order_id=order_id))

    async def _symbols_with_orders(self) -> list[str]:
        # What this socket has sent before is in the log before it is asked where its orders are.
        await self._hub.desk.submit_uncounted([])
        markets = await self._hub.readers.run(lambda: markets_with_open_orders(account_id=self._account_id))
        return [market.symbol for market in markets]

    async def _all_symbols(self) -> list[str]:
        return [market.symbol for market in await self._hub.readers.run(list_markets)]

    async def _check(self, check: Any) -> None:
        def counted() -> None:
            count = Count(holder=self._identity.rate_holder, address=self._identity.address, weight=1)
            (refusal,) = admit_many(rate_class="orders", counts=[count])
            if refusal is not None:
                raise refusal
            check()

        await self._hub.readers.run(counted)


def _placed(asked: PlaceBody, order: dict[str, Any]) -> Result:
    return {"status": placed_status(order, is_awaited=asked.wait), "order": order}
