"""A client's own order ids: each names one order, or one pair, of its account for 24 hours.

The first commit under an id is the order; whatever comes later under the same id finds it. After 24 hours the id may
be used again, and the row then names the later order.
"""

from collections.abc import Sequence

from django.db import connection

from matching.errors import ClientOrderIdConflict
from matching.services.command_log import run_statement, run_statement_for_rows
from matching.services.requests import OcoRequest, OrderRequest
from storage.bulk import text_array

KEPT_HOURS = 24
_KEPT = f"interval '{KEPT_HOURS} hours'"

TAKE_KEY = f"""
    ON CONFLICT (account_id, client_order_id) DO UPDATE
        SET input_hash = EXCLUDED.input_hash, command_id = EXCLUDED.command_id, created_at = EXCLUDED.created_at
        WHERE matching_clientorderkey.created_at < clock_timestamp() - {_KEPT}
    RETURNING command_id
"""  # noqa: S608  constants only
"""How an INSERT into `matching_clientorderkey` ends: it returns the command's id only where the key was free."""

_FIRST_USE = f"""
    SELECT command_id, input_hash FROM matching_clientorderkey
    WHERE account_id = %(account)s AND client_order_id = %(client_order_id)s
          AND (%(even_if_old)s::boolean OR created_at >= clock_timestamp() - {_KEPT})
"""  # noqa: S608  constants only
_ORDERS = """
    SELECT client_order_id, command_id FROM matching_clientorderkey
    WHERE account_id = %(account)s AND client_order_id = ANY(%(client_order_ids)s::text[])
"""
_DELETE_OLD = """
    DELETE FROM matching_clientorderkey WHERE created_at < clock_timestamp() - make_interval(hours => %s)
"""

_HOURS_UNTIL_DELETED = KEPT_HOURS + 1
"""Later than anybody asks, so that a key that was found taken is still there when its order is looked up."""


def find_first_use(*, account_id: int, request: OrderRequest | OcoRequest, was_taken: bool = False) -> int | None:
    """Id of the command that was accepted under the request's client_order_id, if there is one.

    `was_taken`: the key was found taken a moment ago, and counts even if its 24 hours have ended since. Raises
    ClientOrderIdConflict where that command's content was another.
    """
    if request.client_order_id is None:
        return None
    row = run_statement(
        _FIRST_USE,
        {"account": account_id, "client_order_id": request.client_order_id, "even_if_old": was_taken},
    )
    if row is None:
        return None
    command_id, input_hash = row
    if bytes(input_hash) != request.input_hash():
        raise ClientOrderIdConflict(details={"order_id": str(command_id)})
    return int(command_id)


def orders_of_client_ids(*, account_id: int, client_order_ids: Sequence[str]) -> dict[str, int]:
    """The order that each id names, of a pair its limit leg; ids that name none are left out."""
    return dict(
        run_statement_for_rows(_ORDERS, {"account": account_id, "client_order_ids": text_array(client_order_ids)})
    )


def delete_old_keys() -> int:
    """Forget ids that may be used again anyway; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETE_OLD, [_HOURS_UNTIL_DELETED])
        return int(cursor.rowcount)
