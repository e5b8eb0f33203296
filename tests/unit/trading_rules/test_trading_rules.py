"""Every line of docs/trading-rules.md, as a scenario that both books answer alike."""

import re
from pathlib import Path
from typing import Any

import pytest

from matching.engine.book import Book
from tests.support.naive_book import NaiveBook
from tests.unit.trading_rules.scenarios import (
    breaker,
    busts,
    changes,
    market_orders,
    orders,
    prevention,
    refusals,
    states,
    time,
    waiting,
)
from tests.unit.trading_rules.script import Run, Scenario

RULES_PAGE = Path(__file__).parents[3] / "docs" / "trading-rules.md"
SCENARIOS: list[Scenario] = [
    *orders.SCENARIOS,
    *market_orders.SCENARIOS,
    *waiting.SCENARIOS,
    *prevention.SCENARIOS,
    *breaker.SCENARIOS,
    *states.SCENARIOS,
    *time.SCENARIOS,
    *refusals.SCENARIOS,
    *changes.SCENARIOS,
    *busts.SCENARIOS,
]


def fast_run(scenario: Scenario) -> Run:
    book = Book(1, scenario.market_rules, scenario.state)
    return Run(book, lambda: book.depth(1_000))


def naive_run(scenario: Scenario) -> Run:
    book = NaiveBook(scenario.market_rules, scenario.state)
    return Run(book, book.depth)


@pytest.mark.parametrize("open_run", [fast_run, naive_run], ids=["fast", "naive"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario.quote for scenario in SCENARIOS])
def test_scenario(scenario: Scenario, open_run: Any) -> None:
    run = open_run(scenario)
    for sent, expected, told in run.lines(scenario.script):
        if expected is None:
            assert "refused" not in told, f"{sent} => {told}"
        else:
            assert told == expected, sent


def plain(text: str) -> str:
    """Without markup, and with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"[*`\"]", "", text)).strip()


def paragraphs() -> list[str]:
    """Paragraphs, bullets and rows of the page; not its headings, its introduction and the heads of tables."""
    _, *sections = re.split(r"^## .*$", RULES_PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    blocks = [block for section in sections for block in re.split(r"\n(?=\||- |\d\. |\n)", section)]
    blocks = [plain(block) for block in blocks]
    return [
        block
        for number, block in enumerate(blocks)
        if block
        and not block.startswith("| ---")
        and not (number + 1 < len(blocks) and blocks[number + 1].startswith("| ---"))
        and not block.endswith(":")
    ]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario.quote for scenario in SCENARIOS])
def test_a_scenario_quotes_the_page(scenario: Scenario) -> None:
    assert plain(scenario.quote) in plain(RULES_PAGE.read_text(encoding="utf-8"))


def test_every_line_of_the_page_has_a_scenario() -> None:
    quotes = [plain(scenario.quote) for scenario in SCENARIOS]
    assert [block for block in paragraphs() if not any(quote in block for quote in quotes)] == []
