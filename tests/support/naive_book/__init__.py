"""The trading rules once more, as short as they can be said: one list of orders, searched anew at every step.

It shares no code with the engine but the words (types, commands, events). Everything is tried on the real thing, and a
copy put back where it turns out that the order may not; the engine looks ahead instead. Slow, and meant to be read
beside `docs/trading-rules.md`: where the two books disagree, one of them is wrong.
"""

from tests.support.naive_book.book import NaiveBook

__all__ = ["NaiveBook"]
