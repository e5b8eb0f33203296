"""What the events of a batch mean for money, orders, trades and people.

collected    the rows of a batch
money        what a trade, a lock and a release move
telling      what accounts are told, and who waits is answered
trade_reader what trades mean for orders and those who are told
event_reader the same of all other events
settlement   applies the commands

Nothing here reads or writes a database. Run twice on equal books and balances it collects the same rows; whoever
calls it takes the books back (`Book.undo`) when the rows are not committed.
"""

from matching.worker.settlement.collected import (
    BustRow,
    Collected,
    OrderChange,
    OrderTerms,
    OutcomeRow,
    TradeRow,
    UserEventRow,
    add_balances,
)
from matching.worker.settlement.settlement import Settlement

__all__ = [
    "BustRow",
    "Collected",
    "OrderChange",
    "OrderTerms",
    "OutcomeRow",
    "Settlement",
    "TradeRow",
    "UserEventRow",
    "add_balances",
]
