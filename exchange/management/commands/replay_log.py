"""Replays the command log through fresh books."""

import json
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.progress import MofNCompleteColumn, Progress

from matching.models import Shard
from matching.worker.replay import replay_log


class Command(BaseCommand):
    help = "Replay the command log: same trades, same hashes, same books. With --verify, exit code 1 if not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--verify", action="store_true", help="fail if anything differs")
        parser.add_argument("--from-checkpoint", action="store_true", help="start at the latest checkpoint")
        parser.add_argument("--shard", default=settings.MATCHING_SHARD)
        parser.add_argument("--json", action="store_true", help="print the report as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        shard = Shard.objects.filter(name=options["shard"]).first()
        if shard is None:
            raise CommandError(f"there is no shard {options['shard']}")
        with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), transient=True) as bar:
            task = bar.add_task("replaying", total=shard.applied_sequence)
            report = replay_log(
                shard=shard,
                from_checkpoint=options["from_checkpoint"],
                progress=lambda sequence: bar.update(task, completed=sequence),
            )
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report)))
        else:
            for finding in report.findings:
                self.stdout.write(self.style.ERROR(finding))
            self.stdout.write(
                f"{report.commands} commands in {report.batches} batches gave {report.trades} trades: "
                + ("all as committed" if not report.findings else f"{len(report.findings)} differences")
            )
        if options["verify"] and report.findings:
            raise CommandError("the replay differs from what was committed", returncode=1)
