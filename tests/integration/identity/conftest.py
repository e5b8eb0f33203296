from collections.abc import Callable

import pytest
from django.core import mail

from tests.integration.identity.browser import Browser
from tests.support.api_fixtures import (
    colleague,
    nothing_changed,
    nothing_remembered,
    outsider,
    owner,
    owner_client,
    staff,
)

__all__ = ["colleague", "nothing_changed", "nothing_remembered", "outsider", "owner", "owner_client", "staff"]


@pytest.fixture
def browser(db: None) -> Browser:
    """Somebody who has just opened the page."""
    return Browser()


@pytest.fixture
def last_mail() -> Callable[[], str]:
    """The text of the newest mail."""
    mail.outbox.clear()
    return lambda: str(mail.outbox[-1].body)
