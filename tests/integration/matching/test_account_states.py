"""What an account in each state may do; cancels always go."""

import pytest

from accounts.models import AccountState, User
from matching.models import OrderStatus, Outcome
from tests.integration.matching.support import status_of, untouched
from tests.support.audit import audit
from tests.support.exchange import Exchange


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": AccountState.TRADE_FROZEN}, "ACCOUNT_TRADE_FROZEN"),
        ({"state": AccountState.CLOSED}, "ACCOUNT_CLOSED"),
        ({"is_active": False}, "ACCOUNT_CLOSED"),
    ],
)
def test_may_not_trade_but_cancel(exchange: Exchange, change: dict[str, object], code: str) -> None:
    resting = exchange.place("owner", "BUY", "50000", "1")
    exchange.run()
    User.objects.filter(username="owner").update(**change)
    before = untouched()
    refused = exchange.place("owner", "BUY", "50000", "1")
    exchange.run()
    assert status_of(exchange, refused) == (OrderStatus.REJECTED, code, 0)
    assert Outcome.objects.get(pk=refused).refusal == code
    assert untouched() == before
    exchange.cancel("owner", resting)
    exchange.run()
    assert status_of(exchange, resting)[0] == OrderStatus.CANCELLED
    audit(exchange)


def test_frozen_withdrawals_do_not_stop_trading(exchange: Exchange) -> None:
    User.objects.filter(username="owner").update(state=AccountState.WITHDRAW_FROZEN)
    order = exchange.place("owner", "BUY", "50000", "1")
    exchange.run()
    assert status_of(exchange, order)[0] == OrderStatus.OPEN


def test_a_frozen_makers_resting_order_still_trades(exchange: Exchange) -> None:
    resting = exchange.place("owner", "SELL", "60000", "1")
    exchange.run()
    User.objects.filter(username="owner").update(state=AccountState.TRADE_FROZEN)
    exchange.place("colleague", "BUY", "60000", "1")
    exchange.run()
    assert status_of(exchange, resting)[0] == OrderStatus.FILLED
    audit(exchange)
