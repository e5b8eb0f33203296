#!/usr/bin/env python3
"""Check the log of funds of an exchange, and add up what it must hold.

    python3 verify_funds_log.py funds.jsonl [head]

funds.jsonl is what `./bourse manage export_funds_log` wrote. `head` is a hash of the chain you know from elsewhere,
such as that in the last line of an earlier export: then it has to be in this log, so nothing before it was rewritten.
This file needs Python 3.8 or later and nothing else; it connects to nowhere. It ends with OK (exit code 0) or FAIL (1).

It makes sure that
- operations are numbered without gaps, each is there once, and each request was applied once;
- every link of the hash chain fits what was asked, what became of it, and all before it;
- no output of an external transaction was credited twice, and no withdrawal was paid out or ended twice;
- the operations alone come to the custody totals that the ledger of the exchange states at the end.

A link is BLAKE2b-256 over the previous hash, the head of the journal's own chain, and a line for each operation: a JSON
array without spaces of its number, id, origin, request id, message (a text), code, detail and time.
"""

import hashlib
import json
import sys
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow

FORMAT = "bourse-funds-log-1"
EXACT = Context(prec=200, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])
LONGEST_LINE = 10_000_000

DEPOSIT, WITHDRAW_CONFIRM, WITHDRAW_REJECT, SWEEP, SUSPENSE, SUSPENSE_RELEASE, ADJUSTMENT = 1, 3, 4, 6, 8, 9, 10
KINDS = range(1, 11)


class Failed(Exception):
    """The log is not what it should be."""


def require(condition, reason):
    if not condition:
        raise Failed(reason)


def amount_of(content, name):
    value = content.get(name)
    require(isinstance(value, str), "an operation has no " + name)
    number = Decimal(value)
    require(number.is_finite(), "an amount is not a number")
    return number


class Replay:
    """What the operations say the exchange holds in each of its wallets."""

    def __init__(self, custody_accounts):
        self.custody_accounts = custody_accounts
        self.held = {}
        self.credited = set()
        self.returned = set()
        self.ended = set()

    def add(self, wallet, asset, amount):
        key = (wallet, asset)
        self.held[key] = EXACT.add(self.held.get(key, Decimal(0)), amount)

    def once(self, seen, what, reason):
        require(what not in seen, reason + ": " + " ".join(map(str, what)))
        seen.add(what)

    def apply(self, content):
        kind, asset, amount = content.get("kind"), content.get("asset"), amount_of(content, "amount")
        require(kind in KINDS, "there is an operation of an unknown kind")
        if kind in (DEPOSIT, SUSPENSE):
            output = (content["rail"], content["external_tx_id"], content["output_index"])
            self.once(self.credited, output, "an output was taken into the books twice")
            self.add(content["rail"] + ":incoming", asset, amount)
        elif kind == SUSPENSE_RELEASE:
            if not content["account_id"]:
                self.once(self.returned, (content["deposit_id"],), "a deposit left the books twice")
                self.add(content["rail"] + ":incoming", asset, -amount)
        elif kind == WITHDRAW_CONFIRM:
            self.once(self.ended, (content["withdrawal_id"],), "a withdrawal ended twice")
            self.add(content["rail"] + ":hot", asset, -EXACT.add(amount, amount_of(content, "network_fee")))
        elif kind == WITHDRAW_REJECT:
            self.once(self.ended, (content["withdrawal_id"],), "a withdrawal ended twice")
        elif kind == SWEEP:
            fee = amount_of(content, "network_fee")
            self.add(content["from_purpose"], asset, -EXACT.add(amount, fee))
            self.add(content["to_purpose"], asset, amount)
        elif kind == ADJUSTMENT:
            for account_id, available, locked in content["lines"]:
                wallet = self.custody_accounts.get(str(account_id))
                if wallet is not None:
                    self.add(wallet, asset, -EXACT.add(Decimal(available), Decimal(locked)))

    def require_same(self, stated):
        found = {key: amount for key, amount in self.held.items() if amount}
        expected = {
            (wallet, asset): Decimal(amount) for wallet, assets in stated.items() for asset, amount in assets.items()
        }
        for key in sorted(set(found) | set(expected)):
            mine, theirs = found.get(key, Decimal(0)), expected.get(key, Decimal(0))
            require(
                mine == theirs,
                f"{key[0]} holds {mine:f} {key[1]} by its operations, {theirs:f} by the ledger",
            )


def line_of(operation):
    fields = ("sequence", "operation_id", "origin", "request_id", "message", "code", "detail", "applied_at_us")
    values = [operation[name] for name in fields]
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def refuse_duplicates(pairs):
    """What a name means must not depend on who reads it."""
    names = [name for name, _ in pairs]
    require(len(names) == len(set(names)), "a name is in an object twice")
    return dict(pairs)


def entries(file):
    number = 0
    while True:
        line = file.readline(LONGEST_LINE)
        if not line:
            return
        number += 1
        try:
            entry = json.loads(line.decode(), object_pairs_hook=refuse_duplicates)
        except (ValueError, RecursionError):
            raise Failed(f"line {number} is not JSON") from None
        require(isinstance(entry, dict), f"line {number} is not an object")
        yield entry


def check(file, known_head=None):
    """The lines to print. Raises Failed."""
    lines = entries(file)
    begin: dict = next(lines, {})
    require(begin.get("type") == "begin" and begin.get("format") == FORMAT, "this is not the format " + FORMAT)
    replay = Replay(begin["custody_accounts"])
    head, count, linked, batch, done = b"", 0, 0, [], 0
    operation_ids, requests, heads, last_us = set(), set(), {""}, 0
    end: dict = {}
    for entry in lines:
        require(not end, "there is something behind the end")
        if entry.get("type") == "operation":
            count += 1
            require(entry["sequence"] == count, f"operation {count} is missing")
            require(entry["operation_id"] not in operation_ids, f"operation {count} is there twice")
            operation_ids.add(entry["operation_id"])
            request = (entry["origin"], entry["request_id"])
            require(request not in requests, f"the request of operation {count} was applied before")
            requests.add(request)
            require(entry["applied_at_us"] >= last_us, f"operation {count} is older than the one before")
            last_us = entry["applied_at_us"]
            batch.append(line_of(entry))
            if not entry["code"]:
                content = json.loads(entry["message"], object_pairs_hook=refuse_duplicates)
                require(isinstance(content, dict), f"operation {count} has no message")
                replay.apply(content)
                done += 1
        elif entry.get("type") == "link":
            require(entry["first_sequence"] == linked + 1, f"the link before operation {linked + 1} is missing")
            require(entry["last_sequence"] == count and batch, f"the link behind operation {count} is misplaced")
            data = head + bytes.fromhex(entry["journal_hash"]) + b"\n".join(batch)
            head = hashlib.blake2b(data, digest_size=32).digest()
            require(head.hex() == entry["hash"], f"the chain is broken at operations {linked + 1} to {count}")
            heads.add(head.hex())
            linked, batch = count, []
        elif entry.get("type") == "end":
            end = entry
        else:
            raise Failed("there is a line of an unknown type")
    require(bool(end), "the log breaks off before its end")
    require(linked == count, "operations at the end are not bound by the chain")
    require(end["operations"] == count and end["head"] == head.hex(), "the end names another chain")
    require(known_head is None or known_head in heads, "the head you know is not in this log: it was rewritten")
    replay.require_same(end["custody"])
    report = [f"{count} operations, {done} of them done, head {head.hex() or 'none'}"]
    for (wallet, asset), amount in sorted(replay.held.items()):
        if amount:
            report.append(f"{wallet} holds {amount:f} {asset}")
    return report


def main(arguments):
    if not 1 <= len(arguments) <= 2:
        print(__doc__)
        return 2
    try:
        with open(arguments[0], "rb") as file:
            report = check(file, arguments[1].lower() if len(arguments) == 2 else None)
    except Failed as failure:
        print("FAIL: " + str(failure))
        return 1
    except OSError as failure:
        print("FAIL: the file cannot be read: " + str(failure))
        return 1
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as failure:
        print("FAIL: a line does not say what it should: " + type(failure).__name__ + " " + str(failure)[:200])
        return 1
    print("\n".join(report))
    print("OK")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
