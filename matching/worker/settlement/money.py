"""What trades, locks and releases move between balances.

A buyer pays `ticks x lots` in quote and receives lots of base less a fee in base; a seller the other way round. What an
order in the book spends is in `locked` since it came there, a taker pays from `available`. How much an order locks and
gets back is the engine's word; nothing here computes it anew, so what is locked is what the engine says is.
"""

from kernel.units import fee_atoms
from matching.engine.events import AuctionTraded, Traded
from matching.engine.types import Side
from matching.worker.logged_trades import LoggedTrade
from matching.worker.markets import LiveMarket
from matching.worker.working_copy import WorkingBalance, WorkingCopy

_BUY = Side.BUY


class Money:
    """Moves the money of a batch in its working copy; which entry it belongs to is the caller's business."""

    __slots__ = ("_copy", "_fee_account_id")

    def __init__(self, copy: WorkingCopy, fee_account_id: int) -> None:
        self._copy = copy
        self._fee_account_id = fee_account_id

    def lock(self, market: LiveMarket, account_id: int, side: int, amount: int) -> None:
        """From available to locked, and back where negative; tick-lots of a purchase, lots of a sale."""
        balance, factor = self.spent_by(market, account_id, side)
        atoms = amount * factor
        self._copy.move(balance, -atoms, atoms)

    def spent_by(self, market: LiveMarket, account_id: int, side: int) -> tuple[WorkingBalance, int]:
        """The balance that orders of this side spend, and the atoms of one tick-lot or lot."""
        if side == _BUY:
            return self._copy.balance(account_id, market.quote_id), market.tick_lot_atoms
        return self._copy.balance(account_id, market.base_id), market.lot_atoms

    def trade(self, market: LiveMarket, trade: Traded) -> tuple[int, int]:
        """Maker from locked, taker from available; returns the fees of maker and taker."""
        copy = self._copy
        base = trade.lots * market.lot_atoms
        quote = trade.ticks * trade.lots * market.tick_lot_atoms
        taker_base = copy.balance(trade.taker_account_id, market.base_id)
        taker_quote = copy.balance(trade.taker_account_id, market.quote_id)
        maker_base = copy.balance(trade.maker_account_id, market.base_id)
        maker_quote = copy.balance(trade.maker_account_id, market.quote_id)
        fees_base = copy.balance(self._fee_account_id, market.base_id)
        fees_quote = copy.balance(self._fee_account_id, market.quote_id)
        if trade.taker_side == _BUY:
            taker_fee = fee_atoms(base, trade.taker_ppm)
            maker_fee = fee_atoms(quote, trade.maker_ppm)
            copy.move(taker_quote, -quote, 0)
            copy.move(taker_base, base - taker_fee, 0)
            copy.move(maker_base, 0, -base)
            copy.move(maker_quote, quote - maker_fee, 0)
            copy.move(fees_base, taker_fee, 0)
            copy.move(fees_quote, maker_fee, 0)
        else:
            taker_fee = fee_atoms(quote, trade.taker_ppm)
            maker_fee = fee_atoms(base, trade.maker_ppm)
            copy.move(taker_base, -base, 0)
            copy.move(taker_quote, quote - taker_fee, 0)
            copy.move(maker_quote, 0, -quote)
            copy.move(maker_base, base - maker_fee, 0)
            copy.move(fees_quote, taker_fee, 0)
            copy.move(fees_base, maker_fee, 0)
        return maker_fee, taker_fee

    def auction_trade(self, market: LiveMarket, trade: AuctionTraded) -> tuple[int, int]:
        """Both from locked; returns the fees of buyer and seller."""
        copy = self._copy
        base = trade.lots * market.lot_atoms
        quote = trade.ticks * trade.lots * market.tick_lot_atoms
        released = trade.released * market.tick_lot_atoms
        buyer_fee = fee_atoms(base, trade.buy_ppm)
        seller_fee = fee_atoms(quote, trade.sell_ppm)
        copy.move(copy.balance(trade.buy_account_id, market.quote_id), released, -quote - released)
        copy.move(copy.balance(trade.buy_account_id, market.base_id), base - buyer_fee, 0)
        copy.move(copy.balance(trade.sell_account_id, market.base_id), 0, -base)
        copy.move(copy.balance(trade.sell_account_id, market.quote_id), quote - seller_fee, 0)
        copy.move(copy.balance(self._fee_account_id, market.base_id), buyer_fee, 0)
        copy.move(copy.balance(self._fee_account_id, market.quote_id), seller_fee, 0)
        return buyer_fee, seller_fee

    def undo(self, market: LiveMarket, trade: LoggedTrade) -> None:
        """What the trade moved, the other way round; all of it from and to available."""
        for balance, atoms in self._given_back(market, trade):
            self._copy.move(balance, atoms, 0)

    def can_undo(self, market: LiveMarket, trade: LoggedTrade) -> bool:
        """Has everybody what they would give back? Asked of balances whose start is known."""
        net: dict[int, int] = {}
        balances: dict[int, WorkingBalance] = {}
        for balance, atoms in self._given_back(market, trade):
            balances[balance.balance_id] = balance
            net[balance.balance_id] = net.get(balance.balance_id, 0) + atoms
        return all(atoms >= 0 or balances[key].can_spend(-atoms) for key, atoms in net.items())

    def _given_back(self, market: LiveMarket, trade: LoggedTrade) -> list[tuple[WorkingBalance, int]]:
        """Of a trade with oneself the same balance stands twice."""
        copy, buyer, seller = self._copy, trade.buyer, trade.seller
        base = trade.lots * market.lot_atoms
        quote = trade.ticks * trade.lots * market.tick_lot_atoms
        return [
            (copy.balance(buyer.account_id, market.base_id), buyer.fee - base),
            (copy.balance(buyer.account_id, market.quote_id), quote),
            (copy.balance(seller.account_id, market.quote_id), seller.fee - quote),
            (copy.balance(seller.account_id, market.base_id), base),
            (copy.balance(self._fee_account_id, market.base_id), -buyer.fee),
            (copy.balance(self._fee_account_id, market.quote_id), -seller.fee),
        ]


def with_older_as_maker(trade: AuctionTraded) -> Traded:
    """An auction's trade as one between a maker and a taker."""
    buy = (trade.buy_order_id, trade.buy_account_id, trade.buy_ppm)
    sell = (trade.sell_order_id, trade.sell_account_id, trade.sell_ppm)
    if trade.younger_side == _BUY:
        maker, taker, remaining = sell, buy, trade.sell_remaining_lots
    else:
        maker, taker, remaining = buy, sell, trade.buy_remaining_lots
    return Traded(trade.number, *maker, remaining, *taker, trade.younger_side, trade.ticks, trade.lots)
