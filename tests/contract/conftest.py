"""An exchange that trades, and its API's description as Schemathesis reads it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.schemas import OpenApiSchema

from tests.contract.description import closed_description
from tests.contract.door import Door
from tests.contract.grounding import Ground
from tests.integration.api.conftest import TradingFloor
from tests.integration.api.conftest import floor as floor
from tests.integration.api.conftest import idle as idle
from tests.support.told_venue import ToldVenue, told_venue
from tests.support.withdrawals import PayoutDesk, open_desk

UNLIMITED = "100000000/10second"


@pytest.fixture
def venue() -> Iterator[ToldVenue]:
    """Other exchanges say what they are told to; nobody is asked."""
    with told_venue() as told:
        yield told


@pytest.fixture
def door(floor: TradingFloor, venue: ToldVenue, settings: Any) -> Door:
    """Counted like everybody else, only that nobody gets so far."""
    settings.RATE_LIMITS = {name: dict.fromkeys(limits, UNLIMITED) for name, limits in settings.RATE_LIMITS.items()}
    return Door(floor.exchange.user("owner"), floor.exchange.user("colleague"))


@pytest.fixture
def desk(floor: TradingFloor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PayoutDesk:
    """Assets can be sent out; nothing of it is processed by itself."""
    return open_desk(tmp_path, monkeypatch)


@pytest.fixture
def ground(floor: TradingFloor, desk: PayoutDesk) -> Ground:
    made = Ground(floor)
    made.connect_exchanges()
    return made


@pytest.fixture
def api(door: Door) -> OpenApiSchema:
    """The description of the whole API, with the exchange behind it."""
    config = SchemathesisConfig.from_dict(
        {
            "seed": 1,
            # Who asks, the door says.
            "generation": {"deterministic": True, "with-security-parameters": False},
        }
    )
    described = schemathesis.openapi.from_dict(closed_description(), config=config)
    described.app = door
    return described
