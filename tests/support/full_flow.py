"""Random but repeatable commands of every kind, and a clock that passes by leaps, for simulations."""

import random
from datetime import timedelta
from typing import Any

from django.utils import timezone

from ledger.models import Account
from matching.engine.types import MarketState, OrderType, SelfTradePrevention, Side, TimeInForce
from matching.models import Command, CommandKind, Market
from matching.worker.moments import datetime_of
from tests.support.cast import CAST
from tests.support.exchange import Exchange, next_ids

SYMBOLS = ("BTC-USDT", "ETH-USDT")
_MIDDLE = {"BTC-USDT": 6_000_000, "ETH-USDT": 300_000}
_LOT = {"BTC-USDT": 1_000, "ETH-USDT": 100}
_WITH_LIMIT = (OrderType.STOP_LIMIT, OrderType.TAKE_PROFIT_LIMIT)
_WAITING = (*_WITH_LIMIT, OrderType.STOP_MARKET, OrderType.TAKE_PROFIT, OrderType.TRAILING_STOP)


class Clock:
    """The worker's clock, driven by the test."""

    def __init__(self) -> None:
        self.now_us = int(timezone.now().timestamp() * 1_000_000)

    def __call__(self) -> int:
        self.now_us += 1_000
        return self.now_us

    def leap(self, seconds: float) -> None:
        self.now_us += round(seconds * 1_000_000)


def put_safeguards_on(*, halt_seconds: int = 20) -> None:
    """Bands, breaker, protection, rates and counts on all markets, tight enough to be felt."""
    Market.objects.update(
        static_band_ppm=300_000,
        price_band_ppm=200_000,
        protection_ppm=20_000,
        breaker_ppm=6_000,
        breaker_window_seconds=60,
        halt_seconds=halt_seconds,
        auction_seconds=halt_seconds // 2,
        max_stop_orders=60,
        max_order_rate=500,
    )


class FullFlow:
    """Commands of the cast in two markets; remembers what it placed, so that changes name orders that may be open."""

    def __init__(self, exchange: Exchange, seed: int) -> None:
        self._rng = random.Random(seed)
        self._markets = {symbol: exchange.market(symbol) for symbol in SYMBOLS}
        self._accounts: dict[str, Account] = {name: exchange.account(name) for name in CAST}
        self._placed: list[tuple[str, str, int]] = []

    def log(self, count: int, *, now_us: int) -> list[int]:
        """Log that many commands in one transaction; returns their ids. Times they name are near `now_us`."""
        ids = iter(next_ids(2 * count))
        rows = [self._command(next(ids), next(ids), now_us) for _ in range(count)]
        Command.objects.bulk_create(rows)
        return [row.pk for row in rows]

    def _command(self, command_id: int, second_id: int, now_us: int) -> Command:
        rng = self._rng
        symbol, name = rng.choice(SYMBOLS), rng.choice(CAST)
        draw = rng.random()
        fields: dict[str, Any] = {}
        if draw < 0.66 or not self._placed:
            kind, fields = CommandKind.PLACE, self._order(symbol, now_us)
            if rng.random() < 0.06:
                fields["replaces"] = self._open_order_of(symbol, name)
            self._placed.append((symbol, name, command_id))
        elif draw < 0.73:
            kind, fields = CommandKind.PLACE_OCO, self._pair(symbol)
            fields["target_order_id"] = second_id
            self._placed += [(symbol, name, command_id), (symbol, name, second_id)]
        elif draw < 0.80:
            symbol, name, target = rng.choice(self._placed[-60:])
            kind, fields = CommandKind.CANCEL, {"target_order_id": target}
        elif draw < 0.95:
            symbol, name, target = rng.choice(self._placed[-60:])
            kind, fields = CommandKind.AMEND, self._other_terms(symbol, target)
        elif draw < 0.97:
            kind, fields = CommandKind.SET_COUNTDOWN, {"countdown_us": rng.choice([0, 0, 3, 300]) * 1_000_000}
        elif draw < 0.975:
            kind, fields = CommandKind.CANCEL_ALL, {"side": rng.choice([0, 1, 2])}
        elif draw < 0.98:
            return self._staff_command(command_id, symbol)
        else:
            # Halts made by hand, or by the breaker, end sooner or later.
            kind, fields = CommandKind.SET_STATE, {"state": MarketState.TRADING}
            return self._row(command_id, symbol, kind, **fields)
        return self._row(command_id, symbol, kind, account=self._accounts[name], **fields)

    def _order(self, symbol: str, now_us: int) -> dict[str, Any]:
        rng = self._rng
        side = rng.choice(list(Side))
        fields: dict[str, Any] = {
            "side": side,
            "order_type": OrderType.LIMIT,
            "time_in_force": TimeInForce.GTC,
            "stp_mode": rng.choice(list(SelfTradePrevention)),
            "lots": self._lots(symbol),
        }
        draw = rng.random()
        if draw < 0.45:
            fields |= {"ticks": self._price(symbol), "post_only": rng.random() < 0.1}
            if not fields["post_only"]:
                fields["time_in_force"] = rng.choice([TimeInForce.GTC] * 4 + [TimeInForce.IOC, TimeInForce.FOK])
        elif draw < 0.58:
            fields |= {"order_type": OrderType.MARKET, "time_in_force": TimeInForce.IOC}
            if rng.random() < 0.5:
                fields |= self._by_amount(symbol)
        elif draw < 0.68:
            fields |= {"order_type": OrderType.ICEBERG, "ticks": self._price(symbol)}
            fields["display_lots"] = max(fields["lots"] // 5, 1)
        else:
            fields |= self._waiting(symbol, side)
        if fields["time_in_force"] == TimeInForce.GTC and rng.random() < 0.25:
            fields["time_in_force"] = TimeInForce.GTD
            fields["good_till"] = datetime_of(now_us) + timedelta(seconds=rng.choice([-1, 2, 10, 40]))
        return fields

    def _waiting(self, symbol: str, side: Side) -> dict[str, Any]:
        rng = self._rng
        order_type = rng.choice(_WAITING)
        fields: dict[str, Any] = {"order_type": order_type}
        if order_type == OrderType.TRAILING_STOP:
            fields["trailing_ppm"] = rng.choice([500, 1_000, 3_000])
        else:
            rising = (side == Side.BUY) != (order_type in (OrderType.TAKE_PROFIT, OrderType.TAKE_PROFIT_LIMIT))
            distance = rng.randint(0, _MIDDLE[symbol] // 300)
            fields["trigger_ticks"] = _MIDDLE[symbol] + (distance if rising else -distance)
        if order_type in _WITH_LIMIT:
            fields["ticks"] = self._price(symbol)
        elif side == Side.BUY and rng.random() < 0.3:
            fields |= self._by_amount(symbol)
        return fields

    def _by_amount(self, symbol: str) -> dict[str, Any]:
        return {"lots": 0, "value": self._price(symbol) * self._lots(symbol)}

    def _pair(self, symbol: str) -> dict[str, Any]:
        rng = self._rng
        side, middle = rng.choice(list(Side)), _MIDDLE[symbol]
        away = rng.randint(middle // 1_000, middle // 300)
        sign = -1 if side == Side.BUY else 1
        trigger = middle - sign * away
        return {
            "side": side,
            "lots": self._lots(symbol),
            "ticks": middle + sign * away,
            "trigger_ticks": trigger,
            "stop_ticks": rng.choice([0, trigger - sign * away]),
            "stp_mode": rng.choice(list(SelfTradePrevention)),
        }

    def _other_terms(self, symbol: str, target: int) -> dict[str, Any]:
        rng = self._rng
        return {
            "target_order_id": target,
            "ticks": self._price(symbol) if rng.random() < 0.5 else 0,
            "lots": self._lots(symbol) if rng.random() < 0.7 else 0,
        }

    def _staff_command(self, command_id: int, symbol: str) -> Command:
        if self._rng.random() < 0.1:
            return self._row(command_id, symbol, CommandKind.CANCEL_ALL, reason="everything")
        state = self._rng.choice([MarketState.AUCTION, MarketState.PRE_OPEN, MarketState.CANCEL_ONLY])
        return self._row(command_id, symbol, CommandKind.SET_STATE, state=state, reason="by hand")

    def _open_order_of(self, symbol: str, name: str) -> int:
        own = [order_id for where, who, order_id in self._placed[-60:] if (where, who) == (symbol, name)]
        return self._rng.choice(own) if own else 1

    def _price(self, symbol: str) -> int:
        middle = _MIDDLE[symbol]
        return middle + round(self._rng.gauss(0, middle / 700))

    def _lots(self, symbol: str) -> int:
        return self._rng.randint(1, 30) * _LOT[symbol]

    def _row(self, command_id: int, symbol: str, kind: CommandKind, **fields: Any) -> Command:
        market = self._markets[symbol]
        return Command(id=command_id, shard=market.shard, market=market, rules_version=1, kind=kind, **fields)
