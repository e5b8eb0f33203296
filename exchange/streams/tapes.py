"""A market's trades as its subscribers see them: gapless numbers, whatever was missed on the way.

Trades come with the worker's announcements. Where a number is missing, the tape is read anew from the database and
everybody gets a snapshot; what was announced meanwhile joins it.

Busts are told as they come: of trades long gone as well.
"""

from collections import deque
from collections.abc import Sequence, Set
from dataclasses import replace

from exchange.streams.messages import Message
from exchange.streams.topics import Topic
from marketdata.api.representations import trade_json
from marketdata.selectors import PublicTrade

NEWEST_TRADES = 50
"""In a snapshot."""

_KEPT_TRADES = 300
"""More than a snapshot needs: what was not told yet is not in it."""

_MAX_WAITING = 5_000


class TapeTopic(Topic):
    def __init__(self, symbol: str) -> None:
        super().__init__(channel="trades", symbol=symbol)
        self._newest: deque[PublicTrade] = deque(maxlen=_KEPT_TRADES)
        self._untold: list[PublicTrade] = []
        self._waiting: deque[PublicTrade] = deque(maxlen=_MAX_WAITING)
        self._untold_busts: list[tuple[int, int]] = []
        """Trade id and number."""
        self._last_number = 0
        self.is_known = False

    def is_complete(self, trade_number: int) -> bool:
        """Whether the market's trades up to this number are here."""
        return self.is_known and self._last_number >= trade_number

    def note(self, trades: Sequence[PublicTrade]) -> bool:
        """Add announced trades, oldest first; false where some are missing before them. Then read the tape anew."""
        if not self.is_known:
            self._waiting.extend(trades)
            return False
        for trade in trades:
            if trade.number <= self._last_number:
                continue
            if trade.number != self._last_number + 1:
                self.start_reading()
                self._waiting.extend(trades)
                return False
            self._newest.appendleft(trade)
            self._untold.append(trade)
            self._last_number = trade.number
        return True

    def note_busts(self, busts: Sequence[tuple[int, int]]) -> None:
        """These trades were undone; trade id and number of each. Told also where the tape is being read anew."""
        self._untold_busts += busts
        if self.is_known:
            self._mark_busted()

    def start_reading(self) -> None:
        """Collect what is announced while the database is asked."""
        self.is_known = False
        self._waiting.clear()

    def finish_reading(self, newest: Sequence[PublicTrade]) -> bool:
        """What the database has, newest first. False where what was announced meanwhile does not join: read again."""
        waiting = list(self._waiting)
        self._waiting.clear()
        self._newest = deque(newest, maxlen=_KEPT_TRADES)
        self._untold.clear()
        self._last_number = newest[0].number if newest else 0
        self.is_known = True
        if not self.note(waiting):
            return False
        self._untold.clear()
        self._mark_busted()
        snapshot = self.snapshot()
        if snapshot is not None:
            self.publish(snapshot)
        return True

    def tell(self) -> None:
        """Send what was noted, in one update."""
        if not (self._untold or self._untold_busts) or not self.is_known:
            return
        trades, self._untold = self._untold, []
        busts, self._untold_busts = self._untold_busts, []
        if self.subscribers:
            busted = [{"trade_id": str(trade_id), "number": number} for trade_id, number in busts]
            self.publish(self.message("update", trades=[trade_json(trade) for trade in trades], busted=busted))

    def snapshot(self) -> Message | None:
        """As of what subscribers were told last, so the next update joins."""
        if not self.is_known:
            return None
        told = list(self._newest)[len(self._untold) :][:NEWEST_TRADES]
        return self.message("snapshot", trades=[trade_json(trade) for trade in told])

    def _mark_busted(self) -> None:
        """Trades of the tape that were undone say so from now on."""
        busted = {number for _, number in self._untold_busts}
        if busted:
            self._newest = deque((_marked(trade, busted) for trade in self._newest), maxlen=_KEPT_TRADES)
            self._untold = [_marked(trade, busted) for trade in self._untold]


def _marked(trade: PublicTrade, busted: Set[int]) -> PublicTrade:
    return replace(trade, is_busted=True) if trade.number in busted else trade
