"""The recordings of a real exchange, where they are at hand: all of them go through, and the books are right."""

from pathlib import Path

import pytest

from tests.integration.replay.conftest import Replay
from tests.support.audit import audit
from tests.support.databases import ROOT
from tests.support.exchange import Exchange
from tests.support.worker_process import WorkerProcess

FOLDER = ROOT.parent / "shared" / "marketdata"
FILES = ("eth-aud", "bch-sgd", "dot-nzd", "matic-usd")
TAKERS_EVERY = 10


def recording(name: str) -> Path:
    path = FOLDER / f"{name}_order_by_order.jsonl"
    if not path.exists():
        pytest.skip(f"the recording {path} is not on this machine")
    return path


@pytest.mark.parametrize("name", FILES)
def test_goes_through(replay: Replay, exchange: Exchange, worker: WorkerProcess, name: str) -> None:
    path = recording(name)
    lines = len(path.read_text().splitlines())
    report = replay(path, name.upper(), takers=TAKERS_EVERY)
    assert report["trades"] > 0
    assert report["ledger_consistent"] is True
    assert report["takers"] == lines // TAKERS_EVERY
    counted = sum(report[key] for key in ("accepted", "refused", "cancelled", "cancels_of_finished"))
    assert counted == lines + report["takers"], "every line is accounted for"
    expected = [(67, "NUMBER_NOT_POSITIVE")] if name == "matic-usd" else []
    assert [(refusal["line"], refusal["code"]) for refusal in report["refusals"]] == expected
    worker.kill()
    audit(exchange)


def test_all_of_them_one_after_the_other(replay: Replay, exchange: Exchange, worker: WorkerProcess) -> None:
    for name in FILES:
        path = recording(name)
        for _ in range(2):
            report = replay(path, name.upper(), takers=TAKERS_EVERY)
            assert report["trades"] > 0
            assert report["ledger_consistent"] is True
    worker.kill()
    audit(exchange)
