"""What a batch writes, one statement a table.

The caller runs these inside a psycopg pipeline: the server inserts one table's rows while the next table's are being
written down here. Row counts decide the speed of the exchange, so every table gets the fewest rows that keep the
promises of the log: one outcome a command, one row an order however often it changed in the batch.
"""

from typing import Any

import orjson
import psycopg

from kernel.ids import IdAllocator
from matching.engine.snapshots import ENGINE_VERSION
from matching.rules import AMOUNT_LIMITS, LIMIT_FIELDS
from matching.worker.markets import LiveMarket
from matching.worker.moments import datetime_of
from matching.worker.reading import ScanPlace
from matching.worker.settlement import Collected
from storage.bulk import nullable_array, number_array, text_array

Cursor = psycopg.Cursor[tuple[Any, ...]]

_INSERT_OUTCOMES = """
    INSERT INTO matching_outcome
        (command_id, shard_id, applied_sequence, applied_at, code, refusal, lockable, maker_ppm, taker_ppm, stp_group)
    SELECT o.id, %s, %s + o.row, %s, o.code, o.refusal, o.lockable, o.maker_ppm, o.taker_ppm, o.stp_group
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::boolean[], %s::int[], %s::int[], %s::bigint[])
         WITH ORDINALITY AS o(id, code, refusal, lockable, maker_ppm, taker_ppm, stp_group, row)
"""
_INSERT_TRADES = """
    INSERT INTO matching_trade
        (id, market_id, number, price, quantity, quote_amount, taker_side, maker_order_id, taker_order_id,
         maker_account_id, taker_account_id, maker_fee, taker_fee, executed_at)
    SELECT t.*, %s FROM unnest(
        %s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::smallint[],
        %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[]) AS t
"""
_INSERT_USER_EVENTS = """
    INSERT INTO matching_userevent (id, writer_id, account_id, sequence, command_id, payload)
    SELECT e.id, %s, e.account_id, e.sequence, e.command_id, e.payload::jsonb
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[])
         AS e(id, account_id, sequence, command_id, payload)
"""
# Data-modifying CTEs: three tables, one statement, one round through the server's executor.
_WRITE_ENGINE_STATE = """
    WITH batch AS (
        INSERT INTO matching_batch (id, shard_id, epoch, first_sequence, last_sequence, engine_version, event_hashes)
        VALUES (%(batch)s, %(shard)s, %(epoch)s, %(first)s, %(last)s, %(version)s, %(hashes)s::text::jsonb)
    ), shard AS (
        UPDATE matching_shard
        SET applied_sequence = %(last)s, applied_at_us = %(at_us)s, scan_from_xact = %(scan_from)s,
            scan_after_id = %(scan_after)s, heartbeat_at = now()
        WHERE id = %(shard)s
    )
    UPDATE matching_marketenginestate AS m
    SET state = d.state, state_reason = d.reason, state_until_us = d.until_us, last_ticks = d.last_ticks,
        last_trade_number = d.last_trade_number, last_priority = d.last_priority,
        event_hash = decode(d.event_hash, 'hex'), memory = coalesce(d.memory::jsonb, m.memory)
    FROM unnest(%(markets)s::bigint[], %(states)s::smallint[], %(reasons)s::text[], %(until)s::bigint[],
                %(last_ticks)s::bigint[], %(trade_numbers)s::bigint[], %(priorities)s::bigint[],
                %(market_hashes)s::text[], %(memories)s::text[])
         AS d(market_id, state, reason, until_us, last_ticks, last_trade_number, last_priority, event_hash, memory)
    WHERE m.market_id = d.market_id
"""


def write_outcomes(cursor: Cursor, collected: Collected, *, shard_id: int, applied_sequence: int, at_us: int) -> None:
    """One row a command, numbered on from `applied_sequence`."""
    rows = collected.outcomes
    cursor.execute(
        _INSERT_OUTCOMES,
        (
            shard_id,
            applied_sequence,
            datetime_of(at_us),
            number_array([row.command_id for row in rows]),
            text_array([row.code for row in rows]),
            text_array([row.refusal for row in rows]),
            nullable_array([row.lockable for row in rows]),
            number_array([row.maker_ppm for row in rows]),
            number_array([row.taker_ppm for row in rows]),
            nullable_array([row.stp_group for row in rows]),
        ),
    )


def write_trades(cursor: Cursor, collected: Collected, *, at_us: int) -> None:
    """One row a match, with both fees."""
    if not collected.trades:
        return
    rows = []
    for trade_id, market, traded, maker_fee, taker_fee in collected.trades:
        taker_buys = traded.taker_side == 1
        base_suffix = market.base_suffix
        rows.append(
            (
                trade_id,
                market.market_id,
                traded.number,
                market.price_text(traded.ticks),
                market.quantity_text(traded.lots),
                market.value_text(traded.ticks * traded.lots),
                1 if taker_buys else 2,
                traded.maker_order_id,
                traded.taker_order_id,
                traded.maker_account_id,
                traded.taker_account_id,
                f"{maker_fee}{market.quote_suffix if taker_buys else base_suffix}",
                f"{taker_fee}{base_suffix if taker_buys else market.quote_suffix}",
            )
        )
    cursor.execute(_INSERT_TRADES, (datetime_of(at_us), *map(number_array, zip(*rows, strict=True))))


def write_user_events(
    cursor: Cursor,
    collected: Collected,
    *,
    writer_id: int,
    last_sequences: dict[int, int],
    ids: IdAllocator,
    at_us: int,
) -> dict[int, int]:
    """Number and write what the users are told; returns the new last number of each account in the batch."""
    events = collected.user_events
    if not events:
        return {}
    numbered: dict[int, int] = {}
    for event in events:
        account_id = event.account_id
        sequence = (numbered.get(account_id) or last_sequences[account_id]) + 1
        numbered[account_id] = sequence
        collected.event_numbers.append(sequence)
        collected.event_payloads.append(orjson.dumps(event.payload))
    cursor.execute(
        _INSERT_USER_EVENTS,
        (
            writer_id,
            number_array(ids.take(len(events), at_us // 1000)),
            number_array([event.account_id for event in events]),
            number_array(collected.event_numbers),
            number_array([event.command_id for event in events]),
            text_array([payload.decode() for payload in collected.event_payloads]),
        ),
    )
    return numbered


def write_engine_state(
    cursor: Cursor,
    collected: Collected,
    *,
    batch_id: int,
    shard_id: int,
    epoch: int,
    applied_sequence: int,
    at_us: int,
    scan_place: ScanPlace,
) -> None:
    """Everything the worker must find again that is not an open order; also ends the batch in the log."""
    last_sequence = applied_sequence + len(collected.outcomes)
    markets = list(collected.markets.values())
    hashes = {str(market.market_id): market.book.event_hash.hex() for market in markets}
    notices = [collected.states.get(market.market_id, market.state_notice) for market in markets]
    for market in markets:
        collected.memories[market.market_id] = orjson.dumps(market.book.memory()).decode()
    cursor.execute(
        _WRITE_ENGINE_STATE,
        {
            "batch": batch_id,
            "shard": shard_id,
            "epoch": epoch,
            "version": ENGINE_VERSION,
            "first": applied_sequence + 1,
            "last": last_sequence,
            "hashes": orjson.dumps(hashes).decode(),
            "at_us": at_us,
            "scan_from": scan_place.xact_number,
            "scan_after": scan_place.command_id,
            "markets": number_array([market.market_id for market in markets]),
            "states": number_array([int(market.book.state) for market in markets]),
            "reasons": text_array([notice.reason for notice in notices]),
            "until": number_array([notice.until_us for notice in notices]),
            "memories": text_array(
                [_unless_stored(collected.memories[market.market_id], market) for market in markets]
            ),
            "last_ticks": number_array([market.book.last_ticks for market in markets]),
            "trade_numbers": number_array([market.book.last_trade_number for market in markets]),
            "priorities": number_array([market.book.last_priority for market in markets]),
            "market_hashes": text_array(hashes.values()),
        },
    )


def _unless_stored(memory: str, market: LiveMarket) -> str | None:
    return None if memory == market.stored_memory else memory


def write_limits(cursor: Cursor, collected: Collected) -> None:
    """The row of a market says what its engine enforces, so it changes in the commit that changes the rules."""
    for market_id, rules in collected.limits.items():
        fields = [field for field in LIMIT_FIELDS if field in rules.limits]
        columns = ", ".join(f"{field} = %({field})s::{_limit_type(field)}" for field in fields)
        cursor.execute(
            f"UPDATE matching_market SET rules_version = %(version)s, {columns} WHERE id = %(market)s",  # noqa: S608  names of columns
            {"market": market_id, "version": rules.after.version, **rules.limits},
        )


def _limit_type(field: str) -> str:
    return "numeric" if field in AMOUNT_LIMITS else "int"
