"""What staff decide about rails: which there are, what each does with each asset, and the keys for those of others."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.errors import ReasonMissing
from accounts.models import User
from accounts.staff import record_staff_action
from kernel.errors import TooManyDecimals
from kernel.units import plain, to_atoms
from wallet.core.addresses import AddressInvalid, format_named
from wallet.errors import ControlInvalid
from wallet.models import Rail, RailAsset, RailCredential, RailKind
from wallet.rails.custody_exchanges import EXCHANGES

_USERS_APART_BY = ("address", "sub_account", "claim")
_OBJECTS = ("networks", "deposit_methods", "withdrawal_keys", "network_fees", "options", "balance_parameters")
_AMOUNTS = (
    "min_deposit",
    "min_withdrawal",
    "withdrawal_fee",
    "auto_approve_limit",
    "hot_limit",
    "hot_target",
)


def save_rail(*, rail: Rail, is_new: bool, by: User, reason: str) -> Rail:
    """Add a rail, or change its name, use and settings. Raises ReasonMissing, ControlInvalid."""
    _require_reason(reason)
    rail.settings = _settings_of(rail)
    with transaction.atomic():
        before = Rail.objects.select_for_update(no_key=True).filter(pk=rail.pk).first()
        fields = ("name", "is_enabled", "settings")
        if is_new:
            rail.save(force_insert=True)
        else:
            rail.save(update_fields=fields)
        _record(
            rail.code,
            "add rail" if is_new else "change rail",
            old={name: getattr(before, name) for name in fields} if before else {},
            new={name: getattr(rail, name) for name in fields},
            by=by,
            reason=reason,
        )
    return rail


def save_rail_asset(*, terms: RailAsset, is_new: bool, by: User, reason: str) -> RailAsset:
    """Say what a rail does with an asset. Raises ReasonMissing, ControlInvalid, NetworkUnknown."""
    _require_reason(reason)
    wrong = {name: fault for name in _AMOUNTS if (fault := _fault_of(getattr(terms, name), terms.asset.scale))}
    if terms.confirmations < 1:
        wrong["confirmations"] = "At least 1."
    if terms.send_decimals > terms.asset.scale:
        wrong["send_decimals"] = f"At most {terms.asset.scale}, as many as the books have."
    if terms.address_format:
        format_named(terms.address_format)
    elif terms.rail.kind == RailKind.CUSTODY:
        wrong["address_format"] = "Addresses that another exchange gives have to be checked."
    if wrong:
        raise ControlInvalid(details={"fields": wrong})
    with transaction.atomic():
        before = None if is_new else RailAsset.objects.select_for_update(no_key=True).get(pk=terms.pk)
        terms.save(force_insert=is_new)
        _record(
            terms.rail_id,
            f"terms of {terms.asset}",
            old=_terms(before) if before else {},
            new=_terms(terms),
            by=by,
            reason=reason,
        )
    return terms


def set_rail_credential(
    *, rail: Rail, api_key: str, api_secret: str, passphrase: str, by: User, reason: str
) -> RailCredential:
    """Keep the keys for a rail at somebody else's; they are never shown again. Raises ReasonMissing."""
    _require_reason(reason)
    with transaction.atomic():
        kept, _ = RailCredential.objects.update_or_create(
            rail=rail, defaults={"api_key": api_key, "api_secret": api_secret, "passphrase": passphrase}
        )
        _record(rail.code, "set keys", old={}, new={}, by=by, reason=reason)
    return kept


def _settings_of(rail: Rail) -> dict[str, Any]:
    """As they are kept. Raises ControlInvalid for what the rail's adapter could not work with."""
    settings = rail.settings if rail.settings is not None else {}
    if not isinstance(settings, dict):
        raise _settings_invalid("An object, such as {}.")
    if rail.kind == RailKind.CUSTODY:
        if str(settings.get("exchange")) not in EXCHANGES:
            raise _settings_invalid(f"exchange: one of {', '.join(EXCHANGES)}.")
        if settings.get("users_apart_by") not in _USERS_APART_BY:
            raise _settings_invalid(f"users_apart_by: {', '.join(_USERS_APART_BY)}.")
        for name in _OBJECTS:
            if not isinstance(settings.get(name, {}), dict):
                raise _settings_invalid(f"{name}: an object, such as {{}}.")
    if rail.kind == RailKind.BANK:
        try:
            settings = settings | {"iban": format_named("iban").read(str(settings.get("iban", ""))).address}
        except AddressInvalid as error:
            raise _settings_invalid(f"iban: {error.details['reason']}") from error
    return settings


def _settings_invalid(why: str) -> ControlInvalid:
    return ControlInvalid(details={"fields": {"settings": why}})


def _fault_of(amount: Decimal, scale: int) -> str:
    """Why it cannot be an amount of an asset; empty where it can."""
    if amount < 0:
        return "Not below zero."
    try:
        to_atoms(amount, scale)
    except TooManyDecimals:
        return f"At most {scale} decimals, as many as the books have."
    return ""


def _terms(terms: RailAsset) -> dict[str, Any]:
    plainly = ("network", "deposits_enabled", "withdrawals_enabled", "needs_tag", "address_format", "confirmations")
    return {name: getattr(terms, name) for name in (*plainly, "send_decimals")} | {
        name: plain(getattr(terms, name)) for name in _AMOUNTS
    }


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing


def _record(code: str, action: str, *, old: dict[str, Any], new: dict[str, Any], by: User, reason: str) -> None:
    record_staff_action(by=by, subject_kind="rail", subject=code, action=action, old=old, new=new, reason=reason)
