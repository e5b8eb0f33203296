"""Telling a user of a deposit that is on its way: each confirmation on the private stream, changes of state by mail."""

from collections.abc import Iterable

from kernel.units import plain
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
                mail_user(user=deposit.account.user, template=mail, context=_mail_context(deposit))


def _tell(deposit: Deposit) -> None:
    content = {
        "id": str(deposit.pk),
        "asset": deposit.asset.symbol,
        "amount": plain(deposit.amount),
        "state": str(deposit.state),
        "reason": deposit.reason,
        "rail": deposit.rail_id,
        "external_tx_id": deposit.external_tx_id,
        "output_index": deposit.output_index,
        "confirmations": deposit.confirmations,
        "required_confirmations": deposit.required_confirmations,
    }
    tell_user(account_id=int(deposit.account_id or 0), cause_id=deposit.pk, event="deposit", content=content)


def _mail_context(deposit: Deposit) -> dict[str, str]:
    return {
        "deposit_id": str(deposit.pk),
        "asset": deposit.asset.symbol,
        "amount": plain(deposit.amount),
        "rail": deposit.rail_id,
        "external_tx_id": deposit.external_tx_id,
        "reason": deposit.reason,
    }
