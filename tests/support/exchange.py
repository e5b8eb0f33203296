"""An exchange under test: its cast, its books and, when asked for, its matching worker."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
import redis
from django.db import connection

from accounts.models import User
from kernel.units import MarketUnits
from ledger.models import Account, Balance
from matching.engine.types import OrderType, Side, TimeInForce
from matching.models import Command, CommandKind, Market, Order
from matching.rules import LoggedRules, units_of
from matching.worker.batch_writers import configured_batch_writers
from matching.worker.publishing import Publisher
from matching.worker.worker import MatchingWorker
from tests.support.worker_process import eventually


class Exchange:
    """Handles to what a test needs; everything is read anew from the database."""

    def __init__(self, *, database: str, redis_client: "redis.Redis") -> None:
        self.database = database
        self.redis = redis_client
        self._worker: MatchingWorker | None = None
        self._worker_options: dict[str, Any] = {}

    def user(self, name: str) -> User:
        return User.objects.get(username=name)

    def account(self, name: str) -> Account:
        return Account.objects.get(user__username=name)

    def market(self, symbol: str = "BTC-USDT") -> Market:
        return Market.objects.select_related("base", "quote", "shard").get(symbol=symbol)

    def balance(self, name: str, asset: str) -> tuple[Decimal, Decimal]:
        """Available and locked, in units."""
        row = Balance.objects.get(account__user__username=name, asset__symbol=asset)
        return row.available, row.locked

    def order(self, order_id: int) -> Order:
        return Order.objects.get(pk=order_id)

    # --- the worker ----------------------------------------------------------------------------------------------

    def worker(self, **options: Any) -> MatchingWorker:
        """The shard's worker, stepped by hand; it is the leader from the first call on.

        Options hold for later workers of this exchange as well.
        """
        if self._worker is None:
            self._worker_options |= options
            self._worker = MatchingWorker(
                shard_name="main",
                publisher=Publisher(self.redis),
                batch_writers=configured_batch_writers(),
                **self._worker_options,
            )
            # The server may still be ending the session of a worker that was killed a moment ago.
            eventually(self._worker.try_take_over)
        return self._worker

    def restart_worker(self, **options: Any) -> MatchingWorker:
        """As after a crash: what was in memory is gone."""
        if self._worker is not None:
            self._worker.step_down()
            self._worker = None
        return self.worker(**options)

    def run(self) -> None:
        """Apply all that is pending."""
        while self.worker().run_once():
            pass

    # --- commands, inserted as the web process does --------------------------------------------------------------

    def place(
        self,
        name: str,
        side: str,
        price: str | None,
        quantity: str | None,
        *,
        quote_amount: str | None = None,
        time_in_force: str | None = None,
        post_only: bool = False,
        symbol: str = "BTC-USDT",
        order_type: OrderType | None = None,
        trigger: str | None = None,
        display: str | None = None,
        expires_at: datetime | None = None,
        **fields: Any,
    ) -> int:
        """Log a new order; returns its id. `fields` are further columns of the command."""
        units = units_of(self.market(symbol))
        return self._log(
            name,
            CommandKind.PLACE,
            symbol,
            side=Side[side],
            order_type=order_type or (OrderType.LIMIT if price else OrderType.MARKET),
            time_in_force=TimeInForce[time_in_force or ("IOC" if order_type is None and not price else "GTC")],
            post_only=post_only,
            ticks=_ticks(units, price),
            lots=_lots(units, quantity),
            value=units.tick_lots(Decimal(quote_amount)) if quote_amount else 0,
            trigger_ticks=_ticks(units, trigger),
            display_lots=_lots(units, display),
            expires_at=expires_at,
            **fields,
        )

    def place_oco(
        self,
        name: str,
        side: str,
        quantity: str,
        *,
        price: str,
        trigger: str,
        stop_price: str | None = None,
        symbol: str = "BTC-USDT",
        **fields: Any,
    ) -> tuple[int, int]:
        """Log a pair of orders; returns the ids of its limit leg and its stop leg."""
        units = units_of(self.market(symbol))
        (stop_leg,) = next_ids(1)
        limit_leg = self._log(
            name,
            CommandKind.PLACE_OCO,
            symbol,
            side=Side[side],
            lots=_lots(units, quantity),
            ticks=_ticks(units, price),
            trigger_ticks=_ticks(units, trigger),
            stop_ticks=_ticks(units, stop_price),
            target_order_id=stop_leg,
            **fields,
        )
        return limit_leg, stop_leg

    def amend(
        self,
        name: str,
        order_id: int,
        *,
        price: str | None = None,
        quantity: str | None = None,
        symbol: str = "BTC-USDT",
        **fields: Any,
    ) -> int:
        """Log other terms for an order; returns the command's id."""
        units = units_of(self.market(symbol))
        ticks, lots = _ticks(units, price), _lots(units, quantity)
        return self._log(name, CommandKind.AMEND, symbol, target_order_id=order_id, ticks=ticks, lots=lots, **fields)

    def set_countdown(self, name: str, seconds: float, *, symbol: str = "BTC-USDT", **fields: Any) -> int:
        countdown_us = round(seconds * 1_000_000)
        return self._log(name, CommandKind.SET_COUNTDOWN, symbol, countdown_us=countdown_us, **fields)

    def set_rules(self, *, symbol: str = "BTC-USDT", **limits: Any) -> int:
        """Log a change of limits, columns of the market; returns the command's id."""
        before, after = self.market(symbol), self.market(symbol)
        for field, value in limits.items():
            setattr(after, field, value)
        after.rules_version += 1
        rules = orjson.loads(LoggedRules.of(before, after).write())
        return self._log(None, CommandKind.SET_RULES, symbol, rules=rules)

    def cancel(self, name: str, order_id: int, *, symbol: str = "BTC-USDT", **fields: Any) -> int:
        """Log the cancellation of an order; returns the command's id."""
        return self._log(name, CommandKind.CANCEL, symbol, target_order_id=order_id, **fields)

    def cancel_all(self, name: str | None, *, symbol: str = "BTC-USDT", **fields: Any) -> int:
        return self._log(name, CommandKind.CANCEL_ALL, symbol, **fields)

    def set_state(self, state: int, *, reason: str = "", symbol: str = "BTC-USDT") -> int:
        return self._log(None, CommandKind.SET_STATE, symbol, state=state, reason=reason)

    def _log(self, name: str | None, kind: CommandKind, symbol: str, **fields: Any) -> int:
        market = self.market(symbol)
        command = Command.objects.create(
            shard=market.shard,
            market=market,
            rules_version=market.rules_version,
            account=self.account(name) if name else None,
            kind=kind,
            **fields,
        )
        return command.pk

    def close(self) -> None:
        """Nothing outlives the test."""
        if self._worker is not None:
            self._worker.step_down()


def next_ids(count: int) -> list[int]:
    """Ids as the command log gives them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT bourse_next_id() FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def _ticks(units: MarketUnits, price: str | None) -> int:
    return units.ticks(Decimal(price)) or 0 if price else 0


def _lots(units: MarketUnits, quantity: str | None) -> int:
    return units.lots(Decimal(quantity)) or 0 if quantity else 0
