"""What a batch writes beside the ledger, one statement a table; the caller runs these inside a psycopg pipeline."""

from datetime import datetime

from matching.worker.reading import ScanPlace
from storage.bulk import json_array, number_array, text_array
from wallet.core.operation_log import AppliedOperation, link_hash
from wallet.processor.reading import Cursor, Position
from wallet.processor.results import Mail, Result

_OUTCOMES = """
    INSERT INTO wallet_operationoutcome (operation_id, applied_sequence, code, detail, applied_at)
    SELECT o.id, %s + o.row, o.code, o.detail, %s
    FROM ROWS FROM (unnest(%s::bigint[], %s::text[]), jsonb_array_elements(%s::jsonb))
         WITH ORDINALITY AS o(id, code, detail, row)
"""
_STATE = """
    WITH link AS (
        INSERT INTO wallet_operationlink (first_sequence, last_sequence, journal_hash, hash)
        VALUES (%(first)s, %(last)s, %(journal_hash)s, %(hash)s)
    )
    UPDATE wallet_fundsprocessor
    SET applied_sequence = %(last)s, chain_hash = %(hash)s,
        scan_from_xact = %(scan_from)s, scan_after_id = %(scan_after)s
"""
_MAILS = """
    INSERT INTO wallet_fundsmail (user_id, template, context, created_at, attempts)
    SELECT m.user_id, m.template, m.context, %s, 0
    FROM ROWS FROM (unnest(%s::bigint[], %s::text[]), jsonb_array_elements(%s::jsonb)) AS m(user_id, template, context)
"""


def write_outcomes(cursor: Cursor, results: list[Result], *, applied_sequence: int, at: datetime) -> None:
    """One row an operation, numbered on from `applied_sequence`."""
    cursor.execute(
        _OUTCOMES,
        (
            applied_sequence,
            at,
            number_array([result.operation.operation_id for result in results]),
            text_array([result.code for result in results]),
            json_array([result.detail for result in results]),
        ),
    )


def write_state(
    cursor: Cursor,
    results: list[Result],
    *,
    position: Position,
    scan_place: ScanPlace,
    at_us: int,
) -> Position:
    """The link of these operations in their chain, and where the processor stands behind them, which is returned.

    `position` is that before them, its writer the one behind their entries.
    """
    journal_hash = position.writer.chain_hash
    first, last = position.applied_sequence + 1, position.applied_sequence + len(results)
    applied = [
        AppliedOperation(
            first + number,
            result.operation.operation_id,
            result.operation.origin,
            result.operation.request_id,
            result.operation.text,
            result.code,
            result.detail,
            at_us,
        )
        for number, result in enumerate(results)
    ]
    chain_hash = link_hash(position.chain_hash, journal_hash, applied)
    cursor.execute(
        _STATE,
        {
            "first": first,
            "last": last,
            "journal_hash": journal_hash,
            "hash": chain_hash,
            "scan_from": scan_place.xact_number,
            "scan_after": scan_place.command_id,
        },
    )
    return position._replace(applied_sequence=last, chain_hash=chain_hash)


def write_mails(cursor: Cursor, mails: list[Mail], *, at: datetime) -> None:
    cursor.execute(
        _MAILS,
        (
            at,
            number_array([mail.user_id for mail in mails]),
            text_array([mail.template for mail in mails]),
            json_array([mail.context for mail in mails]),
        ),
    )
