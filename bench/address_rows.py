"""Exchange accounts and deposit addresses for benchmarks: one user with very many, and many users with some."""

from dataclasses import dataclass

import bench.setup  # noqa: F401

# isort: split

from django.db import connection
from django.utils import timezone

from accounts.models import User
from wallet.venues.models import AddressMark, ExchangeAccount, Listing, SupportedExchange

EXCHANGES = ("binance", "coinbase", "kraken", "bitfinex", "htx", "kucoin", "bybit", "okx")
CURRENCIES, NETWORKS = 125, 10
MARKED = 1_000

_ADDRESSES = """
    INSERT INTO venues_depositaddress
        (id, account_id, user_id, exchange_id, currency, network, address, tag, type, description, status, is_active,
         is_manual, is_format_checked, first_seen_at, last_verified_at, exchange_metadata, user_metadata, created_at,
         updated_at)
    SELECT gen_random_uuid(), account.id, account.user_id, account.exchange_id,
           'C' || lpad((number %% %(currencies)s)::text, 3, '0'), 'N' || (number / %(currencies)s) %% %(networks)s,
           '0x' || substr(md5(account.id::text || number) || md5(number || account.id::text), 1, 40), '', 'spot', '',
           CASE WHEN number %% 50 = 7 THEN 'replaced' WHEN number %% 50 = 8 THEN 'changed' ELSE 'current' END,
           number %% 50 NOT IN (7, 8), false, true, made.at, made.at, '{}', '{}', made.at, made.at
    FROM venues_exchangeaccount account
    CROSS JOIN generate_series(1, %(each)s) AS number
    CROSS JOIN LATERAL (SELECT %(now)s - make_interval(secs => random() * 31536000 + number * 0) AS at) AS made
    WHERE account.id = ANY(%(accounts)s)
"""


@dataclass(frozen=True, slots=True)
class Population:
    """Whose addresses there are."""

    many: User
    """Who has very many, at all exchanges."""
    others: list[User]
    of_many: int
    of_each_other: int

    @property
    def total(self) -> int:
        return self.of_many + self.of_each_other * len(self.others)


def make_addresses(users: list[User], *, of_many: int, of_each_other: int) -> Population:
    """The first user has an account at each exchange with `of_many` addresses in all, the others one account each."""
    for exchange in EXCHANGES:
        SupportedExchange.objects.get_or_create(
            pk=exchange, defaults={"name": exchange.title(), "ccxt_id": exchange, "has_addresses": True}
        )
    many, *others = users
    at_all = [_account(many, exchange) for exchange in EXCHANGES]
    single = [_account(user, EXCHANGES[number % len(EXCHANGES)]) for number, user in enumerate(others)]
    ExchangeAccount.objects.bulk_create([*at_all, *single])
    _fill(at_all, of_many // len(EXCHANGES))
    _fill(single, of_each_other)
    _mark(many)
    return Population(many, others, of_many // len(EXCHANGES) * len(EXCHANGES), of_each_other)


def _account(user: User, exchange: str) -> ExchangeAccount:
    return ExchangeAccount(
        user=user,
        exchange_id=exchange,
        name="bench",
        api_key="key",
        api_secret="secret",
        key_hint="…",
        keys_changed_at=timezone.now(),
        is_sandbox=True,
    )


def _fill(accounts: list[ExchangeAccount], each: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _ADDRESSES,
            {
                "currencies": CURRENCIES,
                "networks": NETWORKS,
                "each": each,
                "now": timezone.now(),
                "accounts": [account.pk for account in accounts],
            },
        )


def _mark(user: User) -> None:
    """Labels and lists, so that looking them up is a part of what is measured."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT network, address FROM venues_depositaddress WHERE user_id = %s ORDER BY created_at DESC LIMIT %s",
            [user.pk, MARKED],
        )
        places = cursor.fetchall()
    AddressMark.objects.bulk_create(
        AddressMark(
            user=user,
            network=network,
            address=address,
            label=f"label {number}",
            listing=(Listing.NONE, Listing.ALLOWED, Listing.BLOCKED)[number % 3],
        )
        for number, (network, address) in enumerate(places)
    )
