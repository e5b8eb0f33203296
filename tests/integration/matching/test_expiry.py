"""Commands that were not met in time do nothing but expire."""

from datetime import UTC, datetime, timedelta

import pytest

from matching.models import OrderStatus, Outcome
from tests.integration.matching.support import status_of, untouched
from tests.support.audit import audit
from tests.support.exchange import Exchange


@pytest.mark.parametrize("price", ["60000", None])
def test_an_old_order_does_not_fire_after_an_outage(exchange: Exchange, price: str | None) -> None:
    exchange.place("owner", "SELL", "60000", "1")
    exchange.run()
    before = untouched()
    late = exchange.place(
        "colleague", "BUY", price, "1", time_in_force="IOC", expires_at=datetime.now(UTC) - timedelta(milliseconds=1)
    )
    exchange.run()
    assert status_of(exchange, late) == (OrderStatus.EXPIRED, "COMMAND_EXPIRED", 0)
    assert Outcome.objects.get(pk=late).code is None
    assert untouched() == before
    audit(exchange)


def test_one_in_time_is_applied(exchange: Exchange) -> None:
    exchange.place("owner", "SELL", "60000", "1")
    order = exchange.place("colleague", "BUY", None, "1", expires_at=datetime.now(UTC) + timedelta(seconds=60))
    exchange.run()
    assert status_of(exchange, order)[0] == OrderStatus.FILLED


def test_time_is_the_workers_and_never_goes_back(exchange: Exchange) -> None:
    now = 1_800_000_000_000_000
    clock = iter([now, now - 5_000_000, now + 1])
    worker = exchange.worker(clock_us=lambda: next(clock))
    at = []
    for _ in range(3):
        order = exchange.place("owner", "BUY", "50000", "1")
        worker.run_once()
        at.append(int(Outcome.objects.get(pk=order).applied_at.timestamp() * 1_000_000))
    assert at == [now, now, now + 1]


def test_expiry_is_judged_by_the_workers_time(exchange: Exchange) -> None:
    expires_at = datetime(2027, 1, 1, tzinfo=UTC)
    deadline = int(expires_at.timestamp()) * 1_000_000
    clock = iter([deadline, deadline + 1])
    worker = exchange.worker(clock_us=lambda: next(clock))
    in_time = exchange.place("owner", "BUY", "50000", "1", expires_at=expires_at)
    worker.run_once()
    late = exchange.place("owner", "BUY", "50000", "1", expires_at=expires_at)
    worker.run_once()
    assert status_of(exchange, in_time)[0] == OrderStatus.OPEN
    assert status_of(exchange, late)[0] == OrderStatus.EXPIRED
