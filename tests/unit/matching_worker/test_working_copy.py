"""The balances of a batch: what is asked, what is moved, what becomes a posting, and what the lock must confirm."""

import random

import pytest

from kernel.errors import InvariantViolated
from matching.worker.working_copy import WorkingBalance, WorkingCopy

OWNER, COLLEAGUE = 1, 2
COIN, CASH = 10, 20
DIRECTORY = {(account, asset): account * 100 + asset for account in (OWNER, COLLEAGUE) for asset in (COIN, CASH)}


@pytest.fixture
def copy() -> WorkingCopy:
    made = WorkingCopy(DIRECTORY)
    made.balance(OWNER, CASH).start = 1_000
    return made


def postings(copy: WorkingCopy) -> list[tuple[int, int, int, int, int]]:
    journal = copy.journal
    return list(
        zip(
            journal.posting_entry_ids,
            journal.account_ids,
            journal.asset_ids,
            journal.available,
            journal.locked,
            strict=True,
        )
    )


def move(copy: WorkingCopy, entry_id: int, *moves: tuple[int, int, int, int]) -> None:
    copy.open_entry(entry_id, 1)
    for account, asset, available, locked in moves:
        copy.move(copy.balance(account, asset), available, locked)
    copy.close_entry()


def test_movements_of_one_balance_become_one_posting(copy: WorkingCopy) -> None:
    move(copy, 7, (OWNER, CASH, -300, 0), (OWNER, CASH, -200, 200), (COLLEAGUE, CASH, 300, 0))
    assert postings(copy) == [(7, OWNER, CASH, -500, 200), (7, COLLEAGUE, CASH, 300, 0)]
    copy.require_balanced()


def test_what_moves_there_and_back_is_not_written(copy: WorkingCopy) -> None:
    move(copy, 7, (OWNER, CASH, -300, 300), (OWNER, CASH, 300, -300))
    assert postings(copy) == []
    assert len(copy.journal) == 0


def test_one_balance_in_two_entries_has_two_postings(copy: WorkingCopy) -> None:
    move(copy, 7, (OWNER, CASH, -300, 300))
    move(copy, 8, (OWNER, CASH, 100, -100))
    assert postings(copy) == [(7, OWNER, CASH, -300, 300), (8, OWNER, CASH, 100, -100)]
    balance = copy.balance(OWNER, CASH)
    assert (balance.available_delta, balance.locked_delta, balance.lowest) == (-200, 200, -300)


def test_can_spend_counts_what_the_batch_did(copy: WorkingCopy) -> None:
    balance = copy.balance(OWNER, CASH)
    assert balance.can_spend(1_000)
    assert not balance.can_spend(1_001)
    move(copy, 7, (OWNER, CASH, -300, 300))
    assert balance.can_spend(700)
    assert not balance.can_spend(701)


@pytest.mark.parametrize(("locked_value", "is_covered"), [(1_000, True), (800, True), (799, False), (0, False)])
def test_the_lowest_point_decides_whether_the_lock_confirms(
    copy: WorkingCopy, locked_value: int, is_covered: bool
) -> None:
    """-800, then +500: the batch needs 800, although it ends at -300."""
    move(copy, 7, (OWNER, CASH, -800, 800))
    move(copy, 8, (OWNER, CASH, 500, -500))
    (balance,) = copy.touched()
    assert copy.is_covered_by([(balance, locked_value)]) is is_covered


def test_who_only_receives_need_not_have_anything(copy: WorkingCopy) -> None:
    move(copy, 7, (OWNER, CASH, -300, 0), (COLLEAGUE, CASH, 300, 0))
    receiver = copy.balance(COLLEAGUE, CASH)
    assert copy.is_covered_by([(receiver, -5)])


def test_only_touched_balances_are_locked(copy: WorkingCopy) -> None:
    copy.balance(COLLEAGUE, COIN)
    move(copy, 7, (OWNER, CASH, -300, 300))
    assert [balance.balance_id for balance in copy.touched()] == [DIRECTORY[OWNER, CASH]]


def test_an_entry_left_open_is_noticed(copy: WorkingCopy) -> None:
    copy.open_entry(7, 1)
    copy.move(copy.balance(OWNER, CASH), -1, 1)
    with pytest.raises(InvariantViolated):
        copy.require_balanced()


def test_sums_agree_with_the_postings() -> None:
    rng = random.Random(4)
    copy = WorkingCopy(DIRECTORY)
    for entry_id in range(1, 200):
        asset, atoms = rng.choice([COIN, CASH]), rng.randint(-50, 50)
        locked = rng.randint(-20, 20)
        move(copy, entry_id, (OWNER, asset, atoms - locked, locked), (COLLEAGUE, asset, -atoms, 0))
    copy.require_balanced()
    for balance in copy.balances.values():
        mine = [row for row in postings(copy) if (row[1], row[2]) == (balance.account_id, balance.asset_id)]
        assert balance.available_delta == sum(row[3] for row in mine)
        assert balance.locked_delta == sum(row[4] for row in mine)
        assert balance.lowest == lowest_of([row[3] for row in mine])


def lowest_of(changes: list[int]) -> int:
    lowest = total = 0
    for change in changes:
        total += change
        lowest = min(lowest, total)
    return lowest


def test_a_balance_starts_empty() -> None:
    balance = WorkingBalance(5, OWNER, CASH)
    assert balance.can_spend(0)
    assert not balance.can_spend(1)
