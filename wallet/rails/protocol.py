"""What every rail can be asked, whatever stands behind it.

Called outside of database transactions only. A rail that cannot be asked raises `RailUnavailable` (nothing was done,
ask again later); a payout whose result is not known raises `PayoutUnknown`, one that was definitely refused
`PayoutRefused`. Amounts are `Decimal` in units of the asset, assets are symbols.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from kernel.errors import BourseError
from wallet.core.operations import Party


class RailUnavailable(BourseError):
    """The rail did not answer, or not with what it should; nothing was done."""

    code = "RAIL_UNAVAILABLE"
    status = 503
    message = "The payment network does not answer at the moment."


class PayoutRefused(BourseError):
    """The rail said no: nothing has left and nothing will. The text is for staff."""

    code = "PAYOUT_REFUSED"
    status = 422
    message = "The payment network refused the payout."


class PayoutUnknown(BourseError):
    """The call did not end, or its answer makes no sense: the money may have left."""

    code = "PAYOUT_UNKNOWN"
    status = 503
    message = "Whether the payout was made is not known yet."


class ArrivalFailed(Exception):
    """The rail says that what was on its way has failed, or was called back: it is not there and will not be."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Money that reached one of our addresses."""

    external_tx_id: str
    output_index: int
    asset: str
    amount: Decimal
    address: str
    tag: str
    confirmations: int
    """Without blocks: any means that it is final."""
    block_height: int | None = None
    block_hash: str = ""
    source: Party = field(default_factory=lambda: Party("blockchain"))
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A block with what it brought us. Rails without blocks never give one."""

    height: int
    hash: str
    parent_hash: str
    arrivals: tuple[Arrival, ...] = ()


@dataclass(frozen=True, slots=True)
class Detection:
    """What came in since a cursor. Blocks are in order and without gaps; `arrivals` are those outside of blocks."""

    blocks: tuple[Block, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    cursor: dict[str, Any] = field(default_factory=dict)
    tip_height: int = 0


@dataclass(frozen=True, slots=True)
class Payout:
    """What the rail did with a payout."""

    external_tx_id: str
    confirmations: int = 0
    network_fee: Decimal | None = None
    """Taken from us beside the amount; None while it is not known."""
    is_final: bool = False
    is_queued: bool = False
    """The rail has it for certain, and has not sent it yet: a file of payments that staff carry to the bank."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the rail's own list of what came and went, for reconciliation. Positive: it came to us."""

    external_tx_id: str
    output_index: int
    asset: str
    amount: Decimal
    at: datetime
    payout_id: str = ""


class RailAdapter(Protocol):
    """One rail."""

    is_payout_idempotent: bool
    """Whether a payout repeated under our id is made once. If not, it is never repeated."""
    has_blocks: bool

    def receiving_address(self, asset: str, account_id: int) -> tuple[str, str]:
        """Address and tag of the user; the same at every call."""

    def detect(self, *, after_height: int, cursor: dict[str, Any], limit: int) -> Detection:
        """What came in behind that place, at most `limit` blocks or arrivals."""

    def block_hash(self, height: int) -> str | None:
        """The hash of the block now at that height; None where there is none (or the rail has no blocks)."""

    def confirmations(self, external_tx_id: str) -> int | None:
        """How often it is confirmed now, without blocks whether it is final; None: the rail does not know it.

        Raises ArrivalFailed.
        """

    def payout(self, *, payout_id: str, asset: str, network: str, amount: Decimal, destination: Party) -> Payout:
        """Send. Raises PayoutRefused or PayoutUnknown; RailUnavailable only where it surely was not sent."""

    def look_up(self, *, payout_id: str, external_tx_id: str, asset: str) -> Payout | None:
        """What became of a payout. None: the rail does not know it, which does not prove that it was never sent."""

    def balance(self, asset: str) -> dict[str, Decimal]:
        """Wallet ("incoming", "hot", "cold", …) to what it holds."""

    def payout_fee(self, *, asset: str, network: str) -> Decimal:
        """What a payout will cost us beside its amount, as far as one can tell now. Raises RailUnavailable."""

    def move(self, *, move_id: str, asset: str, from_wallet: str, to_wallet: str, amount: Decimal) -> Payout:
        """Move between our own wallets, once for `move_id`. Raises as `payout`; PayoutRefused where a rail cannot."""

    def movements(self, asset: str, *, since: datetime) -> Sequence[Movement]:
        """The rail's own list."""

    def is_own_wallet(self, address: str) -> bool:
        """Whether what is sent there stays in a wallet of ours and is nobody's: neither a user's nor gone."""
