"""Trades as they stand in their table, for commands that name one: a bust, when it is applied or replayed."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import psycopg

from kernel.errors import invariant
from kernel.units import MarketUnits, to_atoms
from matching.engine.types import Side
from matching.models import BustState
from storage.bulk import number_array

_TRADES = f"""
    SELECT t.market_id, t.id, t.number, t.maker_order_id, t.taker_order_id, t.maker_account_id, t.taker_account_id,
           t.taker_side::int, t.price, t.quantity, t.maker_fee, t.taker_fee,
           EXISTS (SELECT FROM matching_tradebust b WHERE b.trade_id = t.id AND b.state = {int(BustState.DONE)})
    FROM matching_trade t WHERE t.id = ANY(%s::bigint[])
"""  # noqa: S608  constants only


class TradeSide(NamedTuple):
    """One of the two orders of a trade, and what it paid."""

    order_id: int
    account_id: int
    side: Side
    fee: int
    """Atoms of what it received: base for the buyer, quote for the seller."""


class LoggedTrade(NamedTuple):
    """A row of the trades, in ticks, lots and atoms."""

    trade_id: int
    number: int
    maker: TradeSide
    taker: TradeSide
    ticks: int
    lots: int
    is_busted: bool
    """Whether it had been busted by the start of the batch; a replay does not ask."""

    @property
    def buyer(self) -> TradeSide:
        return self.maker if self.maker.side == Side.BUY else self.taker

    @property
    def seller(self) -> TradeSide:
        return self.taker if self.maker.side == Side.BUY else self.maker


def read_logged_trades(
    cursor: "psycopg.Cursor[tuple[Any, ...]]", wanted: Sequence[tuple[int, int]], units: Mapping[int, MarketUnits]
) -> dict[int, LoggedTrade]:
    """The trades of these pairs of trade id and market id, by id. Raises InvariantViolated where one does not exist."""
    if not wanted:
        return {}
    found: dict[int, LoggedTrade] = {}
    rows = cursor.execute(_TRADES, (number_array({trade_id for trade_id, _ in wanted}),)).fetchall()
    market_of = {row[1]: row[0] for row in rows}
    for trade_id, market_id in wanted:
        invariant(market_of.get(trade_id) == market_id, "a bust names a trade of its market")
    for market_id, *row in rows:
        trade = _trade_of(row, units[market_id])
        found[trade.trade_id] = trade
    return found


def _trade_of(row: Sequence[Any], units: MarketUnits) -> LoggedTrade:
    trade_id, number, maker_order, taker_order, maker_account, taker_account, taker_side, *terms, is_busted = row
    price, quantity, maker_fee, taker_fee = terms
    side = Side(taker_side)
    maker_scale, taker_scale = units.quote_scale, units.base_scale
    if side == Side.SELL:
        maker_scale, taker_scale = taker_scale, maker_scale
    maker = TradeSide(maker_order, maker_account, Side(3 - side), to_atoms(maker_fee, maker_scale))
    taker = TradeSide(taker_order, taker_account, side, to_atoms(taker_fee, taker_scale))
    ticks, lots = units.ticks(price), units.lots(quantity)
    assert ticks is not None, "a trade's price is a whole number of ticks"
    assert lots is not None, "a trade's quantity is a whole number of lots"
    return LoggedTrade(trade_id, number, maker, taker, ticks, lots, is_busted)
