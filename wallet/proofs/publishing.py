"""What is published beside what is owed has to be of today, too: what rails say that they hold."""

from datetime import timedelta

from wallet.models import LiabilitySnapshot
from wallet.proofs.liabilities import prove_liabilities
from wallet.services.rail_rounds import reconcile_rails_not_asked_for

OLDEST_WORD = timedelta(hours=1)
"""Every rail is asked each hour; so on the first day one may not have been."""


def publish_liabilities() -> LiabilitySnapshot:
    """Ask the rails whose word is old or missing, then take a snapshot. Not inside of a database transaction."""
    reconcile_rails_not_asked_for(OLDEST_WORD)
    return prove_liabilities()
