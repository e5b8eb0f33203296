"""A crossed book at one price, before the market trades."""

from matching.engine.events import AuctionTraded, Event, Uncrossed
from matching.engine.types import Side
from tests.support.naive_book.matching import after_trade
from tests.support.naive_book.state import Order, State


def uncross(book: State) -> list[Event]:
    bids = queue_of(book, Side.BUY)
    asks = queue_of(book, Side.SELL)
    if not bids or not asks or bids[0].place.ticks < asks[0].place.ticks:
        return []
    ticks = auction_price(book, bids, asks)
    lots = min(demand(bids, ticks), supply(asks, ticks))
    book.last_ticks = book.static_reference = ticks
    book.prices.append(ticks)
    events: list[Event] = [Uncrossed(ticks, lots)]
    while lots:
        buyer, seller = queue_of(book, Side.BUY)[0], queue_of(book, Side.SELL)[0]
        traded = min(lots, buyer.shown, seller.shown)
        lots -= traded
        for order in (buyer, seller):
            order.left -= traded
            order.done += traded
            order.shown -= traded
        book.trades += 1
        events.append(auction_traded(book.trades, buyer, seller, ticks, traded))
        for order in (buyer, seller):
            events += after_trade(book, order, "FILLED", "")
    return events


def queue_of(book: State, side: Side) -> list[Order]:
    """The side's orders in the order in which they trade."""
    sign = -1 if side == Side.BUY else 1
    resting = [order for order in book.orders if order.place.side == side and not order.waits]
    return sorted(resting, key=lambda order: (sign * order.place.ticks, order.priority))


def demand(bids: list[Order], ticks: int) -> int:
    return sum(order.left for order in bids if order.place.ticks >= ticks)


def supply(asks: list[Order], ticks: int) -> int:
    return sum(order.left for order in asks if order.place.ticks <= ticks)


def auction_price(book: State, bids: list[Order], asks: list[Order]) -> int:
    def worse(ticks: int) -> tuple[int, int, int, int]:
        buys, sells = demand(bids, ticks), supply(asks, ticks)
        return -min(buys, sells), abs(buys - sells), abs(ticks - book.reference()), ticks

    return min(range(asks[0].place.ticks, bids[0].place.ticks + 1), key=worse)


def auction_traded(number: int, buyer: Order, seller: Order, ticks: int, lots: int) -> AuctionTraded:
    b, s = buyer.place, seller.place
    return AuctionTraded(
        number,
        b.order_id,
        b.account_id,
        b.maker_ppm,
        buyer.left,
        (b.ticks - ticks) * lots,
        s.order_id,
        s.account_id,
        s.maker_ppm,
        seller.left,
        Side.BUY if buyer.priority > seller.priority else Side.SELL,
        ticks,
        lots,
    )
