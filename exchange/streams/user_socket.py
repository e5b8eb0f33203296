"""/ws/v1/user: one account's orders, fills and balances as they happen, and its orders in."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from django.conf import settings
from django.http import parse_cookie

from accounts.errors import AuthenticationRequired, FieldInvalid, RateLimited
from accounts.models import Scope
from exchange.api.errors import error_of
from exchange.observability.context import request_id as current_request
from exchange.streams.departures import Wish
from exchange.streams.errors import AlreadyAuthenticated
from exchange.streams.frames import ALL, FrameId, know_only, read_object, read_since, read_switch, read_text, without
from exchange.streams.identities import (
    Identity,
    header_of,
    identify_by_frame,
    identify_by_headers,
    identify_by_session,
    is_signed,
)
from exchange.streams.messages import Message
from exchange.streams.private_streams import PrivateStream
from exchange.streams.sockets import COME_BACK, NOT_AUTHENTICATED, TOO_MUCH, Frame, Socket
from exchange.streams.trading import Trading
from kernel.errors import BourseError
from matching.api.body import PlaceBody, read_side, read_symbol, read_wait
from matching.api.entry import order_id_of
from matching.selectors.markets import market_by_symbol
from matching.services import CarriedOut
from matching.services.commands import OrderName

log = logging.getLogger(__name__)


def _end_of(error: BourseError) -> int:
    """The code to close with: who could not be looked up is not told that they are nobody."""
    if error.status == 429:
        return TOO_MUCH
    return COME_BACK if error.status >= 500 else NOT_AUTHENTICATED


class UserSocket(Socket):
    """Does nothing for anybody who has not said who they are, and ends when they do not say it in time."""

    name = "user"

    async def opened(self) -> None:
        self.operations |= {"auth": self._authenticate}
        self._identity: Identity | None = None
        self._stream: PrivateStream | None = None
        self._is_identifying = False
        self._orders_in_flight = 0
        self._deadline = asyncio.get_running_loop().call_later(settings.STREAM_AUTH_SECONDS, self._give_up)
        session_key = self._session_key()
        if is_signed(self.scope):
            await self._identify(lambda: identify_by_headers(self.scope))
        elif session_key is not None and header_of(self.scope, "origin") is not None:
            # Only a browser has our cookie, and a browser names its origin: that was checked.
            await self._identify(lambda: identify_by_session(self.scope, session_key))

    def closed(self) -> None:
        deadline = getattr(self, "_deadline", None)
        if deadline is not None:
            deadline.cancel()
        identity = getattr(self, "_identity", None)
        if identity is not None:
            self.hub.identities.pop(identity, None)
            self.hub.connections.close("user", str(identity.user_id))
        stream = getattr(self, "_stream", None)
        if stream is not None:
            self.hub.private.remove(stream)
        self.hub.departures.leave(self)

    def _session_key(self) -> str | None:
        cookies = parse_cookie(header_of(self.scope, "cookie") or "")
        return cookies.get(settings.SESSION_COOKIE_NAME) or None

    # --- who is there --------------------------------------------------------------------------------------------

    async def _authenticate(self, frame: Frame, reply_to: FrameId) -> None:
        know_only(frame, "key", "timestamp", "signature", "window")
        if self._identity is not None:
            raise AlreadyAuthenticated
        await self._identify(lambda: identify_by_frame(self.scope, frame), reply_to)

    async def _identify(self, work: Callable[[], Identity], reply_to: FrameId = None) -> None:
        try:
            identity = await self.hub.readers.run(work)
            self.hub.connections.open("user", str(identity.user_id))
        except Exception as exception:
            error = error_of(exception)
            if error.status == 500:
                log.error("a user could not be identified", exc_info=exception)
            self.end(error, _end_of(error), reply_to)
            return
        self._deadline.cancel()
        self._identity = identity
        self.hub.identities[identity] = lambda refusal: self.end(refusal, NOT_AUTHENTICATED)
        self._trading = Trading(identity, self.hub)
        self.operations |= {
            "subscribe": self._subscribe,
            "place": self._place,
            "place_oco": self._place_oco,
            "place_batch": self._place_batch,
            "replace": self._replace,
            "amend": self._amend,
            "cancel": self._cancel,
            "cancel_batch": self._cancel_batch,
            "cancel_all": self._cancel_all,
            "cancel_all_after": self._cancel_all_after,
            "cancel_on_disconnect": self._cancel_on_disconnect,
        }
        self.send(Message({"type": "ready", "id": reply_to, "username": identity.username}))

    def _give_up(self) -> None:
        if self._identity is None:
            self.end(AuthenticationRequired(), NOT_AUTHENTICATED)

    # --- what happens --------------------------------------------------------------------------------------------

    async def _subscribe(self, frame: Frame, reply_to: FrameId) -> None:
        know_only(frame, "from")
        identity = self._require(Scope.READ)
        since = read_since(frame)
        if self._stream is None:
            self._stream = PrivateStream(identity.account_id, self.outlet, self.hub.private)
        await self._stream.start(reply_to, since)

    # --- orders in -----------------------------------------------------------------------------------------------

    def _place(self, frame: Frame, reply_to: FrameId) -> None:
        """As `_trade`, by a callback: orders come by the thousand, and a task for each is more than they need."""
        know_only(frame, "order")
        self._require(Scope.TRADE)
        self._require_room()
        asked = self._trading.read_new_order(read_object(frame, "order"))
        if asked.validate_only:
            self._trade(reply_to, lambda _request_id: self._trading.check(asked))
            return
        request_id = current_request.get()
        self._orders_in_flight += 1
        done = self._trading.place_soon(asked, request_id)
        done.add_done_callback(lambda done: self._tell_placed(asked, done, reply_to, request_id))

    def _tell_placed(
        self, asked: PlaceBody, done: "asyncio.Future[CarriedOut]", reply_to: FrameId, request_id: str
    ) -> None:
        self._orders_in_flight -= 1
        try:
            carried_out = done.result()
            result = self._trading.told_at_once(asked, carried_out)
        except Exception as exception:
            self.fail(exception, reply_to, request_id)
            return
        if result is not None:
            self._answer(reply_to, result)
            return
        self._work_beside(self._trading.told_by_tables(asked, carried_out), reply_to, request_id)

    def _place_oco(self, frame: Frame, reply_to: FrameId) -> None:
        know_only(frame, "order")
        self._require(Scope.TRADE)
        body = read_object(frame, "order")
        self._trade(reply_to, lambda request_id: self._trading.place_oco(body, request_id))

    def _replace(self, frame: Frame, reply_to: FrameId) -> None:
        know_only(frame, "order_id", "order")
        self._require(Scope.TRADE)
        order_id, body = read_text(frame, "order_id"), read_object(frame, "order")
        self._trade(reply_to, lambda request_id: self._trading.replace(order_id, body, request_id))

    def _amend(self, frame: Frame, reply_to: FrameId) -> None:
        self._require(Scope.TRADE)
        name, body = self._name(frame), without(frame, "order_id", "client_order_id")
        self._trade(reply_to, lambda request_id: self._trading.amend(name, body, request_id))

    def _cancel(self, frame: Frame, reply_to: FrameId) -> None:
        know_only(frame, "order_id", "client_order_id", "response")
        self._require(Scope.TRADE)
        name, wait = self._name(frame), read_wait(frame)
        self._trade(reply_to, lambda request_id: self._trading.cancel(name, wait, request_id))

    def _cancel_all(self, frame: Frame, reply_to: FrameId) -> None:
        know_only(frame, "symbol", "side", "response")
        self._require(Scope.TRADE)
        symbol = read_symbol(frame) if frame.get("symbol") is not None else None
        side, wait = read_side(frame), read_wait(frame)
        self._trade(reply_to, lambda request_id: self._trading.cancel_all(symbol, side, wait, request_id))

    def _place_batch(self, frame: Frame, reply_to: FrameId) -> None:
        self._require(Scope.TRADE)
        body = without(frame)
        self._trade(reply_to, lambda request_id: self._trading.place_batch(body, request_id))

    def _cancel_batch(self, frame: Frame, reply_to: FrameId) -> None:
        self._require(Scope.TRADE)
        body = without(frame)
        self._trade(reply_to, lambda request_id: self._trading.cancel_batch(body, request_id))

    def _cancel_all_after(self, frame: Frame, reply_to: FrameId) -> None:
        self._require(Scope.TRADE)
        body = without(frame)
        self._trade(reply_to, lambda request_id: self._trading.cancel_all_after(body, request_id))

    async def _cancel_on_disconnect(self, frame: Frame, reply_to: FrameId) -> None:
        """In the place of what an earlier frame asked for."""
        know_only(frame, "enabled", "symbols")
        identity = self._require(Scope.TRADE)
        symbols = read_switch(frame)
        shown: str | list[str] = []
        if symbols is None:
            shown = ALL
        else:
            markets = await self.hub.readers.run(lambda: [market_by_symbol(symbol) for symbol in symbols])
            shown = [market.symbol for market in markets]
        wish = None if symbols == [] else Wish(identity.account_id, None if symbols is None else tuple(shown))
        self.hub.departures.wish(self, wish)
        self.send(Message({"type": "result", "id": reply_to, "status": 200, "symbols": shown}))

    def _name(self, frame: Frame) -> OrderName:
        """The order that a frame is about."""
        field = "order_id" if frame.get("client_order_id") is None else "client_order_id"
        other = "client_order_id" if field == "order_id" else "order_id"
        if frame.get(other) is not None:
            raise FieldInvalid(details={field: ["Either order_id or client_order_id."]})
        text = read_text(frame, field)
        return order_id_of(text) if field == "order_id" else text

    def _trade(self, reply_to: FrameId, work: Callable[[str], Coroutine[Any, Any, dict[str, Any]]]) -> None:
        """Beside the reading of frames, so the next command joins the same commit."""
        self._require_room()
        request_id = current_request.get()
        self._work_beside(work(request_id), reply_to, request_id)

    def _work_beside(self, work: Coroutine[Any, Any, dict[str, Any]], reply_to: FrameId, request_id: str) -> None:
        async def run() -> None:
            self._answer(reply_to, await work)

        self.beside(self.attempt(run(), reply_to, request_id))

    def _answer(self, reply_to: FrameId, result: dict[str, Any]) -> None:
        self.outlet.send_soon(Message({"type": "result", "id": reply_to, **result}))

    def _require_room(self) -> None:
        if self.tasks_beside + self._orders_in_flight >= settings.STREAM_MAX_COMMANDS_IN_FLIGHT:
            raise RateLimited(retry_after=1, counted_by="connection")

    def _require(self, scope: Scope) -> Identity:
        identity = self._identity
        if identity is None:
            raise AuthenticationRequired
        identity.require(scope)
        return identity
