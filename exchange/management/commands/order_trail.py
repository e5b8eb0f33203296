"""Writes the trail of every order event."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from matching.models import Shard
from matching.selectors.trail import order_trail


class Command(BaseCommand):
    help = "Write every command that was applied in a time, and every event it caused, as JSON lines."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", required=True, type=_moment, help="ISO 8601; UTC where it names no offset")
        parser.add_argument("--until", type=_moment, help="default: a day after --since")
        parser.add_argument("--shard", default=settings.MATCHING_SHARD)
        parser.add_argument("--output", type=Path, help="a new file; default: standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        shard = Shard.objects.filter(name=options["shard"]).select_related("writer").first()
        if shard is None:
            raise CommandError(f"there is no shard {options['shard']}")
        since = options["since"]
        until = options["until"] or since + timedelta(days=1)
        if until <= since:
            raise CommandError("--until is not after --since")
        lines = (json.dumps(record) for record in order_trail(shard=shard, since=since, until=until))
        if options["output"] is None:
            for line in lines:
                sys.stdout.write(f"{line}\n")
            return
        try:
            with options["output"].open("x") as file:
                count = sum(1 for line in lines if file.write(f"{line}\n"))
        except OSError as error:
            raise CommandError(f"{options['output']}: {error.strerror}") from error
        self.stderr.write(f"{count} commands written to {options['output']}")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
