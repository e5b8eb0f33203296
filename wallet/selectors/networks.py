"""Which networks carry an asset, and whether anything can be sent in or out over them now."""

from dataclasses import dataclass

from wallet.models import RailAsset
from wallet.selectors.switches import switches_on
from wallet.selectors.withdrawals import are_withdrawals_open


@dataclass(frozen=True, slots=True)
class NetworkView:
    """An asset on a network, as everybody may know it."""

    asset_id: int
    network: str
    deposits_open: bool
    withdrawals_open: bool


def list_networks() -> list[NetworkView]:
    """Every asset on every network, by name of the network."""
    switches = switches_on()
    rows = RailAsset.objects.select_related("rail", "asset").order_by("network")
    return [
        NetworkView(
            asset_id=row.asset_id,
            network=row.network,
            deposits_open=row.rail.is_enabled and row.deposits_enabled and row.asset.is_enabled,
            withdrawals_open=are_withdrawals_open(row, switches),
        )
        for row in rows
    ]
