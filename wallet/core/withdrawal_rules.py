"""Whether a withdrawal may be made, and whether people look at it first.

Pure: facts in, verdict out. The same rules are asked twice: when a withdrawal is requested, to tell the user at once,
and by the balance processor with the facts of its own database transaction. Only the second time counts, and because
there is one processor nothing can change between its counting and its deciding.

A verdict refuses with one code, or names every reason for a review, or approves. What is not known is never in favour
of sending: without a price, a screening or a limit somebody looks at it or nothing is sent.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from kernel.units import plain

DAY: Final = timedelta(hours=24)
MONTH: Final = timedelta(days=30)
HOUR: Final = timedelta(hours=1)
LARGE_SHARE: Final = Decimal("0.9")
"""Of what the account holds of the asset."""


class Refusal(StrEnum):
    """Codes of refusals. Each is the code of one error class."""

    WITHDRAWALS_FROZEN = "WITHDRAWALS_FROZEN"
    ACCOUNT_CLOSED = "ACCOUNT_CLOSED"
    IDENTITY_NOT_APPROVED = "IDENTITY_NOT_APPROVED"
    WITHDRAWALS_HELD = "WITHDRAWALS_HELD"
    WITHDRAWALS_SUSPENDED = "WITHDRAWALS_SUSPENDED"
    WITHDRAWAL_TOO_SMALL = "WITHDRAWAL_TOO_SMALL"
    TOO_MANY_DECIMALS = "TOO_MANY_DECIMALS"
    TAG_REQUIRED = "TAG_REQUIRED"
    ADDRESS_NOT_SAVED = "ADDRESS_NOT_SAVED"
    ADDRESS_COOLING_OFF = "ADDRESS_COOLING_OFF"
    WITHDRAWAL_RATE_EXCEEDED = "WITHDRAWAL_RATE_EXCEEDED"
    WITHDRAWAL_LIMIT_EXCEEDED = "WITHDRAWAL_LIMIT_EXCEEDED"


class ReviewReason(StrEnum):
    """Why staff look at a withdrawal before it goes out."""

    NO_REFERENCE_PRICE = "NO_REFERENCE_PRICE"
    """What it is worth is not known."""
    LARGE_AMOUNT = "LARGE_AMOUNT"
    """Worth more than the level's single withdrawal without a look."""
    NEW_ADDRESS = "NEW_ADDRESS"
    """The first one to this address, and not a small one."""
    LARGE_SHARE = "LARGE_SHARE"
    """Almost all that the account has of the asset, and not a small one."""
    RISK_EVENT = "RISK_EVENT"
    """An open event of severity HIGH or CRITICAL names the account."""
    SCREENING_HIT = "SCREENING_HIT"
    SCREENING_UNAVAILABLE = "SCREENING_UNAVAILABLE"
    ACCOUNT_RESTRICTED = "ACCOUNT_RESTRICTED"
    """The account may not trade, or was frozen after the approval."""
    IDENTITY_NOT_APPROVED = "IDENTITY_NOT_APPROVED"
    """It was approved when the withdrawal was, and no longer is."""
    AUTO_APPROVE_LIMIT = "AUTO_APPROVE_LIMIT"
    """More than a single payout may be without staff."""
    HOT_LIMIT = "HOT_LIMIT"
    """With it, more would leave the hot wallet in 24 hours than may without staff."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of a KYC level; values in the reference asset."""

    daily: Decimal
    monthly: Decimal
    hourly_count: int
    review_above: Decimal


@dataclass(frozen=True, slots=True)
class Usage:
    """What the account was granted before: values in the reference asset."""

    daily: Decimal = Decimal(0)
    monthly: Decimal = Decimal(0)
    hourly_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What the rail says about the asset; amounts in units."""

    is_open: bool
    needs_tag: bool
    min_withdrawal: Decimal
    send_decimals: int
    auto_approve_limit: Decimal
    hot_limit: Decimal
    hot_outflow: Decimal
    """What went out, or is about to, in the last 24 hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that decides about one withdrawal."""

    at: datetime
    amount: Decimal
    tag: str
    value: Decimal | None
    """In the reference asset; None where no price is good enough."""
    is_frozen: bool
    is_closed: bool
    is_trading_frozen: bool
    is_identity_approved: bool
    held_until: datetime | None
    network: Network
    limits: Limits | None
    usage: Usage
    address_usable_at: datetime | None
    """None: the address is not in the account's book."""
    is_address_new: bool
    """Whether nothing was ever sent to it for this account."""
    small_value: Decimal
    """Up to this a new address and a large share do not matter."""
    holding: Decimal
    """What the account has of the asset, locked or not."""
    has_risk_event: bool
    is_screened: bool
    is_screening_hit: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """A refusal (`code`), reasons for a review, or neither: approved."""

    code: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    review_reasons: tuple[str, ...] = ()

    @property
    def approved(self) -> bool:
        """Whether it goes out without anybody looking at it."""
        return not self.code and not self.review_reasons


def judge(facts: Facts) -> Verdict:
    """The verdict about a withdrawal with these facts."""
    for refused in _refusals(facts):
        return refused
    return Verdict(review_reasons=tuple(str(reason) for reason in _review_reasons(facts)))


def _refusals(facts: Facts) -> Iterator[Verdict]:
    """Refusals that apply; the first one is told."""
    network = facts.network
    if facts.is_closed:
        yield Verdict(Refusal.ACCOUNT_CLOSED)
    if facts.is_frozen:
        yield Verdict(Refusal.WITHDRAWALS_FROZEN)
    if not facts.is_identity_approved or facts.limits is None:
        yield Verdict(Refusal.IDENTITY_NOT_APPROVED)
    if facts.held_until is not None and facts.at < facts.held_until:
        yield Verdict(Refusal.WITHDRAWALS_HELD, {"until": _moment(facts.held_until)})
    if not network.is_open:
        yield Verdict(Refusal.WITHDRAWALS_SUSPENDED)
    if _decimals(facts.amount) > network.send_decimals:
        yield Verdict(Refusal.TOO_MANY_DECIMALS, {"decimals": str(network.send_decimals)})
    if facts.amount < network.min_withdrawal:
        yield Verdict(Refusal.WITHDRAWAL_TOO_SMALL, {"minimum": plain(network.min_withdrawal)})
    if network.needs_tag and not facts.tag:
        yield Verdict(Refusal.TAG_REQUIRED)
    if facts.address_usable_at is None:
        yield Verdict(Refusal.ADDRESS_NOT_SAVED)
    elif facts.at < facts.address_usable_at:
        yield Verdict(Refusal.ADDRESS_COOLING_OFF, {"usable_at": _moment(facts.address_usable_at)})
    if facts.limits is not None:
        yield from _limits_exceeded(facts, facts.limits)


def _limits_exceeded(facts: Facts, limits: Limits) -> Iterator[Verdict]:
    if facts.usage.hourly_count >= limits.hourly_count:
        yield Verdict(Refusal.WITHDRAWAL_RATE_EXCEEDED, {"maximum": str(limits.hourly_count)})
    value = facts.value or Decimal(0)
    for period, limit, used in (
        ("24h", limits.daily, facts.usage.daily),
        ("30d", limits.monthly, facts.usage.monthly),
    ):
        # A limit of nothing is a ban, also of what has no price.
        if not limit or used + value > limit:
            yield Verdict(
                Refusal.WITHDRAWAL_LIMIT_EXCEEDED,
                {
                    "period": period,
                    "limit": plain(limit),
                    "used": plain(used),
                    "left": plain(max(limit - used, Decimal(0))),
                    "value": plain(value),
                },
            )


def _review_reasons(facts: Facts) -> Iterator[ReviewReason]:
    network, limits = facts.network, facts.limits
    is_small = facts.value is not None and facts.value <= facts.small_value
    if facts.value is None:
        yield ReviewReason.NO_REFERENCE_PRICE
    elif limits is None or facts.value > limits.review_above:
        yield ReviewReason.LARGE_AMOUNT
    if facts.is_address_new and not is_small:
        yield ReviewReason.NEW_ADDRESS
    if facts.amount >= facts.holding * LARGE_SHARE and not is_small:
        yield ReviewReason.LARGE_SHARE
    if facts.has_risk_event:
        yield ReviewReason.RISK_EVENT
    if not facts.is_screened:
        yield ReviewReason.SCREENING_UNAVAILABLE
    elif facts.is_screening_hit:
        yield ReviewReason.SCREENING_HIT
    if facts.is_trading_frozen:
        yield ReviewReason.ACCOUNT_RESTRICTED
    if facts.amount > network.auto_approve_limit:
        yield ReviewReason.AUTO_APPROVE_LIMIT
    if network.hot_outflow + facts.amount > network.hot_limit:
        yield ReviewReason.HOT_LIMIT


def _decimals(amount: Decimal) -> int:
    return len(plain(amount).partition(".")[2])


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
