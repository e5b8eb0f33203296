"""A trade, the people who decide on its bust, and the bust itself."""

import pytest

from accounts.models import User
from matching.models import Trade, TradeBust
from matching.trade_busts import approve_bust, request_bust
from tests.support.exchange import Exchange


@pytest.fixture
def second(exchange: Exchange) -> User:
    """Another member of the staff."""
    return User.objects.create_user("second@example.com", "second", "a long password", is_staff=True)


def asked(exchange: Exchange, trade: Trade) -> TradeBust:
    return request_bust(trade_id=trade.pk, by=exchange.user("staff"), reason="a plain error")


def bust(exchange: Exchange, trade: Trade, second: User) -> TradeBust:
    """Asked for, agreed to and applied."""
    row = approve_bust(bust_id=asked(exchange, trade).pk, by=second, reason="seen")
    exchange.run()
    row.refresh_from_db()
    return row


def command_of(row: TradeBust) -> int:
    assert row.command_id is not None
    return row.command_id


def a_trade(exchange: Exchange, maker_side: str = "SELL", maker: str = "owner", taker: str = "colleague") -> Trade:
    exchange.place(maker, maker_side, "60000", "1")
    exchange.place(taker, "BUY" if maker_side == "SELL" else "SELL", "60000", "0.4", stp_mode=0)
    exchange.run()
    return Trade.objects.latest("pk")


def lock_up(exchange: Exchange) -> None:
    """The colleague's open orders need nearly all there is to sell."""
    for _ in range(11):
        exchange.place("colleague", "SELL", "62000", "9.1")
