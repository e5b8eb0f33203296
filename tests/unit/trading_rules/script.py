"""Scenarios as text: what is sent, and behind `=>` what both books must answer.

    1 sell 3 at 102                order 1 (of account 1, in group 1): LIMIT, 3 lots at 102 ticks
    2 buy 4 => 2 takes 3 of 1 at 102; 1 FILLED; 2 EXPIRED NO_LIQUIDITY left 1
    amend 1 at 103 lots 5
    bust 1                         the trade of that number
    depth => 2@99 | 3@102

A line without `=>` must not be refused; one that begins with `..` goes on with the one before. Words of an order, in
any order: `at 100` its price, `200q` an amount instead of lots, `ioc`, `fok`, `till 50` (GTD), `post`, `shows 2`
(iceberg), `stop 95`, `profit 95`, `trail 50000`, `oco 95` (a LIMIT order whose stop leg has the next id), `leg 94`
(limit price of that leg), `by 7` the account, `group 7`, `mode NONE`, `replaces 1`, `funds 10` what may be locked,
`expires 50`, `refusal CODE`. `time 50` is the moment of a command in microseconds; without it a microsecond passes.
Locks and releases are compared where the expectation names them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from matching.engine.commands import (
    Amend,
    BustTrade,
    Cancel,
    CancelAll,
    Command,
    Place,
    PlaceOco,
    SetCountdown,
    SetRules,
    SetState,
    Tick,
)
from matching.engine.events import Event, Traded
from matching.engine.types import MarketRules, MarketState, OrderType, SelfTradePrevention, Side, TimeInForce
from tests.unit.trading_rules.telling import tell, tells_locks

START_US = 1_000_000_000
FREE_RULES = MarketRules(1, 0, 0, 0, 1, 0, 0, 0)
"""Nothing is limited."""

Depth = tuple[list[tuple[int, int]], list[tuple[int, int]]]


class AnyBook(Protocol):
    rules: MarketRules

    def apply(self, command: Command, at_us: int, lockable: Callable[[int], bool], /) -> list[Event]: ...


@dataclass(frozen=True)
class Scenario:
    quote: str
    """The words of docs/trading-rules.md that it shows."""
    script: str
    rules: dict[str, int] = field(default_factory=dict)
    state: MarketState = MarketState.TRADING

    @property
    def market_rules(self) -> MarketRules:
        return replace(FREE_RULES, **self.rules)


class Words:
    """The words of one line: flags, and names with a value behind them."""

    VALUES = frozenset(
        {"at", "lots", "till", "shows", "stop", "profit", "trail", "oco", "leg", "by", "group", "mode"}
        | {"replaces", "funds", "expires", "refusal", "time", "reason", "version"}
    )

    def __init__(self, line: str) -> None:
        words = iter(line.split())
        self.plain: list[str] = []
        self.named: dict[str, str] = {}
        for word in words:
            if word in self.VALUES:
                self.named[word] = next(words)
            else:
                self.plain.append(word)

    def number(self, name: str, default: int = 0) -> int:
        return int(self.named.get(name, default))


@dataclass
class Run:
    """One scenario on one book."""

    book: AnyBook
    depth: Callable[[], Depth]
    now: int = 0
    commands: int = 10_000
    accounts: dict[int, int] = field(default_factory=dict)
    """Order id -> account."""
    trades: dict[int, Traded] = field(default_factory=dict)

    def lines(self, script: str) -> Iterator[tuple[str, str | None, str]]:
        """Every line with what it was expected to answer (None: anything), and what the book has answered."""
        in_one_line_each = re.sub(r"\n\s*\.\. ", " ", script)
        for line in filter(None, map(str.strip, in_one_line_each.splitlines())):
            sent, arrow, expected = (part.strip() for part in line.partition("=>"))
            yield sent, expected if arrow else None, self.send(sent, tells_locks(expected))

    def send(self, line: str, with_locks: bool) -> str:
        words = Words(line)
        if words.plain == ["depth"]:
            return " | ".join(" ".join(f"{lots}@{ticks}" for ticks, lots in side) for side in self.depth()).strip()
        self.now = words.number("time", self.now + 1)
        funds = words.number("funds", 2**60)
        events = self.deliver(self.command(words), START_US + self.now, funds)
        self.trades |= {event.number: event for event in events if isinstance(event, Traded)}
        return "; ".join(tell(event, START_US, with_locks) for event in events)

    def deliver(self, command: Command, at_us: int, funds: int) -> list[Event]:
        return self.book.apply(command, at_us, lambda need: need <= funds)

    def command(self, words: Words) -> Command:
        self.commands += 1
        match words.plain:
            case [order_id, ("buy" | "sell") as side, quantity, *flags]:
                return self.order(int(order_id), Side[side.upper()], quantity, words, flags)
            case ["amend", target]:
                return self.amend(int(target), words)
            case ["cancel", target]:
                account_id = words.number("by", self.accounts.get(int(target), 0))
                return Cancel(self.commands, int(target), account_id)
            case ["cancel-all", *side]:
                of_side = Side[side[0].upper()] if side else None
                reason = words.named.get("reason", "CANCELLED_BY_OWNER")
                return CancelAll(self.commands, words.number("by"), of_side, reason)
            case ["countdown", duration]:
                return SetCountdown(self.commands, words.number("by"), int(duration))
            case ["state", state]:
                return SetState(self.commands, MarketState[state], "staff")
            case ["rules", *changes]:
                numbers = {name: int(value) for name, value in (change.split("=") for change in changes)}
                version = self.book.rules.version
                rules = replace(self.book.rules, version=version + 1, **numbers)
                return SetRules(self.commands, words.number("version", version), rules)
            case ["bust", number]:
                trade = self.trades[int(number)]
                terms = (trade.maker_order_id, trade.taker_order_id, trade.taker_side, trade.ticks, trade.lots)
                return BustTrade(self.commands, trade.number, *terms, words.named.get("refusal"))
            case ["tick"]:
                return Tick(self.commands)
        raise AssertionError(f"not a command: {words.plain}")

    def order(self, order_id: int, side: Side, quantity: str, words: Words, flags: list[str]) -> Place | PlaceOco:
        account_id = words.number("by", order_id)
        self.accounts[order_id] = account_id
        common: dict[str, Any] = {
            "order_id": order_id,
            "account_id": account_id,
            "side": side,
            "ticks": words.number("at"),
            "maker_ppm": 1_000,
            "taker_ppm": 1_500,
            "stp_group": words.number("group", account_id),
            "stp_mode": SelfTradePrevention[words.named.get("mode", "EXPIRE_TAKER")],
            "expires_at_us": START_US + words.number("expires") if "expires" in words.named else 0,
            "refusal": words.named.get("refusal"),
        }
        if "oco" in words.named:
            self.accounts[order_id + 1] = account_id
            trigger_ticks, stop_ticks = words.number("oco"), words.number("leg")
            common |= {"stop_order_id": order_id + 1, "trigger_ticks": trigger_ticks, "stop_ticks": stop_ticks}
            return PlaceOco(lots=int(quantity), **common)
        by_quote = quantity.endswith("q")
        return Place(
            order_type=order_type(words),
            time_in_force=TimeInForce.GTD if "till" in words.named else in_force(flags),
            post_only="post" in flags,
            lots=0 if by_quote else int(quantity),
            value=int(quantity.removesuffix("q")) if by_quote else 0,
            display_lots=words.number("shows"),
            trigger_ticks=words.number("stop") or words.number("profit"),
            trailing_ppm=words.number("trail"),
            good_till_us=START_US + words.number("till") if "till" in words.named else 0,
            replaces=words.number("replaces"),
            **common,
        )

    def amend(self, target: int, words: Words) -> Amend:
        account_id = words.number("by", self.accounts.get(target, 0))
        return Amend(
            command_id=self.commands,
            target_order_id=target,
            account_id=account_id,
            ticks=words.number("at"),
            lots=words.number("lots"),
            maker_ppm=2_000,
            taker_ppm=2_500,
            stp_group=words.number("group", account_id),
            expires_at_us=START_US + words.number("expires") if "expires" in words.named else 0,
            refusal=words.named.get("refusal"),
        )


def order_type(words: Words) -> OrderType:
    has_limit = "at" in words.named
    if "stop" in words.named:
        return OrderType.STOP_LIMIT if has_limit else OrderType.STOP_MARKET
    if "profit" in words.named:
        return OrderType.TAKE_PROFIT_LIMIT if has_limit else OrderType.TAKE_PROFIT
    if "trail" in words.named:
        return OrderType.TRAILING_STOP
    if "shows" in words.named:
        return OrderType.ICEBERG
    return OrderType.LIMIT if has_limit else OrderType.MARKET


def in_force(flags: list[str]) -> TimeInForce:
    return next((TimeInForce[flag.upper()] for flag in flags if flag in ("ioc", "fok")), TimeInForce.GTC)
