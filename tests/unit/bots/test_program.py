"""How `./bourse up` starts the bots, and how not."""

import importlib.util
from pathlib import Path

from exchange.bots.team import LONGEST_STOP_SECONDS
from exchange.embedded.cli import parser
from exchange.embedded.commands import house_bots
from exchange.embedded.home import Home
from exchange.embedded.programs import FRONT
from exchange.embedded.services import Addresses


def test_the_bots_are_told_where_the_exchange_is() -> None:
    program = house_bots(Path("python"), Home(Path("/home/of/it")), Addresses("0.0.0.0", 8100, 8101))
    assert program.group == FRONT
    assert program.command == [
        "python",
        "-m",
        "exchange.bots",
        "--web",
        "http://127.0.0.1:8100",
        "--streams",
        "ws://127.0.0.1:8101",
        "--house",
        "/home/of/it/house.json",
    ]
    assert importlib.util.find_spec("exchange.bots.__main__") is not None


def test_they_are_gone_before_they_are_killed() -> None:
    program = house_bots(Path("python"), Home(Path("/home/of/it")), Addresses("0.0.0.0", 8100, 8101))
    assert program.stop_seconds > LONGEST_STOP_SECONDS


def test_they_can_be_left_out() -> None:
    assert not parser().parse_args(["up"]).no_bots
    assert parser().parse_args(["up", "--no-bots"]).no_bots
