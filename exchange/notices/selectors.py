"""Notices as everybody reads them: those that staff published, and a halt for each market that does not trade."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from exchange.notices.models import Notice, NoticeKind, NoticeSeverity
from ledger.models import Asset
from matching.engine import codes
from matching.models import Market
from matching.selectors.cache import ShortCache
from matching.selectors.markets import MarketView, list_markets

KEEP_SECONDS = 1.0

_HALTS = {
    "HALTED": ("Trading in {name} is halted", "No orders are accepted and nothing trades. Orders can be cancelled."),
    "CANCEL_ONLY": ("{name} takes cancels only", "No new orders are accepted for now. Orders can be cancelled."),
    "AUCTION": ("{name} is in an auction", "Orders are collected and trade together when the auction ends."),
    "CLOSED": ("{name} is closed", "No orders are accepted. Orders can be cancelled."),
}
"""By the name of a market's state: title and text. A state that is not here is nothing to tell of."""

_OWN_REASONS = {
    codes.CIRCUIT_BREAKER: "the price moved too far in a short time",
    codes.AFTER_HALT: "it reopens after a halt",
}
"""What the engine gives as a reason is a code; what staff give is a sentence."""

_SEVERITY_OF_STATE = {"HALTED": NoticeSeverity.CRITICAL, "CANCEL_ONLY": NoticeSeverity.WARNING}


class Phase(Enum):
    UPCOMING = "UPCOMING"
    ACTIVE = "ACTIVE"
    PAST = "PAST"


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice. `id` is a number, or for a halt `halt-` and the market."""

    id: str
    kind: NoticeKind
    severity: NoticeSeverity
    title: str
    text: str
    markets: tuple[str, ...]
    assets: tuple[str, ...]
    starts_at: datetime | None
    """None where nobody wrote down since when: a halt."""
    ends_at: datetime | None
    published_at: datetime | None
    updated_at: datetime | None

    def phase_at(self, now: datetime) -> Phase:
        if self.ends_at is not None and self.ends_at <= now:
            return Phase.PAST
        return Phase.UPCOMING if self.starts_at is not None and self.starts_at > now else Phase.ACTIVE


def current_notices() -> list[NoticeView]:
    """What is now or is announced, most severe first; at most a second old."""
    now = timezone.now()
    ranks = list(NoticeSeverity)[::-1]
    shown = [notice for notice in _cache.get("published", _read) if notice.phase_at(now) is not Phase.PAST]
    shown += [halt for market in list_markets() if (halt := _halt_of(market)) is not None]
    return sorted(shown, key=lambda notice: (ranks.index(notice.severity), notice.phase_at(now) is Phase.UPCOMING))


def past_notices(*, before_id: int | None, limit: int) -> list[NoticeView]:
    """Published notices that have ended and were not withdrawn, the newest first, below that id."""
    rows = _published().filter(ends_at__lte=timezone.now())
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [_view(row) for row in rows.order_by("-pk")[:limit]]


def forget_notices() -> None:
    """Read them anew at the next question; for whoever changes one."""
    _cache.forget()


_cache: ShortCache[list[NoticeView]] = ShortCache(seconds=KEEP_SECONDS)


def _read() -> list[NoticeView]:
    rows = _published().filter(Q(ends_at__isnull=True) | Q(ends_at__gt=timezone.now()))
    return [_view(row) for row in rows.order_by("-starts_at", "-pk")]


def _published() -> "QuerySet[Notice]":
    return Notice.objects.filter(published_at__isnull=False, withdrawn_at__isnull=True).prefetch_related(
        Prefetch("markets", Market.objects.only("symbol").order_by("symbol")),
        Prefetch("assets", Asset.objects.only("symbol").order_by("symbol")),
    )


def _view(row: Notice) -> NoticeView:
    return NoticeView(
        id=str(row.pk),
        kind=NoticeKind(row.kind),
        severity=NoticeSeverity(row.severity),
        title=row.title,
        text=row.text,
        markets=tuple(market.symbol for market in row.markets.all()),
        assets=tuple(asset.symbol for asset in row.assets.all()),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        published_at=row.published_at,
        updated_at=row.updated_at,
    )


def _halt_of(market: MarketView) -> NoticeView | None:
    words = _HALTS.get(market.state.name)
    if words is None:
        return None
    title, text = words
    reason = _OWN_REASONS.get(market.state_reason, market.state_reason.strip().rstrip("."))
    return NoticeView(
        id=f"halt-{market.symbol}",
        kind=NoticeKind.HALT,
        severity=_SEVERITY_OF_STATE.get(market.state.name, NoticeSeverity.INFO),
        title=title.format(name=market.symbol.replace("-", "/")),
        text=f"{text} Reason: {reason}." if reason else text,
        markets=(market.symbol,),
        assets=(),
        starts_at=None,
        ends_at=None,
        published_at=None,
        updated_at=None,
    )
