"""Runs the command log through fresh books and compares everything with what was committed.

What came from outside the log (refusals by account state, whether funds were there, fee rates, the time) stands in
the outcomes and is fed back. Then the same commands must give the same trades, the same event hash after every batch,
and in the end the very books that the open orders describe.

An engine of another version may come to other events, so it only replays what an engine of its version has applied:
from the checkpoint that the worker takes when its version changes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db import connection, transaction

from matching.engine.book import Book
from matching.engine.events import AuctionTraded, Traded
from matching.engine.snapshots import ENGINE_VERSION
from matching.engine.types import MarketRules
from matching.models import Batch, Checkpoint, CommandKind, Market, Shard, Trade
from matching.rules import LoggedRules, rules_of
from matching.worker.logged_trades import LoggedTrade, read_logged_trades
from matching.worker.markets import LiveMarket
from matching.worker.recovery import load_book
from matching.worker.settlement.money import with_older_as_maker
from matching.worker.translation import COMMAND_COLUMNS, Facts, LoggedCommand, to_engine
from storage.connections import database_cursor

_CHUNK = 5_000
_MAX_FINDINGS = 20

_LOG = f"""
    SELECT o.applied_sequence, (extract(epoch FROM o.applied_at) * 1000000)::bigint, o.refusal, o.lockable,
           o.maker_ppm, o.taker_ppm, o.stp_group, {COMMAND_COLUMNS}
    FROM matching_outcome o JOIN matching_command c ON c.id = o.command_id
    WHERE o.shard_id = %s AND o.applied_sequence > %s ORDER BY o.applied_sequence LIMIT {_CHUNK}
"""  # noqa: S608  constants only

_COMMAND_FROM = 7
"""The place of the command's first column among those of `_LOG`."""

_FIRST_CHANGES = f"""
    SELECT DISTINCT ON (c.market_id) c.market_id, c.rules::text
    FROM matching_command c JOIN matching_outcome o ON o.command_id = c.id
    WHERE c.kind = {int(CommandKind.SET_RULES)} AND c.shard_id = %s AND o.applied_sequence > %s AND o.code IS NULL
    ORDER BY c.market_id, o.applied_sequence
"""  # noqa: S608  constants only


@dataclass(slots=True)
class ReplayReport:
    """What a replay did and where it differed; no findings mean that it did not."""

    commands: int = 0
    trades: int = 0
    batches: int = 0
    started_after: int = 0
    """The applied sequence of the checkpoint it started from; 0 = from nothing."""
    findings: list[str] = field(default_factory=list)

    def found(self, what: str) -> None:
        if len(self.findings) < _MAX_FINDINGS:
            self.findings.append(what)


def replay_log(
    *, shard: Shard, from_checkpoint: bool = False, progress: Callable[[int], None] = lambda _: None
) -> ReplayReport:
    """Replay the shard's log on one snapshot of the database; `progress` is told the last applied sequence."""
    report = ReplayReport()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        shard.refresh_from_db()
        markets = {row.id: row for row in Market.objects.filter(shard=shard).select_related("base", "quote")}
        books = _starting_books(shard, markets, report, from_checkpoint=from_checkpoint)
        trades = {
            market_id: Trade.objects.filter(market_id=market_id, number__gt=book.last_trade_number)
            .order_by("id")
            .iterator()
            for market_id, book in books.items()
        }
        lives = {market_id: LiveMarket(row) for market_id, row in markets.items()}
        hashes = _batch_hashes(shard, report.started_after)
        end_of_batch, expected = next(hashes, (0, {}))
        for sequence, command, facts, lockable, at_us in _log(shard, lives, report.started_after):
            book = books[command.market_id]
            events = book.apply(to_engine(command, facts), at_us, _as_committed(lockable))
            book.forget_undo()
            report.commands += 1
            for event in events:
                if isinstance(event, AuctionTraded):
                    event = with_older_as_maker(event)
                if isinstance(event, Traded):
                    report.trades += 1
                    _compare_trade(event, next(trades[command.market_id], None), lives[command.market_id], report)
            if sequence == end_of_batch:
                report.batches += 1
                for market_text, digest in expected.items():
                    if books[int(market_text)].event_hash.hex() != digest:
                        report.found(f"market {market_text} has another event hash after command {sequence}")
                end_of_batch, expected = next(hashes, (0, {}))
                progress(sequence)
        if report.started_after + report.commands != shard.applied_sequence:
            report.found(f"the log has {report.commands} commands, the shard stands at {shard.applied_sequence}")
        for market_id, rest in trades.items():
            for trade in islice(rest, 1):
                report.found(f"trade {trade.number} of market {market_id} did not happen in the replay")
        _compare_books(books, lives, report)
    return report


def _as_committed(lockable: bool | None) -> Callable[[int], bool]:
    """Answers the engine's question about funds as it was answered then."""
    return lambda _need: bool(lockable)


def _starting_books(
    shard: Shard, markets: dict[int, Market], report: ReplayReport, *, from_checkpoint: bool
) -> dict[int, Book]:
    checkpoints: list[Checkpoint] = []
    earliest = _end_of_other_engines(shard)
    if from_checkpoint or earliest:
        usable = Checkpoint.objects.filter(
            market__shard=shard, engine_version=ENGINE_VERSION, applied_sequence__gte=earliest
        ).order_by("-applied_sequence" if from_checkpoint else "applied_sequence")
        checkpoints = list(usable.filter(applied_sequence=usable.values("applied_sequence")[:1]))
        if not checkpoints:
            report.found("there is no checkpoint by this version of the engine; started from nothing")
        for row in checkpoints:
            report.started_after = row.applied_sequence
    rules = _starting_rules(shard, markets, report.started_after)
    # A checkpoint has all markets that were traded by then; one that it lacks was listed later and starts empty.
    books = {market_id: Book(market_id, rules[market_id]) for market_id in markets}
    books |= {row.market_id: Book.restore(row.snapshot, rules[row.market_id]) for row in checkpoints}
    return books


def _end_of_other_engines(shard: Shard) -> int:
    """The last command that an engine of another version applied; 0 = none."""
    last = Batch.objects.filter(shard=shard).exclude(engine_version=ENGINE_VERSION).order_by("-last_sequence").first()
    return last.last_sequence if last else 0


def _starting_rules(shard: Shard, markets: dict[int, Market], after: int) -> dict[int, MarketRules]:
    """The limits each market had after that command: those its first later change names, else those of today."""
    rules = {market_id: rules_of(row) for market_id, row in markets.items()}
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_CHANGES, [shard.id, after])
        rules |= {market_id: LoggedRules.read(text).before for market_id, text in cursor.fetchall()}
    return rules


def _log(
    shard: Shard, lives: dict[int, LiveMarket], after: int
) -> Iterator[tuple[int, LoggedCommand, Facts, bool | None, int]]:
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_LOG, [shard.id, after])
            rows = cursor.fetchall()
        if not rows:
            return
        commands = [LoggedCommand._make(row[_COMMAND_FROM:]) for row in rows]
        busted = _busted_trades(commands, lives)
        for (sequence, at_us, *outside), command in zip(rows, commands, strict=True):
            refusal, lockable, maker_ppm, taker_ppm, stp_group = outside[: _COMMAND_FROM - 2]
            trade = busted[command.target_order_id] if command.kind == CommandKind.BUST_TRADE else None
            facts = Facts(refusal, maker_ppm, taker_ppm, stp_group, trade=trade)
            yield sequence, command, facts, lockable, at_us
        after = rows[-1][0]


def _busted_trades(commands: list[LoggedCommand], lives: dict[int, LiveMarket]) -> dict[int, LoggedTrade]:
    """The trades that busts among the commands name."""
    wanted = [
        (command.target_order_id, command.market_id) for command in commands if command.kind == CommandKind.BUST_TRADE
    ]
    return read_logged_trades(database_cursor(), wanted, {pk: live.units for pk, live in lives.items()})


def _batch_hashes(shard: Shard, after: int) -> Iterator[tuple[int, dict[str, str]]]:
    rows = Batch.objects.filter(shard=shard, last_sequence__gt=after).order_by("last_sequence")
    yield from rows.values_list("last_sequence", "event_hashes").iterator()


def _compare_trade(event: Traded, row: Trade | None, market: LiveMarket, report: ReplayReport) -> None:
    if row is None:
        report.found(f"trade {event.number} of {market.symbol} is not in the database")
        return
    replayed = (
        event.number,
        event.maker_order_id,
        event.taker_order_id,
        market.units.price(event.ticks),
        market.units.quantity(event.lots),
    )
    stored = (row.number, row.maker_order_id, row.taker_order_id, row.price, row.quantity)
    if replayed != stored:
        report.found(f"trade {row.number} of {market.symbol} differs in the replay")


def _compare_books(books: dict[int, Book], lives: dict[int, LiveMarket], report: ReplayReport) -> None:
    """The replayed books against the books that a restarting worker would build."""
    for market_id, live in lives.items():
        load_book(live)
        if live.book.state_hash() != books[market_id].state_hash():
            report.found(f"the book of {live.symbol} differs from the one its open orders describe")
