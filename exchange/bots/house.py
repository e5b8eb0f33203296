"""The house accounts of the demo: who they are, what money they begin with, and the file that lets the bots in.

Two makers quote on both sides, one close and one wide; two takers trade often and little, seldom and much. No account
does both, so none can meet an order of its own.

The file has the API keys of all of them. It is made with the demo, readable for its owner alone, and as good as the
money of these accounts: it belongs into no log, no image and no backup that others can read.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from enum import Enum
from pathlib import Path

FILE_NAME = "house.json"


class Role(Enum):
    """What a house account does."""

    CLOSE_MAKER = "close maker"
    WIDE_MAKER = "wide maker"
    SMALL_TAKER = "small taker"
    LARGE_TAKER = "large taker"

    @property
    def is_maker(self) -> bool:
        return self in (Role.CLOSE_MAKER, Role.WIDE_MAKER)


HOUSE = {
    "house-maker-1": Role.CLOSE_MAKER,
    "house-maker-2": Role.WIDE_MAKER,
    "house-taker-small": Role.SMALL_TAKER,
    "house-taker-large": Role.LARGE_TAKER,
}

HOUSE_MONEY = {"BTC": "2000", "ETH": "40000", "SOL": "800000", "USDT": "150000000"}
"""What each house account is given, once."""


@dataclass(frozen=True, slots=True)
class HouseKey:
    """How one house account signs."""

    username: str
    role: Role
    key: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HouseFile:
    """What the bots know before they ask the exchange."""

    keys: list[HouseKey]
    first_prices: dict[str, str]
    """In the reference asset, by asset: where prices begin, and what they come back to over days."""

    def write(self, path: Path) -> None:
        """Replace the file in one step; it is never readable for others, not even for a moment."""
        content = {
            "keys": [{**asdict(key), "role": key.role.value} for key in self.keys],
            "first_prices": self.first_prices,
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        building = path.with_name(f"{path.name}.{os.getpid()}")
        building.unlink(missing_ok=True)
        with os.fdopen(os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            json.dump(content, handle, indent=1)
        building.replace(path)

    @classmethod
    def read(cls, path: Path) -> "HouseFile":
        """Raises OSError where there is none, ValueError where it is not one."""
        try:
            content = json.loads(path.read_text())
            keys = [HouseKey(**{**row, "role": Role(row["role"])}) for row in content["keys"]]
            return cls(keys, dict(content["first_prices"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"{path} is not a file of house keys") from error
