"""What the clock looks after besides syncs: keys that expire, and exchanges in trouble."""

from datetime import datetime, timedelta

from django.db import transaction

from wallet.models import FundsMail
from wallet.venues.errors import ExchangeKeysExpired
from wallet.venues.exchanges.breaker import CircuitState, circuits
from wallet.venues.metrics import IN_TROUBLE
from wallet.venues.models import ExchangeAccount, SupportedExchange, SyncStatus
from wallet.venues.origin import SCHEDULE
from wallet.venues.selectors.syncs import figures_of_exchanges
from wallet.venues.services.alerts import raise_exchange_trouble
from wallet.venues.services.blocking import block_account
from wallet.venues.services.telling import mail_about_account

WARNED_DAYS = (1, 7, 14)
"""Before keys expire; each once."""
WARNING = "exchange_keys_expire"
LEAST_ACCOUNTS = 3
"""Fewer say nothing about an exchange."""


def watch_credentials(*, at: datetime) -> int:
    """Warn users whose keys expire in 14, 7 and 1 days, and stop asking with keys that have. How many were told."""
    told = 0
    ending = ExchangeAccount.objects.filter(
        deleted_at=None, keys_expire_at__lte=at + timedelta(days=max(WARNED_DAYS))
    ).exclude(sync_status=SyncStatus.BLOCKED)
    for account_id in list(ending.values_list("pk", flat=True)):
        with transaction.atomic():
            rows = ExchangeAccount.objects.select_for_update(no_key=True, of=("self",)).select_related(
                "exchange", "user"
            )
            account = rows.filter(pk=account_id, deleted_at=None).exclude(sync_status=SyncStatus.BLOCKED).first()
            if account is not None and account.keys_expire_at is not None:
                told += _look_at_keys(account, account.keys_expire_at, at)
    return told


def watch_exchanges(*, at: datetime) -> int:
    """Raise an alarm about exchanges that are left alone, or at which most accounts fail. How many there are."""
    figures = {one.exchange: one for one in figures_of_exchanges(at=at)}
    exchanges = SupportedExchange.objects.filter(pk__in=figures)
    states = circuits(exchange.pk for exchange in exchanges)
    troubled = 0
    for exchange in exchanges:
        one = figures[exchange.pk]
        is_left_alone = states[exchange.pk].state == CircuitState.OPEN
        most_fail = one.active >= LEAST_ACCOUNTS and one.failing * 2 > one.active
        is_in_trouble = is_left_alone or most_fail
        IN_TROUBLE.labels(exchange.pk).set(int(is_in_trouble))
        if is_in_trouble:
            troubled += 1
            raise_exchange_trouble(
                exchange, failing=one.failing, accounts=one.active, is_left_alone=is_left_alone, at=at
            )
    return troubled


def _look_at_keys(account: ExchangeAccount, expire_at: datetime, at: datetime) -> bool:
    if expire_at <= at:
        block_account(account, error=ExchangeKeysExpired.at(account.exchange_id), origin=SCHEDULE, at=at)
        return True
    days = min(day for day in WARNED_DAYS if expire_at - at <= timedelta(days=day))
    mark = {"account_id": str(account.pk), "expire_at": expire_at.isoformat(), "days": days}
    # The mail is the record that it was written: both are in one commit.
    if FundsMail.objects.filter(user=account.user, template=WARNING, context__contains=mark).exists():
        return False
    mail_about_account(account, template=WARNING, expire_at=mark["expire_at"], days=days)
    return True
