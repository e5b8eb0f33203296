"""What staff do with a command that could not be processed: look at it, and give it back to the worker."""

from django.db import transaction

from accounts.models import User
from accounts.staff import record_staff_action
from kernel.errors import BourseError
from matching.models import Command, QuarantinedCommand, Shard


class NotHeld(BourseError):
    """No command of that id is held back from the worker."""

    code = "COMMAND_NOT_HELD"
    status = 404
    message = "This command is not held."


def held_commands() -> list[QuarantinedCommand]:
    """All commands that wait for a decision, oldest first."""
    return list(QuarantinedCommand.objects.filter(is_held=True).order_by("command_id"))


def release_command(*, command_id: int, by: User | None = None, reason: str = "") -> None:
    """Let the worker try again, with a clean record; the market stays halted until it is opened.

    `by` is None at the console of the machine. Raises NotHeld, and ReasonMissing where a person gives none.
    """
    with transaction.atomic():
        held = QuarantinedCommand.objects.select_for_update().filter(command_id=command_id, is_held=True).first()
        if held is None:
            raise NotHeld(details={"command_id": str(command_id)})
        held.is_held = False
        held.attempts = 0
        held.resolved_by = by
        held.save(update_fields=["is_held", "attempts", "resolved_by"])
        if by is not None:
            record_staff_action(
                by=by,
                subject_kind="market",
                subject=held.market.symbol,
                action="release command",
                old={"error": held.error},
                reason=reason,
                command_id=command_id,
            )
        # The scan has gone past it: back to the transaction that logged it.
        command = Command.objects.get(pk=command_id)
        shard = Shard.objects.select_for_update(no_key=True).get(pk=held.shard_id)
        if command.xact_number <= shard.scan_from_xact:
            shard.scan_from_xact, shard.scan_after_id = command.xact_number, 0
            shard.save(update_fields=["scan_from_xact", "scan_after_id"])
