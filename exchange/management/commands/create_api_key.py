"""Makes an API key from the command line, for scripts and operators."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Scope, User
from accounts.services import create_api_key
from kernel.errors import BourseError


class Command(BaseCommand):
    help = "Make an API key for a user; the secret is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="username or e-mail address")
        parser.add_argument("--scopes", default="read,trade", help=f"of {', '.join(Scope.values)}; joined by commas")
        parser.add_argument("--label", default="command line")
        parser.add_argument("--ip-range", action="append", default=[], help="CIDR range; may be repeated")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["user"]
        user = User.objects.filter(email=name.lower()).first() or User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"there is no user {name}")
        try:
            new = create_api_key(
                user=user,
                label=options["label"],
                scopes=options["scopes"].split(","),
                ip_ranges=options["ip_range"],
            )
        except BourseError as error:
            raise CommandError(error.text) from error
        if options["json"]:
            self.stdout.write(json.dumps({"key": new.api_key.key, "secret": new.secret}))
        else:
            self.stdout.write(f"key    {new.api_key.key}\nsecret {new.secret}")
