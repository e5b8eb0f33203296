"""Rounds of payouts: nothing that waits, and no rail that fails, keeps others from being looked at."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support import funds
from tests.support.withdrawals import PayoutDesk, open_desk
from wallet.models import KillSwitch, Rail, RailKind, Withdrawal
from wallet.rails.protocol import PayoutUnknown, RailUnavailable
from wallet.services.payouts import send_payouts
from wallet.services.switches import stop_payouts

NAMES = ("owner", "colleague", "outsider")


@pytest.fixture
def desk(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PayoutDesk:
    """A round asks about two of a state, and reads two at a time."""
    monkeypatch.setattr("wallet.services.payouts.MOST_A_ROUND", 2)
    monkeypatch.setattr("wallet.services.payouts.PAGE", 2)
    return open_desk(tmp_path, monkeypatch)


def of_all(desk: PayoutDesk) -> list[Withdrawal]:
    return [desk.approved("1", name=name) for name in NAMES]


def test_what_is_stopped_stands_in_nobodys_way(desk: PayoutDesk) -> None:
    stopped, ether = of_all(desk), desk.approved("1", asset="ETH")
    stop_payouts(scope="asset:BTC", by=None, reason="test")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        desk.round()
    assert desk.state(ether) == "SENT"
    assert [desk.found(one).waits_for for one in stopped] == ["KILL_SWITCH"] * 3
    # Once for each asset, and once more for the call.
    asked = [query for query in queries if f'FROM "{KillSwitch._meta.db_table}"' in query["sql"]]
    assert len(asked) == 3


def test_a_switch_thrown_during_a_round_is_obeyed_by_what_comes_after(desk: PayoutDesk) -> None:
    first, *others = of_all(desk)

    class Throwing(type(desk.far_end)):  # type: ignore[misc]
        def payout(self, **asked: Any) -> Any:
            stop_payouts(scope="all", by=None, reason="test")
            return super().payout(**asked)

    desk.far_end = Throwing(desk.far_end.path)
    desk.round()
    assert desk.state(first) == "SENT", "it was just being called for"
    assert [desk.state(one) for one in others] == ["APPROVED"] * 2
    assert len(desk.far_end.paid()) == 1


def test_payouts_nobody_knows_about_are_all_looked_up_in_turn(desk: PayoutDesk) -> None:
    desk.far_end.is_payout_idempotent = False
    desk.far_end.fails_after = [PayoutUnknown()] * 3
    desk.far_end.forgets = True
    unknown = of_all(desk)
    for _ in range(3):
        desk.round()
    assert [desk.found(one).waits_for for one in unknown] == ["NEEDS_STAFF"] * 3
    last = unknown[-1].payout_id
    found = type(desk.far_end).look_up

    def knows_the_last(**asked: Any) -> Any:
        desk.far_end.forgets = asked["payout_id"] != last
        return found(desk.far_end, **asked)

    desk.far_end.look_up = knows_the_last  # type: ignore[method-assign]
    for _ in range(2):
        desk.round()
    assert [desk.state(one) for one in unknown] == ["UNKNOWN", "UNKNOWN", "SENT"]


def test_what_a_rail_does_not_take_stands_in_nobodys_way(desk: PayoutDesk) -> None:
    desk.far_end.fails_before = [RailUnavailable()] * 5
    waiting = of_all(desk)
    for _ in range(2):
        desk.round()
    assert [desk.found(one).waits_for for one in waiting] == ["NOT_TAKEN"] * 3
    last = waiting[-1].payout_id
    pay = type(desk.far_end).payout

    def takes_the_last(**asked: Any) -> Any:
        if asked["payout_id"] != last:
            raise RailUnavailable
        return pay(desk.far_end, **asked)

    desk.far_end.payout = takes_the_last  # type: ignore[method-assign]
    for _ in range(2):
        desk.round()
    assert [desk.state(one) for one in waiting] == ["SENDING", "SENDING", "SENT"]


def test_a_rail_whose_adapter_cannot_be_made_stops_no_other(desk: PayoutDesk, settings: Any) -> None:
    behind = desk.approved("1")
    broken = funds.open_rail("aaa", kind=RailKind.CUSTODY)
    assert broken.code < desk.rail.code
    Withdrawal.objects.filter(pk=desk.approved("1", name="colleague").pk).update(rail=broken)
    settings.RAIL_ADAPTERS = {
        RailKind.CUSTODY: "decimal.Decimal",
        RailKind.SIMULATED_CHAIN: "tests.integration.wallet.test_payout_rounds.far_end",
    }
    globals()["far_end"] = lambda rail: desk.far_end
    send_payouts()
    assert desk.state(behind) == "SENT"
    assert Rail.objects.count() == 2
