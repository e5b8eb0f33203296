"""Asking again about deposits that no walk comes by: those in no block, and those on rails that have none.

Found nowhere on a chain, or failed by what the rail says, a pending deposit is orphaned; it is pending again as soon as
it is seen again.
"""

from collections.abc import Callable

from django.db import transaction

from wallet.core.states import DepositState, require_deposit_transition
from wallet.deposits.arrivals import confirm, locked_deposits
from wallet.deposits.telling import tell_of_deposits
from wallet.models import Deposit, Rail
from wallet.rails.protocol import ArrivalFailed, RailAdapter
from wallet.selectors.reports import unreported

NOT_ON_CHAIN = "NOT_ON_CHAIN"
FAILED_AT_RAIL = "FAILED_AT_RAIL"


def recheck_pending(rail: Rail, adapter: RailAdapter) -> None:
    """Ask the rail about each of them, one by one. Raises RailUnavailable."""
    waiting = Deposit.objects.filter(rail=rail, state=DepositState.PENDING, block_height=None)
    for deposit_id, external_tx_id in unreported(waiting).values_list("pk", "external_tx_id").order_by("pk"):
        try:
            count = adapter.confirmations(external_tx_id)
        except ArrivalFailed:
            _change(rail, deposit_id, lambda deposit: set_orphaned(deposit, reason=FAILED_AT_RAIL))
            continue
        if adapter.has_blocks:
            if count is None:
                _change(rail, deposit_id, set_orphaned)
        elif count:
            # Such a rail counts nothing: it says that the money is there for good.
            _change(rail, deposit_id, lambda deposit: confirm({deposit: deposit.required_confirmations}))


def set_orphaned(deposit: Deposit, *, reason: str = NOT_ON_CHAIN) -> None:
    """Its block is gone and the chain does not know it, or it has failed. The row is locked by the caller."""
    require_deposit_transition(DepositState.PENDING, DepositState.ORPHANED)
    deposit.state, deposit.reason, deposit.confirmations = DepositState.ORPHANED, reason, 0
    deposit.save(update_fields=["state", "reason", "confirmations"])
    tell_of_deposits([deposit], mail="deposit_orphaned")


def _change(rail: Rail, deposit_id: int, change: Callable[[Deposit], None]) -> None:
    """Change the deposit unless a block, or the processor, was faster."""
    with transaction.atomic():
        deposit = locked_deposits(rail, pk=deposit_id, state=DepositState.PENDING, block_height=None).first()
        if deposit is not None:
            change(deposit)
