"""A price that moves although hardly anybody trades.

MAR (Regulation (EU) 596/2014), Annex I, section A, is about trading that moves the price. This accuses nobody: a
thin book does it by itself. Who traded is listed for whoever looks into it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from risk.core.surveillance.facts import (
    LOW,
    QUIET_MOVE,
    SECOND_US,
    Finding,
    TradeFact,
    ids_of,
    one_higher,
    share_ppm,
)


@dataclass(frozen=True, slots=True)
class QuietMoveRules:
    """What a move is, and what little volume is."""

    window_us: int = 300 * SECOND_US
    least_move_ppm: int = 30_000
    great_move_ppm: int = 100_000
    """From such a move on, the finding is one degree more severe."""
    most_volume_ppm: int = 200_000
    """Of what is usually traded in such a window."""
    traders_named: int = 5


def find_quiet_move(
    rules: QuietMoveRules, trades: Sequence[TradeFact], *, usual_quantity: int, fresh_from_us: int
) -> list[Finding]:
    """Whether the last trades moved the price without volume.

    `usual_quantity`: base atoms that are traded in a window of this length on average; 0 where nobody can say yet, and
    then nothing is found. `trades` are all of the market, in order.
    """
    if not trades or trades[-1].at_us <= fresh_from_us or usual_quantity <= 0:
        return []
    last = trades[-1]
    window = [trade for trade in trades if trade.at_us > last.at_us - rules.window_us]
    earlier = len(trades) - len(window)
    before = trades[earlier - 1].price if earlier else window[0].price
    move = share_ppm(abs(last.price - before), before)
    volume = share_ppm(sum(trade.quantity for trade in window), usual_quantity)
    if move < rules.least_move_ppm or volume > rules.most_volume_ppm:
        return []
    traders: Counter[int] = Counter()
    for trade in window:
        traders[trade.buyer] += trade.quantity
        traders[trade.seller] += trade.quantity
    return [
        Finding(
            detector=QUIET_MOVE,
            severity=one_higher(LOW, when=move >= rules.great_move_ppm),
            accounts=(),
            first_us=window[0].at_us,
            last_us=last.at_us,
            count=1,
            description="The price moved far while little was traded.",
            figures={
                "move_ppm": move,
                "share_of_usual_volume_ppm": volume,
                "traders": ", ".join(str(account) for account, _ in traders.most_common(rules.traders_named)),
            },
            trade_ids=ids_of(window),
        )
    ]
