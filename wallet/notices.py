"""Telling users what becomes of their money: an event on their private stream, and a mail.

Both are written in the database transaction of the change, so neither can be lost nor told of something that did not
happen. Events of the funds writer are numbered without gaps per account; the counter's row lock keeps two processes
that tell the same account something apart.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from matching.models import UserEvent
from wallet.announcing import announce
from wallet.models import FundsMail

FUNDS_WRITER = 1
"""Number of the ledger's writer that all movements of funds belong to."""

_NEXT_NUMBER = """
    INSERT INTO wallet_fundseventcounter (account_id, last_sequence) VALUES (%s, 1)
    ON CONFLICT (account_id) DO UPDATE SET last_sequence = wallet_fundseventcounter.last_sequence + 1
    RETURNING last_sequence, bourse_next_id()
"""


def tell_user(*, account_id: int, cause_id: int, event: str, content: Mapping[str, Any]) -> None:
    """Add an event to the account's private stream; announced after the commit.

    `event`: "deposit", "withdrawal", "transfer", "funds_hold". `content` is what clients read, amounts as plain text.
    `cause_id`: the id (ours, time-ordered) of what it is about.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_NUMBER, [account_id])
        sequence, event_id = cursor.fetchone()
    payload = {"type": event, **content}
    UserEvent.objects.create(
        id=event_id,
        writer_id=FUNDS_WRITER,
        account_id=account_id,
        sequence=sequence,
        command_id=cause_id,
        payload=payload,
    )
    transaction.on_commit(lambda: announce(account_id, sequence, cause_id, payload))


def mail_user(*, user: User, template: str, context: Mapping[str, Any]) -> None:
    """Have a mail sent after the commit. `template`: a name under templates/wallet/mail/."""
    FundsMail.objects.create(user=user, template=template, context=dict(context))
