"""The groups staff start with, each with the rights its work needs and no more.

They are made once, after the migration that brings their rights, and are the superusers' to change from then on.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction

_LOOK_AT_PEOPLE = (
    "accounts.view_user",
    "accounts.view_apikey",
    "accounts.view_accountchange",
    "accounts.view_secondfactorattempt",
)
_LOOK_AT_MARKETS = (
    "matching.view_market",
    "matching.view_order",
    "matching.view_trade",
    "matching.view_feetier",
    "matching.view_feeexception",
    "matching.view_command",
    "matching.view_outcome",
    "matching.view_userevent",
    "matching.view_quarantinedcommand",
    "matching.view_tradebust",
)
_LOOK_AT_MONEY = (
    "ledger.view_asset",
    "ledger.view_account",
    "ledger.view_balance",
    "ledger.view_journalentry",
    "ledger.view_posting",
    "ledger.view_chainlink",
    "ledger.view_writer",
    "ledger.view_verificationrun",
    "wallet.view_liabilitysnapshot",
)

_LOOK_AT_WITHDRAWALS = (
    "wallet.view_withdrawal",
    "wallet.view_savedaddress",
    "wallet.view_killswitch",
    "wallet.view_withdrawallimit",
    "wallet.view_referenceprice",
)

_LOOK_AT_RAILS = (
    "wallet.view_deposit",
    "wallet.view_suspenseresolution",
    "wallet.view_depositclaim",
    "wallet.view_receivingaddress",
    "wallet.view_rail",
    "wallet.view_railasset",
    "wallet.view_ingestgrant",
    "wallet.view_bankstatementimport",
    "wallet.view_bankentry",
    "wallet.view_paymentfile",
    "wallet.view_bankpayout",
    "wallet.view_reconciliation",
    "wallet.view_reconciliationdifference",
    "wallet.view_adjustment",
    "wallet.view_balanceoperation",
    "wallet.view_parkedoperation",
    "wallet.view_sweepproposal",
)

_LOOK_AT_EXCHANGE_ACCOUNTS = (
    "venues.view_exchangeaccount",
    "venues.view_supportedexchange",
    "venues.view_depositaddress",
    "venues.view_addressmark",
    "venues.view_addresssynclog",
    "venues.view_addressactivitylog",
)

GROUPS: dict[str, tuple[str, ...]] = {
    "Support": (
        *_LOOK_AT_PEOPLE,
        *_LOOK_AT_EXCHANGE_ACCOUNTS,
        "matching.view_market",
        "matching.view_order",
        "matching.view_trade",
        "matching.view_userevent",
        "ledger.view_balance",
        "ledger.view_posting",
        "accounts.decide_kyc",
        "accounts.set_account_state",
        "accounts.revoke_apikey",
        "notices.view_notice",
        "venues.sync_exchangeaccount",
    ),
    "Market operations": (
        *_LOOK_AT_MARKETS,
        "matching.view_shard",
        "matching.view_batch",
        "matching.view_checkpoint",
        "ledger.view_asset",
        "ledger.view_verificationrun",
        "accounts.view_staffaction",
        "matching.control_market",
        "matching.change_market",
        "matching.release_command",
        "matching.request_bust",
        "ledger.add_asset",
        "ledger.change_asset",
        "accounts.verify_ledger",
        "notices.view_notice",
        "notices.publish_notice",
    ),
    "Compliance": (
        *_LOOK_AT_PEOPLE,
        *_LOOK_AT_MARKETS,
        "ledger.view_account",
        "ledger.view_balance",
        "ledger.view_posting",
        "accounts.view_staffaction",
        "accounts.decide_kyc",
        "accounts.set_account_state",
        "matching.approve_bust",
        "risk.view_riskevent",
        "risk.review_riskevent",
        "risk.view_riskpolicy",
        "risk.change_riskpolicy",
        *_LOOK_AT_WITHDRAWALS,
        "wallet.approve_withdrawal",
        "wallet.switch_payouts",
        *_LOOK_AT_RAILS,
        "wallet.resolve_deposit",
        "wallet.decide_claim",
        "wallet.approve_adjustment",
        *_LOOK_AT_EXCHANGE_ACCOUNTS,
        "venues.sync_exchangeaccount",
        "venues.change_addressmark",
    ),
    "Payments": (
        *_LOOK_AT_WITHDRAWALS,
        *_LOOK_AT_RAILS,
        "wallet.operate_rail",
        "wallet.release_operation",
        "wallet.import_statement",
        "wallet.resolve_deposit",
        "wallet.decide_claim",
        "wallet.resolve_difference",
        "wallet.request_adjustment",
        "accounts.view_user",
        "accounts.view_accountchange",
        "accounts.view_staffaction",
        "ledger.view_balance",
        "ledger.view_posting",
        "risk.view_riskevent",
        "wallet.approve_withdrawal",
        "wallet.settle_unknown_payout",
        "wallet.switch_payouts",
        "wallet.change_withdrawallimit",
        "wallet.change_referenceprice",
    ),
    "Auditor": (
        *_LOOK_AT_PEOPLE,
        *_LOOK_AT_WITHDRAWALS,
        *_LOOK_AT_RAILS,
        *_LOOK_AT_EXCHANGE_ACCOUNTS,
        *_LOOK_AT_MARKETS,
        *_LOOK_AT_MONEY,
        "matching.view_shard",
        "matching.view_batch",
        "matching.view_checkpoint",
        "accounts.view_staffaction",
        "accounts.verify_ledger",
        "risk.view_riskevent",
        "risk.view_riskpolicy",
        "notices.view_notice",
        "admin.view_logentry",
        "auth.view_group",
    ),
}
"""Group to rights. Fee tiers, house marks, resets of second factors and staff themselves are for
superusers."""


def make_staff_groups(using: str = "default", **_signal: Any) -> None:
    """Make the groups that are missing; runs after every `migrate`. One that exists stays as it is."""
    existing = set(Group.objects.using(using).values_list("name", flat=True))
    for name, rights in GROUPS.items():
        if name in existing:
            continue
        permissions = [found for right in rights if (found := _permission(using, right)) is not None]
        if len(permissions) == len(rights):
            with transaction.atomic(using=using):
                Group.objects.using(using).create(name=name).permissions.set(permissions)


def _permission(using: str, right: str) -> Permission | None:
    app, _, codename = right.partition(".")
    return Permission.objects.using(using).filter(content_type__app_label=app, codename=codename).first()
