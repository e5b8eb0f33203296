"""Withdrawals, addresses, limits and fees as JSON objects."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from accounts.models import AccountState, User
from accounts.second_factor.models import Purpose
from accounts.second_factor.selectors import needs_email_code
from kernel.units import plain
from ledger.api.parameters import rfc3339
from wallet.core.withdrawal_rules import Limits
from wallet.models import RailAsset, SavedAddress, Withdrawal
from wallet.selectors.limits import LimitsView
from wallet.selectors.transfers import TransferView
from wallet.selectors.withdrawals import FeeView, networks_of_addresses
from wallet.services.transfers import TransferReceipt
from wallet.withdrawal_texts import withdrawal_content

_NOTHING = Limits(daily=Decimal(0), monthly=Decimal(0), hourly_count=0, review_above=Decimal(0))


def withdrawal_json(withdrawal: Withdrawal) -> dict[str, Any]:
    """`network` was read with the row where it came from a list."""
    return withdrawal_content(withdrawal, network=getattr(withdrawal, "network", None)) | {
        "requested_at": rfc3339(withdrawal.requested_at),
        "verified_at": _moment(withdrawal.verified_at),
        "sent_at": _moment(withdrawal.sending_at),
        "finished_at": _moment(withdrawal.finished_at),
    }


def transfer_json(receipt: TransferReceipt) -> dict[str, Any]:
    request = receipt.request
    return {
        "id": str(receipt.id),
        "asset": request.asset,
        "amount": plain(request.amount),
        "to": request.to,
        "note": request.note,
        "is_done": receipt.is_done,
        "accepted_at": rfc3339(receipt.accepted_at),
    }


def transfer_entry_json(view: TransferView) -> dict[str, Any]:
    return {
        "id": str(view.id),
        "asset": view.asset,
        "amount": plain(view.amount),
        "direction": "RECEIVED" if view.is_received else "SENT",
        "counterparty": view.counterparty,
        "note": view.note,
        "done_at": rfc3339(view.at),
    }


def addresses_json(addresses: Sequence[SavedAddress], *, at: datetime) -> list[dict[str, Any]]:
    networks = networks_of_addresses(addresses)
    return [_address_json(saved, networks[saved.pk], at=at) for saved in addresses]


def address_json(saved: SavedAddress, *, at: datetime) -> dict[str, Any]:
    return addresses_json([saved], at=at)[0]


def _address_json(saved: SavedAddress, networks: Sequence[RailAsset], *, at: datetime) -> dict[str, Any]:
    return {
        "id": str(saved.pk),
        "label": saved.label,
        "address": saved.address,
        "tag": saved.tag,
        "beneficiary_name": str(saved.beneficiary.get("name", "")),
        "networks": [{"asset": terms.asset.symbol, "network": terms.network} for terms in networks],
        "usable_at": rfc3339(saved.usable_at),
        "is_usable": saved.usable_at <= at,
        "created_at": rfc3339(saved.created_at),
    }


def limits_json(view: LimitsView, user: User) -> dict[str, Any]:
    limits, usage = view.limits or _NOTHING, view.usage
    is_open = user.state not in (AccountState.CLOSED, AccountState.WITHDRAW_FROZEN)
    return {
        "reference_asset": settings.FEE_VOLUME_ASSET,
        "kyc_status": str(view.kyc_status),
        "kyc_level": view.kyc_level,
        "can_withdraw": is_open and view.kyc_status == "approved" and limits.daily > 0,
        "daily": _limit(limits.daily, usage.daily),
        "monthly": _limit(limits.monthly, usage.monthly),
        "hourly_count": {
            "limit": limits.hourly_count,
            "used": usage.hourly_count,
            "left": max(limits.hourly_count - usage.hourly_count, 0),
        },
        "travel_rule_above": settings.TRAVEL_RULE_ABOVE,
        "needs_email_code": needs_email_code(Purpose.WITHDRAWAL),
        "held_until": _moment(view.held_until),
    }


def fee_json(view: FeeView) -> dict[str, Any]:
    return {
        "asset": view.asset,
        "network": view.network,
        "is_open": view.is_open,
        "fee": plain(view.fee),
        "min_withdrawal": plain(view.min_withdrawal),
        "decimals": view.decimals,
        "needs_tag": view.needs_tag,
        "confirmations": view.confirmations,
    }


def _limit(limit: Decimal, used: Decimal) -> dict[str, str]:
    return {"limit": plain(limit), "used": plain(used), "left": plain(max(limit - used, Decimal(0)))}


def _moment(at: datetime | None) -> str | None:
    return rfc3339(at) if at else None
