"""The questions asked of a simulation: is anything lost, done twice, or wrong? Each raises Violation.

The far end's book is read by itself, row by row, and held against the books of the exchange item by item, so that two
errors of the same size do not hide each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q

from exchange.simulation.far_end import CHAIN_ASSETS
from exchange.simulation.world import Violation, World
from kernel.units import EXACT, from_atoms
from ledger.models import AccountKind, Asset, Balance
from ledger.verification import verify_ledger
from matching.verification import CHECKS as MATCHING_CHECKS
from wallet.core.decoding import read_message
from wallet.core.operations import OperationKind, Sweep
from wallet.core.states import DEPOSIT_TRANSITIONS, DepositState, WithdrawalState, require_withdrawal_transition
from wallet.models import (
    BalanceOperation,
    Deposit,
    OperationOutcome,
    ParkedOperation,
    ReconciliationDifference,
    SweepProposal,
    Withdrawal,
    WithdrawalTransition,
)
from wallet.selectors.rails import held_by_books
from wallet.services.reconciliation import reconcile_rail
from wallet.simchain.chain import DROPPED, MINED, PENDING
from wallet.verification import CHECKS as WALLET_CHECKS

_OURS = ("incoming", "hot", "cold")
_W = WithdrawalState
_MAY_HAVE_LEFT = frozenset({_W.SENDING, _W.UNKNOWN, _W.SENT, _W.CONFIRMED})
_IN_THE_BOOKS = (DepositState.CREDITED, DepositState.HELD, DepositState.SUSPENSE)


@dataclass
class FarBook:
    """What the far end itself says about one asset; amounts in units."""

    total: Decimal = Decimal(0)
    arrivals: dict[tuple[str, int], Decimal] = field(default_factory=dict)
    """Outputs to users' addresses on the active chain."""
    left: Decimal = Decimal(0)
    """What went out for good on the active chain, fees included."""
    payouts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By our id, on the chain or not: amount, fee, address, id, is_mined."""


def check_all(world: World) -> None:
    """What holds at any moment."""
    findings = list(verify_ledger(extra_checks=(*MATCHING_CHECKS, *WALLET_CHECKS)).findings)
    _require(not findings, f"the books do not prove right: {findings[:3]}")
    check_operations()
    check_users()
    check_withdrawals()
    check_deposit_states(world)
    if world.is_careful:
        twice = [key for key, count in world.far_end.attempts.items() if count > 1 and key.startswith("w")]
        _require(not twice, f"sent a second time: {twice}")
    for asset in CHAIN_ASSETS:
        check_far_end(world, asset.symbol, asset.decimals)


def check_operations() -> None:
    """Each request was applied once, in one order without gaps; none was parked."""
    rows = list(OperationOutcome.objects.order_by("applied_sequence").values_list("applied_sequence", "applied_at"))
    _require([row[0] for row in rows] == list(range(1, len(rows) + 1)), "outcomes of operations have gaps or repeats")
    times = [row[1] for row in rows]
    _require(times == sorted(times), "an operation was applied before the one that is before it")
    held = ParkedOperation.objects.filter(is_held=True).first()
    _require(held is None, f"an operation was parked: {held.error if held else ''}")


def check_users() -> None:
    below = Balance.objects.filter(account__kind=AccountKind.USER).filter(Q(available__lt=0) | Q(locked__lt=0))
    _require(not below.exists(), "a user's balance is below zero")


def check_withdrawals() -> None:
    """Every withdrawal came to its state by allowed steps, and each step follows on the one before."""
    steps: dict[int, list[tuple[str, str]]] = {}
    for withdrawal_id, old, new in WithdrawalTransition.objects.order_by("pk").values_list(
        "withdrawal_id", "old", "new"
    ):
        steps.setdefault(withdrawal_id, []).append((old, new))
    for withdrawal_id, state in Withdrawal.objects.values_list("pk", "state"):
        at = str(_W.REQUESTED)
        for old, new in steps.get(withdrawal_id, []):
            _require(old == at, f"withdrawal {withdrawal_id} was {at} and left {old}")
            require_withdrawal_transition(_W(old), _W(new))
            at = new
        _require(at == state, f"withdrawal {withdrawal_id} is {state}, its history says {at}")


def check_deposit_states(world: World) -> None:
    """No deposit came to where the table does not lead from where it was seen last."""
    for deposit_id, state in Deposit.objects.values_list("pk", "state"):
        before = world.deposit_states.get(deposit_id)
        if before is not None and before != state:
            _require(
                DepositState(state) in _reachable(DepositState(before)), f"deposit {deposit_id}: {before} to {state}"
            )
        world.deposit_states[deposit_id] = state


def check_far_end(world: World, symbol: str, decimals: int) -> None:
    """Custody in the books is the far end's own total, but for what is named here item by item."""
    book = read_far_book(world, symbol, decimals)
    _require(book.total == EXACT.subtract(_sum(book.arrivals.values()), book.left), f"{symbol}: the far end miscounts")
    asset = Asset.objects.get(symbol=symbol)
    credited = {
        (row.external_tx_id, row.output_index): row
        for row in Deposit.objects.filter(asset=asset, state__in=_IN_THE_BOOKS, operation_id__isnull=False)
    }
    for key in credited.keys() & book.arrivals.keys():
        _require(credited[key].amount == book.arrivals[key], f"{symbol}: deposit {key} has another amount")
    withdrawals = {row.payout_id: row for row in Withdrawal.objects.filter(asset=asset).select_related("rail")}
    confirmed = {key: row for key, row in withdrawals.items() if row.state == _W.CONFIRMED}
    for payout_id, payout in book.payouts.items():
        row = withdrawals.get(payout_id)
        _require(row is not None, f"{symbol}: the far end has a payout {payout_id} of nobody")
        assert row is not None
        _require(_W(row.state) in _MAY_HAVE_LEFT, f"{symbol}: {row.request_id} left, and is {row.state}")
        _require(
            (row.amount, row.address) == (payout["amount"], payout["address"]), f"{symbol}: {row.request_id} differs"
        )
    for payout_id, row in confirmed.items():
        paid = book.payouts.get(payout_id)
        _require(paid is not None, f"{symbol}: {row.request_id} is confirmed and never left")
        assert paid is not None
        _require(
            (row.external_tx_id, row.network_fee) == (paid["id"], paid["fee"]), f"{symbol}: {row.request_id} differs"
        )
    # What the journal says is what the rows say.
    paid_out = _sum(EXACT.add(row.amount, row.network_fee or Decimal(0)) for row in confirmed.values())
    expected = EXACT.subtract(_sum(row.amount for row in credited.values()), EXACT.add(paid_out, _swept_fees(asset)))
    in_the_books = held_by_books(rail=world.rail(), asset=asset)
    _require(in_the_books == expected, f"{symbol}: custody is {in_the_books}, the rows say {expected}")


def check_at_rest(world: World) -> None:
    """What holds as well when nothing is on its way: both sides have the same, item by item."""
    _require(not _pending().exists(), "operations are left that nobody applies")
    for asset in CHAIN_ASSETS:
        book = read_far_book(world, asset.symbol, asset.decimals)
        for row in Deposit.objects.filter(asset__symbol=asset.symbol):
            is_there = (row.external_tx_id, row.output_index) in book.arrivals
            name = f"{asset.symbol}: a deposit of {row.amount}, {'on' if is_there else 'not on'} the chain,"
            if is_there:
                _require(row.state not in (DepositState.PENDING, DepositState.ORPHANED), f"{name} is {row.state}")
            else:
                _require(row.state != DepositState.CREDITED, f"{name} is {row.state}")
        known = set(Deposit.objects.filter(asset__symbol=asset.symbol).values_list("external_tx_id", "output_index"))
        _require(book.arrivals.keys() <= known, f"{asset.symbol}: arrivals without a row")
        for withdrawal in Withdrawal.objects.filter(asset__symbol=asset.symbol):
            name, state = f"{asset.symbol}: {withdrawal.request_id}", withdrawal.state
            at_far_end = book.payouts.get(withdrawal.payout_id, {}).get("state")
            if at_far_end == MINED:
                _require(state == _W.CONFIRMED, f"{name} was paid and is {state}")
            if state == _W.CONFIRMED:
                _require(at_far_end != DROPPED, f"{name} is off the chain")


def check_reconciliation(world: World) -> bool:
    """Where the chain has lost nothing that the books have, reconciliation finds no difference. False: it has."""
    store = world.far_end.chain.store
    unfinished = store.value("SELECT count(*) FROM chain_transactions WHERE state <> ? AND wallet IS NOT NULL", MINED)
    for asset in CHAIN_ASSETS:
        arrivals = read_far_book(world, asset.symbol, asset.decimals).arrivals
        for row in Deposit.objects.filter(asset__symbol=asset.symbol):
            is_there = (row.external_tx_id, row.output_index) in arrivals
            if is_there != (row.state in _IN_THE_BOOKS):
                return False
    if unfinished:
        return False
    made = reconcile_rail(rail=world.rail())
    differences = ReconciliationDifference.objects.filter(resolved_at=None)
    found = [(row.kind, row.asset.symbol, row.expected, row.actual) for row in differences.select_related("asset")]
    _require(made.is_even, f"reconciliation finds {found[:3]}")
    return True


def is_at_rest(world: World) -> bool:
    """Whether nothing is on its way any more but what waits for money."""
    if _pending().exists():
        return False
    if Deposit.objects.filter(state=DepositState.PENDING).exists():
        return False
    for move in SweepProposal.objects.filter(done_at=None).exclude(external_tx_id=""):
        if _state_at_far_end(world, move.external_tx_id) == MINED:
            return False
    for row in Withdrawal.objects.exclude(state__in=[_W.REQUESTED, _W.CONFIRMED, _W.REJECTED, _W.FAILED, _W.CANCELLED]):
        if row.state == _W.APPROVED and row.waits_for == "HOT_WALLET_LOW":
            continue
        if row.state == _W.SENDING and row.waits_for == "NOT_TAKEN" and not _was_paid(world, row):
            continue
        if row.state == _W.SENT and _state_at_far_end(world, row.external_tx_id) == PENDING:
            # A reorganisation took what it would be paid from.
            continue
        return False
    return True


def read_far_book(world: World, symbol: str, decimals: int) -> FarBook:
    """The far end's book of one asset."""
    store = world.far_end.chain.store
    book = FarBook()
    for row in store.rows("SELECT wallet, amount FROM balances WHERE asset = ?", symbol):
        if row["wallet"] in _OURS:
            book.total = EXACT.add(book.total, from_atoms(int(row["amount"]), decimals))
    for one in store.rows("SELECT * FROM chain_transactions WHERE asset = ? ORDER BY sequence", symbol):
        outputs = store.rows(
            "SELECT o.*, a.wallet FROM outputs o LEFT JOIN addresses a USING (address) WHERE chain_transaction = ?",
            one["sequence"],
        )
        fee, is_mined = from_atoms(int(one["fee"]), decimals), one["state"] == MINED
        for output in outputs:
            amount = from_atoms(int(output["amount"]), decimals)
            if is_mined and output["wallet"] == "incoming":
                book.arrivals[one["id"], output["position"]] = amount
            if is_mined and one["wallet"] in _OURS and output["wallet"] not in ("hot", "cold"):
                book.left = EXACT.add(book.left, amount)
            if (one["client_id"] or "").startswith("w"):
                book.payouts[one["client_id"]] = {
                    "id": one["id"],
                    "amount": amount,
                    "fee": fee,
                    "address": output["address"],
                    "state": one["state"],
                }
        if is_mined and one["wallet"] in _OURS:
            book.left = EXACT.add(book.left, fee)
    return book


def balances_of_users(world: World) -> Iterator[str]:
    """A line for each balance, the same in every run of the same seed."""
    names = {actor.account_id: actor.user.username for actor in world.actors}
    rows = Balance.objects.filter(account_id__in=names).order_by("account_id", "asset__symbol")
    for row in rows.select_related("asset"):
        yield f"{names[row.account_id]} {row.available.normalize()} {row.locked.normalize()} {row.asset.symbol}"


def states_now() -> str:
    """How many withdrawals and deposits are in which state."""
    found: dict[str, int] = {}
    for kind, model in (("withdrawal", Withdrawal), ("deposit", Deposit)):
        for state in model.objects.values_list("state", flat=True):
            found[f"{kind} {state}"] = found.get(f"{kind} {state}", 0) + 1
    return ", ".join(f"{name} {count}" for name, count in sorted(found.items()))


def _was_paid(world: World, withdrawal: Withdrawal) -> bool:
    """Whether the far end has a payout of it, whatever the answer was."""
    return bool(
        world.far_end.chain.store.value(
            "SELECT count(*) FROM chain_transactions WHERE client_id = ?", withdrawal.payout_id
        )
    )


def _state_at_far_end(world: World, external_tx_id: str) -> str:
    return str(world.far_end.chain.store.value("SELECT state FROM chain_transactions WHERE id = ?", external_tx_id))


def _pending() -> Any:
    return BalanceOperation.objects.exclude(pk__in=OperationOutcome.objects.values("operation_id"))


def _swept_fees(asset: Asset) -> Decimal:
    done = OperationOutcome.objects.filter(code="").values("operation_id")
    rows = BalanceOperation.objects.filter(kind=OperationKind.SWEEP, asset=asset, pk__in=done)
    messages = [read_message(row.request_id, row.message) for row in rows]
    moves = [message for message in messages if isinstance(message, Sweep)]
    names = {move.external_tx_id for move in moves}
    _require(len(names) == len(moves), f"{asset.symbol}: a move between our wallets was booked twice")
    return _sum(move.network_fee for move in moves)


def _reachable(state: DepositState) -> set[DepositState]:
    found: set[DepositState] = set()
    ahead = [state]
    while ahead:
        new = DEPOSIT_TRANSITIONS[ahead.pop()] - found
        found |= new
        ahead += new
    return found


def _sum(amounts: Any) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total


def _require(is_right: bool, text: str) -> None:
    if not is_right:
        raise Violation(text)
