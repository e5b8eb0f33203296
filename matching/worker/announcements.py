"""What a committed batch means for those who listen, as messages for Redis pub/sub.

A market's message (`market_channel`), amounts in ticks and lots:

    first, last    the applied sequences it covers; `first` is the `last` before it plus one, so messages join. In a
                   quiet moment one comes that covers nothing (`first` is its own `last` plus one) and carries nothing:
                   who has not heard of `last` has missed it
    at_us          the engine's clock, microseconds since the Unix epoch
    reset          true: this one does not join; whoever listens reads the book anew, up to `last` at least
    bids, asks     [ticks, visible lots] of each level that changed; 0 lots: the level is gone
    trades         [trade id, number, ticks, lots, taker side, maker account, taker account]; of an auction's trade the
                   younger order counts as the taker
    busts          [trade id, number] of each trade that was undone
    trade_number   of the market's last trade, so that a missed one is noticed
    state          [state, reason, until_us] where it changed, else null; until_us: when the market goes on by itself,
                   0 = not by itself

The users' message (`user_channel`):

    writer         its name; events are numbered per account and writer
    previous, last the applied sequences between which its events happened; a listener that knows another `previous`
                   has missed something and reads the events of its accounts from the database
    events         [account, number, command, payload]: rows of `UserEvent`

Messages tell what is committed and may get lost; every listener can notice that and read the truth.
"""

from collections.abc import Iterable, Set

import orjson

from matching.engine.types import Side
from matching.worker.depth_cache import Level
from matching.worker.markets import LiveMarket, StateNotice
from matching.worker.settlement import BustRow, Collected, TradeRow


def market_message(
    market: LiveMarket,
    *,
    first: int,
    last: int,
    at_us: int,
    is_reset: bool = False,
    touched: Set[Level] = frozenset(),
    trades: Iterable[TradeRow] = (),
    busts: Iterable[BustRow] = (),
    state_notice: StateNotice | None = None,
) -> bytes:
    """`state_notice` is given where the market's state changed."""
    book = market.book
    sides: dict[Side, list[tuple[int, int]]] = {Side.BUY: [], Side.SELL: []}
    for side, ticks in touched:
        sides[side].append((ticks, book.level_lots(side, ticks)))
    return orjson.dumps(
        {
            "first": first,
            "last": last,
            "at_us": at_us,
            "reset": is_reset,
            "bids": sides[Side.BUY],
            "asks": sides[Side.SELL],
            "trades": [
                (
                    trade.trade_id,
                    trade.traded.number,
                    trade.traded.ticks,
                    trade.traded.lots,
                    trade.traded.taker_side,
                    trade.traded.maker_account_id,
                    trade.traded.taker_account_id,
                )
                for trade in trades
            ],
            "busts": [(bust.trade.trade_id, bust.trade.number) for bust in busts],
            "trade_number": book.last_trade_number,
            "state": None if state_notice is None else (int(book.state), *state_notice),
        }
    )


def users_message(writer: str, *, previous: int, last: int, at_us: int, collected: Collected | None = None) -> bytes:
    """Without `collected` it only says how far the writer has come."""
    events: list[tuple[object, ...]] = []
    if collected is not None:
        events = [
            (event.account_id, number, event.command_id, orjson.Fragment(payload))
            for event, number, payload in zip(
                collected.user_events, collected.event_numbers, collected.event_payloads, strict=True
            )
        ]
    return orjson.dumps({"writer": writer, "previous": previous, "last": last, "at_us": at_us, "events": events})
