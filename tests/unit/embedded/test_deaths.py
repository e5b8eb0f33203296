"""The bound on restarts: five deaths of one process in thirty seconds."""

from exchange.embedded.supervise import DeathCounter


def observe_lives(counter: DeathCounter, name: str, *, times: list[float]) -> None:
    """One look while the process lives, one after each death with the next pid."""
    counter.observe(name, 100, 0, 0.0)
    for number, now in enumerate(times, start=1):
        assert counter.observe(name, 100 + number, int(now), now)


def test_a_process_that_stays_is_not_counted() -> None:
    counter = DeathCounter()
    assert not any(counter.observe("web", 100, 7, float(now)) for now in range(100))
    assert not counter.keeps_dying("web", 100.0)


def test_five_deaths_in_the_window_are_too_many() -> None:
    counter = DeathCounter()
    observe_lives(counter, "web", times=[1, 8, 15, 22])
    assert not counter.keeps_dying("web", 22)
    counter.observe("web", 200, 29, 29.0)
    assert counter.keeps_dying("web", 29)


def test_deaths_further_apart_than_the_window_are_not() -> None:
    counter = DeathCounter()
    observe_lives(counter, "web", times=[1, 12, 23, 34, 45, 56])
    assert not counter.keeps_dying("web", 56)


def test_processes_are_counted_apart() -> None:
    counter = DeathCounter()
    observe_lives(counter, "web", times=[1, 2, 3])
    observe_lives(counter, "matching", times=[4, 5, 6])
    assert not counter.keeps_dying("web", 6)
    assert not counter.keeps_dying("matching", 6)


def test_a_death_is_counted_once_while_the_process_waits_to_be_started() -> None:
    counter = DeathCounter()
    counter.observe("web", 100, 5, 0.0)
    assert counter.observe("web", 0, 5, 1.0)
    assert not counter.observe("web", 0, 5, 2.0)
    assert not counter.observe("web", 101, 6, 3.0)


def test_a_life_between_two_looks_is_a_death() -> None:
    counter = DeathCounter()
    counter.observe("web", 0, 5, 0.0)
    assert counter.observe("web", 0, 6, 1.0)


def test_new_processes_of_a_new_supervisor_have_not_died() -> None:
    counter = DeathCounter()
    counter.observe("web", 100, 5, 0.0)
    counter.forget_last_look()
    assert not counter.observe("web", 200, 6, 1.0)
