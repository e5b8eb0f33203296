"""Assets: what staff may add, and what they may change of one. The scale is for ever."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.staff import record_staff_action
from kernel.units import plain
from ledger.errors import AssetInvalid
from ledger.models import Asset


def add_asset(*, symbol: str, name: str, scale: int, display_decimals: int, by: User, reason: str) -> Asset:
    """A new asset; `scale` is the number of decimals of its smallest part and never changes again.

    Raises AssetInvalid, ReasonMissing.
    """
    asset = Asset(symbol=symbol, name=name, scale=scale, display_decimals=display_decimals)
    _require_sound(asset)
    with transaction.atomic():
        asset.save(force_insert=True)
        record_staff_action(
            by=by,
            subject_kind="asset",
            subject=asset.symbol,
            action="added",
            new={"name": name, "scale": scale, "display_decimals": display_decimals},
            reason=reason,
        )
    return asset


def change_asset(
    *,
    asset_id: int,
    name: str,
    display_decimals: int,
    is_enabled: bool,
    max_position: Decimal | None,
    by: User,
    reason: str,
) -> Asset:
    """Change how an asset is shown, whether it is in use, and how much of it one account may hold.

    `max_position` in units; None: any number. Raises AssetInvalid, ReasonMissing.
    """
    wanted = {
        "name": name,
        "display_decimals": display_decimals,
        "is_enabled": is_enabled,
        "max_position": max_position,
    }
    with transaction.atomic():
        asset = Asset.objects.select_for_update(no_key=True).get(pk=asset_id)
        changed = {field: value for field, value in wanted.items() if getattr(asset, field) != value}
        old = {field: getattr(asset, field) for field in changed}
        for field, value in changed.items():
            setattr(asset, field, value)
        _require_sound(asset)
        if changed:
            asset.save(update_fields=list(changed))
            record_staff_action(
                by=by,
                subject_kind="asset",
                subject=asset.symbol,
                action="changed",
                old={field: _shown(value) for field, value in old.items()},
                new={field: _shown(value) for field, value in changed.items()},
                reason=reason,
            )
    return asset


def _shown(value: object) -> object:
    return plain(value) if isinstance(value, Decimal) else value


def _require_sound(asset: Asset) -> None:
    try:
        asset.full_clean()
    except ValidationError as error:
        fields = {name: " ".join(texts) for name, texts in error.message_dict.items()}
        raise AssetInvalid(details={"fields": fields}) from error
    if asset.display_decimals > asset.scale:
        raise AssetInvalid(details={"fields": {"display_decimals": "Not more than the asset has."}})
    if asset.max_position is not None and asset.max_position < 0:
        raise AssetInvalid(details={"fields": {"max_position": "Not below zero."}})
