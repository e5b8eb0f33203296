"""Where a user sends an asset to: one place for each network, made when it is asked for first and then kept.

The rail is asked outside of any database transaction. A rail that does not answer leaves its network without an
address in the list, and the others with theirs.
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from ledger.models import Account, Asset
from ledger.services import open_user_account
from risk.models import RiskEventType, Severity
from risk.services import record_risk_event
from wallet.errors import UnknownNetwork
from wallet.models import RailAsset, RailKind, ReceivingAddress
from wallet.rails.protocol import RailUnavailable
from wallet.rails.registry import adapter_of
from wallet.selectors.deposits import receiving_networks

_AN_ADDRESS_FOR_EACH_ASSET = frozenset({RailKind.CUSTODY})
_WITHOUT_ADDRESSES = frozenset({RailKind.INTERNAL, RailKind.PROCESSOR})


@dataclass(frozen=True, slots=True)
class ReceivingPlace:
    """`address` None: the rail does not answer at the moment, or not with an address of the user's own."""

    terms: RailAsset
    address: str | None
    tag: str


def receiving_places(*, user: User, asset: Asset, network: str | None = None) -> list[ReceivingPlace]:
    """Where this user sends the asset to, on each network that takes it now. Raises UnknownNetwork."""
    networks = [
        terms
        for terms in receiving_networks(asset=asset)
        if terms.rail.kind not in _WITHOUT_ADDRESSES and network in (None, terms.network)
    ]
    if network is not None and not networks:
        raise UnknownNetwork(details={"asset": asset.symbol, "network": network[:20]})
    account = open_user_account(user=user)
    return [_place(terms, account) for terms in networks]


def _place(terms: RailAsset, account: Account) -> ReceivingPlace:
    known = _known(terms, account)
    if known is None:
        try:
            address, tag = adapter_of(terms.rail).receiving_address(terms.asset.symbol, account.pk)
        except RailUnavailable:
            return ReceivingPlace(terms, None, "")
        if terms.rail.settings.get("users_apart_by") == "claim":
            return ReceivingPlace(terms, address, tag)
        known = _keep(terms, account, address, tag)
        if known is None:
            return ReceivingPlace(terms, None, "")
    return ReceivingPlace(terms, known.address, known.tag)


def _asset_of(terms: RailAsset) -> Asset | None:
    return terms.asset if terms.rail.kind in _AN_ADDRESS_FOR_EACH_ASSET else None


def _known(terms: RailAsset, account: Account) -> ReceivingAddress | None:
    return ReceivingAddress.objects.filter(rail=terms.rail, account=account, asset=_asset_of(terms)).first()


def _keep(terms: RailAsset, account: Account, address: str, tag: str) -> ReceivingAddress | None:
    """The first one that was kept is the user's, whoever asks at the same time. None: it is another user's."""
    try:
        with transaction.atomic():
            return ReceivingAddress.objects.create(
                rail=terms.rail, account=account, asset=_asset_of(terms), address=address, tag=tag
            )
    except IntegrityError:
        kept = _known(terms, account)
        if kept is None:
            _alarm_of_another_owner(terms, account, address, tag)
        return kept


def _alarm_of_another_owner(terms: RailAsset, account: Account, address: str, tag: str) -> None:
    """What is sent there is the other user's, so nobody else is told it."""
    at = timezone.now()
    asset = terms.asset.symbol
    record_risk_event(
        event_type=RiskEventType.DEPOSIT,
        severity=Severity.HIGH,
        fingerprint=f"address of another:{terms.rail_id}:{asset}:{account.pk}",
        description=f"{terms.rail_id} gave account {account.pk} an address for {asset} that is another user's",
        metadata={"rail": terms.rail_id, "address": address, "tag": tag, "account": str(account.pk)},
        first_seen_at=at,
        last_seen_at=at,
        asset=asset,
    )
