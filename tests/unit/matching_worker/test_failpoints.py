"""A failpoint does nothing unless the environment names it, and then exactly at the asked time."""

import pytest

from matching.worker import failpoints
from matching.worker.failpoints import Failpoint, FailpointReached, pass_failpoint


@pytest.fixture
def armed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failpoints, "_name", Failpoint.APPLIED.value)
    monkeypatch.setattr(failpoints, "_action", "raise")
    monkeypatch.setattr(failpoints, "_passes_left", 3)


def test_unarmed() -> None:
    for failpoint in Failpoint:
        pass_failpoint(failpoint)


@pytest.mark.usefixtures("armed")
def test_raises_the_third_time_and_only_there() -> None:
    for _ in range(2):
        pass_failpoint(Failpoint.APPLIED)
        pass_failpoint(Failpoint.COMMITTED)
    with pytest.raises(FailpointReached):
        pass_failpoint(Failpoint.APPLIED)
    pass_failpoint(Failpoint.APPLIED)
