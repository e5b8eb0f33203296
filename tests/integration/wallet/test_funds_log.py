"""The log of funds as a file, and the verifier that replays it without us."""

import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from ledger.models import Account, AccountKind
from tests.support import funds
from tests.support.exchange import Exchange
from wallet.core.operation_log import AppliedOperation, link_hash
from wallet.core.operations import Adjustment, InternalTransfer, Suspense, SuspenseRelease, Sweep
from wallet.core.withdrawal_rules import Verdict
from wallet.models import Deposit, OperationLink, OperationOutcome
from wallet.processor import withdrawing
from wallet.processor.processor import BalanceProcessor
from wallet.proofs import funds_log
from wallet.services import operations

VERIFIER = Path(__file__).parents[3] / "verifiers" / "verify_funds_log.py"

Lines = list[dict[str, Any]]


def verify(path: Path, *arguments: str) -> tuple[int, list[str]]:
    command = [sys.executable, "-I", "-S", str(VERIFIER), str(path), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def suspended(number: int, amount: str) -> Deposit:
    return Deposit.objects.create(
        rail_id=funds.RAIL,
        asset_id=funds.Asset.objects.get(symbol="BTC").pk,
        external_tx_id=f"nobodys{number}",
        amount=Decimal(amount),
        state="SUSPENSE",
        seen_at=funds.timezone.now(),
    )


def live_through_everything() -> None:
    """Each kind of operation at least once, in several batches; some are refused."""
    funds.open_rail()
    for number in range(5):
        funds.request(funds.deposit("owner", "2", tx=f"in{number}"))
    funds.process()
    funds.carry_out(funds.deposit("owner", "2", tx="in0"))
    fields: dict[str, Any] = {"asset": "BTC", "rail": funds.RAIL}
    funds.carry_out(
        Sweep(
            request_id="sweep",
            amount=Decimal("6"),
            from_purpose="sim:incoming",
            to_purpose="sim:hot",
            network_fee=Decimal("0.0001"),
            external_tx_id="moved",
            **fields,
        )
    )
    paid, given_back = funds.verified_withdrawal("owner", "1.5"), funds.verified_withdrawal("owner", "1")
    for withdrawal in (paid, given_back):
        assert funds.carry_out(funds.withdraw(withdrawal)).code == ""
    type(paid).objects.filter(pk=paid.pk).update(state="SENT")
    assert funds.carry_out(funds.confirm(paid)).code == ""
    assert funds.carry_out(funds.reject(given_back)).code == ""
    for number, receiver in ((1, funds.account_id("colleague")), (2, 0)):
        deposit = suspended(number, "0.5")
        named = {"deposit_id": deposit.pk, "amount": Decimal("0.5"), **fields}
        funds.carry_out(
            Suspense(
                request_id=f"s{number}",
                external_tx_id=deposit.external_tx_id,
                output_index=0,
                reason='of "nobody" \u2013 ever\n',
                **named,
            )
        )
        released = funds.carry_out(
            SuspenseRelease(request_id=f"r{number}", account_id=receiver, reason="decided", **named)
        )
        assert released.code == ""
    funds.carry_out(
        InternalTransfer(
            request_id="t",
            asset="BTC",
            amount=Decimal(1),
            account_id=funds.account_id("owner"),
            to_account_id=funds.account_id("outsider"),
            note="Grüße ✓",
        )
    )
    hot = Account.objects.get(kind=AccountKind.CUSTODY, purpose="sim:hot").pk
    expenses = Account.objects.get(kind=AccountKind.EXPENSES, writer__name="funds").pk
    corrected = funds.carry_out(
        Adjustment(
            request_id="a",
            asset="BTC",
            amount=Decimal(0),
            adjustment_id=1,
            lines=((hot, "0.25", "0"), (expenses, "-0.25", "0")),
            reason="a fee nobody told us of",
        )
    )
    assert corrected.code == ""


def bound_again(lines: Lines) -> None:
    """What somebody could do who owns the database: make the chain anew over changed operations."""
    head, batch = b"", []
    for line in lines:
        if line["type"] == "operation":
            batch.append(AppliedOperation(*[line[name] for name in funds_log._COLUMNS]))
        elif line["type"] == "link":
            head = link_hash(head, bytes.fromhex(line["journal_hash"]), batch)
            line["hash"], batch = head.hex(), []
    lines[-1]["head"] = head.hex()


def first_of(lines: Lines, kind: str) -> dict[str, Any]:
    return next(line for line in lines if line["type"] == kind)


def more_money(lines: Lines) -> None:
    operation = first_of(lines, "operation")
    operation["message"] = operation["message"].replace('"amount":"2"', '"amount":"3"')
    assert '"3"' in operation["message"]


def credited_twice(lines: Lines) -> None:
    refused = next(line for line in lines if line.get("code") == "DUPLICATE_DEPOSIT")
    refused["code"] = ""


def without_first(lines: Lines) -> None:
    lines.remove(first_of(lines, "operation"))


def same_request(lines: Lines) -> None:
    lines[2]["request_id"] = lines[1]["request_id"]


def same_id(lines: Lines) -> None:
    lines[2]["operation_id"] = lines[1]["operation_id"]


def other_total(lines: Lines) -> None:
    lines[-1]["custody"]["sim:hot"]["BTC"] = "1"


def another_wallet(lines: Lines) -> None:
    lines[-1]["custody"]["sim:cold"] = {"BTC": "1"}


def cut_off(lines: Lines) -> None:
    lines.pop()


def shorter(lines: Lines) -> None:
    last = max(at for at, line in enumerate(lines) if line["type"] == "link")
    del lines[last]


def unknown_line(lines: Lines) -> None:
    lines.insert(1, {"type": "surprise"})


def another_format(lines: Lines) -> None:
    lines[0]["format"] = "bourse-funds-log-0"


def later_first(lines: Lines) -> None:
    lines[1]["applied_at_us"] += 10**12


def no_number(lines: Lines) -> None:
    lines[1]["message"] = lines[1]["message"].replace('"amount":"2"', '"amount":"NaN"')


CHANGES: list[tuple[Callable[[Lines], None], bool, str]] = [
    (more_money, False, "chain is broken"),
    (more_money, True, "by the ledger"),
    (credited_twice, True, "twice"),
    (without_first, True, "operation 1 is missing"),
    (same_request, True, "applied before"),
    (same_id, True, "there twice"),
    (other_total, False, "by the ledger"),
    (another_wallet, False, "by the ledger"),
    (cut_off, False, "breaks off"),
    (shorter, False, "not bound"),
    (unknown_line, False, "unknown type"),
    (another_format, False, "not the format"),
    (later_first, True, "older"),
    (no_number, True, "not a number"),
]


def test_the_log_alone_comes_to_the_custody_totals(
    exchange: Exchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One exchange for all of it: what is exported proves right, and every change of the file is found."""
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    monkeypatch.setattr(withdrawing, "check_withdrawal", lambda withdrawal, *, at: Verdict())
    monkeypatch.setattr(funds_log, "LINKS_AT_ONCE", 3)
    path = tmp_path / "funds.jsonl"

    call_command("export_funds_log", path)
    assert verify(path) == (0, ["0 operations, 0 of them done, head none", "OK"])

    live_through_everything()
    call_command("export_funds_log", path)
    code, report = verify(path)
    assert code == 0, report
    assert report[1:] == ["sim:hot holds 4.2498 BTC", "sim:incoming holds 4.4999 BTC", "OK"]
    lines: Lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert sum(line["type"] == "link" for line in lines) == OperationLink.objects.count() > 5
    head = lines[-1]["head"]

    funds.carry_out(funds.deposit("owner", "1", tx="later"))
    call_command("export_funds_log", path)
    assert verify(path, head)[0] == 0
    assert verify(path, "ab" * 32) == (1, ["FAIL: the head you know is not in this log: it was rewritten"])

    for change, is_bound_again, reason in CHANGES:
        changed: Lines = json.loads(json.dumps(lines))
        change(changed)
        if is_bound_again:
            bound_again(changed)
        path.write_text("".join(json.dumps(line) + "\n" for line in changed))
        code, report = verify(path)
        assert (code, reason in report[0]) == (1, True), (change.__name__, report)
    for text in ("", "{}\n", "[]\n", "no JSON\n", '{"type": "begin", "type": "begin"}\n'):
        path.write_text(text)
        assert verify(path)[0] == 1


def test_a_clock_that_went_back_leaves_the_log_in_order(
    exchange: Exchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where another host takes over whose clock is behind."""
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    funds.open_rail()
    noon = 1_800_000_000_123_457
    for clock_us in (noon, noon - 3_600_000_000, noon + 1, noon - 1):
        for number in range(3):
            funds.request(funds.deposit("owner", "1", tx=f"{clock_us}:{number}"))
        funds.process(BalanceProcessor(clock_us=lambda at_us=clock_us: at_us, batch_limit=2))  # type: ignore[misc]
    path = tmp_path / "funds.jsonl"
    call_command("export_funds_log", path)
    code, report = verify(path)
    assert code == 0, report
    times = OperationOutcome.objects.order_by("applied_sequence").values_list("applied_at", flat=True)
    assert [round((at - times[0]).total_seconds() * 1_000_000) for at in times] == [0] * 6 + [1] * 6
