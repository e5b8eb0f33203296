"""Which workers let trading go first."""

import os
from types import SimpleNamespace

import pytest

from wallet.processor.bootstep import NICENESS, GivingWayStep


@pytest.mark.parametrize(
    ("queues", "gives_way"),
    [({"funds"}, True), ({"matching"}, False), ({"default"}, False), ({"funds", "matching"}, False)],
)
def test_only_a_worker_of_funds_alone_gives_way(queues: set[str], gives_way: bool) -> None:
    worker = SimpleNamespace(
        app=SimpleNamespace(amqp=SimpleNamespace(queues=SimpleNamespace(consume_from=queues))), steps=[]
    )
    assert GivingWayStep(worker).include_if(worker) is gives_way


def test_it_lowers_its_priority_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lowered: list[int] = []
    monkeypatch.setattr(os, "nice", lowered.append)
    worker = SimpleNamespace(steps=[])
    GivingWayStep(worker).start(worker)
    assert lowered == [NICENESS]
