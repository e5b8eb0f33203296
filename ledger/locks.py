"""The only module that locks balances. One order for all: by primary key, in one statement a database transaction.

Whoever posts takes the *gate* shared and then the rows. A matching batch reads balances before it locks them; when
another writer came between twice, it takes the gate exclusively, so that nobody else posts while it runs. `FOR NO KEY
UPDATE` leaves foreign key checks of others alone.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BigIntegerField, Lookup

from ledger.models import Balance
from storage.connections import database_cursor, pipeline

GATE = 0x626F757273650001
"""Key of the advisory lock that stands for all balances: 'bourse' and a number."""
ENTER_GATE_SHARED = "SELECT pg_advisory_xact_lock_shared(%s)"
"""`enter_gate_shared` as a statement, for who asks several things in one round trip."""


class LockedRow(NamedTuple):
    """A balance as it is while the lock is held; amounts in units."""

    balance_id: int
    available: Decimal
    locked: Decimal
    version: int


@BigIntegerField.register_lookup
class AnyOf(Lookup):
    """`id = ANY(array)`: one parameter however many ids, where `IN` has one for each."""

    lookup_name = "any_of"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (list(value),)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        array, array_parameters = self.process_rhs(compiler, connection)
        return f"{column} = ANY({array}::bigint[])", (*parameters, *array_parameters)


def lock_balances(balance_ids: Iterable[int], *, nowait: bool = False) -> list[LockedRow]:
    """Lock these rows until the end of the database transaction and read them, in order of their primary keys.

    Raises django's OperationalError when `nowait` and somebody else holds one of them.
    """
    with connection.wrap_database_errors:
        rows = database_cursor().execute(_lock_statement(nowait), [sorted(balance_ids)]).fetchall()
    return list(map(LockedRow._make, rows))


def lock_balances_to(change: Callable[[], None], balance_ids: Iterable[int]) -> list[LockedRow]:
    """Lock these rows and change them in one round trip; returns them as they were before.

    `change` sends statements only: it is called before anything is known of the rows.
    """
    with connection.wrap_database_errors, pipeline():
        cursor = database_cursor().execute(_lock_statement(False), [sorted(balance_ids)])
        change()
    return list(map(LockedRow._make, cursor.fetchall()))


@cache
def _lock_statement(nowait: bool) -> str:
    """Django's own `select_for_update`, compiled once: compiling it anew took longer than running it."""
    rows = (
        Balance.objects.select_for_update(no_key=True, nowait=nowait)
        .order_by("pk")
        .filter(pk__any_of=[])
        .values_list("pk", "available", "locked", "version")
    )
    statement, _ = rows.query.sql_with_params()
    return statement


def enter_gate_shared() -> None:
    """Take part with others; waits while a matching batch holds the gate for itself."""
    _advisory(ENTER_GATE_SHARED)


def enter_gate_alone() -> None:
    """Wait until nobody else posts, and keep it so until the end of the database transaction."""
    _advisory("SELECT pg_advisory_xact_lock(%s)")


def _advisory(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [GATE])
