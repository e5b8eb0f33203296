"""What each asset is worth, as far as the house is concerned: a random walk that looks like a market.

Values are whole millionths of the reference asset. The value of an asset is its anchor times one plus an offset in
parts per billion, and the offset moves in steps of `STEP_MS`:

- noise, of which a part is common to all assets, so that they move together;
- a tide, which turns every few minutes, and bursts, in which everything moves several times as fast one way;
- a pull back to the anchor, so weak that it takes days.

A market of two assets neither of which is the reference follows from their values: ETH-BTC is never an opportunity.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from exchange.bots.strategy.chance import Chance, noise_milli
from kernel.units import EXACT

REFERENCE = "USDT"
MICRO = 1_000_000
STEP_MS = 250
_MOST_STEPS = 240
"""After a longer standstill the walk goes on from where it was."""

_BILLION = 1_000_000_000
_PULL_PPB = 2_000
"""A step takes this part of the offset away: half of it in a day."""
_COMMON_PERCENT = _OWN_PERCENT = 70
_TIDE_STEPS = (400, 2_400)
_TIDE_PERCENT = 6
_BURST_ONCE_IN_STEPS = 1_500
_BURST_STEPS = (12, 90)
_BURST_PERCENT = (250, 600)
_BURST_DRIFT_MILLI = 400

_RESTLESSNESS_PPB = {"BTC": 30_000, "ETH": 40_000, "SOL": 55_000}
_USUAL_RESTLESSNESS_PPB = 40_000
"""Standard deviation of one step's noise."""


@dataclass(slots=True)
class _Walk:
    anchor_micro: int
    restlessness_ppb: int
    offset_ppb: int = 0
    tide_ppb: int = 0
    tide_steps: int = 0


@dataclass(slots=True)
class FairValues:
    """The values of all assets. `anchors` are in units of the reference asset."""

    anchors: dict[str, Decimal]
    _walks: dict[str, _Walk] = field(init=False)
    _reached_ms: int | None = None
    _burst_steps: int = 0
    _burst_percent: int = 100
    _burst_direction: int = 0

    def __post_init__(self) -> None:
        self._walks = {
            asset: _Walk(_micro(anchor), _RESTLESSNESS_PPB.get(asset, _USUAL_RESTLESSNESS_PPB))
            for asset, anchor in self.anchors.items()
        }

    def knows(self, asset: str) -> bool:
        return asset == REFERENCE or asset in self._walks

    def value_micro(self, asset: str) -> int:
        """Of one unit, in millionths of the reference asset."""
        if asset == REFERENCE:
            return MICRO
        walk = self._walks[asset]
        return walk.anchor_micro * (_BILLION + walk.offset_ppb) // _BILLION

    def restlessness_percent(self, asset: str) -> int:
        """How much an asset moves, compared to the usual."""
        return self._walks[asset].restlessness_ppb * 100 // _USUAL_RESTLESSNESS_PPB

    def start_at(self, asset: str, value: Decimal) -> None:
        """Go on from a value in the reference asset, such as the last price before a restart."""
        walk = self._walks[asset]
        walk.offset_ppb = _micro(value) * _BILLION // walk.anchor_micro - _BILLION

    def advance(self, now_ms: int, chance: Chance, *, speed: int = 1) -> None:
        """Walk up to that time; `speed` times as many steps."""
        if self._reached_ms is None:
            self._reached_ms = now_ms
        steps = (now_ms - self._reached_ms) // STEP_MS
        self._reached_ms += steps * STEP_MS
        for _ in range(min(steps, _MOST_STEPS) * speed):
            self._step(chance)

    def _step(self, chance: Chance) -> None:
        self._change_weather(chance)
        common = noise_milli(chance)
        for walk in self._walks.values():
            if walk.tide_steps == 0:
                walk.tide_steps = chance.randrange(*_TIDE_STEPS)
                walk.tide_ppb = walk.restlessness_ppb * _TIDE_PERCENT * noise_milli(chance) // 100_000
            walk.tide_steps -= 1
            noise = (common * _COMMON_PERCENT + noise_milli(chance) * _OWN_PERCENT) // 100
            pushed = (noise + _BURST_DRIFT_MILLI * self._burst_direction) * walk.restlessness_ppb // 1000
            pulled = walk.offset_ppb * _PULL_PPB // _BILLION
            walk.offset_ppb += pushed * self._burst_percent // 100 + walk.tide_ppb - pulled

    def _change_weather(self, chance: Chance) -> None:
        if self._burst_steps:
            self._burst_steps -= 1
            if self._burst_steps == 0:
                self._burst_percent, self._burst_direction = 100, 0
        elif chance.randrange(0, _BURST_ONCE_IN_STEPS) == 0:
            self._burst_steps = chance.randrange(*_BURST_STEPS)
            self._burst_percent = chance.randrange(*_BURST_PERCENT)
            self._burst_direction = 1 if chance.randrange(0, 2) else -1


def _micro(amount: Decimal) -> int:
    return int(amount.scaleb(6, EXACT))
