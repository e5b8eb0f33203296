"""Follows a request through the house."""

import json
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from matching.selectors.tracing import trace_request


class Command(BaseCommand):
    help = "Say what became of a request: its commands, the batch that applied each, and the accounts that were told."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("request_id", help="X-Request-Id of the answer, request_id of an error or of a log line")
        parser.add_argument("--hours", type=float, default=24.0, help="how far to look back (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        since = now - timedelta(hours=options["hours"])
        found = trace_request(options["request_id"], since=since, until=now + timedelta(minutes=1))
        if not found:
            raise CommandError(f"no command of that request in the last {options['hours']:g} hours", returncode=1)
        for command in found:
            self.stdout.write(json.dumps(command))
