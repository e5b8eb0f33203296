"""Makes the balances anew from the journal: the journal is the truth, balances are its running total."""

from decimal import Decimal
from typing import NamedTuple

from django.db import connection, transaction

from ledger.locks import enter_gate_alone
from ledger.models import VerifiedBalance, VerifiedWriter
from ledger.services import ensure_balances
from ledger.verified import VERIFYING_CHANGES

_WITHOUT_BALANCE = """
    SELECT DISTINCT p.account_id, p.asset_id FROM ledger_posting p
    WHERE NOT EXISTS (SELECT FROM ledger_balance b WHERE b.account_id = p.account_id AND b.asset_id = p.asset_id)
"""
_REBUILT = """
    SELECT b.id, b.account_id, b.asset_id, b.available, b.locked,
           coalesce(sum(p.available_delta), 0), coalesce(sum(p.locked_delta), 0)
    FROM ledger_balance b LEFT JOIN ledger_posting p ON p.account_id = b.account_id AND p.asset_id = b.asset_id
    GROUP BY b.id
    HAVING coalesce(sum(p.available_delta), 0) <> b.available OR coalesce(sum(p.locked_delta), 0) <> b.locked
    ORDER BY b.id
"""


class Difference(NamedTuple):
    """A balance that is not what its postings sum to. Amounts in units."""

    balance_id: int
    account_id: int
    asset_id: int
    available: Decimal
    locked: Decimal
    posted_available: Decimal
    posted_locked: Decimal


def rebuild_balances(*, apply: bool) -> list[Difference]:
    """Every balance that differs from the sum of its postings; with `apply` it is set to that sum.

    A balance whose row is gone counts as zero. Holds the gate, so no other writer posts while the sums are taken and
    written, and waits for a proof of what changed that is going on.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [VERIFYING_CHANGES])
        enter_gate_alone()
        cursor.execute(_WITHOUT_BALANCE)
        gone = cursor.fetchall()
        ensure_balances(pairs=gone)
        cursor.execute(_REBUILT)
        differences = [Difference._make(row) for row in cursor.fetchall()]
        if apply:
            cursor.executemany(
                "UPDATE ledger_balance SET available = %s, locked = %s, version = version + 1 WHERE id = %s",
                [(found.posted_available, found.posted_locked, found.balance_id) for found in differences],
            )
            if gone:
                # What was proven of them is kept under ids that they no longer have: the next proof begins anew.
                VerifiedBalance.objects.all().delete()
                VerifiedWriter.objects.all().delete()
        else:
            transaction.set_rollback(True)
    return differences
