"""What a person has to look at: risk events about deposits and rails. Seen again, an event counts and stays one."""

from datetime import datetime
from decimal import Decimal

from kernel.units import plain
from risk.models import RiskEventType, Severity
from risk.services import record_risk_event
from wallet.models import Deposit, Rail
from wallet.rails.protocol import Arrival


def credited_deposit_gone(deposit: Deposit, *, at: datetime) -> None:
    """A reorganisation took away what was credited: the money may be lost."""
    _about(
        deposit,
        severity=Severity.CRITICAL,
        fingerprint=f"deposit gone:{deposit.pk}",
        description=f"A credited deposit of {plain(deposit.amount)} {deposit.asset.symbol} is gone from its chain",
        at=at,
    )


def held_deposit_back(deposit: Deposit, *, at: datetime) -> None:
    """What was held has a block again: staff can let go of it."""
    _about(
        deposit,
        severity=Severity.MEDIUM,
        fingerprint=f"held deposit back:{deposit.pk}",
        description=f"A held deposit of {plain(deposit.amount)} {deposit.asset.symbol} is on its chain again",
        at=at,
    )


def suspended_deposit_gone(deposit: Deposit, *, at: datetime) -> None:
    """The same for money that nobody has got yet: staff take it out of the books again."""
    _about(
        deposit,
        severity=Severity.HIGH,
        fingerprint=f"deposit gone:{deposit.pk}",
        description=f"A deposit in suspense, {plain(deposit.amount)} {deposit.asset.symbol}, is gone from its chain",
        at=at,
    )


def deposit_contradicted(deposit: Deposit, arrival: Arrival, *, at: datetime) -> None:
    """The rail says another amount or asset for the same output than it did before."""
    _about(
        deposit,
        severity=Severity.CRITICAL,
        fingerprint=f"deposit contradicted:{deposit.pk}",
        description=f"The rail now says {plain(arrival.amount)} {arrival.asset} where it said something else before",
        at=at,
    )


def resolution_refused(*, rail: str, deposit: int, operation: int, code: str, asset: str, at: datetime) -> None:
    """Two of the staff have agreed, and it could not be carried out: they have to decide about the deposit anew."""
    record_risk_event(
        event_type=RiskEventType.DEPOSIT,
        severity=Severity.HIGH,
        fingerprint=f"resolution refused:{operation}",
        description=f"What was decided about deposit {deposit} was not carried out: {code}",
        metadata={"rail": rail, "deposit": str(deposit), "operation": str(operation), "code": code},
        first_seen_at=at,
        last_seen_at=at,
        asset=asset,
    )


def arrival_cut(rail: Rail, arrival: Arrival, *, booked: Decimal, at: datetime) -> None:
    """More came in than the books have decimals for: the rest stays at the rail, and is in no books."""
    _about_arrival(
        rail,
        arrival,
        severity=Severity.LOW,
        kind="arrival cut",
        description=f"{plain(booked)} of {plain(arrival.amount)} {arrival.asset} over {rail.code} is in the books",
        at=at,
    )


def deposit_of_another(deposit: Deposit, *, at: datetime) -> None:
    """It came to an address of somebody else than the one it was reported for."""
    _about(
        deposit,
        severity=Severity.CRITICAL,
        fingerprint=f"deposit of another:{deposit.pk}",
        description=f"{plain(deposit.amount)} {deposit.asset.symbol} came to another user's address than was reported",
        at=at,
    )


def arrival_not_bookable(rail: Rail, arrival: Arrival, *, reason: str, at: datetime) -> None:
    """Money came in that the books have no asset for, or that is less than the smallest part of it."""
    _about_arrival(
        rail,
        arrival,
        severity=Severity.HIGH,
        kind="not bookable",
        description=f"{plain(arrival.amount)} {arrival.asset} came in over {rail.code} and cannot be booked: {reason}",
        at=at,
    )


def deep_reorganisation(rail: Rail, *, height: int, fork: int, deposits: list[int], at: datetime) -> None:
    """A reorganisation reached below deposits that were credited; most of them come back in the new branch."""
    record_risk_event(
        event_type=RiskEventType.DEPOSIT,
        severity=Severity.HIGH,
        fingerprint=f"deep reorganisation:{rail.code}:{fork}",
        description=f"{rail.code} took back {height - fork} blocks with {len(deposits)} deposits that are in the books",
        metadata={"rail": rail.code, "fork": fork, "height": height, "deposits": deposits[:500]},
        first_seen_at=at,
        last_seen_at=at,
    )


def another_chain(rail: Rail, *, at: datetime) -> None:
    """Nothing of what was walked is on the chain any more: nothing is done before a person has looked."""
    record_risk_event(
        event_type=RiskEventType.DEPOSIT,
        severity=Severity.CRITICAL,
        fingerprint=f"another chain:{rail.code}",
        description=f"{rail.code} shows another history than the one that was walked; deposits are not detected",
        metadata={"rail": rail.code, "height": rail.cursor_height},
        first_seen_at=at,
        last_seen_at=at,
    )


def move_stuck(rail: Rail, *, asset: str, name: str, reason: str, at: datetime) -> None:
    """Money does not get from one of our wallets to another."""
    record_risk_event(
        event_type=RiskEventType.DEPOSIT,
        severity=Severity.MEDIUM,
        fingerprint=f"move stuck:{rail.code}:{asset}:{name}",
        description=f"{asset} cannot be moved from {name} on {rail.code}: {reason}"[:200],
        metadata={"rail": rail.code},
        first_seen_at=at,
        last_seen_at=at,
        asset=asset,
    )


def _about(deposit: Deposit, *, severity: Severity, fingerprint: str, description: str, at: datetime) -> None:
    account = deposit.account
    record_risk_event(
        event_type=RiskEventType.DEPOSIT,
        severity=severity,
        fingerprint=fingerprint,
        description=description,
        metadata={
            "rail": deposit.rail_id,
            "deposit": str(deposit.pk),
            "output": f"{deposit.external_tx_id}:{deposit.output_index}",
        },
        first_seen_at=at,
        last_seen_at=at,
        user=account.user if account is not None else None,
        accounts=[account.pk] if account is not None else [],
        asset=deposit.asset.symbol,
    )


def _about_arrival(
    rail: Rail, arrival: Arrival, *, severity: Severity, kind: str, description: str, at: datetime
) -> None:
    output = f"{arrival.external_tx_id}:{arrival.output_index}"
    record_risk_event(
        event_type=RiskEventType.DEPOSIT,
        severity=severity,
        fingerprint=f"{kind}:{rail.code}:{output}"[:200],
        description=description,
        metadata={"rail": rail.code, "output": output, "address": arrival.address, "tag": arrival.tag},
        first_seen_at=at,
        last_seen_at=at,
        asset=arrival.asset[:12],
    )
