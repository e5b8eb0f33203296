"""What is read from the log of funds is the message that was logged, and hashes to the same."""

import dataclasses
from decimal import Decimal

import pytest

from wallet.core.decoding import read_message
from wallet.core.operation_log import AppliedOperation, link_hash
from wallet.core.operations import (
    MESSAGES,
    Adjustment,
    Deposit,
    DepositHold,
    InternalTransfer,
    Message,
    Party,
    Suspense,
    SuspenseRelease,
    Sweep,
    Withdraw,
    WithdrawConfirm,
    WithdrawReject,
)

ONE = Decimal("1.50")
PARTY = Party("blockchain", chain="SIM", address='a"\\ä', tag="7")
SAMPLES: tuple[Message, ...] = (
    Deposit(
        request_id="r", asset="BTC", amount=ONE, account_id=1, rail="sim", external_tx_id="t", output_index=2,
        source=PARTY,
    ),
    Withdraw(
        request_id="r", asset="BTC", amount=ONE, account_id=1, rail="sim", withdrawal_id=2, fee=ONE, destination=PARTY
    ),
    WithdrawConfirm(
        request_id="r", asset="BTC", amount=ONE, account_id=1, rail="sim", withdrawal_id=2, fee=ONE,
        external_tx_id="t", network_fee=Decimal(0),
    ),
    WithdrawReject(
        request_id="r", asset="BTC", amount=ONE, account_id=1, rail="sim", withdrawal_id=2, fee=ONE,
        outcome="FAILED", reason="no",
    ),
    InternalTransfer(request_id="r", asset="BTC", amount=ONE, account_id=1, to_account_id=2, note="n"),
    Sweep(
        request_id="r", asset="BTC", amount=ONE, rail="sim", from_purpose="sim:a", to_purpose="sim:b", network_fee=ONE,
        external_tx_id="t",
    ),
    DepositHold(request_id="r", asset="BTC", amount=ONE, account_id=1, rail="sim", deposit_id=3, reason="reorg"),
    Suspense(
        request_id="r", asset="BTC", amount=ONE, rail="sim", deposit_id=3, external_tx_id="t", output_index=0,
        reason="?",
    ),
    SuspenseRelease(request_id="r", asset="BTC", amount=ONE, rail="sim", deposit_id=3, account_id=0, reason="back"),
    Adjustment(
        request_id="r", asset="BTC", amount=ONE, adjustment_id=4, lines=((1, "1.5", "0"), (2, "-1.5", "0")), reason="c"
    ),
)  # fmt: skip


@pytest.mark.parametrize("message", SAMPLES, ids=lambda message: type(message).__name__)
def test_round_trip(message: Message) -> None:
    read = read_message("r", message.canonical())
    assert read == message
    assert read.input_hash() == message.input_hash()


def test_every_kind_is_among_them() -> None:
    assert {type(message) for message in SAMPLES} == set(MESSAGES.values())


def test_a_link_binds_everything_of_every_operation() -> None:
    first = AppliedOperation(
        1, 7, "rail:sim", "r", SAMPLES[0].canonical(), "", {"b": "1", "a": "2"}, 1_700_000_000_000_000
    )
    base = link_hash(b"", b"journal", [first, first._replace(sequence=2)])
    for change in (
        {"sequence": 3}, {"operation_id": 8}, {"origin": "x"}, {"request_id": "x"}, {"message": "{}"}, {"code": "X"},
        {"detail": {"a": "2"}}, {"applied_at_us": 1},
    ):  # fmt: skip
        assert link_hash(b"", b"journal", [first._replace(**change), first._replace(sequence=2)]) != base
    assert link_hash(b"x", b"journal", [first, first._replace(sequence=2)]) != base
    assert link_hash(b"", b"other", [first, first._replace(sequence=2)]) != base
    same = first._replace(detail={"a": "2", "b": "1"})
    assert link_hash(b"", b"journal", [same, first._replace(sequence=2)]) == base


def test_the_request_id_is_not_part_of_what_is_compared() -> None:
    assert dataclasses.replace(SAMPLES[0], request_id="other").input_hash() == SAMPLES[0].input_hash()
