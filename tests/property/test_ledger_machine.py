"""The ledger against a dictionary: whatever is posted, refused or repeated, both hold the same money."""

import itertools
from collections import defaultdict
from datetime import UTC, datetime

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.models import User
from kernel.units import to_atoms
from ledger.core.errors import EntryUnbalanced
from ledger.errors import IdempotencyConflict, InsufficientBalance
from ledger.models import Account, AccountKind, Asset, Balance, EntryKind
from ledger.rebuilding import rebuild_balances
from ledger.services import PostingRequest, fund_account, open_user_account, post_entry
from ledger.verification import verify_ledger
from tests.support.cast import FUNDS_WRITER
from tests.support.exchange import Exchange

NOW = datetime(2026, 1, 20, 14, 25, tzinfo=UTC)
PEOPLE = 3
SYMBOLS = ("BTC", "USDT")

people = st.integers(0, PEOPLE - 1)
symbols = st.sampled_from(SYMBOLS)
amounts = st.one_of(st.integers(1, 20), st.sampled_from([10**12, 10**25]))


class LedgerMachine(RuleBasedStateMachine):
    """Three new users an example; amounts are small, so that refusals are as frequent as successes."""

    numbers = itertools.count(1)

    def __init__(self) -> None:
        super().__init__()
        self.run = number = next(self.numbers)
        self.accounts = [
            open_user_account(user=User.objects.create(email=f"p{number}.{n}@example.com", username=f"p{number}.{n}"))
            for n in range(PEOPLE)
        ]
        self.assets = {asset.symbol: asset for asset in Asset.objects.filter(symbol__in=SYMBOLS)}
        self.fees = Account.objects.get(writer_id=FUNDS_WRITER, kind=AccountKind.FEES)
        self.model: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
        self.posted: list[tuple[str, list[PostingRequest], int]] = []
        self.keys = 0

    # --- what is done to both ---------------------------------------------------------------------------------------

    def _post(self, *changes: tuple[int, str, int, int]) -> None:
        """Post changes of (person, symbol, available, locked); the rest goes to the writer's fees."""
        rests: defaultdict[str, int] = defaultdict(int)
        after = {pair: list(balance) for pair, balance in self.model.items()}
        for person, symbol, available, locked in changes:
            balance = after.setdefault((person, symbol), [0, 0])
            balance[0] += available
            balance[1] += locked
            rests[symbol] -= available + locked
        postings = [self._posting(*change) for change in changes]
        postings += [PostingRequest(self.fees.id, self.assets[symbol].id, rest) for symbol, rest in rests.items()]
        self.keys += 1
        key = f"machine:{self.run}:{self.keys}"
        is_covered = all(min(balance) >= 0 for balance in after.values())
        try:
            entry_id = self._write(key, postings)
        except InsufficientBalance:
            assert not is_covered
            return
        assert is_covered
        self.model.update(after)
        self.posted.append((key, postings, entry_id))

    def _posting(self, person: int, symbol: str, available: int, locked: int) -> PostingRequest:
        return PostingRequest(self.accounts[person].id, self.assets[symbol].id, available, locked)

    def _write(self, key: str, postings: list[PostingRequest]) -> int:
        return post_entry(
            writer_id=FUNDS_WRITER, idempotency_key=key, kind=EntryKind.TRANSFER, postings=postings, at=NOW
        )

    # --- rules ------------------------------------------------------------------------------------------------------

    @rule(person=people, symbol=symbols, atoms=amounts)
    def fund(self, person: int, symbol: str, atoms: int) -> None:
        self.keys += 1
        fund_account(
            writer_id=FUNDS_WRITER,
            account=self.accounts[person],
            asset=self.assets[symbol],
            atoms=atoms,
            idempotency_key=f"machine:{self.run}:{self.keys}",
            at=NOW,
        )
        self.model[person, symbol][0] += atoms

    @rule(giver=people, taker=people, symbol=symbols, atoms=amounts, fee=st.integers(0, 3))
    def transfer(self, giver: int, taker: int, symbol: str, atoms: int, fee: int) -> None:
        self._post((giver, symbol, -atoms - fee, 0), (taker, symbol, atoms, 0))

    @rule(person=people, symbol=symbols, atoms=amounts)
    def lock(self, person: int, symbol: str, atoms: int) -> None:
        self._post((person, symbol, -atoms, atoms))

    @rule(person=people, symbol=symbols, atoms=amounts)
    def unlock(self, person: int, symbol: str, atoms: int) -> None:
        self._post((person, symbol, atoms, -atoms))

    @rule(buyer=people, seller=people, base=amounts, quote=amounts)
    def trade(self, buyer: int, seller: int, base: int, quote: int) -> None:
        """As a settlement does: the buyer pays from what is available, the seller from what is locked."""
        self._post(
            (buyer, "USDT", -quote, 0), (seller, "USDT", quote, 0), (seller, "BTC", 0, -base), (buyer, "BTC", base, 0)
        )

    @rule(person=people, symbol=symbols, atoms=amounts)
    def make_money_from_nothing(self, person: int, symbol: str, atoms: int) -> None:
        try:
            self._write(f"machine:{self.run}:nothing", [self._posting(person, symbol, atoms, 0)])
        except EntryUnbalanced:
            return
        raise AssertionError("an unbalanced entry was written")

    @precondition(lambda self: self.posted)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        key, postings, entry_id = data.draw(st.sampled_from(self.posted))
        assert self._write(key, list(reversed(postings))) == entry_id

    @precondition(lambda self: self.posted)
    @rule(data=st.data())
    def use_a_key_for_something_else(self, data: st.DataObject) -> None:
        key, postings, _ = data.draw(st.sampled_from(self.posted))
        other = [*postings, self._posting(0, "BTC", -1, 1)]
        try:
            self._write(key, other)
        except IdempotencyConflict:
            return
        raise AssertionError("one key stood for two entries")

    # --- what must hold ---------------------------------------------------------------------------------------------

    @invariant()
    def both_hold_the_same(self) -> None:
        stored = {
            (balance.account_id, balance.asset_id): [
                to_atoms(balance.available, balance.asset.scale),
                to_atoms(balance.locked, balance.asset.scale),
            ]
            for balance in Balance.objects.filter(account__in=self.accounts).select_related("asset")
        }
        for person, account in enumerate(self.accounts):
            for symbol, asset in self.assets.items():
                assert stored.get((account.id, asset.id), [0, 0]) == self.model[person, symbol]

    def teardown(self) -> None:
        assert verify_ledger().findings == []
        assert rebuild_balances(apply=False) == []


def test_ledger_and_dictionary_agree(exchange: Exchange) -> None:
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=20,
            stateful_step_count=15,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
