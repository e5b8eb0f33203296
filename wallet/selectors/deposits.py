"""What users may read of their deposits and claims. Somebody else's is not there."""

from collections.abc import Sequence

from ledger.models import Asset
from wallet.core.states import DepositState
from wallet.models import Deposit, DepositClaim, RailAsset
from wallet.rails.errors import DepositNotFound


def list_deposits(
    *, account_id: int, asset: Asset | None, state: DepositState | None, before_id: int | None, limit: int
) -> list[Deposit]:
    """Newest first."""
    rows = Deposit.objects.filter(account_id=account_id).select_related("asset", "rail")
    if asset is not None:
        rows = rows.filter(asset=asset)
    if state is not None:
        rows = rows.filter(state=str(state))
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return list(rows.order_by("-pk")[:limit])


def get_deposit(*, account_id: int, deposit_id: int | None) -> Deposit:
    """Raises DepositNotFound."""
    rows = Deposit.objects.filter(account_id=account_id).select_related("asset", "rail")
    found = None if deposit_id is None else rows.filter(pk=deposit_id).first()
    if found is None:
        raise DepositNotFound
    return found


def networks_of(arrivals: Sequence[Deposit] | Sequence[DepositClaim]) -> dict[tuple[str, int], str]:
    """The network's public name for each (rail, asset) of these deposits, or of these claims."""
    rows = RailAsset.objects.filter(
        rail_id__in={one.rail_id for one in arrivals}, asset_id__in={one.asset_id for one in arrivals}
    )
    return {(row.rail_id, row.asset_id): row.network for row in rows}


def list_claims(*, account_id: int, before_id: int | None, limit: int) -> list[DepositClaim]:
    """Newest first."""
    rows = DepositClaim.objects.filter(account_id=account_id).select_related("asset", "rail")
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return list(rows.order_by("-pk")[:limit])


def receiving_networks(*, asset: Asset) -> list[RailAsset]:
    """The networks on which this asset can be received now."""
    return list(
        RailAsset.objects.filter(asset=asset, deposits_enabled=True, rail__is_enabled=True)
        .select_related("rail", "asset")
        .order_by("network")
    )
