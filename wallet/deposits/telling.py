"""Telling a user of a deposit that is on its way: each confirmation on the private stream, changes of state by mail."""

from collections.abc import Iterable

from wallet.deposit_texts import deposit_event, deposit_mail
from wallet.models import Deposit
from wallet.notices import mail_user, tell_user

SEEN = "deposit_seen"
"""The mail about one that was seen for the first time, or again after it had been gone."""


def tell_of_deposits(deposits: Iterable[Deposit], *, mail: str = "") -> None:
    """Events in the order of the accounts, as whoever else tells several accounts something does.

    `mail`: the template of a mail about the same.
    """
    for deposit in sorted(deposits, key=lambda one: (one.account_id or 0, one.pk)):
        if deposit.account is not None and deposit.account.user is not None:
            _tell(deposit)
            if mail and not deposit.account.user.is_house:
                context = deposit_mail(deposit, rail=deposit.rail_id, asset=deposit.asset.symbol)
                mail_user(user=deposit.account.user, template=mail, context=context)


def _tell(deposit: Deposit) -> None:
    content = deposit_event(deposit, rail=deposit.rail_id, asset=deposit.asset.symbol) | {
        "confirmations": deposit.confirmations,
        "required_confirmations": deposit.required_confirmations,
    }
    tell_user(account_id=int(deposit.account_id or 0), cause_id=deposit.pk, event="deposit", content=content)
