"""Each operation succeeds in each way its description promises, and then answers as described.

Random requests seldom succeed, so the ways to do it are written down here. An operation that only reads needs no
entry: it is asked without parameters, or for what `_READS` says. What has to be written and is not, fails the test.
"""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from schemathesis.core import NOT_SET
from schemathesis.specs.openapi.schemas import OpenApiSchema

from exchange.api.health import forget_health
from tests.contract.checks import CHECKS
from tests.contract.connecting import walk_venues
from tests.contract.depositing import walk_deposits
from tests.contract.description import (
    id_of,
    is_about_venues,
    is_for_people,
    is_for_rails,
    is_for_staff,
    operations_of,
)
from tests.contract.door import Caller, Door
from tests.contract.grounding import ORDERS, PAIR
from tests.contract.pouring import walk_faucet
from tests.contract.withdrawing import walk_withdrawals
from tests.integration.api.conftest import TradingFloor
from tests.support.told_venue import ToldVenue
from tests.support.withdrawals import PayoutDesk
from wallet.proofs.liabilities import prove_liabilities

SUCCESSES = range(200, 300)
RESTING = ORDERS[0] | {"price": "50000"}
TAKING = ORDERS[0] | {"price": "60000"}
ACK = {"response": "ACK"}
CHECK = {"validate_only": True}


class Walk:
    """Sends requests, and keeps in mind what has succeeded how."""

    def __init__(self, api: OpenApiSchema, door: Door) -> None:
        self._door = door
        self.operations = {id_of(operation): operation for operation in operations_of(api)}
        self.seen: set[tuple[str, int]] = set()

    def go(
        self,
        operation_id: str,
        status: int,
        body: Any = NOT_SET,
        *,
        query: dict[str, Any] | None = None,
        **path_parameters: str,
    ) -> Any:
        """One request that has to succeed with that status; returns the JSON of its answer."""
        operation = self.operations[operation_id]
        self._door.caller = Caller.PERSON if is_for_people(operation) else Caller.OWNER
        if is_for_rails(operation):
            self._door.caller = Caller.RAIL
        if is_for_staff(operation):
            self._door.caller = Caller.STAFF
        case = operation.Case(
            path_parameters=path_parameters,
            query=query or {},
            body=body,
            media_type=None if body is NOT_SET else "application/json",
        )
        response = case.call_and_validate(checks=CHECKS)
        assert response.status_code == status, response.content
        self.seen.add((operation_id, status))
        return response.json() if response.headers["content-type"] == ["application/json"] else None

    def promised(self) -> set[tuple[str, int]]:
        """Every success that is described."""
        return {
            (operation_id, int(status))
            for operation_id, operation in self.operations.items()
            for status in operation.responses.status_codes
            if int(status) in SUCCESSES
        }


_READS: dict[str, dict[str, Any]] = {"list_candles": {"interval": "1m"}, "balances_at": {"at": "2026-01-20T14:25:00Z"}}
"""The query of what cannot be read without one."""
_MAY_BE_EMPTY = frozenset({"list_notices", "balances_at"})
"""Lists for which nobody has written anything here."""


@pytest.fixture
def walk(api: OpenApiSchema, door: Door) -> Walk:
    return Walk(api, door)


def test_every_operation_succeeds_as_described(
    walk: Walk,
    floor: TradingFloor,
    desk: PayoutDesk,
    venue: ToldVenue,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    settings: Any,
) -> None:
    floor.limit(floor.colleague, "SELL", "60000", "10")
    _place(walk)
    _amend(walk)
    _cancel(walk)
    _countdown(walk)
    _settings(walk)
    _keys(walk)
    walk_faucet(walk.go, tmp_path, settings)
    known = walk_withdrawals(walk.go, desk, monkeypatch) | walk_deposits(walk.go)
    _read(walk, known, walk_venues(walk.go, venue))
    assert walk.seen == walk.promised()


def _place(walk: Walk) -> None:
    walk.go("place_order", 200, TAKING | CHECK)
    walk.go("place_order", 202, RESTING | ACK)
    assert walk.go("place_order", 201, TAKING)["fills"]
    for order in ORDERS:
        walk.go("place_order", 201, order)
    results = walk.go("place_orders", 200, {"orders": [*ORDERS, TAKING, RESTING | {"price": "0"}]})["results"]
    assert {result["status"] for result in results} == {201, 400}
    walk.go("place_oco", 200, PAIR | CHECK)
    walk.go("place_oco", 202, PAIR | ACK)
    walk.go("place_oco", 201, PAIR | {"stop_price": "58000"})
    walk.go("replace_order", 200, TAKING | CHECK, order_id=_rest(walk))
    walk.go("replace_order", 202, RESTING | ACK, order_id=_rest(walk))
    walk.go("replace_order", 201, TAKING, order_id=_rest(walk))


def _amend(walk: Walk) -> None:
    walk.go("amend_order", 202, {"quantity": "0.005"} | ACK, order_id=_rest(walk))
    assert walk.go("amend_order", 200, {"price": "60000"}, order_id=_rest(walk))["fills"]
    by_name = "amend_order_by_client_id"
    walk.go(by_name, 202, {"quantity": "0.005"} | ACK, client_order_id=_rest_as(walk, "first"))
    walk.go(by_name, 200, {"price": "50001"}, client_order_id=_rest_as(walk, "second"))


def _cancel(walk: Walk) -> None:
    walk.go("cancel_order", 202, query=ACK, order_id=_rest(walk))
    walk.go("cancel_order", 200, order_id=_rest(walk))
    walk.go("cancel_order_by_client_id", 202, query=ACK, client_order_id=_rest_as(walk, "third"))
    walk.go("cancel_order_by_client_id", 200, client_order_id=_rest_as(walk, "fourth"))
    results = walk.go("cancel_orders", 200, {"order_ids": [_rest(walk), "1"]})["results"]
    assert [result["status"] for result in results] == [200, 404]
    _rest(walk)
    walk.go("cancel_all_orders", 202, query=ACK | {"symbol": "BTC-USDT"})
    _rest(walk)
    assert walk.go("cancel_all_orders", 200, query={"symbol": "BTC-USDT"})["cancelled"]
    _rest(walk)
    walk.go("cancel_all_orders", 200)


def _countdown(walk: Walk) -> None:
    walk.go("cancel_all_after", 202, {"timeout_ms": 60_000} | ACK)
    assert walk.go("cancel_all_after", 200, {"timeout_ms": 60_000})["markets"]


def _settings(walk: Walk) -> None:
    walk.go("set_trading_preferences", 200, {"self_trade_prevention": "DECREMENT"})


def _keys(walk: Walk) -> None:
    key = walk.go("create_api_key", 201, {"label": "for reports", "scopes": ["read"], "ip_ranges": ["10.0.0.0/8"]})
    walk.go("revoke_api_key", 200, api_key_id=key["id"])


def _read(walk: Walk, known: dict[str, str], known_elsewhere: dict[str, str]) -> None:
    _rest_as(walk, "to-be-read")
    prove_liabilities()
    forget_health()
    for operation_id, operation in walk.operations.items():
        if operation.method != "get":
            continue
        # An order each time: it is also a sign of life of the worker.
        names = known | {"symbol": "BTC-USDT", "order_id": _rest(walk), "client_order_id": "to-be-read"}
        names["year"] = str(timezone.now().year)
        if is_about_venues(operation):
            names |= known_elsewhere
        answer = walk.go(
            operation_id,
            200,
            query=_READS.get(operation_id),
            **{parameter.name: names[parameter.name] for parameter in operation.path_parameters},
        )
        if isinstance(answer, dict) and "items" in answer and operation_id not in _MAY_BE_EMPTY:
            assert answer["items"], f"{operation_id} showed no item, so none was checked"


def _rest(walk: Walk) -> str:
    return str(walk.go("place_order", 201, RESTING)["id"])


def _rest_as(walk: Walk, name: str) -> str:
    walk.go("place_order", 201, RESTING | {"client_order_id": name})
    return name
