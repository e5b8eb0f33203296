"""Requests that follow the description, and requests that almost do: no answer is a mistake of ours or undocumented.

Schemathesis makes them, the same ones in every run: each boundary the description has, then a few at random.
"""

from collections import defaultdict
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.schemas import OpenApiSchema

from matching.models import QuarantinedCommand
from tests.contract.checks import CHECKS
from tests.contract.description import id_of, is_about_orders, is_for_people, is_for_staff, operations_of
from tests.contract.door import Caller, Door
from tests.contract.grounding import Ground, fingerprint
from tests.integration.api.conftest import TradingFloor
from tests.support.audit import audit

RANDOM_REQUESTS = 20
"""Of each operation, on top of those at the boundaries of its description."""

_SETTINGS = settings(
    max_examples=RANDOM_REQUESTS,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
_OTHERS = [Caller.PERSON, Caller.READER, Caller.COLLEAGUE, Caller.FORGER, Caller.STRANGER]

GROUPS: dict[str, Callable[[APIOperation], bool]] = {
    "new orders": lambda operation: is_about_orders(operation) and operation.method == "post",
    "changes of orders": lambda operation: is_about_orders(operation) and operation.method in ("patch", "delete"),
    "reading": lambda operation: operation.method == "get",
    "all else": lambda operation: not is_about_orders(operation) and operation.method != "get",
}
"""What one test sends. Four, because they run beside each other."""


@pytest.mark.parametrize("group", GROUPS)
def test_every_answer_is_as_described(
    group: str, api: OpenApiSchema, door: Door, ground: Ground, floor: TradingFloor, subtests: pytest.Subtests
) -> None:
    answered: defaultdict[str, set[int]] = defaultdict(set)

    def send(case: Case) -> None:
        ground.put_into(case)
        usual = Caller.PERSON if is_for_people(case.operation) else Caller.OWNER
        if is_for_staff(case.operation):
            usual = Caller.STAFF
        callers = [usual] * 12 + _OTHERS
        door.caller = callers[fingerprint(case) % len(callers)]
        response = case.call_and_validate(checks=CHECKS)
        answered[id_of(case.operation)].add(response.status_code)

    ground.halt_a_market()
    operations = [operation for operation in operations_of(api) if GROUPS[group](operation)]
    for operation in operations:
        ground.new_orders()
        with subtests.test(operation.label):
            _random_test(operation, send)()
    assert len(answered) == len(operations)
    _nothing_is_wrong_behind_the_door(floor)
    if group == "new orders":
        # What is put into the requests still means something, and still is not always right.
        statuses: set[int] = set().union(*answered.values())
        assert statuses >= {200, 201, 202, 400, 401, 403, 404, 409, 415, 422, 503}


def _nothing_is_wrong_behind_the_door(floor: TradingFloor) -> None:
    floor.stop()
    floor.exchange.run()
    assert not QuarantinedCommand.objects.exists(), "the engine could not apply a command that was accepted"
    audit(floor.exchange)


def test_no_operation_is_left_out(api: OpenApiSchema) -> None:
    for operation in operations_of(api):
        assert sum(belongs(operation) for belongs in GROUPS.values()) == 1, operation.label


def _random_test(operation: APIOperation, send: Callable[[Case], None]) -> Callable[[], None]:
    configuration = HypothesisTestConfig(
        project=operation.schema.config,
        modes=[HypothesisTestMode.COVERAGE, HypothesisTestMode.FUZZING],
        settings=_SETTINGS,
    )

    def test(case: Case) -> None:
        send(case)

    created: Callable[[], None] = create_test(operation=operation, test_func=test, config=configuration)
    return created
