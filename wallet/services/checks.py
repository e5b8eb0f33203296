"""Gathers the facts about a withdrawal and has `wallet.core.withdrawal_rules` judge them. Reads only.

The balance processor asks inside its database transaction and changes the withdrawal's state before it looks at the
next one, so what it has just granted is counted. `request_withdrawal` asks the same to tell the user at once.
"""

from datetime import datetime
from decimal import Decimal

from django.conf import settings

from accounts.models import AccountState, KycStatus, User
from accounts.second_factor.selectors import withdrawals_held_until
from ledger.models import Balance
from risk.models import RiskEvent, Severity
from wallet.core.states import WithdrawalState
from wallet.core.withdrawal_rules import Facts, Network, Verdict, judge
from wallet.models import RailAsset, SavedAddress, Withdrawal
from wallet.selectors.limits import hot_outflow, limits_of_level, usage_of


def check_withdrawal(withdrawal: Withdrawal, *, at: datetime) -> Verdict:
    """Whether this stored withdrawal may be made: refused with a code, for review with reasons, or approved.

    Whether the balance is enough is not asked here: the processor knows when it locks.
    """
    return judge(facts_of(withdrawal, at=at))


def facts_of(withdrawal: Withdrawal, *, at: datetime) -> Facts:
    """Everything that decides about a withdrawal, as the database has it now."""
    # Read anew: what staff have just frozen counts, whoever loaded the row before.
    user = User.objects.get(account=withdrawal.account_id)
    saved = SavedAddress.objects.filter(
        account_id=withdrawal.account_id,
        rail_id=withdrawal.rail_id,
        address=withdrawal.address,
        tag=withdrawal.tag,
        deleted_at=None,
    ).first()
    screening = withdrawal.screening
    return Facts(
        at=at,
        amount=withdrawal.amount,
        tag=withdrawal.tag,
        value=withdrawal.reference_value,
        is_frozen=user.state == AccountState.WITHDRAW_FROZEN,
        is_closed=user.state == AccountState.CLOSED or not user.is_active,
        is_trading_frozen=user.state == AccountState.TRADE_FROZEN,
        is_identity_approved=user.kyc_status == KycStatus.APPROVED,
        held_until=withdrawals_held_until(user),
        network=_network(withdrawal, at),
        limits=limits_of_level(user.kyc_level),
        usage=usage_of(account_id=withdrawal.account_id, at=at, except_for=withdrawal.pk),
        address_usable_at=saved.usable_at if saved else None,
        is_address_new=not _was_sent_before(withdrawal),
        small_value=Decimal(settings.WITHDRAWAL_SMALL_VALUE),
        holding=_holding(withdrawal),
        has_risk_event=_has_risk_event(user, withdrawal.account_id),
        is_screened=bool(screening.get("is_available")),
        is_screening_hit=bool(screening.get("is_hit")),
    )


def _network(withdrawal: Withdrawal, at: datetime) -> Network:
    terms = (
        RailAsset.objects.select_related("rail", "asset")
        .filter(rail_id=withdrawal.rail_id, asset_id=withdrawal.asset_id)
        .first()
    )
    if terms is None:
        # The rail no longer carries the asset.
        nothing = Decimal(0)
        return Network(
            is_open=False,
            needs_tag=False,
            min_withdrawal=nothing,
            send_decimals=0,
            auto_approve_limit=nothing,
            hot_limit=nothing,
            hot_outflow=nothing,
        )
    return Network(
        is_open=terms.rail.is_enabled and terms.withdrawals_enabled and terms.asset.is_enabled,
        needs_tag=terms.needs_tag,
        min_withdrawal=terms.min_withdrawal,
        send_decimals=min(terms.send_decimals, terms.asset.scale),
        auto_approve_limit=terms.auto_approve_limit,
        hot_limit=terms.hot_limit,
        hot_outflow=hot_outflow(rail_id=withdrawal.rail_id, asset_id=withdrawal.asset_id, at=at),
    )


def _was_sent_before(withdrawal: Withdrawal) -> bool:
    # One that staff still look at, or that waits, has proved nothing about the address.
    earlier = Withdrawal.objects.filter(
        account_id=withdrawal.account_id,
        rail_id=withdrawal.rail_id,
        address=withdrawal.address,
        tag=withdrawal.tag,
        state__in=(WithdrawalState.SENT, WithdrawalState.CONFIRMED),
    )
    return earlier.exclude(pk=withdrawal.pk).exists()


def _holding(withdrawal: Withdrawal) -> Decimal:
    balance = Balance.objects.filter(account_id=withdrawal.account_id, asset_id=withdrawal.asset_id).first()
    return balance.available + balance.locked if balance else Decimal(0)


def _has_risk_event(user: User, account_id: int) -> bool:
    serious = RiskEvent.objects.filter(resolved=False, severity__gte=Severity.HIGH)
    return serious.filter(user=user).exists() or serious.filter(accounts__contains=[account_id]).exists()
