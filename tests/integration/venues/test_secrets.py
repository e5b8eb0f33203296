"""Keys are in no task, log, metric, mail or event, whatever is done with an account and however it fails."""

import json
import logging
import pickle
from typing import Any

import pytest
from django.core import serializers
from prometheus_client import generate_latest

from accounts.models import User
from exchange.celery import app
from risk.models import RiskEvent
from tests.support.told_venue import BTC, KEY, PASSPHRASE, SECRET, ToldVenue, connected
from wallet.mailing import render_mail
from wallet.models import FundsMail
from wallet.venues.core.fetched import Credentials
from wallet.venues.errors import ExchangeApiError, ExchangeCredentialsInvalid, ExchangeRateLimited
from wallet.venues.metrics import RATE_LIMIT_HITS
from wallet.venues.models import AddressActivityLog, AddressSyncLog, ExchangeAccount
from wallet.venues.origin import Origin
from wallet.venues.services import accounts
from wallet.venues.services.addresses import add_address, refresh_address
from wallet.venues.services.forms import AccountChanges, NewAddress
from wallet.venues.services.running import run_sync
from wallet.venues.services.syncing import request_sync

pytestmark = pytest.mark.django_db

OTHER = Credentials("another-key-0123456789", "another-secret-0123456", "another-passphrase")
SECRETS = (KEY, SECRET, PASSPHRASE, OTHER.api_key, OTHER.api_secret, OTHER.passphrase)


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr(app, "send_task", lambda *args, **options: sent.append((args, options)))
    return sent


def everything_written() -> str:
    rows = [
        *AddressActivityLog.objects.all(),
        *AddressSyncLog.objects.all(),
        *FundsMail.objects.all(),
        *RiskEvent.objects.all(),
    ]
    mails = [render_mail(mail) for mail in FundsMail.objects.all()]
    return f"{serializers.serialize('json', rows)} {mails}"


def test_keys_are_nowhere_but_in_their_columns(
    venue: ToldVenue,
    owner: User,
    tasks: list[tuple[Any, ...]],
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
) -> None:
    caplog.set_level(logging.DEBUG)
    me = Origin(owner, "203.0.113.9", "tests")
    told: list[str] = []
    with django_capture_on_commit_callbacks(execute=True):
        account = connected(owner)
        venue.gives("BTC", "BTC", BTC[0])
        row = add_address(user=owner, origin=me, account_id=account.pk, new=NewAddress("BTC", "BTC"))
        venue.gives("BTC", "BTC", BTC[1])
        refresh_address(user=owner, origin=me, address_id=row.pk)
        accounts.test_account(user=owner, origin=me, account_id=account.pk)
        (sync,) = request_sync(user=owner, origin=me, account_ids=[account.pk])
    with django_capture_on_commit_callbacks(execute=True):
        run_sync(sync_id=sync.pk)
        for failure in (ExchangeRateLimited, ExchangeApiError, ExchangeCredentialsInvalid):
            venue.errors["", ""] = failure.at("toldex")
            with pytest.raises(ExchangeApiError) as raised:
                accounts.test_account(user=owner, origin=me, account_id=account.pk)
            told.append(f"{raised.value!r} {raised.value} {raised.value.details}")
        accounts.update_account(user=owner, origin=me, account_id=account.pk, changes=AccountChanges(credentials=OTHER))
        accounts.delete_account(user=owner, origin=me, account_id=account.pk)
    assert tasks == [(("wallet.venues.tasks.sync_account", (str(sync.pk),)), tasks[0][1])]
    assert set(tasks[0][1]) == {"queue", "retry", "expires"}
    shown = " ".join([everything_written(), caplog.text, *told, json.dumps(tasks), generate_latest().decode()])
    assert [secret for secret in SECRETS if secret in shown] == []


def test_what_holds_keys_shows_nothing_of_itself(owner: User) -> None:
    account = connected(owner)
    for held in (account, Credentials(KEY, SECRET, PASSPHRASE), AccountChanges(credentials=OTHER)):
        assert [secret for secret in SECRETS if secret in f"{held!r} {held}"] == []
    listed = ExchangeAccount.objects.defer("api_key", "api_secret", "passphrase").get(pk=account.pk)
    assert [secret for secret in SECRETS if secret.encode() in pickle.dumps(listed)] == []


def test_rate_limits_are_counted(venue: ToldVenue, owner: User) -> None:
    account = connected(owner)
    hits = RATE_LIMIT_HITS.labels("toldex")
    before = hits._value.get()
    venue.errors["BTC", "BTC"] = ExchangeRateLimited.at("toldex")
    with pytest.raises(ExchangeRateLimited):
        add_address(user=owner, origin=Origin(owner), account_id=account.pk, new=NewAddress("BTC", "BTC"))
    assert hits._value.get() == before + 1
