"""Asking again about deposits that no walk comes by: those in no block, and those on rails that have none.

Found nowhere on a chain, a pending deposit is orphaned; it is pending again as soon as it is seen again.
"""

from django.db import transaction

from wallet.core.states import DepositState, require_deposit_transition
from wallet.deposits.arrivals import confirm, locked_deposits, unreported
from wallet.deposits.telling import tell_of_deposits
from wallet.models import Deposit, Rail
from wallet.rails.protocol import RailAdapter

NOT_ON_CHAIN = "NOT_ON_CHAIN"


def recheck_pending(rail: Rail, adapter: RailAdapter) -> None:
    """Ask the rail about each of them, one by one. Raises RailUnavailable."""
    waiting = Deposit.objects.filter(rail=rail, state=DepositState.PENDING, block_height=None)
    for deposit_id, external_tx_id in unreported(waiting).values_list("pk", "external_tx_id").order_by("pk"):
        count = adapter.confirmations(external_tx_id)
        if (count is None) if adapter.has_blocks else bool(count):
            with transaction.atomic():
                _note(rail, deposit_id, count)


def set_orphaned(deposit: Deposit) -> None:
    """Its block is gone and the chain does not know it. The row is locked by the caller."""
    require_deposit_transition(DepositState.PENDING, DepositState.ORPHANED)
    deposit.state, deposit.reason = DepositState.ORPHANED, NOT_ON_CHAIN
    deposit.save(update_fields=["state", "reason"])
    tell_of_deposits([deposit])


def _note(rail: Rail, deposit_id: int, count: int | None) -> None:
    deposit = locked_deposits(rail, pk=deposit_id, state=DepositState.PENDING, block_height=None).first()
    if deposit is None:
        # A block, or the processor, was faster.
        return
    if count is None:
        set_orphaned(deposit)
    else:
        confirm({deposit: count})
