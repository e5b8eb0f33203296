"""Random requests hardly ever name a market or an order that exists. This puts what exists into some of them.

What is put in follows from the request itself, so a request is the same in every run but for the ids in it.
"""

import random
import zlib
from typing import Any

from schemathesis import Case

from matching.engine.types import MarketState
from tests.integration.api.conftest import TradingFloor
from tests.support.filled_venues import address_of
from tests.support.told_venue import EVM, SECRET, connected
from tests.support.worker_process import eventually
from wallet.venues.models import AddressStatus

HALTED = "ETH-USDT"
"""A market that takes no orders, so that every way to place one meets a market that is not available."""

_MOMENTS = ["2026-01-20T14:25:00Z", "2200-01-01T00:00:00+02:00", "1767225600000", "0", "99999999999999"]
_MOMENTS += ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"]
_FAR = "2200-01-01T00:00:00Z"
_PRICES = ["59995", "60005", "60020", "1", "59990.005"]

_VALUES: dict[str, list[Any]] = {
    "symbol": ["BTC-USDT", "BTC-USDT", "BTC-USDT", "BTC/USDT", HALTED],
    "asset": ["BTC", "USDT"],
    "interval": ["1m", "1h", "1d"],
    "price": _PRICES,
    "stop_price": _PRICES,
    "trigger_price": ["59000", "61000", "60000"],
    "trailing_delta": ["0.01", "0.5"],
    "quantity": ["0.001", "0.01", "0.5", "0.00001"],
    "display_quantity": ["0.001", "0.01"],
    "quote_amount": ["10", "1000", "0.01"],
    "good_till": [_FAR, *_MOMENTS],
    "timeout_ms": [0, 60_000],
    "response": ["ACK", "RESULT"],
    "validate_only": [True, False],
    "from": _MOMENTS,
    "to": [*_MOMENTS, "colleague", "owner"],
    "at": _MOMENTS,
    "start": _MOMENTS,
    "end": _MOMENTS,
    "scopes": [["read"], ["read", "trade"]],
    "ip_ranges": [[], ["127.0.0.0/8"]],
    "group": ["1", "10", "0.01"],
    "network": ["SIM"],
    "amount": ["0.01", "1", "20", "0.001", "0.0000000001"],
    "address": ["far-away-1", "far-away-1", "elsewhere"],
    "request_id": ["first", "second"],
    "exchange": ["toldex", "toldex", "binance"],
    "exchange_id": ["toldex", "binance"],
    "currency": ["USDT", "USDT", "XRP"],
    "api_secret": [SECRET, "wrong-secret-0123456789"],
    "action": ["create", "update", "activate", "confirm", "block", "unlist", "delete"],
}

_ORDER = {"symbol": "BTC-USDT", "side": "BUY", "quantity": "0.01"}
ORDERS: tuple[dict[str, Any], ...] = (
    _ORDER | {"type": "LIMIT", "price": "59000"},
    _ORDER | {"type": "LIMIT", "price": "60010", "time_in_force": "IOC"},
    _ORDER | {"type": "LIMIT", "price": "59000", "time_in_force": "GTD", "good_till": _FAR, "post_only": True},
    _ORDER | {"type": "MARKET"},
    _ORDER | {"type": "MARKET", "quantity": None, "quote_amount": "1000"},
    _ORDER | {"type": "ICEBERG", "price": "59000", "quantity": "0.1", "display_quantity": "0.01"},
    _ORDER | {"type": "STOP_LIMIT", "trigger_price": "61000", "price": "61100"},
    _ORDER | {"type": "STOP_MARKET", "trigger_price": "61000"},
    _ORDER | {"type": "TAKE_PROFIT_LIMIT", "trigger_price": "59000", "price": "59100"},
    _ORDER | {"type": "TAKE_PROFIT", "trigger_price": "59000"},
    _ORDER | {"type": "TRAILING_STOP", "trailing_delta": "0.01"},
)
"""One of each kind, all of which the market takes."""
PAIR = _ORDER | {"side": "SELL", "price": "61000", "trigger_price": "59000"}


class Ground:
    """Knows the orders of an exchange."""

    def __init__(self, floor: TradingFloor) -> None:
        self._floor = floor
        self._values = dict(_VALUES)

    def halt_a_market(self) -> None:
        """From now on `HALTED` is."""
        self._floor.exchange.set_state(MarketState.HALTED, symbol=HALTED)
        address = f"/api/v1/markets/{HALTED}"
        eventually(lambda: self._floor.stranger.get(address).json()["state"] == MarketState.HALTED.name)

    def connect_exchanges(self) -> None:
        """Accounts at another exchange with addresses of which one has changed, for owner and colleague."""
        accounts, addresses = [], []
        for name in ("owner", "colleague"):
            account = connected(self._floor.exchange.user(name))
            old = address_of(account, status=AddressStatus.REPLACED)
            new = address_of(account, EVM[1], status=AddressStatus.CHANGED, replaces=old)
            accounts.append(str(account.pk))
            addresses += [str(old.pk), str(new.pk)]
        self._values |= {
            "account_id": accounts,
            "account_ids": [accounts[:1], accounts],
            "address_id": addresses,
            "id": addresses,
            "ids": [addresses[:2], addresses],
        }

    def new_orders(self) -> None:
        """Instead of all older orders make some that rest and one that has traded, so that ids name what is there."""
        floor = self._floor
        for client in (floor.owner, floor.colleague):
            client.delete("/api/v1/orders?symbol=BTC-USDT")
        floor.limit(floor.colleague, "SELL", "60010", "5")
        floor.limit(floor.colleague, "BUY", "59990", "5")
        placed = [
            floor.limit(floor.owner, "BUY", "60010", "0.01"),
            *(floor.limit(floor.owner, "BUY", f"5{number}000", "0.01") for number in range(9)),
            floor.limit(floor.owner, "SELL", "70000", "0.1", client_order_id=f"mine:{len(self._names())}"),
        ]
        ids = [answer.json()["id"] for answer in placed]
        names = [*self._names(), placed[-1].json()["client_order_id"]]
        self._values |= {
            "order_id": ids,
            "replaces": ids,
            "cursor": ids,
            "order_ids": [ids[1:3], ids],
            "client_order_id": names[-2:],
            "client_order_ids": [names[-1:], names[-2:]],
        }

    def _names(self) -> list[str]:
        return self._values.get("client_order_id", [])

    def put_into(self, case: Case) -> None:
        """Replace some values of the request's path, query and body by ones that mean something."""
        chance = random.Random(fingerprint(case))
        for part in (case.path_parameters, case.query, case.body):
            self._ground(part, chance)

    def _ground(self, part: Any, chance: random.Random) -> None:
        if isinstance(part, list):
            for item in part:
                self._ground(item, chance)
        elif isinstance(part, dict):
            for name, value in part.items():
                choices = self._values.get(name)
                if choices and chance.random() < 0.7:
                    part[name] = chance.choice(choices)
                else:
                    self._ground(value, chance)
            if "side" in part and chance.random() < 0.6:
                _make_nearly_right(part, chance)


def _make_nearly_right(order: dict[str, Any], chance: random.Random) -> None:
    """Leave a few of its fields to an order, and make the others right."""
    right = dict(chance.choice(ORDERS) if "type" in order else PAIR)
    kept = chance.sample(sorted(order, key=str), k=min(len(order), chance.choice([0, 1, 1, 2, 3])))
    fields = {name: order[name] for name in kept}
    order.clear()
    order.update(right | fields)


def fingerprint(case: Case) -> int:
    """A number that the request determines."""
    request = (case.operation.label, case.method, case.path_parameters, case.query, case.body)
    return zlib.crc32(repr(request).encode(errors="replace"))
