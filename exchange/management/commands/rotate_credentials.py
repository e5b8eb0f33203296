"""Encrypts all stored secrets under the present key."""

from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.second_factor.rotation import rotate_second_factors
from storage.encryption import key_ring
from storage.rotation import column_name, count_left, encrypted_columns, rotate_columns

BATCH_SIZE = 500


class Command(BaseCommand):
    help = (
        "Encrypt all stored secrets anew under the first of the present keys: those of exchange accounts, of rails and "
        "of API keys, and second factors. May be interrupted, and goes on where it was when it is started again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch-size", type=int, default=BATCH_SIZE, help=f"rows in a commit ({BATCH_SIZE})")
        parser.add_argument("--check", action="store_true", help="only count what is under another key")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["batch_size"] < 1:
            raise CommandError("a batch has at least one row")
        if options["check"]:
            self._check()
            return
        key_id, batch_size = key_ring().primary, options["batch_size"]
        self.stdout.write(f"Encrypting under the key {key_id}.")
        done: dict[str, int] = {}
        unreadable: dict[str, int] = {}
        rounds = chain(rotate_columns(batch_size=batch_size), rotate_second_factors(batch_size=batch_size))
        for progress in rounds:
            done[progress.column], unreadable[progress.column] = progress.done, progress.unreadable
            self.stdout.write(f"{progress.column}: {progress.done} done, {progress.left} left")
        lost = sum(unreadable.values())
        if lost:
            raise CommandError(f"{lost} secrets are under no key that is known; they were left as they are")
        self.stdout.write(f"All secrets are under the key {key_id}; {sum(done.values())} were encrypted anew.")

    def _check(self) -> None:
        for model, field in encrypted_columns():
            self.stdout.write(f"{column_name(model, field)}: {count_left(model, field)} under another key")
