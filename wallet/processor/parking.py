"""Finds the one operation that cannot be processed and parks it; the others go on.

A batch that raised is run again in halves, down to single operations. Nothing of a parked one was applied: no money
moved and it has no outcome. Staff are alarmed, have the cause removed and release it.
"""

import logging
from collections.abc import Sequence

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.staff import record_staff_action
from kernel.errors import BourseError
from risk.models import RiskEventType, Severity
from risk.services import record_risk_event
from wallet.models import BalanceOperation, FundsProcessor, ParkedOperation
from wallet.processor.processor import BalanceProcessor
from wallet.processor.reading import LoggedOperation

log = logging.getLogger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError)
"""Says nothing about an operation: the whole batch is tried again later."""


class OperationNotParked(BourseError):
    """No operation of that id is kept from the processor."""

    code = "OPERATION_NOT_PARKED"
    status = 404
    message = "This operation is not parked."


def run_isolated(processor: BalanceProcessor, operations: Sequence[LoggedOperation]) -> int:
    """Apply these operations, found to fail together, as far as they can be applied; returns how many were."""
    if len(operations) == 1:
        return _run_alone(processor, operations[0])
    middle = len(operations) // 2
    applied = 0
    for half in (operations[:middle], operations[middle:]):
        try:
            applied += processor.run_once(chosen=frozenset(operation.operation_id for operation in half))
        except DATABASE_AWAY:
            raise
        except Exception:
            log.exception("%s operations of funds failed together", len(half))
            applied += run_isolated(processor, half)
    return applied


def _run_alone(processor: BalanceProcessor, operation: LoggedOperation) -> int:
    try:
        return processor.run_once(chosen=frozenset([operation.operation_id]))
    except DATABASE_AWAY:
        raise
    except Exception as error:
        log.exception("an operation of funds cannot be processed", extra={"operation_id": operation.operation_id})
        park_operation(operation_id=operation.operation_id, error=repr(error))
        return 0


def park_operation(*, operation_id: int, error: str) -> None:
    """Keep the operation from the processor until staff decide, and alarm them."""
    now = timezone.now()
    with transaction.atomic():
        ParkedOperation.objects.update_or_create(
            operation_id=operation_id,
            defaults={"is_held": True, "error": error[:2000], "parked_at": now, "resolved_by": None},
        )
        record_risk_event(
            event_type=RiskEventType.SUSPICIOUS_ACTIVITY,
            severity=Severity.CRITICAL,
            fingerprint=f"parked operation {operation_id}",
            description=f"Operation {operation_id} of funds could not be processed and is parked",
            first_seen_at=now,
            last_seen_at=now,
            metadata={"figures": {"operation": str(operation_id)}},
        )


def release_operation(*, operation_id: int, by: User, reason: str) -> None:
    """Let the processor try again. Raises OperationNotParked, ReasonMissing."""
    with transaction.atomic():
        # Before the row of the operation: a batch that is under way would save its place over ours.
        processor = FundsProcessor.objects.select_for_update(no_key=True).get()
        parked = ParkedOperation.objects.select_for_update().filter(operation_id=operation_id, is_held=True).first()
        if parked is None:
            raise OperationNotParked(details={"operation_id": str(operation_id)})
        parked.is_held, parked.resolved_by = False, by
        parked.save(update_fields=["is_held", "resolved_by"])
        record_staff_action(
            by=by,
            subject_kind="operation",
            subject=str(operation_id),
            action="release operation",
            old={"error": parked.error},
            reason=reason,
        )
        # The scan has gone past it: back to the transaction that logged it.
        xact_number = BalanceOperation.objects.values_list("xact_number", flat=True).get(pk=operation_id)
        if xact_number <= processor.scan_from_xact:
            processor.scan_from_xact, processor.scan_after_id = xact_number, 0
            processor.save(update_fields=["scan_from_xact", "scan_after_id"])
