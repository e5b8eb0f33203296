"""Sends a recorded order-by-order file through the exchange."""

import argparse
import json
import math
import secrets
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from exchange.replay.failure import ReplayImpossible
from exchange.replay.performance import Tally, play, wait_for_worker
from exchange.replay.plan import Plan, make_plan
from exchange.replay.recording import Add, read_recording
from exchange.replay.stage import fund, open_accounts, open_market
from ledger.verification import Verification, verify_ledger
from matching.verification import CHECKS

TAKER = "replay-taker"


class Command(BaseCommand):
    help = (
        "Send a recorded order-by-order file through the command log, like every other order. Makes the market if it "
        "is missing (without price band or minima) and the users replay-1 to replay-K; reports what became of every "
        "line, and proves the books afterwards."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--market", required=True, metavar="SYMBOL", help="for example ETH-AUD")
        parser.add_argument(
            "--speed", type=_factor, metavar="X", help="1: real time, 10: ten times (default: no pause)"
        )
        parser.add_argument(
            "--takers", type=_count, default=0, metavar="N", help=f"a market order by {TAKER} every N lines"
        )
        parser.add_argument("--accounts", type=_count, default=10, metavar="K", help="users that trade (default 10)")
        parser.add_argument("--seed", type=int, default=1, help="of takers and of who places which order (default 1)")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = self._replay(options)
        except ReplayImpossible as problem:
            raise CommandError(str(problem), returncode=1) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped. What was accepted until now stays accepted.", returncode=130) from None
        if options["json"]:
            self.stdout.write(json.dumps(report))
        if not report["ledger_consistent"]:
            raise CommandError("the books are not consistent", returncode=1)
        if report["held"]:
            raise CommandError("the worker could not process some lines and halted the market", returncode=1)

    def _replay(self, options: dict[str, Any]) -> dict[str, Any]:
        rows = read_recording(options["file"])
        market = open_market(options["market"], (row for row in rows if isinstance(row, Add)))
        names = [f"replay-{number}" for number in range(1, options["accounts"] + 1)]
        account_ids = open_accounts(names)
        plan = make_plan(
            rows,
            market,
            account_ids=account_ids,
            taker_account_id=open_accounts([TAKER])[0],
            taker_every=options["takers"],
            seed=options["seed"],
        )
        wait_for_worker(market.shard_id)
        fund(market, plan.needs, run=secrets.token_hex(8))
        with _progress() as bar:
            task = bar.add_task(f"replaying into {market.symbol}", total=len(plan.steps), lag=0)
            tally = play(
                plan,
                market,
                speed=options["speed"],
                progress=lambda sent, done: bar.update(task, completed=done, lag=sent - done),
            )
        verification = verify_ledger(extra_checks=CHECKS)
        report = _report(plan, tally, verification)
        self._print(report, verification, lines=len(rows), symbol=market.symbol)
        return report

    def _print(self, report: dict[str, Any], verification: Verification, *, lines: int, symbol: str) -> None:
        for refusal in report["refusals"]:
            who = "the taker after line" if refusal["taker"] else "line"
            reason = f" ({refusal['reason']})" if refusal["reason"] else ""
            self.stdout.write(f"refused: {who} {refusal['line']}: {refusal['code']}{reason}")
        for line in report["held"]:
            self.stdout.write(f"not processed: line {line}")
        self.stdout.write(
            f"{lines} lines and {report['takers']} takers into {symbol} in {report['seconds']:.2f} s\n"
            f"  accepted             {report['accepted']:>8}\n"
            f"  refused              {report['refused']:>8}\n"
            f"  trades               {report['trades']:>8}\n"
            f"  cancelled            {report['cancelled']:>8}\n"
            f"  cancels of finished  {report['cancels_of_finished']:>8}\n"
            f"  orders/s             {report['orders_per_second']:>8}"
        )
        for finding in verification.findings:
            self.stdout.write(self.style.ERROR(finding))
        verdict = "consistent" if verification.is_consistent else f"{len(verification.findings)} findings"
        self.stdout.write(f"  ledger               {verdict} ({verification.entries} entries checked)")


def _report(plan: Plan, tally: Tally, verification: Verification) -> dict[str, Any]:
    refusals = [{"line": row.line, "code": row.code, "reason": row.reason, "taker": False} for row in plan.refused] + [
        {"line": step.line, "code": code, "reason": "", "taker": step.is_taker} for step, code in tally.refused
    ]
    return {
        "accepted": tally.accepted,
        "refused": len(refusals),
        "trades": tally.trades,
        "cancelled": tally.cancelled,
        "cancels_of_finished": tally.cancels_of_finished,
        "orders_per_second": round(len(plan.steps) / max(tally.seconds, 1e-9)),
        "ledger_consistent": verification.is_consistent,
        "refusals": sorted(refusals, key=lambda refusal: refusal["line"]),
        "takers": sum(step.is_taker for step in plan.steps),
        "seconds": round(tally.seconds, 3),
        "held": [step.line for step in tally.held],
    }


def _progress() -> Progress:
    """On standard error, so that standard output can be piped."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("worker lag {task.fields[lag]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )


def _count(text: str) -> int:
    """A positive whole number; raises what argparse shows as a sentence."""
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _factor(text: str) -> float:
    """A positive number; raises what argparse shows as a sentence."""
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 0 < factor < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number")
    return factor
