"""What must hold in every state of the simulated chain, computed anew from its rows."""

from collections import defaultdict
from collections.abc import Iterable

from wallet.simchain.chain import GENESIS_PARENT, MINED
from wallet.simchain.store import Store


def assert_sound(store: Store) -> None:
    """Blocks hang together; balances are the sum of movements and of the active blocks; no money from nothing."""
    active = store.rows("SELECT * FROM blocks WHERE is_active ORDER BY number")
    assert [block["number"] for block in active] == list(range(len(active)))
    parents = [GENESIS_PARENT, *[block["hash"] for block in active][:-1]]
    assert [block["parent_hash"] for block in active] == parents
    movements = store.rows("SELECT * FROM movements ORDER BY sequence")
    totals = _sums((row["wallet"], row["asset"], int(row["amount"])) for row in movements)
    assert totals == _sums((row[0], row[1], int(row[2])) for row in store.rows("SELECT * FROM balances"))
    assert all(amount >= 0 for amount in totals.values())
    mined = store.rows(
        "SELECT t.*, b.sequence AS block FROM blocks b JOIN block_contents c ON c.block_sequence = b.sequence "
        "JOIN chain_transactions t ON t.sequence = c.chain_transaction WHERE b.is_active"
    )
    assert len({row["id"] for row in mined}) == len(mined)
    assert all(row["state"] == MINED and row["block_sequence"] == row["block"] for row in mined)
    assert store.value("SELECT count(*) FROM chain_transactions WHERE state = ?", MINED) == len(mined)
    for asset in {row["asset"] for row in mined}:
        poured = sum(_paid(store, row["sequence"]) for row in mined if row["asset"] == asset and row["wallet"] is None)
        fees = sum(int(row["fee"]) for row in mined if row["asset"] == asset)
        assert poured - fees == sum(amount for (_, of), amount in totals.items() if of == asset)


def _paid(store: Store, chain_transaction: int) -> int:
    rows = store.rows("SELECT amount FROM outputs WHERE chain_transaction = ?", chain_transaction)
    return sum(int(row["amount"]) for row in rows)


def _sums(lines: Iterable[tuple[str, str, int]]) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for wallet, asset, amount in lines:
        sums[wallet, asset] += amount
    return {key: amount for key, amount in sums.items() if amount}
