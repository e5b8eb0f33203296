"""Mails about second factors. They are sent outside of database transactions; whether one went out is told."""

import logging
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User

logger = logging.getLogger(__name__)


def send_user_mail(*, user: User, name: str, context: dict[str, Any] | None = None) -> bool:
    """Send a mail of `templates/second_factor/`; False where the mail server is away, which is in the log."""
    found = {"user": user, "site": settings.WEB_PUBLIC_URL, "at": timezone.now(), **(context or {})}
    subject = render_to_string(f"second_factor/{name}_subject.txt", found).strip()
    message = render_to_string(f"second_factor/{name}_message.txt", found).strip()
    try:
        send_mail(subject, message, None, [user.email])
    except (SMTPException, OSError) as error:
        logger.error("mail second_factor/%s was not sent: %s", name, type(error).__name__)
        return False
    return True
