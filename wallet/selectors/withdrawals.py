"""Every read of withdrawals, of the address book and of what sending costs."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery

from ledger.models import Asset
from wallet.core.addresses import AddressInvalid, format_named
from wallet.core.states import WithdrawalState
from wallet.errors import WithdrawalNotFound
from wallet.models import RailAsset, SavedAddress, Withdrawal
from wallet.selectors.switches import is_stopped, switches_on


@dataclass(frozen=True, slots=True)
class WithdrawalFilter:
    """Which withdrawals of an account: ids from `first_id` on and below `before_id`; None leaves a side open."""

    asset_id: int | None = None
    state: WithdrawalState | None = None
    first_id: int | None = None
    before_id: int | None = None


@dataclass(frozen=True, slots=True)
class FeeView:
    """What sending an asset over a network costs and needs; amounts in units."""

    asset: str
    network: str
    is_open: bool
    fee: Decimal
    min_withdrawal: Decimal
    decimals: int
    needs_tag: bool
    confirmations: int


def get_withdrawal(*, account_id: int, withdrawal_id: int) -> Withdrawal:
    """A withdrawal of the account. Raises WithdrawalNotFound, also for somebody else's."""
    found = _withdrawals().filter(pk=withdrawal_id, account_id=account_id).first()
    if found is None:
        raise WithdrawalNotFound
    return found


def list_withdrawals(*, account_id: int, wanted: WithdrawalFilter, limit: int) -> list[Withdrawal]:
    """The newest `limit` of them; `network` of each is the public name of its network."""
    rows = _withdrawals().filter(account_id=account_id)
    if wanted.asset_id is not None:
        rows = rows.filter(asset_id=wanted.asset_id)
    if wanted.state is not None:
        rows = rows.filter(state=wanted.state)
    if wanted.first_id is not None:
        rows = rows.filter(pk__gte=wanted.first_id)
    if wanted.before_id is not None:
        rows = rows.filter(pk__lt=wanted.before_id)
    return list(rows.order_by("-pk")[:limit])


def list_addresses(*, account_id: int) -> list[SavedAddress]:
    """The address book, by label."""
    rows = SavedAddress.objects.filter(account_id=account_id, deleted_at=None)
    return list(rows.select_related("rail").order_by("label", "pk"))


def networks_of_addresses(addresses: Collection[SavedAddress]) -> dict[int, list[RailAsset]]:
    """By entry, what can be sent to an address: the assets of its rail whose addresses have its form."""
    rails = {saved.rail_id for saved in addresses}
    terms = list(RailAsset.objects.filter(rail_id__in=rails).select_related("asset").order_by("asset__symbol"))
    return {
        saved.pk: [one for one in terms if one.rail_id == saved.rail_id and _reads(one, saved)] for saved in addresses
    }


def list_fees() -> list[FeeView]:
    """Every asset on every network, also where withdrawals are suspended at the moment."""
    switches = switches_on()
    rows = RailAsset.objects.select_related("rail", "asset").order_by("asset__symbol", "network")
    return [
        FeeView(
            asset=row.asset.symbol,
            network=row.network,
            is_open=are_withdrawals_open(row, switches),
            fee=row.withdrawal_fee,
            min_withdrawal=row.min_withdrawal,
            decimals=min(row.send_decimals, row.asset.scale),
            needs_tag=row.needs_tag,
            confirmations=row.confirmations,
        )
        for row in rows
    ]


def are_withdrawals_open(terms: RailAsset, switches: set[str]) -> bool:
    """Whether a new withdrawal would be taken."""
    asset: Asset = terms.asset
    is_on = terms.rail.is_enabled and terms.withdrawals_enabled and asset.is_enabled
    return is_on and not is_stopped(switches, rail=terms.rail_id, asset=asset.symbol)


def _withdrawals() -> QuerySet[Withdrawal]:
    network = RailAsset.objects.filter(rail=OuterRef("rail"), asset=OuterRef("asset")).values("network")
    return Withdrawal.objects.select_related("asset", "rail").annotate(network=Subquery(network[:1]))


def _reads(terms: RailAsset, saved: SavedAddress) -> bool:
    if terms.needs_tag and not saved.tag:
        return False
    if not terms.address_format:
        return True
    try:
        format_named(terms.address_format).read(saved.address, saved.tag)
    except AddressInvalid:
        return False
    return True
