"""Failures on demand: what the next calls of an operation shall suffer. They survive a restart, like everything.

refuse                refused for good, nothing is done
insufficient          refused as if the wallet were empty
http_500              answered 500, nothing is done
timeout_before        no answer, nothing is done
timeout_after_doing   done, but no answer
"""

from wallet.simchain.errors import RequestRefused, insufficient, malformed
from wallet.simchain.store import Store

REFUSE, INSUFFICIENT, HTTP_500 = "refuse", "insufficient", "http_500"
TIMEOUT_BEFORE, TIMEOUT_AFTER_DOING = "timeout_before", "timeout_after_doing"
KINDS = (REFUSE, INSUFFICIENT, HTTP_500, TIMEOUT_BEFORE, TIMEOUT_AFTER_DOING)
OPERATIONS = ("send", "faucet", "new_address", "look_up", "blocks", "balance", "movements")


class Silence(Exception):
    """The connection ends without an answer."""


def plan(store: Store, *, operation: str, kind: str, times: int) -> None:
    """Let the next `times` calls of the operation fail; plans of one operation are used up in order."""
    if operation not in OPERATIONS or kind not in KINDS or not 0 < times <= 1_000_000:
        raise malformed("There is no such failure.")
    with store.change():
        store.write("INSERT INTO faults (operation, kind, times) VALUES (?, ?, ?)", operation, kind, times)


def forget(store: Store) -> None:
    """No failures any more."""
    with store.change():
        store.write("DELETE FROM faults")


def suffer(store: Store, operation: str, *, is_done: bool = False) -> bool:
    """Use up one planned failure: raises what it is. True: do the work, then say nothing.

    A refusal waits for another call where what is asked for `is_done` already.
    """
    with store.reading():
        due = store.row("SELECT * FROM faults WHERE operation = ? ORDER BY sequence LIMIT 1", operation)
        if due is None or (is_done and due["kind"] in (REFUSE, INSUFFICIENT)):
            return False
        with store.change():
            store.write("UPDATE faults SET times = times - 1 WHERE sequence = ?", due["sequence"])
            store.write("DELETE FROM faults WHERE times <= 0")
    if due["kind"] == REFUSE:
        raise RequestRefused("REFUSED", "Refused on demand.")
    if due["kind"] == INSUFFICIENT:
        raise insufficient()
    if due["kind"] == HTTP_500:
        raise RequestRefused("BROKEN", "Broken on demand.", status=500)
    if due["kind"] == TIMEOUT_BEFORE:
        raise Silence
    return True
