"""Hot and cold: proposals to move money between a rail's own wallets, and what staff decide about them.

The hot wallet should hold about its target. With more than twice as much the rest is proposed to go cold, with less
than half of it, it is proposed to come back. Nothing moves before somebody of the staff has said so. A rail that can
move by itself is then told to, in the background; for any other they say what transaction they have made.
"""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import User
from accounts.staff import record_staff_action
from kernel.units import EXACT, plain
from wallet.core.states import TransitionNotAllowed
from wallet.deposits.moves import COLD, HOT, book_move, sendable
from wallet.models import RailAsset, SweepProposal

TOO_MUCH, TOO_LITTLE = Decimal(2), Decimal("0.5")
"""Times the target."""


def propose_moves(*, offer: RailAsset, balances: Mapping[str, Decimal]) -> None:
    """Keep the proposals for an asset up to date; one that nobody has decided goes when it is no longer needed.

    `balances`: what the rail says its wallets hold, in units.
    """
    hot, cold, target = balances.get(HOT), balances.get(COLD), offer.hot_target
    to_cold = to_hot = Decimal(0)
    if hot is not None and hot > EXACT.multiply(target, TOO_MUCH):
        to_cold = EXACT.subtract(hot, target)
    if hot is not None and hot < EXACT.multiply(target, TOO_LITTLE):
        missing = EXACT.subtract(target, hot)
        # What nobody can see from here, such as a safe, is taken to hold enough.
        left = missing if cold is None else EXACT.subtract(cold, offer.withdrawal_fee)
        to_hot = min(missing, left)
    for source, goal, amount in ((HOT, COLD, to_cold), (COLD, HOT, to_hot)):
        _propose(offer, source, goal, sendable(amount, decimals=offer.send_decimals))


def carry_out_move(*, proposal_id: int, by: User, reason: str) -> SweepProposal:
    """Let the rail make the move. Raises ReasonMissing, TransitionNotAllowed where it is decided already."""
    with transaction.atomic():
        move = _undecided(proposal_id, reason)
        move.done_by = by
        move.save(update_fields=["done_by"])
        _record(move, "move", by=by, reason=reason)
    return move


def note_move(*, proposal_id: int, external_tx_id: str, network_fee: Decimal, by: User, reason: str) -> SweepProposal:
    """Book a move that staff have made at the rail themselves; the fee in units of the asset.

    Raises ReasonMissing, TransitionNotAllowed where it is decided already, OperationMalformed.
    """
    with transaction.atomic():
        move = _undecided(proposal_id, reason)
        move.done_by, move.external_tx_id = by, external_tx_id.strip()
        move.save(update_fields=["done_by"])
        book_move(move, network_fee=network_fee, origin=f"staff:{by.pk}")
        _record(move, "note move", by=by, reason=reason)
    return move


def drop_move(*, proposal_id: int, by: User, reason: str) -> SweepProposal:
    """Close a proposal without a move. Raises ReasonMissing, TransitionNotAllowed where it is decided already."""
    with transaction.atomic():
        move = _undecided(proposal_id, reason)
        move.done_by, move.done_at = by, timezone.now()
        move.save(update_fields=["done_by", "done_at"])
        _record(move, "drop move", by=by, reason=reason)
    return move


def _propose(offer: RailAsset, source: str, goal: str, amount: Decimal) -> None:
    with transaction.atomic():
        open_one = (
            SweepProposal.objects.select_for_update(no_key=True)
            .filter(rail=offer.rail, asset=offer.asset, from_wallet=source, done_at=None)
            .first()
        )
        if open_one is None and amount > 0:
            SweepProposal.objects.create(
                rail=offer.rail, asset=offer.asset, from_wallet=source, to_wallet=goal, amount=amount
            )
        elif open_one is not None and open_one.done_by_id is None and open_one.amount != amount:
            if amount > 0:
                open_one.amount = amount
            else:
                open_one.done_at = timezone.now()
            open_one.save(update_fields=["amount", "done_at"])


def _undecided(proposal_id: int, reason: str) -> SweepProposal:
    if not reason.strip():
        raise ReasonMissing
    rows = SweepProposal.objects.select_for_update(no_key=True, of=("self",)).select_related("rail", "asset")
    move = rows.get(pk=proposal_id)
    # Sweeps are the exchange's own.
    if move.done_at is not None or move.done_by_id is not None or {move.from_wallet, move.to_wallet} != {HOT, COLD}:
        raise TransitionNotAllowed
    return move


def _record(move: SweepProposal, action: str, *, by: User, reason: str) -> None:
    record_staff_action(
        by=by,
        subject_kind="rail",
        subject=move.rail_id,
        action=action,
        old={},
        new={
            "proposal": move.pk,
            "asset": move.asset.symbol,
            "amount": plain(move.amount),
            "from": move.from_wallet,
            "to": move.to_wallet,
            "transaction": move.external_tx_id,
        },
        reason=reason,
    )
