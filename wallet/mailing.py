"""Sending the mails about people's own money that wait in `FundsMail`.

A mail is written with the change it tells of and sent here, outside of database transactions: a mail server that is
slow or away holds up nothing. What could not be sent is tried again, after a pause that doubles with each attempt,
for two days. A crash between the mail server's yes and its record sends a mail twice, which is better than never.
"""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from storage.session_locks import only_one
from wallet.models import FundsMail
from wallet.models.notices import MOST_ATTEMPTS

logger = logging.getLogger(__name__)

PAUSE = timedelta(seconds=5)
"""Before the second attempt; it doubles with each one."""
MOST_IN_A_ROUND = 200
_LOCK = 0x66756E64736D6169
"""Key of the advisory lock of a round: two senders would send the same mail."""
_MOMENTS = ("usable_at",)


def send_due_mails(*, at: datetime) -> int:
    """One round, those first that are due longest, so that what cannot be delivered keeps nobody else's waiting.

    None while another process has one. Returns how many were sent.
    """
    with only_one(_LOCK) as is_alone:
        if not is_alone:
            return 0
        unsent = FundsMail.objects.filter(sent_at__isnull=True, attempts__lt=MOST_ATTEMPTS, due_at__lte=at)
        due = list(unsent.select_related("user").order_by("due_at", "pk")[:MOST_IN_A_ROUND])
        return _send_all(due, at=at) if due else 0


def _send_all(mails: list[FundsMail], *, at: datetime) -> int:
    count = 0
    server = get_connection()
    try:
        for mail in mails:
            outcome = _send(mail, server, at=at)
            if outcome is None:
                # The server is away: the others would only wait for its time-out, one after the other.
                break
            count += outcome
    finally:
        server.close()
    return count


def _send(mail: FundsMail, server: BaseEmailBackend, *, at: datetime) -> bool | None:
    """Whether the mail went out; None where the mail server did not answer at all."""
    # Counted before: a mail that ends its process must not be tried for ever.
    mail.due_at = at + PAUSE * 2**mail.attempts
    mail.attempts += 1
    mail.save(update_fields=["attempts", "due_at"])
    if mail.user.email:
        try:
            subject, body = render_mail(mail)
            EmailMessage(subject, body, None, [mail.user.email], connection=server).send()
        except SMTPRecipientsRefused:
            _log_failure(mail, "SMTPRecipientsRefused")
            return False
        except (SMTPException, OSError) as error:
            _log_failure(mail, type(error).__name__)
            return None
        except Exception:
            logger.exception("mail wallet/%s (%s) cannot be written", mail.template, mail.pk)
            return False
    mail.sent_at = timezone.now()
    mail.save(update_fields=["sent_at"])
    return True


def render_mail(mail: FundsMail) -> tuple[str, str]:
    """Subject and text. Raises TemplateDoesNotExist for a template that nobody has written."""
    context: dict[str, Any] = {**mail.context, "user": mail.user, "site": settings.WEB_PUBLIC_URL}
    for name in _MOMENTS:
        if isinstance(context.get(name), str):
            context[name] = parse_datetime(context[name])
    subject, _, body = render_to_string(f"wallet/mail/{mail.template}.txt", context).strip().partition("\n")
    return subject.strip(), body.strip()


def _log_failure(mail: FundsMail, problem: str) -> None:
    log = logger.error if mail.attempts >= MOST_ATTEMPTS else logger.warning
    log("mail wallet/%s (%s) was not sent at attempt %d: %s", mail.template, mail.pk, mail.attempts, problem)
