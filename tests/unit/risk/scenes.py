"""Trades and orders of a made-up market, short to write. Times are seconds, accounts are letters."""

from risk.core.surveillance.facts import SECOND_US, OrderFact, TradeFact

BEGIN_US = 1_700_000_000 * SECOND_US
ACCOUNTS = {name: number for number, name in enumerate("ABCDEFGH", start=1)}


def at(seconds: float) -> int:
    """So many seconds after the beginning, in microseconds."""
    return BEGIN_US + int(seconds * SECOND_US)


def trade(
    number: int,
    seconds: float,
    buyer: str,
    seller: str,
    *,
    price: int = 1_000_000,
    quantity: int = 100,
    taker: str = "buyer",
    order: int = 0,
) -> TradeFact:
    """A trade; `order` is the taker's."""
    buys = taker == "buyer"
    return TradeFact(
        trade_id=number,
        at_us=at(seconds),
        price=price,
        quantity=quantity,
        buyer=ACCOUNTS[buyer],
        seller=ACCOUNTS[seller],
        buy_order=order or 10_000 + number if buys else 20_000 + number,
        sell_order=20_000 + number if buys else order or 10_000 + number,
        taker_buys=buys,
    )


def order(
    number: int,
    account: str,
    side: str,
    *,
    placed: float,
    ended: float | None = None,
    price: int = 1_000_000,
    quantity: int = 100,
    filled: int = 0,
) -> OrderFact:
    """An order that rested; one that ended without being filled was withdrawn."""
    return OrderFact(
        order_id=number,
        account=ACCOUNTS[account],
        is_buy=side == "buy",
        price=price,
        quantity=quantity,
        filled=filled,
        placed_us=at(placed),
        ended_us=None if ended is None else at(ended),
        is_withdrawn=ended is not None and filled < quantity,
    )
