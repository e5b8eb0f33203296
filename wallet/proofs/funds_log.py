"""The log of funds as a file: JSON lines that a verifier of one file checks and replays, with nothing of ours.

    {"type": "begin", "format": …, "custody_accounts": {account id: "sim:hot"}}
    {"type": "operation", …}        each applied operation with its outcome, in the order of their numbers
    {"type": "link", …}             behind the last operation of each batch: what binds it to all before
    {"type": "end", "operations": …, "head": …, "custody": {"sim:hot": {"BTC": "1.5"}}}

`custody` is what the ledger says the exchange holds at its rails, at the same moment as the log. `verify_funds_log.py`
adds up the operations alone and must come to the same. Operations that wait are not part of the log yet.

All of it is read on one snapshot of the database, piece by piece, while the processor goes on.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection, transaction

from kernel.units import plain
from ledger.models import Account, AccountKind, Balance
from wallet.models import OperationLink
from wallet.notices import FUNDS_WRITER

FORMAT = "bourse-funds-log-1"
LINKS_AT_ONCE = 50
"""A link has as many operations as a batch; these are in memory together."""

_OPERATIONS = """
    SELECT r.applied_sequence, o.id, o.origin, o.request_id, o.message, r.code, r.detail,
           (extract(epoch FROM r.applied_at) * 1000000)::bigint
    FROM wallet_operationoutcome r JOIN wallet_balanceoperation o ON o.id = r.operation_id
    WHERE r.applied_sequence BETWEEN %s AND %s ORDER BY r.applied_sequence
"""
_COLUMNS = ("sequence", "operation_id", "origin", "request_id", "message", "code", "detail", "applied_at_us")


def read_funds_log() -> Iterator[bytes]:
    """The lines of the file, without their ends. Not inside of a database transaction."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        accounts = dict(
            Account.objects.filter(kind=AccountKind.CUSTODY, writer_id=FUNDS_WRITER).values_list("pk", "purpose")
        )
        yield _line("begin", format=FORMAT, custody_accounts={str(key): purpose for key, purpose in accounts.items()})
        count, head = 0, b""
        while True:
            links = list(
                OperationLink.objects.filter(first_sequence__gt=count).order_by("first_sequence")[:LINKS_AT_ONCE]
            )
            if not links:
                break
            operations = _operations(links[0].first_sequence, links[-1].last_sequence)
            for link in links:
                for operation in operations:
                    yield _line("operation", **operation)
                    if operation["sequence"] == link.last_sequence:
                        break
                count, head = link.last_sequence, bytes(link.hash)
                yield _line(
                    "link",
                    first_sequence=link.first_sequence,
                    last_sequence=link.last_sequence,
                    journal_hash=bytes(link.journal_hash).hex(),
                    hash=head.hex(),
                )
        yield _line("end", operations=count, head=head.hex(), custody=_custody(accounts))


def _operations(first: int, last: int) -> Iterator[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_OPERATIONS, [first, last])
        for row in cursor.fetchall():
            operation = dict(zip(_COLUMNS, row, strict=True))
            yield operation | {"detail": orjson.loads(operation["detail"])}


def _custody(purposes: dict[int, str]) -> dict[str, dict[str, str]]:
    """What the ledger says is at the rails. The accounts that stand against it are below zero."""
    held: dict[str, dict[str, str]] = {}
    balances = Balance.objects.filter(account_id__in=purposes).order_by("account_id", "asset__symbol")
    for account_id, asset, available, locked in balances.values_list(
        "account_id", "asset__symbol", "available", "locked"
    ):
        total: Decimal = available + locked
        if total:
            held.setdefault(purposes[account_id], {})[asset] = plain(-total)
    return held


def _line(kind: str, **content: Any) -> bytes:
    return orjson.dumps({"type": kind, **content})
