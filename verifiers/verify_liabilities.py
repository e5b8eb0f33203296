#!/usr/bin/env python3
"""Check that your balance is part of what the exchange says it owes.

    python3 verify_liabilities.py published.json mine.json

published.json is what everyone is shown, mine.json what you alone are: the page "Proof of liabilities" has both to
download, as GET /api/v1/proof-of-liabilities and GET /api/v1/proof-of-liabilities/mine answer them. Keep the latter to
yourself. This file needs Python 3.8 or later and nothing else; it connects to nowhere. It ends with OK (exit code 0) or
FAIL (exit code 1).

What it cannot check for you: that the amounts in mine.json are all that you owned then (an asset that is not there was
left out), that account is your account, and that others see the same commitment as you do. Compare these yourself.

    leaf  SHA-256(00 | salt | length of the asset's symbol, 1 byte | symbol | account, 8 bytes | amount, 32 bytes)
    node  SHA-256(01 | left hash | left sum, 32 bytes | right hash | right sum, 32 bytes)
    snapshot  SHA-256(03 | canonical JSON of the snapshot without its commitment)
"""

import hashlib
import json
import re
import sys

FORMAT = "bourse-liabilities-1"
MAX_SUM = 2**256 - 1
MAX_DEPTH = 64


class Failed(Exception):
    """The proof does not hold, or is no proof."""


def require(condition, reason):
    if not condition:
        raise Failed(reason)


def number(value, what, largest=MAX_SUM):
    """A whole number, not negative, written as a number or as its digits."""
    if isinstance(value, str) and re.fullmatch("[0-9]{1,78}", value):
        value = int(value)
    require(isinstance(value, int) and not isinstance(value, bool), what + " is not a whole number")
    require(0 <= value <= largest, what + " is negative or too large")
    return value


def hash_of(value, what):
    require(isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value), what + " is not 64 hexadecimal digits")
    return bytes.fromhex(value)


def member(container, name, what):
    require(isinstance(container, dict) and name in container, what + " has no " + name)
    return container[name]


def text_of(value, what):
    require(isinstance(value, str) and re.fullmatch("[ -~]{1,255}", value), what + " is not a short text")
    return value


def items(value, what):
    require(isinstance(value, list), what + " is not a list")
    return value


def require_same(text, atoms, scale, what):
    """The amount that people read, in units, says what is hashed in atoms."""
    plain = isinstance(text, str) and re.fullmatch(r"[0-9]{1,78}(\.[0-9]{1,78})?", text)
    require(plain, what + " in units is no plain number")
    whole, _, parts = text.partition(".")
    parts = parts.rstrip("0").ljust(scale, "0")
    require(len(parts) == scale and int(whole + parts) == atoms, what + " in units is not that in atoms")


def leaf_hash(salt, asset, account, amount):
    symbol = asset.encode("ascii")
    data = salt + bytes([len(symbol)]) + symbol + account.to_bytes(8, "big") + amount.to_bytes(32, "big")
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left, left_sum, right, right_sum):
    data = left + left_sum.to_bytes(32, "big") + right + right_sum.to_bytes(32, "big")
    return hashlib.sha256(b"\x01" + data).digest()


def check_snapshot(snapshot):
    """The commitment fits; returns the assets by their symbols."""
    require(member(snapshot, "format", "the snapshot") == FORMAT, "this is not the format " + FORMAT)
    content = {name: value for name, value in snapshot.items() if name != "commitment"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    commitment = hashlib.sha256(b"\x03" + text.encode()).hexdigest()
    require(
        commitment == member(snapshot, "commitment", "the snapshot"), "the commitment does not fit what is published"
    )
    assets = {}
    for entry in items(member(snapshot, "assets", "the snapshot"), "assets"):
        symbol = text_of(member(entry, "asset", "an asset"), "an asset")
        require(symbol not in assets, symbol + " is published twice")
        total = number(member(entry, "total_atoms", symbol), "the total of " + symbol)
        require_same(member(entry, "total", symbol), total, scale_of(entry, symbol), "the total of " + symbol)
        assets[symbol] = entry
    return assets


def scale_of(published, symbol):
    """An atom of the asset is 10^-scale units."""
    return number(member(published, "scale", symbol), "the scale of " + symbol, 60)


def check_leaf(published, leaf):
    """The leaf leads to the published root and total of its asset; returns a line that says so."""
    symbol = text_of(member(leaf, "asset", "a leaf"), "an asset")
    scale = scale_of(published, symbol)
    depth = number(member(published, "depth", symbol), "the depth of " + symbol, MAX_DEPTH)
    leaf_count = number(member(published, "leaves", symbol), "the number of leaves of " + symbol, 2**depth)
    total = number(member(published, "total_atoms", symbol), "the total of " + symbol)
    root = hash_of(member(published, "root", symbol), "the root of " + symbol)

    account = number(member(leaf, "account", "a leaf"), "the account", 2**64 - 1)
    position = number(member(leaf, "position", "a leaf"), "the position", 2**MAX_DEPTH)
    amount = own = number(member(leaf, "amount_atoms", "a leaf"), "the amount")
    require_same(member(leaf, "amount", "a leaf"), own, scale, "your amount of " + symbol)
    salt = hash_of(member(leaf, "salt", "a leaf"), "the salt")
    steps = items(member(leaf, "path", "a leaf"), "the path")
    require(position < leaf_count, symbol + ": there is no such leaf")
    require(len(steps) == depth, symbol + ": the way to the root has another length")

    digest = leaf_hash(salt, symbol, account, amount)
    for step in steps:
        beside = hash_of(member(step, "hash", "a step"), "a hash of the path")
        beside_sum = number(member(step, "sum_atoms", "a step"), "a sum of the path")
        if position % 2:
            digest = node_hash(beside, beside_sum, digest, amount)
        else:
            digest = node_hash(digest, amount, beside, beside_sum)
        amount += beside_sum
        require(amount <= MAX_SUM, symbol + ": a sum is too large")
        position //= 2
    require(digest == root, symbol + ": the way does not lead to the published root")
    require(amount == total, symbol + ": the sums do not make up the published total")
    return f"{symbol}: {units(own, scale)} of account {account} is part of the total of {units(total, scale)}"


def units(atoms, scale):
    digits = str(atoms).rjust(scale + 1, "0")
    return digits[:-scale] + "." + digits[-scale:] if scale else digits


def check(snapshot, mine):
    """The lines to print. Raises Failed."""
    assets = check_snapshot(snapshot)
    for name in ("snapshot", "commitment"):
        require(
            member(mine, name, "your file") == member(snapshot, name, "the snapshot"),
            "your file is of another snapshot",
        )
    leaves = items(member(mine, "leaves", "your file"), "leaves")
    require(leaves, "your file has no leaf: whatever you owned at that time was left out")
    lines = ["snapshot " + text_of(snapshot["snapshot"], "the id") + ", commitment " + snapshot["commitment"]]
    seen = set()
    for leaf in leaves:
        symbol = text_of(member(leaf, "asset", "a leaf"), "an asset")
        require(symbol in assets, symbol + " is not among what is published")
        require(symbol not in seen, symbol + " is in your file twice")
        seen.add(symbol)
        lines.append(check_leaf(assets[symbol], leaf))
    return lines


def refuse_duplicates(pairs):
    """What a name means must not depend on who reads it."""
    names = [name for name, _ in pairs]
    require(len(names) == len(set(names)), "a name is in an object twice")
    return dict(pairs)


def read(path):
    with open(path, encoding="utf-8") as handle:
        return json.load(handle, object_pairs_hook=refuse_duplicates)


def main(arguments):
    if len(arguments) != 2:
        print(__doc__)
        return 2
    try:
        published, mine = (read(path) for path in arguments)
        # The answer of the API lists the latest snapshots; yours is the one your file names.
        if isinstance(published, dict) and "items" in published:
            wanted = member(mine, "snapshot", "your file")
            found = [entry for entry in items(published["items"], "items") if isinstance(entry, dict)]
            found = [entry for entry in found if entry.get("snapshot") == wanted]
            require(found, "what is published has no snapshot " + str(wanted))
            published = found[0]
        lines = check(published, mine)
    except Failed as failure:
        print("FAIL: " + str(failure))
        return 1
    except (OSError, ValueError, RecursionError) as failure:
        print("FAIL: a file cannot be read: " + str(failure))
        return 1
    print("\n".join(lines))
    print("OK")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
