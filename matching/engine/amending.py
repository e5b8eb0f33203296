"""How a resting order gets other terms: in its place where it only gets smaller, else out and in again.

Invariant: a refused amendment changes nothing but the account's rate.
"""

from matching.engine import admission, codes
from matching.engine.commands import (
    Amend,
    Place,
)
from matching.engine.entrance import Entrance
from matching.engine.events import (
    ChangeRejected,
    Event,
    OrderAmended,
)
from matching.engine.matcher import Lockable
from matching.engine.orders import Order, StopOrder
from matching.engine.types import (
    BUY,
    GTC,
    GTD,
    ICEBERG,
    LIMIT,
)
from risk.core.codes import INSUFFICIENT_BALANCE, INVALID_ORDER, PRICE_OUT_OF_BAND
from risk.core.pretrade import (
    price_refusal,
    quantity_refusal,
    smallest_value_refusal,
    value_refusal,
)


class Amender(Entrance):
    """A market whose resting orders can be amended."""

    __slots__ = ()

    def _amend(self, amend: Amend, at_us: int, lockable: Lockable, events: list[Event]) -> None:
        """Give a resting order another price or quantity."""
        refusal = self._count(amend.account_id, amend.expires_at_us, amend.refusal, at_us)
        order = self.orders.get(amend.target_order_id)
        if refusal is None:
            refusal = self._amendable_refusal(amend)
        if refusal is None and order is not None:
            refusal = self._amend_terms(order, amend, at_us, lockable, events)
        if refusal is not None:
            events.append(ChangeRejected(amend.command_id, amend.target_order_id, amend.account_id, refusal))

    def _amendable_refusal(self, amend: Amend) -> str | None:
        order = self.open_order(amend.target_order_id)
        if order is None or order.account_id != amend.account_id:
            return codes.ORDER_NOT_FOUND
        if isinstance(order, StopOrder) or order.other_leg:
            return codes.ORDER_NOT_AMENDABLE
        return None

    def _amend_terms(
        self, order: Order, amend: Amend, at_us: int, lockable: Lockable, events: list[Event]
    ) -> str | None:
        """Why the new terms cannot be; None where the order has them now."""
        rules = self.rules
        ticks = amend.ticks or order.ticks
        remaining = order.remaining_lots
        total = amend.lots or order.filled_lots + remaining
        left = total - order.filled_lots
        if left <= 0:
            return codes.AMEND_BELOW_FILLED
        if ticks == order.ticks and left == remaining:
            return None
        refusal = price_refusal(rules, ticks) or quantity_refusal(rules, total)
        if refusal is None and order.display_lots and admission.has_too_many_parts(total, order.display_lots):
            refusal = INVALID_ORDER
        refusal = refusal or smallest_value_refusal(rules, ticks * total)
        lowest, highest = self._current_band()
        if refusal is None and ticks != order.ticks and not lowest <= ticks <= highest:
            refusal = PRICE_OUT_OF_BAND
        refusal = refusal or value_refusal(rules, ticks * total)
        if refusal is None and order.post_only and self._would_match(order.side, ticks):
            refusal = codes.POST_ONLY_WOULD_MATCH
        if refusal is not None:
            return refusal
        need = (ticks * left if order.side is BUY else left) - order.locked
        if need > 0 and not lockable(need):
            return INSUFFICIENT_BALANCE
        if ticks == order.ticks and left < remaining:
            self._shrink(order, left, total, events)
        else:
            self._reenter(order, amend, ticks, left, total, at_us, events)
        return None

    def _shrink(self, order: Order, left: int, total: int, events: list[Event]) -> None:
        """Less of it, in its place; of an iceberg the hidden part goes first."""
        before = order.locked
        shown = min(order.lots, left)
        self._resize(order, shown, left - shown)
        events.append(
            OrderAmended(
                order.order_id,
                order.account_id,
                order.side,
                order.ticks,
                left,
                total,
                shown,
                True,
                before - order.locked,
            )
        )

    def _reenter(
        self, order: Order, amend: Amend, ticks: int, left: int, total: int, at_us: int, events: list[Event]
    ) -> None:
        """Out of its place, and in again with other terms."""
        self._remove(order, self._ladder_of(order.side))
        events.append(
            OrderAmended(order.order_id, order.account_id, order.side, ticks, left, total, 0, False, order.locked)
        )
        place = Place(
            order.order_id,
            order.account_id,
            order.side,
            ICEBERG if order.display_lots else LIMIT,
            GTD if order.good_till_us else GTC,
            order.post_only,
            ticks,
            left,
            0,
            amend.maker_ppm,
            amend.taker_ppm,
            amend.stp_group,
            0,
            None,
            order.stp_mode,
            order.display_lots,
            good_till_us=order.good_till_us,
        )
        self._act_limit(place, at_us, None, events, order.filled_lots)
