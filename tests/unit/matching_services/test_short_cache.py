"""Values that are kept for a moment."""

import threading

import pytest
from django.db import connections

from matching.selectors.cache import ShortCache


def test_a_value_is_read_once_and_again_when_it_is_old() -> None:
    reads: list[int] = []

    def read() -> int:
        reads.append(1)
        return len(reads)

    kept: ShortCache[int] = ShortCache(seconds=60)
    assert [kept.get("a", read), kept.get("a", read), kept.get("b", read)] == [1, 1, 2]
    kept.forget()
    assert kept.get("a", read) == 3

    gone_at_once: ShortCache[int] = ShortCache(seconds=0)
    assert [gone_at_once.get("a", read), gone_at_once.get("a", read)] == [4, 5]


def test_while_one_thread_refreshes_the_others_go_on() -> None:
    cache: ShortCache[str] = ShortCache(seconds=0)
    cache.get("a", lambda: "old")
    reading, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        reading.set()
        go_on.wait(5)
        return "new"

    refresher = threading.Thread(target=cache.get, args=("a", slow))
    refresher.start()
    assert reading.wait(5)
    assert cache.get("a", lambda: "never read") == "old"
    go_on.set()
    refresher.join()


def test_a_failure_is_not_kept() -> None:
    cache: ShortCache[int] = ShortCache(seconds=60)
    with pytest.raises(ZeroDivisionError):
        cache.get("a", lambda: 1 // 0)
    assert cache.get("a", lambda: 1) == 1


def test_databases_do_not_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    cache: ShortCache[int] = ShortCache(seconds=60)
    cache.get("a", lambda: 1)
    monkeypatch.setitem(connections.databases["default"], "NAME", "another")
    assert cache.get("a", lambda: 2) == 2
