"""When a chain takes blocks back: the walk returns to where the branches part, and money that is gone is held.

A deposit that was in a block above that place has no block any more. One that is pending waits for its next one. One
that is in the books already is displaced: the new branch mostly has it again, and then nothing happened. If it has
not once the walk has come to its end, what is left of it is held and staff are alarmed.
"""

from django.db import transaction
from django.utils import timezone

from wallet.core.operations import DepositHold
from wallet.core.states import DepositState
from wallet.deposits import alarms
from wallet.deposits.arrivals import locked_deposits
from wallet.deposits.cursors import displaced_of, follow, landmarks_of, locked_rail
from wallet.deposits.landmarks import landmark, up_to
from wallet.deposits.rechecking import set_orphaned
from wallet.deposits.telling import tell_of_deposits
from wallet.models import Deposit, Rail
from wallet.rails.protocol import RailAdapter, RailUnavailable
from wallet.services.operations import request_operations

REORGANISED = "REORGANISED"
IN_THE_BOOKS = (DepositState.CREDITED, DepositState.SUSPENSE)


def go_back(rail: Rail, adapter: RailAdapter) -> None:
    """Put the cursor back to the last block that both branches have; one commit.

    Raises RailUnavailable where there is none: that is another chain, and nothing is changed.
    """
    at = timezone.now()
    fork = _last_common_block(rail, adapter)
    if fork is None:
        alarms.another_chain(rail, at=at)
        raise RailUnavailable("The chain shows another history than the one that was walked.")
    height, block_hash = fork
    with transaction.atomic():
        locked = locked_rail(rail)
        moved = list(locked_deposits(rail, block_height__gt=height))
        pending = [deposit for deposit in moved if deposit.state == DepositState.PENDING]
        # With enough confirmations the processor has been asked to book it. It credits nothing that has lost them
        # since; into suspense it may take it at any moment.
        requested = [one for one in pending if one.confirmations >= one.required_confirmations]
        booked = [one for one in moved if one.state in IN_THE_BOOKS]
        for deposit in moved:
            deposit.block_height, deposit.block_hash = None, ""
        for deposit in pending:
            deposit.confirmations = 0
        Deposit.objects.bulk_update(moved, ["block_height", "block_hash", "confirmations"], batch_size=1_000)
        tell_of_deposits(pending)
        if booked:
            ids = [deposit.pk for deposit in booked]
            alarms.deep_reorganisation(rail, height=rail.cursor_height, fork=height, deposits=ids, at=at)
        displaced = {*displaced_of(locked), *(deposit.pk for deposit in (*booked, *requested))}
        locked.cursor_height, locked.cursor_hash = height, block_hash
        locked.cursor = {
            **locked.cursor,
            "landmarks": up_to(landmarks_of(locked), height),
            "displaced": sorted(displaced),
        }
        locked.save(update_fields=["cursor_height", "cursor_hash", "cursor"])
    follow(rail, locked)


def settle_displaced(rail: Rail, adapter: RailAdapter) -> None:
    """Once the walk is at its end: hold what the new branch has not got, forget what it has."""
    displaced = displaced_of(rail)
    if not displaced:
        return
    missing = Deposit.objects.filter(pk__in=displaced, block_height=None)
    confirmations = {deposit.pk: adapter.confirmations(deposit.external_tx_id) for deposit in missing}
    at = timezone.now()
    with transaction.atomic():
        locked = locked_rail(rail)
        holds: list[DepositHold] = []
        left = []
        for deposit in locked_deposits(rail, pk__in=displaced):
            if deposit.block_height is None and not _settle_missing(deposit, rail, confirmations, holds):
                left.append(deposit.pk)
            elif deposit.block_height is None and deposit.state == DepositState.CREDITED:
                alarms.credited_deposit_gone(deposit, at=at)
            elif deposit.block_height is None and deposit.state == DepositState.SUSPENSE:
                alarms.suspended_deposit_gone(deposit, at=at)
        if holds:
            request_operations(origin=f"rail:{rail.code}", messages=holds)
        if left != displaced:
            locked.cursor = {**locked.cursor, "displaced": left}
            locked.save(update_fields=["cursor"])
    follow(rail, locked)


def _settle_missing(
    deposit: Deposit, rail: Rail, confirmations: dict[int, int | None], holds: list[DepositHold]
) -> bool:
    """Whether there is nothing more to wait for with a deposit that is in no block."""
    count = confirmations.get(deposit.pk, 1)
    if count:
        # Its block lies ahead: the next walk comes by.
        return False
    if deposit.state == DepositState.PENDING:
        if count is None:
            set_orphaned(deposit)
        return count is None
    if deposit.state == DepositState.CREDITED:
        holds.append(
            DepositHold(
                request_id=f"hold:{deposit.pk}:{rail.cursor_height}",
                asset=deposit.asset.symbol,
                amount=deposit.amount,
                account_id=int(deposit.account_id or 0),
                rail=rail.code,
                deposit_id=deposit.pk,
                reason=REORGANISED,
            )
        )
    return True


def _last_common_block(rail: Rail, adapter: RailAdapter) -> tuple[int, str] | None:
    for height, end in reversed(landmarks_of(rail)):
        block_hash = adapter.block_hash(height)
        if block_hash is not None and landmark(height, block_hash)[1] == end:
            return height, block_hash
    return None
