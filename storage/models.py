"""Rows that are written once: the journal, the command log, outcomes, trades, events.

A subclass of `AppendOnlyModel` is append-only twice: Django refuses to update or delete it here, and PostgreSQL
refuses it to the login the processes run as (`storage.grants` derives the privileges from this class).
"""

from typing import Any, NoReturn

from django.db import models

from kernel.errors import BourseError


class RowIsAppendOnly(BourseError):
    """Somebody tried to change history. Corrections are new, reversing rows."""

    code = "ROW_IS_APPEND_ONLY"
    status = 409
    message = "This record cannot be changed. A correction is a new record."


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """A queryset that reads and inserts, nothing else."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise RowIsAppendOnly

    def delete(self) -> NoReturn:
        raise RowIsAppendOnly


class AppendOnlyModel(models.Model):
    """Base of every table that history is kept in."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise RowIsAppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RowIsAppendOnly
