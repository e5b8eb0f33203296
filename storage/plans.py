"""Plans that stay right however fast tables grow.

Statements are prepared and their plans kept. A plan that was made while a table was young reads all of it, and goes on
doing so until the statistics are made anew: for a busy minute the changes of orders were half the time of each batch.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

LOOK_UP_BY_KEYS = """
    SELECT set_config(name, 'off', %s)
    FROM unnest(ARRAY['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'jit']) AS name
"""
"""For whoever finds all it reads and changes by keys; the parameter: whether for this database transaction alone.

Nothing else may use the session meanwhile: what reads tables as a whole would take for ever.
"""
_RESET = "RESET enable_seqscan; RESET enable_hashjoin; RESET enable_mergejoin; RESET jit"


@contextmanager
def looking_up_by_keys() -> Iterator[None]:
    """In this block, this thread's session finds everything by keys."""
    with connection.cursor() as cursor:
        cursor.execute(LOOK_UP_BY_KEYS, [False])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(_RESET)
