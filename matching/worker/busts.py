"""What a batch reads and writes for the trades it busts; a batch without busts asks and writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from kernel.units import to_atoms
from ledger.journal import Scales
from matching.models import BustState, CommandKind
from matching.worker.logged_trades import read_logged_trades
from matching.worker.markets import LiveMarket
from matching.worker.moments import datetime_of
from matching.worker.reading import BalancesMissing, Cursor
from matching.worker.settlement import Collected
from matching.worker.translation import NO_FACTS, Facts, LoggedCommand
from matching.worker.working_copy import LockedBalance, WorkingCopy
from storage.bulk import number_array, text_array

_BUST_TRADE = int(CommandKind.BUST_TRADE)
_BALANCES = """
    SELECT p.account_id, p.asset_id, b.id, b.available
    FROM unnest(%s::bigint[], %s::bigint[]) AS p(account_id, asset_id)
    LEFT JOIN ledger_balance b ON b.account_id = p.account_id AND b.asset_id = p.asset_id
"""
_SETTLE = """
    UPDATE matching_tradebust AS b SET state = d.state, code = d.code, settled_at = %s
    FROM unnest(%s::bigint[], %s::smallint[], %s::text[]) AS d(command_id, state, code)
    WHERE b.command_id = d.command_id
"""


@dataclass(slots=True)
class BustFacts:
    """What is known of the trades to be busted at the start of a batch."""

    by_command: dict[int, Facts] = field(default_factory=dict)
    available: dict[tuple[int, int], tuple[int, Decimal]] = field(default_factory=dict)
    """(account, asset) of everybody who may have to give something back, the account of fees included: primary key and
    available units, read without a lock."""


def read_bust_facts(
    cursor: Cursor, commands: Iterable[LoggedCommand], markets: dict[int, LiveMarket], fee_account_id: int
) -> BustFacts:
    """Raises BalancesMissing, and InvariantViolated where a command names a trade that is not of its market."""
    busts = [command for command in commands if command.kind == _BUST_TRADE]
    known = BustFacts()
    if not busts:
        return known
    units = {market_id: market.units for market_id, market in markets.items()}
    trades = read_logged_trades(cursor, [(command.target_order_id, command.market_id) for command in busts], units)
    pairs: set[tuple[int, int]] = set()
    for command in busts:
        trade, market = trades[command.target_order_id], markets[command.market_id]
        known.by_command[command.command_id] = NO_FACTS._replace(trade=trade)
        for account_id in (trade.maker.account_id, trade.taker.account_id, fee_account_id):
            pairs |= {(account_id, market.base_id), (account_id, market.quote_id)}
    wanted = sorted(pairs)
    rows = cursor.execute(
        _BALANCES, (number_array([account for account, _ in wanted]), number_array([asset for _, asset in wanted]))
    ).fetchall()
    missing = [(account_id, asset_id) for account_id, asset_id, balance_id, _ in rows if balance_id is None]
    if missing:
        raise BalancesMissing(missing)
    known.available = {(account, asset): (balance_id, available) for account, asset, balance_id, available in rows}
    return known


def prepare_busts(copy: WorkingCopy, known: BustFacts, locked: dict[int, LockedBalance], scales: Scales) -> None:
    """Put what the sides of the trades have into the working copy: locked values where there are some."""
    for (account_id, asset_id), (balance_id, available) in known.available.items():
        copy.directory[account_id, asset_id] = balance_id
        row = locked.get(balance_id)
        copy.balance(account_id, asset_id).start = (
            to_atoms(available, scales.by_asset[asset_id]) if row is None else row.available
        )


def write_busts(cursor: Cursor, collected: Collected, *, at_us: int) -> None:
    """Say what became of each bust, in the commit in which the money goes back."""
    if not collected.busts:
        return
    cursor.execute(
        _SETTLE,
        (
            datetime_of(at_us),
            number_array([bust.command_id for bust in collected.busts]),
            number_array([int(BustState.REFUSED if bust.code else BustState.DONE) for bust in collected.busts]),
            text_array([bust.code or "" for bust in collected.busts]),
        ),
    )
