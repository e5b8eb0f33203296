"""An exchange under test: its cast, its books and, when asked for, its matching worker."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import redis

from accounts.models import User
from ledger.models import Account, Balance
from matching.engine.types import OrderType, Side, TimeInForce
from matching.models import Command, CommandKind, Market, Order
from matching.rules import units_of
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
        """The shard's worker, stepped by hand; it is the leader from the first call on."""
        if self._worker is None:
            self._worker = MatchingWorker(
                shard_name="main",
                publisher=Publisher(self.redis),
                batch_writers=configured_batch_writers(),
                **options,
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
        expires_at: datetime | None = None,
        **fields: Any,
    ) -> int:
        """Log a new order; returns its id."""
        market = self.market(symbol)
        units = units_of(market)
        command = Command.objects.create(
            shard=market.shard,
            market=market,
            rules_version=market.rules_version,
            account=self.account(name),
            kind=CommandKind.PLACE,
            side=Side[side],
            order_type=OrderType.LIMIT if price else OrderType.MARKET,
            time_in_force=TimeInForce[time_in_force or ("GTC" if price else "IOC")],
            post_only=post_only,
            ticks=units.ticks(Decimal(price)) or 0 if price else 0,
            lots=units.lots(Decimal(quantity)) or 0 if quantity else 0,
            value=units.tick_lots(Decimal(quote_amount)) if quote_amount else 0,
            expires_at=expires_at,
            **fields,
        )
        return command.pk

    def cancel(self, name: str, order_id: int, *, symbol: str = "BTC-USDT") -> int:
        """Log the cancellation of an order; returns the command's id."""
        return self._log(name, CommandKind.CANCEL, symbol, target_order_id=order_id)

    def cancel_all(self, name: str | None, *, symbol: str = "BTC-USDT") -> int:
        return self._log(name, CommandKind.CANCEL_ALL, symbol)

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
