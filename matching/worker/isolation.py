"""Finds the one command that cannot be processed, sets it aside and halts its market; the others go on.

A batch that raised is run again in halves, down to single commands. Before a single command is tried, the attempt is
recorded in a commit of its own: if trying it kills the process, the next worker finds the record and, after enough of
them, sets the command aside without trying again.
"""

import logging
from collections.abc import Sequence

from django.db import InterfaceError, OperationalError, connection

from matching.engine.types import MarketState
from matching.metrics import COMMANDS_HELD
from matching.models import Command, CommandKind, Market, QuarantinedCommand
from matching.worker.reading import Fenced
from matching.worker.translation import LoggedCommand
from matching.worker.worker import MatchingWorker

log = logging.getLogger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError, Fenced)
"""Says nothing about a command: the whole batch is tried again later, or by another worker."""

MAX_ATTEMPTS = 3
"""How often a command may have been tried, each time without an outcome, before it is set aside untried."""

HALT_REASON = "a command could not be processed"


def run_isolated(worker: MatchingWorker, commands: Sequence[LoggedCommand]) -> int:
    """Apply these commands, found to fail together, as far as they can be applied; returns how many were."""
    if len(commands) == 1:
        return _run_alone(worker, commands[0])
    middle = len(commands) // 2
    applied = 0
    for half in (commands[:middle], commands[middle:]):
        try:
            applied += worker.run_once(chosen=frozenset(command.command_id for command in half))
        except DATABASE_AWAY:
            raise
        except Exception:
            log.exception("%s commands failed together", len(half))
            applied += run_isolated(worker, half)
    return applied


def run_clocks_isolated(worker: MatchingWorker) -> int:
    """Do what is due, one market at a time; where that fails, the market's clock stands still and the others go on."""
    applied = 0
    for market_id in worker.due_markets():
        try:
            applied += worker.run_once(chosen=frozenset(), clocks=frozenset([market_id]))
        except DATABASE_AWAY:
            raise
        except Exception:
            log.exception("what is due in a market cannot be done", extra={"market_id": market_id})
            worker.stop_clock(market_id)
    return applied


def record_attempts(shard_id: int, commands: Sequence[LoggedCommand]) -> None:
    """Count one more attempt for each command, before it is made."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO matching_quarantinedcommand
                (command_id, shard_id, market_id, attempts, is_held, error, created_at)
            SELECT c.id, %s, c.market_id, 1, false, '', now() FROM matching_command c WHERE c.id = ANY(%s)
            ON CONFLICT (command_id) DO UPDATE SET attempts = matching_quarantinedcommand.attempts + 1
            """,
            [shard_id, [command.command_id for command in commands]],
        )


def forget_attempts(commands: Sequence[LoggedCommand]) -> None:
    """They have outcomes now."""
    QuarantinedCommand.objects.filter(
        command_id__in=[command.command_id for command in commands], is_held=False
    ).delete()


def run_first_batch(worker: MatchingWorker) -> int:
    """The first batch after a start, with its attempts on record: it may hold what killed the last worker."""
    commands = worker.pending()
    if not commands:
        return 0
    ids = [command.command_id for command in commands]
    earlier = dict(
        QuarantinedCommand.objects.filter(command_id__in=ids, is_held=False).values_list("command_id", "attempts")
    )
    if earlier:
        return sum(_run_suspect(worker, command, earlier.get(command.command_id, 0)) for command in commands)
    record_attempts(worker.shard_id, commands)
    applied = worker.run_once(chosen=frozenset(ids))
    forget_attempts(commands)
    return applied


def forgive_attempts(shard_id: int) -> None:
    """This process has lived through what it tried: the database failed it, not the commands on record."""
    QuarantinedCommand.objects.filter(shard_id=shard_id, is_held=False).delete()


def _run_suspect(worker: MatchingWorker, command: LoggedCommand, attempts: int) -> int:
    if attempts >= MAX_ATTEMPTS:
        hold(worker, command, error=f"ended the worker {attempts} times")
        return 0
    return _run_alone(worker, command)


def _run_alone(worker: MatchingWorker, command: LoggedCommand) -> int:
    record_attempts(worker.shard_id, [command])
    try:
        applied = worker.run_once(chosen=frozenset([command.command_id]))
    except DATABASE_AWAY:
        raise
    except Exception as error:
        log.exception("a command cannot be processed", extra=_names_of(command))
        hold(worker, command, error=repr(error))
        return 0
    forget_attempts([command])
    return applied


def hold(worker: MatchingWorker, command: LoggedCommand, *, error: str) -> None:
    """Keep the command from the worker until staff decide, and halt its market before anything else is applied."""
    COMMANDS_HELD.inc()
    log.error("a command is held and its market halted", extra={**_names_of(command), "reason": error[:200]})
    QuarantinedCommand.objects.update_or_create(
        command_id=command.command_id,
        defaults={
            "shard_id": worker.shard_id,
            "market_id": command.market_id,
            "is_held": True,
            "error": error[:2000],
        },
        create_defaults={
            "command_id": command.command_id,
            "shard_id": worker.shard_id,
            "market_id": command.market_id,
            "attempts": 1,
            "is_held": True,
            "error": error[:2000],
        },
    )
    market = Market.objects.get(pk=command.market_id)
    halt = Command.objects.create(
        shard_id=worker.shard_id,
        market=market,
        rules_version=market.rules_version,
        kind=CommandKind.SET_STATE,
        state=MarketState.HALTED,
        reason=HALT_REASON,
    )
    worker.run_once(chosen=frozenset([halt.pk]))


def _names_of(command: LoggedCommand) -> dict[str, object]:
    return {"command_id": command.command_id, "request_id": command.request_id, "market_id": command.market_id}
