"""The demo's working capital: there once, in the wallet that pays, and in the books."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from exchange.demo_chain import TREASURY, WORKING_CAPITAL, fill_demo_wallets
from tests.support import funds
from tests.support.simulated_chain import SimulatedChain
from wallet.deposits.sweeping import sweep_rail
from wallet.deposits.watching import watch_rail
from wallet.models import Rail, RailAsset
from wallet.services import operations
from wallet.services.reconciliation import reconcile_rail

pytestmark = pytest.mark.django_db
CARRIED = ("BTC", "ETH", "USDT")


@pytest.fixture(autouse=True)
def _rail(monkeypatch: pytest.MonkeyPatch, settings: Any, db: None) -> None:
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    settings.DEMO = True
    rail = funds.open_rail()
    RailAsset.objects.filter(rail=rail).update(confirmations=1, withdrawal_fee=Decimal("0.5"), send_decimals=6)


@pytest.fixture
def chain(tmp_path: Path, settings: Any) -> Iterator[SimulatedChain]:
    made = SimulatedChain(tmp_path)
    settings.SIMCHAIN_URL, settings.SIMCHAIN_TOKEN = made.url, made.token
    made.start()
    yield made
    made.end()


def test_it_comes_once_and_ends_in_the_wallet_that_pays(chain: SimulatedChain) -> None:
    assert fill_demo_wallets() == len(CARRIED)
    # Seen or not, it is poured once.
    fill_demo_wallets()
    chain.client.mine()
    assert watch_rail(rail_code="sim")
    funds.process()
    assert fill_demo_wallets() == 0
    assert {symbol: funds.balance(TREASURY, symbol)[0] for symbol in CARRIED} == {
        symbol: WORKING_CAPITAL[symbol] for symbol in CARRIED
    }
    sweep_rail(rail_code="sim")
    chain.client.mine()
    sweep_rail(rail_code="sim")
    funds.process()
    assert funds.system_balance("custody", "sim:hot", "ETH") == -Decimal("399.5")
    assert reconcile_rail(rail=Rail.objects.get(pk="sim")).is_even
    treasury = User.objects.get(username=TREASURY)
    assert (treasury.is_house, treasury.has_usable_password()) == (True, False)


@pytest.mark.parametrize("why", ["no demo", "no chain"])
def test_elsewhere_nothing_is_poured(settings: Any, why: str) -> None:
    if why == "no demo":
        settings.DEMO = False
        settings.SIMCHAIN_URL = "http://127.0.0.1:9"
    assert fill_demo_wallets() == 0
    assert not User.objects.filter(username=TREASURY).exists()
