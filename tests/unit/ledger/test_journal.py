"""The arithmetic of the journal: when an entry balances, and what the chain binds."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import InvariantViolated
from ledger.core.errors import EntryUnbalanced
from ledger.core.journal import GENESIS_HASH, JournalBatch, chain_hash


def batch_of(*entries: tuple[int, int, list[tuple[int, int, int, int]]]) -> JournalBatch:
    """Entries as (id, kind, postings), postings as (account, asset, available, locked)."""
    batch = JournalBatch()
    for entry_id, kind, postings in entries:
        batch.open_entry(entry_id, kind)
        for posting in postings:
            batch.post(*posting)
    return batch


TRADE = (71, 1, [(1, 10, -500, 0), (2, 10, 0, 495), (9, 10, 5, 0), (1, 20, 3, 0), (2, 20, 0, -3)])
LOCK = (72, 1, [(1, 20, -2, 2)])


class TestBalance:
    @pytest.mark.parametrize(
        "entries",
        [
            [TRADE],
            [LOCK],
            [TRADE, LOCK],
            [(1, 3, [(1, 10, -(10**30), 0), (2, 10, 10**30, 0)])],
            [(1, 3, [(1, 10, 0, 0)])],
        ],
    )
    def test_balances(self, entries: list[tuple[int, int, list[tuple[int, int, int, int]]]]) -> None:
        batch = batch_of(*entries)
        batch.require_balanced()
        assert len(batch) == len(entries)

    @pytest.mark.parametrize(
        ("postings", "asset"),
        [
            ([(1, 10, 1, 0)], "10"),
            ([(1, 10, -500, 0), (2, 10, 499, 0)], "10"),
            ([(1, 10, -500, 0), (2, 20, 500, 0)], "10"),
            ([(1, 10, -5, 5), (1, 20, 0, 1)], "20"),
            ([(1, 10, -(10**30), 0), (2, 10, 10**30 - 1, 0)], "10"),
        ],
    )
    def test_does_not_balance(self, postings: list[tuple[int, int, int, int]], asset: str) -> None:
        with pytest.raises(EntryUnbalanced) as refused:
            batch_of(LOCK, (80, 4, postings)).require_balanced()
        assert refused.value.details == {"entry": "80", "asset": asset}

    def test_two_entries_do_not_make_up_for_each_other(self) -> None:
        with pytest.raises(EntryUnbalanced):
            batch_of((1, 4, [(1, 10, 5, 0)]), (2, 4, [(1, 10, -5, 0)])).require_balanced()

    def test_an_entry_has_postings(self) -> None:
        with pytest.raises(InvariantViolated):
            batch_of(LOCK, (73, 1, [])).require_balanced()


class TestChain:
    def test_is_blake2b_of_the_canonical_text(self) -> None:
        text = "41\n71,72\n1,1\n71,71,71,71,71,72\n1,2,9,1,2,1\n10,10,10,20,20,20\n-500,0,5,3,0,-2\n0,495,0,0,-3,2"
        expected = hashlib.blake2b(b"before" + text.encode(), digest_size=32).digest()
        assert batch_of(TRADE, LOCK).chain_hash(b"before", 41) == expected

    def test_known_vector(self) -> None:
        """Written down once: a change of the encoding would break every chain that exists."""
        first = batch_of(TRADE).chain_hash(GENESIS_HASH, 1)
        second = batch_of(LOCK).chain_hash(first, 2)
        assert first.hex() == "decac16b66edf2acc9eb2a1e7c32fb5fff05a347b971abf60d04a0111b27889c"
        assert second.hex() == "787d107b5bfcdb3599156e0cdefb2a7deb2c946bc6e3215debf9edc79f215023"

    @given(data=st.data())
    def test_every_number_counts(self, data: st.DataObject) -> None:
        columns = [
            [71, 72],
            [1, 1],
            [71, 71, 72],
            [1, 2, 1],
            [10, 10, 20],
            [-5, 5, -2],
            [0, 0, 2],
        ]
        link = chain_hash(b"before", 41, columns)
        column = data.draw(st.integers(0, len(columns) - 1))
        row = data.draw(st.integers(0, len(columns[column]) - 1))
        columns[column][row] += data.draw(st.integers(-100, 100).filter(bool))
        assert chain_hash(b"before", 41, columns) != link

    def test_place_and_past_count(self) -> None:
        batch = batch_of(TRADE)
        links = {batch.chain_hash(previous, first) for previous in (b"", b"x") for first in (1, 2)}
        assert len(links) == 4
        assert all(len(link) == 32 for link in links)
