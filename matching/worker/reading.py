"""What a batch reads: the fence, the pending commands, and what is known of the accounts behind them.

Pending scan. A serial id is no cursor: a command that commits late has a smaller id than some already seen. Each
command therefore carries the number of the database transaction that inserted it (`xact_number`). Every transaction
older than a snapshot's `xmin` is finished, so whatever is older than the `xmin` of an exhaustive scan has been seen.
All rows of one transaction appear at once, so a scan that stopped at its limit goes on behind its last row. The shard's
row keeps that place: `ScanPlace`.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

import psycopg

from accounts.models import AccountState
from kernel.errors import BourseError
from kernel.units import to_atoms
from ledger.core.journal import GENESIS_HASH
from ledger.journal import Scales, WriterState
from ledger.locks import GATE
from matching.models import PLACING_KINDS
from matching.worker.markets import LiveMarket
from matching.worker.translation import COMMAND_COLUMNS, Facts, LoggedCommand
from matching.worker.working_copy import LockedBalance, WorkingCopy
from storage.bulk import number_array
from storage.connections import ask_together

Cursor = psycopg.Cursor[tuple[Any, ...]]

_FENCE = """
    SELECT s.epoch, s.applied_sequence, s.applied_at_us, s.scan_from_xact, s.scan_after_id,
           w.last_sequence, w.chain_hash, w.last_row_id,
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_advisory_xact_lock_shared(%s)
    FROM matching_shard s JOIN ledger_writer w ON w.id = s.writer_id WHERE s.id = %s FOR NO KEY UPDATE OF s, w
"""
# OFFSET 0 keeps both questions what they are, a look-up by primary key for each row of the scan. Without it a planner
# that does not know the scan's place guesses that a third of the log lies behind it, and reads all outcomes ever made.
_PENDING = f"""
    SELECT {COMMAND_COLUMNS} FROM matching_command c
    WHERE c.shard_id = %s AND (c.xact_number, c.id) > (%s, %s)
      AND NOT EXISTS (SELECT FROM matching_outcome o WHERE o.command_id = c.id OFFSET 0)
      AND NOT EXISTS (SELECT FROM matching_quarantinedcommand q WHERE q.command_id = c.id AND q.is_held OFFSET 0)
    ORDER BY c.xact_number, c.id LIMIT %s
"""  # noqa: S608  constants only
# Rates: the user's exception in the market, else the user's everywhere, else the market's, else the tier's. A scope has
# at most one exception that has not ended, found in a unique index; with none at all it is a microsecond an order.
_IN_FORCE = "{0}.ended_at IS NULL AND {0}.tier IS NULL AND ({0}.expires_at IS NULL OR {0}.expires_at > now())"
_FACTS = f"""
    SELECT a.id, m.id, u.state, u.is_active,
           coalesce(um.maker_ppm, ou.maker_ppm, om.maker_ppm, t.maker_ppm),
           coalesce(um.taker_ppm, ou.taker_ppm, om.taker_ppm, t.taker_ppm),
           b.id, b.available, q.id, q.available,
           u.kyc_level >= m.min_kyc_level, u.self_trade_group_id, s.max_position, b.locked
    FROM unnest(%s::bigint[], %s::bigint[]) AS p(account_id, market_id)
    JOIN ledger_account a ON a.id = p.account_id
    JOIN accounts_user u ON u.id = a.user_id
    JOIN matching_feetier t ON t.tier = u.fee_tier
    JOIN matching_market m ON m.id = p.market_id
    JOIN ledger_asset s ON s.id = m.base_id
    LEFT JOIN matching_feeexception um ON um.user_id = u.id AND um.market_id = m.id AND {_IN_FORCE.format("um")}
    LEFT JOIN matching_feeexception ou ON ou.user_id = u.id AND ou.market_id IS NULL AND {_IN_FORCE.format("ou")}
    LEFT JOIN matching_feeexception om ON om.user_id IS NULL AND om.market_id = m.id AND {_IN_FORCE.format("om")}
    LEFT JOIN ledger_balance b ON b.account_id = a.id AND b.asset_id = m.base_id
    LEFT JOIN ledger_balance q ON q.account_id = a.id AND q.asset_id = m.quote_id
"""  # noqa: S608  constants only

_PLACING = frozenset(map(int, PLACING_KINDS))
_REFUSAL_OF_STATE = {
    AccountState.TRADE_FROZEN.value: "ACCOUNT_TRADE_FROZEN",
    AccountState.CLOSED.value: "ACCOUNT_CLOSED",
}
_KYC_LEVEL_TOO_LOW = "KYC_LEVEL_TOO_LOW"


class Fenced(BourseError):
    """Another worker has taken the shard over; this one may not commit any more."""

    code = "WORKER_FENCED"
    status = 503
    message = "Another worker has taken over."


class ScanPlace(NamedTuple):
    """Where the next scan for pending commands starts: behind this row of the log, in the order of the scan."""

    xact_number: int
    command_id: int


class Position(NamedTuple):
    """Where the shard stands, read under its lock."""

    applied_sequence: int
    applied_at_us: int
    scan_place: ScanPlace
    writer: WriterState
    oldest_running_xact: int


class AccountFacts(NamedTuple):
    """What is known of an account in a market at the start of a batch. Amounts in units, read without a lock."""

    facts: Facts
    base_balance_id: int
    base_available: Decimal
    quote_balance_id: int
    quote_available: Decimal
    base_locked: Decimal
    """Asked for only where the account's position is limited."""


class BalancesMissing(Exception):
    """Some accounts have no balance row yet; they are made in a database transaction of their own."""

    def __init__(self, pairs: list[tuple[int, int]]) -> None:
        self.pairs = pairs
        super().__init__(f"{len(pairs)} balances missing")


def read_position(cursor: Cursor, *, shard_id: int, writer_id: int, epoch: int) -> Position:
    """Lock the shard for this batch. Raises Fenced where another worker has raised the epoch."""
    rows = cursor.execute(_FENCE, (GATE, shard_id)).fetchall()
    return _position(rows, writer_id=writer_id, epoch=epoch)


def read_pending(cursor: Cursor, *, shard_id: int, after: ScanPlace, limit: int) -> list[LoggedCommand]:
    """The oldest commands without an outcome, at most `limit`."""
    rows = cursor.execute(_PENDING, (shard_id, *after, limit)).fetchall()
    return list(map(LoggedCommand._make, rows))


def read_position_and_pending(
    *, shard_id: int, writer_id: int, epoch: int, expected: ScanPlace, limit: int
) -> tuple[Position, list[LoggedCommand]]:
    """`read_position` and `read_pending` in one round trip, for who knows the place that the last batch has left.

    The commands are those behind `expected`; they are of no use where the position says another place.
    """
    fence, pending = ask_together((_FENCE, (GATE, shard_id)), (_PENDING, (shard_id, *expected, limit)))
    return _position(fence, writer_id=writer_id, epoch=epoch), list(map(LoggedCommand._make, pending))


def _position(rows: list[tuple[Any, ...]], *, writer_id: int, epoch: int) -> Position:
    (row,) = rows
    found, applied_sequence, applied_at_us, scan_from, scan_after, last_sequence, chain_hash, last_row_id, xmin, _ = row
    if found != epoch:
        raise Fenced
    writer = WriterState(writer_id, int(last_sequence), bytes(chain_hash) or GENESIS_HASH, int(last_row_id))
    place = ScanPlace(int(scan_from), int(scan_after))
    return Position(int(applied_sequence), int(applied_at_us), place, writer, int(xmin))


def next_scan_place(position: Position, commands: list[LoggedCommand], *, limit: int) -> ScanPlace:
    """Where the scan after this one may start: everything before it was seen by this one."""
    behind_the_finished = ScanPlace(position.oldest_running_xact, 0)
    if len(commands) < limit:
        return behind_the_finished
    return min(behind_the_finished, ScanPlace(commands[-1].xact_number, commands[-1].command_id))


def read_facts(
    cursor: Cursor, commands: Iterable[LoggedCommand], markets: dict[int, LiveMarket], scales: Scales
) -> dict[tuple[int, int], AccountFacts]:
    """(account, market) of every new or amended order to what is known there. Raises BalancesMissing."""
    wanted = list({(c.account_id, c.market_id) for c in commands if c.kind in _PLACING})
    if not wanted:
        return {}
    rows = cursor.execute(
        _FACTS, (number_array([account for account, _ in wanted]), number_array([market for _, market in wanted]))
    ).fetchall()
    known: dict[tuple[int, int], AccountFacts] = {}
    missing: list[tuple[int, int]] = []
    for row in rows:
        account_id, market_id, state, is_active, maker_ppm, taker_ppm, base_id, base, quote_id, quote = row[:10]
        is_known_well, group_id, max_position, base_locked = row[10:]
        market = markets[market_id]
        if base_id is None:
            missing.append((account_id, market.base_id))
        if quote_id is None:
            missing.append((account_id, market.quote_id))
        refusal = _REFUSAL_OF_STATE.get(state) if is_active else "ACCOUNT_CLOSED"
        if refusal is None and not is_known_well:
            refusal = _KYC_LEVEL_TOO_LOW
        # Groups count below zero, so that none is an account.
        group = None if group_id is None else -group_id
        limit = None if max_position is None else to_atoms(max_position, scales.by_asset[market.base_id])
        known[account_id, market_id] = AccountFacts(
            Facts(refusal, maker_ppm, taker_ppm, group, limit),
            base_id,
            base,
            quote_id,
            quote,
            base_locked,
        )
    if missing:
        raise BalancesMissing(missing)
    return known


def prepare_copy(
    copy: WorkingCopy,
    known: dict[tuple[int, int], AccountFacts],
    locked: dict[int, LockedBalance],
    markets: dict[int, LiveMarket],
    scales: Scales,
) -> None:
    """Put what the accounts can spend into the working copy: locked values where there are some."""
    scale_of = scales.by_asset
    for (account_id, market_id), account in known.items():
        market = markets[market_id]
        for asset_id, balance_id, available in (
            (market.base_id, account.base_balance_id, account.base_available),
            (market.quote_id, account.quote_balance_id, account.quote_available),
        ):
            copy.directory[account_id, asset_id] = balance_id
            row = locked.get(balance_id)
            copy.balance(account_id, asset_id).start = (
                to_atoms(available, scale_of[asset_id]) if row is None else row.available
            )
        if account.facts.position_limit is not None:
            row = locked.get(account.base_balance_id)
            copy.balance(account_id, market.base_id).start_locked = (
                to_atoms(account.base_locked, scale_of[market.base_id]) if row is None else row.locked
            )
