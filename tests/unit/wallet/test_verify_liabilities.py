"""The verifier as users run it: two files in, OK or FAIL out."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kernel.units import from_atoms, plain
from wallet.core.merkle import FORMAT, Leaf, plant, snapshot_commitment

VERIFIER = Path(__file__).parents[3] / "verifiers" / "verify_liabilities.py"
AMOUNTS = {"BTC": [150_000_000, 0, 3, 7 * 10**20, 12], "USDT": [1_000_000]}
ACCOUNT = 17

Documents = tuple[dict[str, Any], dict[str, Any]]


def documents() -> Documents:
    """What everyone sees, and what the user of account 17 gets, who has the first leaf of each asset."""
    published: dict[str, Any] = {
        "format": FORMAT,
        "snapshot": "5",
        "taken_at": "2026-01-20T14:25:00.000000Z",
        "heads": [{"writer": 1, "sequence": 9, "hash": "ab" * 32}],
        "assets": [],
    }
    mine: dict[str, Any] = {"snapshot": "5", "leaves": []}
    for number, (asset, amounts) in enumerate(AMOUNTS.items()):
        leaves = [Leaf(bytes([number, at]) * 16, asset, ACCOUNT + at, amount) for at, amount in enumerate(amounts)]
        tree, positions = plant(leaves)
        published["assets"].append(
            {
                "asset": asset,
                "scale": 8,
                "leaves": tree.node_count,
                "depth": tree.depth,
                "root": tree.root.hex(),
                "total_atoms": str(tree.total),
                "total": plain(from_atoms(tree.total, 8)),
            }
        )
        position = positions[0]
        mine["leaves"].append(
            {
                "asset": asset,
                "account": str(ACCOUNT),
                "amount": plain(from_atoms(amounts[0], 8)),
                "amount_atoms": str(amounts[0]),
                "salt": leaves[0].salt.hex(),
                "position": position,
                "path": [{"hash": step.hash.hex(), "sum_atoms": str(step.sum)} for step in tree.proof(position)],
            }
        )
    published["commitment"] = mine["commitment"] = snapshot_commitment(published)
    return published, mine


def run(folder: Path, published: object, mine: object) -> tuple[int, str]:
    paths = []
    for name, content in (("published", published), ("mine", mine)):
        paths.append(folder / f"{name}.json")
        paths[-1].write_text(content if isinstance(content, str) else json.dumps(content))
    # Isolated: no package of ours is in reach.
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFIER), *map(str, paths)], capture_output=True, text=True, timeout=120
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_a_true_proof_is_ok(tmp_path: Path) -> None:
    code, text = run(tmp_path, *documents())
    assert code == 0
    assert text.splitlines()[-1] == "OK"
    assert "BTC: 1.50000000 of account 17 is part of the total of 7000000000001.50000015" in text


def test_the_list_that_the_api_answers_is_read_as_well(tmp_path: Path) -> None:
    published, mine = documents()
    assert run(tmp_path, {"items": [{"snapshot": "6"}, published]}, mine)[0] == 0
    code, text = run(tmp_path, {"items": [{"snapshot": "6"}]}, mine)
    assert (code, "has no snapshot 5" in text) == (1, True)


def changed(where: Callable[[Documents], Any], name: Any, value: Any) -> Callable[[Documents], None]:
    def change(both: Documents) -> None:
        where(both)[name] = value

    return change


def committed_again(change: Callable[[Documents], None]) -> Callable[[Documents], None]:
    """What an exchange that lies could do: publish something else, with a commitment that fits."""

    def both_changes(both: Documents) -> None:
        change(both)
        both[0]["commitment"] = both[1]["commitment"] = snapshot_commitment(both[0])

    return both_changes


CHANGES: dict[str, tuple[Callable[[Documents], None], str]] = {
    "total lowered": (changed(lambda both: both[0]["assets"][0], "total_atoms", "5"), "commitment"),
    "head replaced": (changed(lambda both: both[0]["heads"][0], "hash", "cd" * 32), "commitment"),
    "total lowered and committed to": (
        committed_again(lambda both: both[0]["assets"][0].update(total_atoms="5", total="0.00000005")),
        "published total",
    ),
    "another total for people": (
        committed_again(changed(lambda both: both[0]["assets"][0], "total", "7000000000009.50000015")),
        "the total of BTC in units is not that in atoms",
    ),
    "total with smaller parts": (
        committed_again(changed(lambda both: both[0]["assets"][0], "total", "7000000000001.500000151")),
        "not that in atoms",
    ),
    "total in words": (committed_again(changed(lambda both: both[0]["assets"][0], "total", "1e9")), "no plain number"),
    "no total for people": (committed_again(lambda both: both[0]["assets"][0].pop("total")), "has no total"),
    "another amount for people": (
        changed(lambda both: both[1]["leaves"][0], "amount", "15"),
        "your amount of BTC in units is not that in atoms",
    ),
    "root replaced": (committed_again(changed(lambda both: both[0]["assets"][0], "root", "00" * 32)), "root"),
    "asset left out": (committed_again(lambda both: both[0]["assets"].pop()), "not among"),
    "asset twice": (committed_again(lambda both: both[0]["assets"].append(both[0]["assets"][0])), "twice"),
    "fewer leaves": (committed_again(changed(lambda both: both[0]["assets"][0], "leaves", 0)), "no such leaf"),
    "another depth": (committed_again(changed(lambda both: both[0]["assets"][0], "depth", 4)), "another length"),
    "more depth than there is": (committed_again(changed(lambda both: both[0]["assets"][0], "depth", 65)), "too large"),
    "another format": (committed_again(changed(lambda both: both[0], "format", "bourse-liabilities-0")), "format"),
    "another snapshot": (changed(lambda both: both[1], "snapshot", "4"), "another snapshot"),
    "another commitment": (changed(lambda both: both[1], "commitment", "00" * 32), "another snapshot"),
    "my amount": (
        lambda both: both[1]["leaves"][0].update(amount_atoms="150000001", amount="1.50000001"),
        "root",
    ),
    "my account": (changed(lambda both: both[1]["leaves"][0], "account", "18"), "root"),
    "my salt": (changed(lambda both: both[1]["leaves"][0], "salt", "11" * 32), "root"),
    "my place": (changed(lambda both: both[1]["leaves"][1], "position", 1), "no such leaf"),
    "negative amount": (changed(lambda both: both[1]["leaves"][0], "amount_atoms", -1), "negative"),
    "negative sum": (changed(lambda both: both[1]["leaves"][0]["path"][0], "sum_atoms", -1), "negative"),
    "negative text": (changed(lambda both: both[1]["leaves"][0]["path"][0], "sum_atoms", "-1"), "not a whole number"),
    "fraction": (changed(lambda both: both[1]["leaves"][0], "amount_atoms", 1.5), "not a whole number"),
    "yes": (changed(lambda both: both[1]["leaves"][0], "amount_atoms", True), "not a whole number"),
    "shorter path": (lambda both: both[1]["leaves"][0]["path"].pop(), "another length"),
    "leaf twice": (lambda both: both[1]["leaves"].append(both[1]["leaves"][0]), "twice"),
    "no leaf": (lambda both: both[1]["leaves"].clear(), "was left out"),
    "no path": (lambda both: both[1]["leaves"][0].pop("path"), "has no path"),
    "a list": (changed(lambda both: both[1], "leaves", {"a": 1}), "not a list"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_changed_fails(tmp_path: Path, name: str) -> None:
    both = copy.deepcopy(documents())
    change, reason = CHANGES[name]
    change(both)
    code, text = run(tmp_path, *both)
    assert code == 1
    assert text.startswith("FAIL: ")
    assert reason in text


@pytest.mark.parametrize("mine", ["", "[]", "{", '{"snapshot": "5", "snapshot": "6"}', "[" * 50_000])
def test_what_is_no_proof_fails(tmp_path: Path, mine: str) -> None:
    code, text = run(tmp_path, documents()[0], mine)
    assert (code, text.startswith("FAIL: ")) == (1, True)
