"""Telling a user of a deposit that is on its way: each confirmation on the private stream, one mail when it is seen."""

from collections.abc import Iterable

from wallet.deposit_texts import deposit_event, deposit_mail
from wallet.models import Deposit
from wallet.notices import mail_user, tell_user


def tell_of_deposits(deposits: Iterable[Deposit], *, are_new: bool = False) -> None:
    """Events in the order of the accounts, as whoever else tells several accounts something does."""
    for deposit in sorted(deposits, key=lambda one: (one.account_id or 0, one.pk)):
        if deposit.account is not None and deposit.account.user is not None:
            _tell(deposit)
            if are_new and not deposit.account.user.is_house:
                context = deposit_mail(deposit, rail=deposit.rail_id, asset=deposit.asset.symbol)
                mail_user(user=deposit.account.user, template="deposit_seen", context=context)


def _tell(deposit: Deposit) -> None:
    content = deposit_event(deposit, rail=deposit.rail_id, asset=deposit.asset.symbol) | {
        "confirmations": deposit.confirmations,
        "required_confirmations": deposit.required_confirmations,
    }
    tell_user(account_id=int(deposit.account_id or 0), cause_id=deposit.pk, event="deposit", content=content)
