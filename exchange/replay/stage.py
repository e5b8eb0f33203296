"""What a recording needs before its first order: assets, a market, and users with money.

A market that is missing is listed without price band, minima or maxima, in steps fine enough for every row of the
file. One that is there stays as it is, and is used if its steps fit.
"""

import re
from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from accounts.models import KycStatus, User
from exchange.demo import FEE_TIERS, FUNDS_WRITER, MAIN_SHARD_WRITER
from exchange.replay.failure import ReplayImpossible
from exchange.replay.recording import Add
from kernel.units import MAX_SCALE, STORED_DECIMALS, STORED_DIGITS, decimals_of, plain, to_atoms
from ledger.models import Account, AccountKind, Asset, EntryKind
from ledger.services import PostingRequest, ensure_balances, open_user_account, open_writer, post_entry
from matching.engine.types import MarketState
from matching.errors import UnknownMarket
from matching.listing import list_asset, list_market, open_shard, set_fee_tiers
from matching.models import FeeTier, Shard
from matching.selectors.markets import MarketView, forget_markets, market_by_symbol
from storage.partitions import ensure_partitions

_SYMBOL = re.compile(r"([A-Z0-9]{1,12})[-/]([A-Z0-9]{1,12})")
_SCALE_OF_NEW_ASSETS = 12
"""Decimals of an atom, where the file does not need more."""

_MONEY_LIMIT_DIGITS = STORED_DIGITS - STORED_DECIMALS - 1


def open_market(symbol: str, adds: Iterable[Add]) -> MarketView:
    """The market to replay in, listed if missing. Raises ReplayImpossible where the file does not fit it."""
    match = _SYMBOL.fullmatch(symbol)
    if match is None or match[1] == match[2]:
        raise ReplayImpossible(f"{symbol!r} is not a market: symbols are written like ETH-AUD.")
    base, quote = match.groups()
    adds = list(adds)
    ensure_partitions(months_ahead=2)
    open_writer(number=FUNDS_WRITER, name="funds")
    if not FeeTier.objects.exists():
        set_fee_tiers(tiers=FEE_TIERS)
    forget_markets()
    try:
        market = market_by_symbol(f"{base}-{quote}")
    except UnknownMarket:
        _list_market(base, quote, adds)
        forget_markets()
        return market_by_symbol(f"{base}-{quote}")
    _require_fit(market, adds)
    if market.state is not MarketState.TRADING:
        raise ReplayImpossible(f"The market {market.symbol} takes no orders: it is {market.state.name.lower()}.")
    return market


def _list_market(base: str, quote: str, adds: list[Add]) -> None:
    tick_decimals = max(decimals_of(add.price) for add in adds)
    lot_decimals = max(decimals_of(add.quantity) for add in adds)
    shard = Shard.objects.filter(name=settings.MATCHING_SHARD).first() or open_shard(
        name=settings.MATCHING_SHARD, writer_number=MAIN_SHARD_WRITER
    )
    list_market(
        base=_asset(base, lot_decimals, "quantities"),
        quote=_asset(quote, tick_decimals + lot_decimals, "prices times quantities"),
        shard=shard,
        tick_size=Decimal((0, (1,), -tick_decimals)),
        lot_size=Decimal((0, (1,), -lot_decimals)),
    )


def _asset(symbol: str, decimals: int, what: str) -> Asset:
    """An asset whose atoms are small enough, made if missing."""
    asset = Asset.objects.filter(symbol=symbol).first()
    scale = asset.scale if asset else MAX_SCALE
    if decimals > scale:
        raise ReplayImpossible(f"{what.capitalize()} of this file need {decimals} decimals, {symbol} has {scale}.")
    return asset or list_asset(
        symbol=symbol, name=symbol, scale=max(decimals, _SCALE_OF_NEW_ASSETS), display_decimals=8
    )


def _require_fit(market: MarketView, adds: list[Add]) -> None:
    units = market.units
    for add in adds:
        for name, amount, steps, step in (
            ("price", add.price, units.ticks(add.price), units.tick_size),
            ("quantity", add.quantity, units.lots(add.quantity), units.lot_size),
        ):
            if steps is None:
                raise ReplayImpossible(
                    f"The market {market.symbol} exists with steps of {plain(step)}, and line {add.line} has the "
                    f"{name} {plain(amount)}. Name another market, which is then made to fit the file."
                )


def open_accounts(names: Iterable[str]) -> list[int]:
    """Account ids of these users, made if missing; nobody can sign in as one of them."""
    return [open_user_account(user=_user(name)).id for name in names]


def _user(name: str) -> User:
    email = f"{name}@replay.example"
    user = User.objects.filter(username__iexact=name).first()
    if user is None:
        return User.objects.create_user(email, name, kyc_status=KycStatus.APPROVED)
    if user.email != email:
        raise ReplayImpossible(f"The username {name} belongs to somebody else, so it cannot trade in a replay.")
    return user


def fund(market: MarketView, needs: dict[int, tuple[int, int]], *, run: str) -> None:
    """Give the accounts what they need, base and quote atoms by account id, in one journal entry.

    `run` names the replay: a second one gets money of its own. Raises ReplayImpossible where the sum is more than the
    books can hold.
    """
    opening = Account.objects.get(writer_id=FUNDS_WRITER, kind=AccountKind.OPENING)
    postings: list[PostingRequest] = []
    for asset, column in ((market.base, 0), (market.quote, 1)):
        wanted = {account: need[column] for account, need in needs.items() if need[column]}
        total = sum(wanted.values())
        if total + _owed(opening, asset.id, asset.scale) >= 10 ** (_MONEY_LIMIT_DIGITS + asset.scale):
            raise ReplayImpossible(f"The orders of this file need more {asset.symbol} than the books can hold.")
        if total:
            postings.append(PostingRequest(opening.id, asset.id, -total))
            postings += [PostingRequest(account, asset.id, atoms) for account, atoms in wanted.items()]
    if not postings:
        return
    post_entry(
        writer_id=FUNDS_WRITER,
        idempotency_key=f"replay:{run}",
        kind=EntryKind.FUNDING,
        postings=postings,
        at=timezone.now(),
    )


def _owed(opening: Account, asset_id: int, scale: int) -> int:
    """Atoms the opening account already stands against."""
    ensure_balances(pairs=[(opening.id, asset_id)])
    return -to_atoms(opening.balances.get(asset_id=asset_id).available, scale)
