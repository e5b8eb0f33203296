"""Trades at chosen times: rows as the worker would have written them, some days ahead, where partitions are made."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import User
from kernel.ids import first_id_at
from ledger.models import Account
from ledger.services import open_user_account
from matching.engine.types import Side
from matching.models import Market, Trade
from tests.support.api_fixtures import nothing_remembered

__all__ = ["nothing_remembered"]

Write = Callable[..., Trade]


@pytest.fixture
def first_day() -> datetime:
    """A midnight from which on 32 days have partitions."""
    return timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


@pytest.fixture
def trade(db: None) -> Write:
    """Writes a trade: maker, taker, quote amount, when; in BTC-USDT unless another market is named."""
    numbers = iter(range(1, 10_000))

    def write(maker: str, taker: str, quote: str, at: datetime, *, symbol: str = "BTC-USDT", price: str = "1") -> Trade:
        number = next(numbers)
        return Trade.objects.create(
            id=first_id_at(int(at.timestamp() * 1000)) + number,
            market=Market.objects.get(symbol=symbol),
            number=number,
            price=Decimal(price),
            quantity=Decimal(1),
            quote_amount=Decimal(quote),
            taker_side=int(Side.BUY),
            maker_order_id=number,
            taker_order_id=number,
            maker_account=Account.objects.get(user__username=maker),
            taker_account=Account.objects.get(user__username=taker),
            maker_fee=Decimal(0),
            taker_fee=Decimal(0),
            executed_at=at,
        )

    return write


@pytest.fixture
def house(db: None) -> tuple[str, str]:
    """Two house accounts."""
    for name in ("desk", "maker"):
        user = User.objects.create_user(f"{name}@example.com", name, is_house=True)
        open_user_account(user=user)
    return "desk", "maker"
