"""Would a purchase let an account hold more of an asset than one may? Asked of the tables; the worker asks again."""

from django.db import connection

from ledger.models import Asset, Balance
from matching.engine.types import Side
from matching.errors import PositionTooLarge
from matching.models import OrderStatus
from matching.selectors.markets import MarketView
from matching.selectors.orders import OrderView

_ON_ITS_WAY = f"""
    SELECT coalesce(sum(quantity - filled_quantity - prevented_quantity), 0) FROM matching_order
    WHERE account_id = %s AND market_id = %s AND side = {int(Side.BUY)} AND id <> %s
          AND status IN ({int(OrderStatus.OPEN)}, {int(OrderStatus.PARTIAL)})
          AND NOT (is_waiting AND other_leg_id IS NOT NULL)
"""  # noqa: S608  constants only


def check_position(*, account_id: int, market: MarketView, lots: int, replaced: OrderView | None) -> None:
    """Raises PositionTooLarge: what the account has, what its purchases may bring, and this are above the limit."""
    limit = Asset.objects.filter(pk=market.base.id).values_list("max_position", flat=True).first()
    if limit is None:
        return
    held = Balance.objects.filter(account_id=account_id, asset_id=market.base.id).first()
    with connection.cursor() as cursor:
        cursor.execute(_ON_ITS_WAY, [account_id, market.id, 0 if replaced is None else replaced.id])
        (on_its_way,) = cursor.fetchone()
    owned = held.available + held.locked if held is not None else 0
    if owned + on_its_way + market.units.quantity(lots) > limit:
        raise PositionTooLarge(details={"asset": market.base.symbol})
