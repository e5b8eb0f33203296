"""An exchange under test: its cast, its books and, when asked for, its matching worker."""

from decimal import Decimal

import redis

from accounts.models import User
from ledger.models import Account, Balance
from matching.models import Market


class Exchange:
    """Handles to what a test needs; everything is read anew from the database."""

    def __init__(self, *, database: str, redis_client: "redis.Redis") -> None:
        self.database = database
        self.redis = redis_client

    def user(self, name: str) -> User:
        return User.objects.get(username=name)

    def account(self, name: str) -> Account:
        return Account.objects.get(user__username=name)

    def market(self, symbol: str = "BTC-USDT") -> Market:
        return Market.objects.select_related("base", "quote", "shard").get(symbol=symbol)

    def balance(self, name: str, asset: str) -> tuple[Decimal, Decimal]:
        """Available and locked, in units."""
        row = Balance.objects.get(account__user__username=name, asset__symbol=asset)
        return row.available, row.locked

    def close(self) -> None:
        """Nothing outlives the test."""
