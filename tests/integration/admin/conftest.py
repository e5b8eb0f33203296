"""The people of the staff pages: a superuser, one of each group, staff without rights, a customer, a stranger."""

from collections.abc import Callable, Iterator

import pytest
import redis
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from exchange.staff.selectors import forget_figures
from tests.support.cast import PASSWORD


@pytest.fixture(autouse=True)
def nothing_remembered(redis_client: "redis.Redis") -> Iterator[None]:
    """Each test starts with empty counters and figures."""
    forget_figures()
    yield
    forget_figures()


def staff_member(name: str, group: str | None = None) -> User:
    """Staff with the rights of a group, or with none."""
    user = User.objects.create_user(f"{name}@example.com", name, PASSWORD, is_staff=True)
    if group:
        user.groups.set([Group.objects.get(name=group)])
    return user


def client_of(user: User | None) -> Client:
    """A browser with this person signed in."""
    client = Client(raise_request_exception=True)
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def superuser(db: None) -> User:
    return User.objects.get(username="staff")


@pytest.fixture
def admin(superuser: User) -> Client:
    return client_of(superuser)


@pytest.fixture
def support(db: None) -> User:
    return staff_member("support", "Support")


@pytest.fixture
def auditor(db: None) -> User:
    return staff_member("auditor", "Auditor")


@pytest.fixture
def operator(db: None) -> User:
    return staff_member("operator", "Market operations")


@pytest.fixture
def nobody(db: None) -> User:
    """Staff, and nothing more."""
    return staff_member("nobody")


@pytest.fixture
def customer(db: None) -> User:
    return User.objects.get(username="owner")


@pytest.fixture
def sign_in() -> Callable[[User | None], Client]:
    return client_of
