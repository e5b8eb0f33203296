"""Where a withdrawal goes, as rails and the log of funds name it."""

from dataclasses import asdict
from typing import Any

from wallet.core.addresses import Destination
from wallet.core.operations import Party
from wallet.models import RailAsset, RailKind, Withdrawal


def destination_of(terms: RailAsset, destination: Destination, travel_rule: dict[str, Any]) -> dict[str, str]:
    """A `Party` as it is kept with the withdrawal. `user` of a bank transfer is the holder of the account."""
    if terms.rail.kind == RailKind.BANK:
        holder = str(travel_rule.get("beneficiary", {}).get("name", ""))
        party = Party("bank_transfer", account=destination.address, tag=destination.tag, user=holder)
    else:
        party = Party("blockchain", chain=terms.network, address=destination.address, tag=destination.tag)
    return asdict(party)


def party_of(withdrawal: Withdrawal) -> Party:
    """The party that was kept with a withdrawal."""
    return Party(**withdrawal.destination)
