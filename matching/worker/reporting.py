"""What operators are told about a committed batch: numbers always, a line of the log at level DEBUG."""

import logging
from collections.abc import Sequence

from matching.metrics import note_batch
from matching.worker.settlement import Collected
from matching.worker.translation import LoggedCommand

log = logging.getLogger(__name__)


def report_batch(
    commands: Sequence[LoggedCommand], collected: Collected, *, shard_name: str, last_sequence: int, seconds: float
) -> None:
    """Count the batch. Its line names the requests that were refused; of all others the log of commands does."""
    note_batch(
        seconds=seconds,
        codes=[outcome.code for outcome in collected.outcomes],
        symbols=[trade.market.symbol for trade in collected.trades],
    )
    if log.isEnabledFor(logging.DEBUG):
        request_ids = {command.command_id: command.request_id for command in commands}
        log.debug(
            "batch",
            extra={
                "shard": shard_name,
                "batch": last_sequence,
                "first_sequence": last_sequence - len(commands) + 1,
                "last_sequence": last_sequence,
                "commands": len(commands),
                "trades": len(collected.trades),
                "duration_ms": round(seconds * 1000, 2),
                "refused": [
                    {
                        "command_id": outcome.command_id,
                        "request_id": request_ids[outcome.command_id],
                        "code": outcome.code,
                    }
                    for outcome in collected.outcomes
                    if outcome.code is not None
                ],
            },
        )
