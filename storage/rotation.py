"""Encrypting anew what is under another key than the first: all encrypted columns of the project, in batches.

What is done already is told by the stored bytes, which begin with the id of their key. So a rotation that was
interrupted goes on where it was by being started again, and one that runs beside users who change their secrets never
overwrites theirs: a row is written only if it still has what was read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from storage.encryption import EncryptedSecretField, SecretUnreadable, key_ring


@dataclass(frozen=True, slots=True)
class RotationProgress:
    """How far a column is."""

    column: str
    done: int
    """Encrypted anew until now."""
    left: int
    """Under another key than the first before this began, and not yet done."""
    unreadable: int
    """Under no key that is known; left as they are."""


def encrypted_columns() -> list[tuple[type[models.Model], EncryptedSecretField]]:
    """Every column of the project that has secrets, in a fixed order."""
    found = [
        (model, field)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedSecretField)
    ]
    return sorted(found, key=lambda pair: column_name(*pair))


def column_name(model: type[models.Model], field: Any) -> str:
    """app.Model.field"""
    return f"{model._meta.label}.{field.attname}"


def rotate_columns(*, batch_size: int) -> Iterator[RotationProgress]:
    """Encrypt all columns anew, a commit each batch; says after each how far it is, of each column at least once."""
    for model, field in encrypted_columns():
        yield from _rotate_column(model, field, batch_size)


def count_left(model: type[models.Model], field: EncryptedSecretField) -> int:
    """How many secrets of a column are under another key than the first."""
    with connection.cursor() as cursor:
        # Only names of our own models go into the statements here.
        cursor.execute(f"SELECT count(*) FROM {_table(model)} WHERE {_is_old(field)}", _prefix())
        return int(cursor.fetchone()[0])


def _rotate_column(
    model: type[models.Model], field: EncryptedSecretField, batch_size: int
) -> Iterator[RotationProgress]:
    left, done, unreadable = count_left(model, field), 0, 0
    name, table, column, key = column_name(model, field), _table(model), _column(field), _key(model)
    after: Any = None
    while True:
        beyond = "" if after is None else f"AND {key} > %s"
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, {column} FROM {table} WHERE {_is_old(field)} {beyond} ORDER BY {key} LIMIT %s",
                [*_prefix(), *([] if after is None else [after]), batch_size],
            )
            rows = cursor.fetchall()
            for row_id, stored in rows:
                try:
                    fresh = _anew(bytes(stored), field.associated_data)
                except SecretUnreadable:
                    unreadable += 1
                    continue
                cursor.execute(
                    f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s", [fresh, row_id, stored]
                )
                done += cursor.rowcount
        yield RotationProgress(name, done, max(left - done - unreadable, 0), unreadable)
        if len(rows) < batch_size:
            return
        after = rows[-1][0]


def _anew(stored: bytes, associated_data: bytes) -> bytes:
    ring = key_ring()
    return ring.encrypt(ring.decrypt(stored, associated_data), associated_data)


def _is_old(field: EncryptedSecretField) -> str:
    column = _column(field)
    return f"{column} IS NOT NULL AND substring({column} FROM 1 FOR %s) <> %s"


def _prefix() -> list[Any]:
    prefix = key_ring().prefix
    return [len(prefix), prefix]


def _table(model: type[models.Model]) -> str:
    return _quoted(model._meta.db_table)


def _key(model: type[models.Model]) -> str:
    primary = model._meta.pk
    if primary is None:
        raise TypeError(f"{model._meta.label} has no primary key")
    return _quoted(str(primary.column))


def _column(field: EncryptedSecretField) -> str:
    return _quoted(str(field.column))


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
