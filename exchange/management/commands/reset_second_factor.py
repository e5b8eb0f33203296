"""Takes the second factor away from somebody who has lost it, where no colleague can do it on the staff pages."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.second_factor.enrolment import reset_second_factor
from kernel.errors import BourseError


class Command(BaseCommand):
    help = "Reset the second factor of a user. Their withdrawals wait for 48 hours, and they get a mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError("There is no user with this address.")
        try:
            reset_second_factor(user=user, by=None, reason=options["reason"])
        except BourseError as error:
            raise CommandError(error.text) from error
        self.stdout.write(f"{user} signs in with the password alone until a new app is activated.")
