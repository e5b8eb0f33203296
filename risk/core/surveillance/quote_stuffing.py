"""Floods of orders that nobody could meet.

MAR (Regulation (EU) 596/2014), Article 12(2)(c); Delegated Regulation (EU) 2016/522, Annex II, section 1: large numbers
of orders, cancellations or updates, so as to create uncertainty, slow others down or hide one's own strategy (quote
stuffing).

A busy market maker sends much, too, but its quotes stay long enough to be met, and some are. So three things must come
together: very many instructions, hardly a fill, and orders that are gone again at once.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from risk.core.surveillance.facts import (
    MEDIUM,
    QUOTE_STUFFING,
    SECOND_US,
    Finding,
    one_higher,
    share_ppm,
)


@dataclass(frozen=True, slots=True)
class QuoteStuffingRules:
    """When a flow of instructions is a flood."""

    window_seconds: int = 10
    least_instructions: int = 500
    """Of one account in one market in the window: places, cancels and changes, refused ones included."""
    most_filled_ppm: int = 10_000
    """Of the orders placed, how many traded at all."""
    brief_us: int = SECOND_US // 2
    least_brief_ppm: int = 900_000
    """Of the orders placed, how many were withdrawn within `brief_us`."""
    flood_times: int = 2
    """From so many times the least on, the finding is one degree more severe."""


class SecondFact(NamedTuple):
    """What one account sent to one market in one second."""

    account: int
    second_us: int
    """When the second began."""
    instructions: int
    placed: int
    traded: int
    """Of the orders placed, how many have traded."""
    brief: int
    """Of the orders placed, how many were withdrawn within `brief_us`."""


def find_quote_stuffing(
    rules: QuoteStuffingRules, seconds: Iterable[SecondFact], *, fresh_from_us: int
) -> list[Finding]:
    """Accounts that flooded the market in a window that ends in the fresh part of the stretch."""
    of_account: defaultdict[int, list[SecondFact]] = defaultdict(list)
    for second in seconds:
        of_account[second.account].append(second)
    findings = []
    for account, sent in of_account.items():
        sent.sort(key=lambda second: second.second_us)
        window: deque[SecondFact] = deque()
        floods: list[tuple[int, int, int]] = []
        for second in sent:
            window.append(second)
            while window[0].second_us <= second.second_us - rules.window_seconds * SECOND_US:
                window.popleft()
            ends_us = second.second_us + SECOND_US
            if ends_us > fresh_from_us and _is_flood(rules, window):
                floods.append((window[0].second_us, ends_us, sum(one.instructions for one in window)))
        if floods:
            most = max(count for _, _, count in floods)
            findings.append(
                Finding(
                    detector=QUOTE_STUFFING,
                    severity=one_higher(MEDIUM, when=most >= rules.flood_times * rules.least_instructions),
                    accounts=(account,),
                    first_us=floods[0][0],
                    last_us=floods[-1][1],
                    count=1,
                    description="A flood of orders was withdrawn again before anybody could meet them.",
                    figures={"instructions_in_window": most, "window_seconds": rules.window_seconds},
                )
            )
    return findings


def _is_flood(rules: QuoteStuffingRules, window: Iterable[SecondFact]) -> bool:
    instructions = placed = traded = brief = 0
    for second in window:
        instructions += second.instructions
        placed += second.placed
        traded += second.traded
        brief += second.brief
    return (
        instructions >= rules.least_instructions
        and placed > 0
        and share_ppm(traded, placed) <= rules.most_filled_ppm
        and share_ppm(brief, placed) >= rules.least_brief_ppm
    )
