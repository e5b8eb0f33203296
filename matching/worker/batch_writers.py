"""What others write about a batch in the batch's own database transaction.

`matching` knows nobody above it; who has something to write is named in the setting `MATCHING_BATCH_WRITERS`.
"""

from typing import Any, Protocol

import psycopg
from django.conf import settings
from django.utils.module_loading import import_string

from matching.worker.settlement import Collected


class BatchWriter(Protocol):
    """Writes rows that must be committed with the trades they are about."""

    def write(self, cursor: "psycopg.Cursor[tuple[Any, ...]]", collected: Collected, *, at_us: int) -> None:
        """Called inside the batch's pipeline, after its trades are written; whatever it raises fails the batch.

        A batch may be written, rolled back and written again: nothing may be remembered here as committed.
        """


def configured_batch_writers() -> tuple[BatchWriter, ...]:
    """Those of this installation."""
    return tuple(import_string(name)() for name in settings.MATCHING_BATCH_WRITERS)
