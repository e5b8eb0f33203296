"""What users are told is numbered without gaps per account, through batches, restarts and refusals."""

from collections import defaultdict

from matching.models import OrderStatus, UserEvent
from tests.support.exchange import Exchange
from tests.support.random_flow import log_flow


def sequences() -> dict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for account_id, sequence in UserEvent.objects.order_by("id").values_list("account_id", "sequence"):
        found[account_id].append(sequence)
    return found


def test_numbers_have_no_gaps(exchange: Exchange) -> None:
    for seed in range(3):
        log_flow(exchange, 40, seed=seed)
        exchange.restart_worker(batch_limit=7)
        exchange.run()
    found = sequences()
    assert len(found) == 3
    for numbers in found.values():
        assert numbers == list(range(1, len(numbers) + 1))


def test_a_batch_that_was_taken_back_leaves_no_gap(exchange: Exchange) -> None:
    worker = exchange.worker()
    exchange.place("owner", "BUY", "50000", "1")
    exchange.run()

    def fail() -> None:
        worker.before_lock = None
        raise RuntimeError

    worker.before_lock = fail
    exchange.place("owner", "BUY", "50000", "1")
    try:
        worker.run_once()
    except RuntimeError:
        exchange.run()
    assert sequences() == {exchange.account("owner").id: [1, 2]}


def test_both_sides_of_a_trade_are_told(exchange: Exchange) -> None:
    sale = exchange.place("owner", "SELL", "60000", "1")
    buy = exchange.place("colleague", "BUY", "60000", "0.4")
    cancel = exchange.cancel("owner", sale)
    exchange.run()
    told = {
        name: [
            (event.command_id, event.payload)
            for event in UserEvent.objects.filter(account=exchange.account(name)).order_by("sequence")
        ]
        for name in ("owner", "colleague", "outsider")
    }
    assert told["outsider"] == []
    (opened_by, opened), (filled_by, filled), (closed_by, closed) = told["owner"]
    assert (opened_by, filled_by, closed_by) == (sale, buy, cancel)
    assert (opened["type"], opened["id"], opened["status"]) == ("order", sale, OrderStatus.OPEN)
    assert (filled["type"], filled["id"], filled["lots"], filled["remaining_lots"]) == ("fill", sale, 4_000, 6_000)
    assert (closed["type"], closed["status"], closed["unfilled_lots"]) == ("closed", OrderStatus.CANCELLED, 6_000)
    ((_, taken),) = told["colleague"]
    assert (taken["status"], taken["filled_lots"], len(taken["fills"])) == (OrderStatus.FILLED, 4_000, 1)
    assert taken["fills"][0][0] == filled["trade_id"]


def test_a_refusal_is_told_too(exchange: Exchange) -> None:
    exchange.place("owner", "BUY", "10", "1")
    exchange.run()
    event = UserEvent.objects.get()
    assert (event.payload["status"], event.payload["reason"]) == (OrderStatus.REJECTED, "PRICE_OUT_OF_BAND")
