"""Every read of users and their API keys, apart from the credentials of a request (`accounts.credentials`)."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import QuerySet

from accounts.models import AccountChange, ApiKey, User


def list_api_keys(*, user: User) -> QuerySet[ApiKey]:
    """A user's keys, newest first, revoked ones included, secrets left in the database."""
    return ApiKey.objects.filter(user=user).defer("secret")


def list_account_changes(*, user: User) -> QuerySet[AccountChange]:
    """What was changed about a user, newest first."""
    return AccountChange.objects.filter(user=user).select_related("by")


def list_house_users() -> QuerySet[User]:
    """Who trades for the exchange itself."""
    return User.objects.filter(is_house=True)


def is_email_verified(*, user: User) -> bool:
    """Whether the user has followed the link that was sent to their present address."""
    return EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()


def is_newcomer(user: User, *, at: datetime) -> bool:
    """Whether the account is so young that nobody can have left it alone with money in it.

    Only then a first address and a first authenticator app serve at once: in an older account whoever has stolen the
    password would add them just before everything is withdrawn.
    """
    return at < user.joined_at + timedelta(hours=settings.NEWCOMER_HOURS)
