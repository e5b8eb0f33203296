"""Markets with a past of their own."""

from collections.abc import Callable

import pytest

from accounts.models import User
from ledger.models import Account
from marketdata.selectors.house import forget_house_accounts
from marketdata.selectors.summaries import forget_summaries
from tests.integration.marketdata.tape import Tape


@pytest.fixture
def new_tape(db: None) -> Callable[[], Tape]:
    """Makes markets; owner and colleague are the house, the outsider is not."""
    User.objects.filter(username__in=("owner", "colleague")).update(is_house=True)
    forget_house_accounts()
    forget_summaries()
    owner, colleague, outsider = (
        Account.objects.get(user__username=name) for name in ("owner", "colleague", "outsider")
    )
    return lambda: Tape(house=(owner, colleague), other=outsider)
