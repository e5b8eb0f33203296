"""Deposits that a rail or a payment processor reports over the API.

Whoever holds such a key can make money appear for a user, so it is fenced in from all sides: staff make the key and
bind it to one rail, what it reports within 24 hours has a cap, a single deposit above a threshold waits for two of the
staff, and nothing is credited that the rail's own balance does not cover. A session or a user's key gets nowhere near.

A deposit the rail does not cover yet stays pending and is looked at again by beat; it is never booked on the reporter's
word alone (`wallet.services.report_settling`). What was reported is taken down under the request's id each time, so the
same id with other content is told apart whoever reported the deposit first.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from kernel.units import EXACT, plain, to_atoms
from ledger.errors import IdempotencyConflict
from ledger.models import Account, Asset
from ledger.selectors import asset_by_symbol
from wallet.core.operations import Party
from wallet.core.states import DepositState
from wallet.deposits.telling import SEEN, tell_of_deposits
from wallet.errors import UnknownNetwork
from wallet.models import Deposit, IngestGrant, IngestReport, Rail, RailAsset, ReceivingAddress
from wallet.rails.errors import DepositContradicts, DepositNotFound, IngestCapExceeded, IngestNotGranted
from wallet.selectors.reports import NOT_COVERED, is_reported, reported
from wallet.services.prices import reference_value
from wallet.services.report_settling import RailsWord, ask_rail, is_walked, settle_report

A_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositReport:
    """What a rail says has come in. The recipient is a user by name, or whoever an address and a tag belong to."""

    asset: str
    amount: Decimal
    external_tx_id: str
    output_index: int = 0
    user: str = ""
    address: str = ""
    tag: str = ""
    confirmations: int = 0
    source: Party

    def digest(self) -> bytes:
        content = asdict(self) | {"amount": plain(self.amount)}
        return _digest("report", content)


def report_deposit(*, key: str, request_id: str, report: DepositReport) -> Deposit:
    """Take down a deposit; one that is confirmed often enough goes on to the balance processor at once.

    `key`: the API key that signed. A repeat of a request, or of the same output with the same content, returns the
    first deposit. Raises IngestNotGranted, UnknownAsset, TooManyDecimals, UnknownNetwork, IdempotencyConflict,
    DepositContradicts, IngestCapExceeded, RailUnavailable; then nothing is changed.
    """
    grant, digest = grant_of(key), report.digest()
    repeated = _repeated(grant, request_id, digest)
    if repeated is not None:
        return repeated
    asset = asset_by_symbol(report.asset)
    to_atoms(report.amount, asset.scale)
    terms = _terms(grant.rail, asset)
    at = timezone.now()
    value = reference_value(asset=asset, amount=report.amount, at=at)
    count = None if is_walked(grant.rail) else report.confirmations
    known = _known(grant, report)
    # Blocks count from one.
    required = terms.confirmations if count is not None else terms.confirmations_needed
    enough = required if known is None else known.required_confirmations
    word = ask_rail(grant.rail, asset) if count is not None and count >= enough else None
    with transaction.atomic():
        _lock(grant.rail)
        repeated = _repeated(grant, request_id, digest)
        if repeated is not None:
            return repeated
        known = _known(grant, report)
        if known is not None:
            # The cap has counted it, or the exchange has seen it by itself.
            _take_down(grant, request_id, digest, known, at=at)
            return _count_up(known.pk, count, terms, word, value=value)
        _require_within_cap(grant, value or Decimal(0))
        deposit = Deposit.objects.create(
            rail=grant.rail,
            asset=asset,
            account=_recipient(grant.rail, asset, report),
            external_tx_id=report.external_tx_id,
            output_index=report.output_index,
            amount=report.amount,
            address=report.address,
            tag=report.tag,
            source=asdict(report.source),
            confirmations=count or 0,
            required_confirmations=required,
            seen_at=at,
        )
        _take_down(grant, request_id, digest, deposit, at=at, value=value or Decimal(0))
        tell_of_deposits([deposit], mail=SEEN)
        if count is not None and count >= required:
            settle_report(deposit, terms, word, value=value)
    return deposit


def confirm_deposit(
    *, key: str, request_id: str, deposit: str, output_index: int = 0, confirmations: int | None = None
) -> Deposit:
    """Say how often a reported deposit is confirmed; without a number: often enough.

    `deposit`: our id, or the rail's transaction id with the output's number. What is decided already stays as it is,
    and a chain's blocks are not outvoted.
    Raises IngestNotGranted, DepositNotFound, IdempotencyConflict, RailUnavailable; then nothing is changed.
    """
    grant = grant_of(key)
    digest = _digest("confirm", {"deposit": deposit, "output_index": output_index, "confirmations": confirmations})
    repeated = _repeated(grant, request_id, digest)
    if repeated is not None:
        return repeated
    found = _reported(grant, deposit, output_index)
    terms = _terms(grant.rail, found.asset)
    at = timezone.now()
    value = reference_value(asset=found.asset, amount=found.amount, at=at)
    enough = found.required_confirmations
    count = None if is_walked(grant.rail) else enough if confirmations is None else confirmations
    word = ask_rail(grant.rail, found.asset) if count is not None and count >= enough else None
    with transaction.atomic():
        _lock(grant.rail)
        repeated = _repeated(grant, request_id, digest)
        if repeated is not None:
            return repeated
        _take_down(grant, request_id, digest, found, at=at)
        return _count_up(found.pk, count, terms, word, value=value)


def recheck_uncovered(*, rail: Rail) -> int:
    """Look again at reported deposits that the rail did not cover; how many could go on. Raises RailUnavailable."""
    waiting = reported(Deposit.objects.filter(rail=rail, state=DepositState.PENDING, reason=NOT_COVERED))
    went_on = 0
    for asset in Asset.objects.filter(pk__in=waiting.values("asset")):
        word, terms = ask_rail(rail, asset), _terms(rail, asset)
        may_go_on = waiting.filter(asset=asset, amount__lte=word.left(word.spoken_for)).order_by("pk")
        went_on += sum(_recheck(rail, deposit_id, terms, word) for deposit_id in may_go_on.values_list("pk", flat=True))
    return went_on


def grant_of(key: str) -> IngestGrant:
    """What a key may report. Raises IngestNotGranted."""
    grant = IngestGrant.objects.select_related("rail", "api_key").filter(api_key__key=key).first()
    if grant is None or grant.api_key.revoked_at is not None or not grant.rail.is_enabled:
        raise IngestNotGranted
    return grant


def _terms(rail: Rail, asset: Asset) -> RailAsset:
    terms = RailAsset.objects.filter(rail=rail, asset=asset).first()
    if terms is None:
        raise UnknownNetwork(details={"asset": asset.symbol})
    return terms


def _lock(rail: Rail) -> None:
    """One report at a time for a rail, whichever of its keys it came with, so that no two use the same cover."""
    Rail.objects.select_for_update(no_key=True).get(pk=rail.pk)


def _take_down(
    grant: IngestGrant,
    request_id: str,
    digest: bytes,
    deposit: Deposit,
    *,
    at: datetime,
    value: Decimal = Decimal(0),
) -> None:
    """`value` is what the cap counts: that of the first report of a deposit."""
    IngestReport.objects.create(
        grant=grant, request_id=request_id, input_hash=digest, deposit=deposit, value=value, at=at
    )


def _count_up(
    deposit_id: int, count: int | None, terms: RailAsset, word: RailsWord | None, *, value: Decimal | None
) -> Deposit:
    """Note that a deposit is confirmed so often, if that is news; None: nobody's word counts.

    What the exchange has seen by itself before it was reported, it counts by itself.
    """
    deposit = _locked(deposit_id)
    if count is None or deposit.state != DepositState.PENDING or not is_reported(deposit):
        return deposit
    is_news = count > deposit.confirmations
    if is_news:
        deposit.confirmations = count
        deposit.save(update_fields=["confirmations"])
    if count >= deposit.required_confirmations:
        settle_report(deposit, terms, word, value=value)
    elif is_news:
        tell_of_deposits([deposit])
    return deposit


def _recheck(rail: Rail, deposit_id: int, terms: RailAsset, word: RailsWord) -> bool:
    with transaction.atomic():
        _lock(rail)
        deposit = _locked(deposit_id)
        if deposit.state != DepositState.PENDING or deposit.reason != NOT_COVERED:
            return False
        value = reference_value(asset=deposit.asset, amount=deposit.amount, at=timezone.now())
        settle_report(deposit, terms, word, value=value)
        return deposit.reason != NOT_COVERED


def _locked(deposit_id: int) -> Deposit:
    rows = Deposit.objects.select_for_update(no_key=True, of=("self",))
    return _with_names(rows).get(pk=deposit_id)


def _with_names(deposits: QuerySet[Deposit]) -> QuerySet[Deposit]:
    return deposits.select_related("asset", "rail", "account__user")


def _repeated(grant: IngestGrant, request_id: str, digest: bytes) -> Deposit | None:
    first = IngestReport.objects.filter(grant=grant, request_id=request_id).first()
    if first is None:
        return None
    if bytes(first.input_hash) != digest:
        raise IdempotencyConflict(details={"key": request_id})
    return _with_names(Deposit.objects.all()).get(pk=first.deposit_id)


def _known(grant: IngestGrant, report: DepositReport) -> Deposit | None:
    """The deposit of this output, if somebody has reported or seen it. Raises DepositContradicts."""
    rows = Deposit.objects.filter(
        rail=grant.rail, external_tx_id=report.external_tx_id, output_index=report.output_index
    )
    known = _with_names(rows).first()
    if known is None:
        return None
    owner = known.account.user.username if known.account and known.account.user else ""
    is_same = known.asset.symbol == report.asset and known.amount == report.amount
    if not is_same or (report.user and owner and report.user != owner):
        raise DepositContradicts
    return known


def _reported(grant: IngestGrant, deposit: str, output_index: int) -> Deposit:
    rows = _with_names(reported(Deposit.objects.filter(rail=grant.rail)))
    found = rows.filter(external_tx_id=deposit, output_index=output_index).first()
    if found is None and deposit.isascii() and deposit.isdigit() and len(deposit) <= 18:
        found = rows.filter(pk=int(deposit)).first()
    if found is None:
        raise DepositNotFound
    return found


def _require_within_cap(grant: IngestGrant, value: Decimal) -> None:
    since = timezone.now() - A_DAY
    used = IngestReport.objects.filter(grant=grant, at__gt=since).aggregate(total=Sum("value"))["total"] or Decimal(0)
    if EXACT.add(used, value) > grant.daily_cap:
        left = max(EXACT.subtract(grant.daily_cap, used), Decimal(0))
        raise IngestCapExceeded(details={"cap": plain(grant.daily_cap), "left": plain(left)})


def _recipient(rail: Rail, asset: Asset, report: DepositReport) -> Account | None:
    if report.user:
        return Account.objects.select_related("user").filter(user__username=report.user).first()
    rows = ReceivingAddress.objects.select_related("account__user").filter(
        rail=rail, address=report.address, tag=report.tag
    )
    owner = rows.filter(asset=asset).first() or rows.filter(asset=None).first()
    return owner.account if owner is not None else None


def _digest(what: str, content: object) -> bytes:
    text = json.dumps([what, content], sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.blake2b(text.encode(), digest_size=32).digest()
