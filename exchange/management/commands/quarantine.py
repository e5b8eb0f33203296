"""Lists the commands that could not be processed, and gives one back to the worker."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.errors import BourseError
from matching.quarantine import held_commands, release_command


class Command(BaseCommand):
    help = "List commands that could not be processed (their markets are halted); --release ID tries one again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--release", type=int, metavar="ID", help="let the worker try this command again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["release"] is not None:
            try:
                release_command(command_id=options["release"])
            except BourseError as error:
                raise CommandError(error.text) from error
            self.stdout.write(f"command {options['release']} goes back to the worker")
            return
        held = held_commands()
        for command in held:
            self.stdout.write(f"{command.command_id}  {command.market}  {command.error}")
        self.stdout.write(f"{len(held)} held")
