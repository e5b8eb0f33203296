"""Syncs: what they find, what they leave alone, how they fail, and that nobody loses or doubles anything."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.errors import FieldInvalid, ReasonMissing
from accounts.models import StaffAction, User
from risk.models import RiskEvent
from storage.session_locks import only_one
from tests.support.told_venue import BTC, EVM, TRON, ToldVenue, connected
from wallet.mailing import render_mail
from wallet.models import FundsMail
from wallet.venues.contents import sync_content
from wallet.venues.core.fetched import FetchedAddress, FetchedAddresses
from wallet.venues.errors import (
    AddressPending,
    CurrencyNotSupported,
    ExchangeAccountInactive,
    ExchangeAccountNotFound,
    ExchangeApiError,
    ExchangeCredentialsInvalid,
    ExchangeMaintenance,
    ExchangeNetworkNotSupported,
    ExchangePermissionMissing,
    ExchangeRateLimited,
    ExchangeUnavailable,
    SyncRunning,
)
from wallet.venues.models import (
    Activity,
    AddressActivityLog,
    AddressStatus,
    AddressSyncLog,
    DepositAddress,
    ExchangeAccount,
    SyncOutcome,
    SyncStatus,
    SyncTrigger,
    SyncType,
)
from wallet.venues.origin import Origin
from wallet.venues.selectors.pace import full_sync_seconds
from wallet.venues.services import accounts, asking_many, running, syncing
from wallet.venues.services.addresses import add_address, delete_address
from wallet.venues.services.forms import AccountChanges, NewAddress
from wallet.venues.services.reconciling import store_answer
from wallet.venues.services.running import run_sync
from wallet.venues.services.syncing import end_if_dead, force_sync, queue_due_syncs, request_sync
from wallet.venues.services.watching import watch_exchanges

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(owner: User) -> ExchangeAccount:
    return connected(owner)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The syncs of which tasks were sent."""
    ids: list[UUID] = []
    monkeypatch.setattr(syncing, "send_sync", ids.append)
    return ids


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is shown of syncs."""
    shown: list[dict[str, Any]] = []
    for module in ("running", "ending", "syncing", "sync_states"):
        monkeypatch.setattr(
            f"wallet.venues.services.{module}.announce_sync",
            lambda user_id, sync: shown.append({"user": user_id, "done": sync.done, "status": str(sync.status)}),
        )
    return shown


def sync(account: ExchangeAccount, kind: SyncType = SyncType.FULL, currencies: Sequence[str] = ()) -> AddressSyncLog:
    """Asked for and carried out."""
    (log,) = request_sync(
        user=account.user,
        origin=Origin(account.user),
        account_ids=[account.pk],
        type=None if currencies else kind,
        currencies=currencies,
    )
    run_sync(sync_id=log.pk)
    log.refresh_from_db()
    account.refresh_from_db()
    return log


def counts(log: AddressSyncLog) -> tuple[int, int, int, int]:
    return log.added, log.updated, log.removed, log.changed


def standing(account: ExchangeAccount) -> dict[tuple[str, str, str], str]:
    rows = DepositAddress.objects.filter(account=account, deleted_at=None)
    return {(row.currency, row.network, row.address): row.status for row in rows}


def test_a_full_sync_finds_everything(venue: ToldVenue, account: ExchangeAccount, told: list[dict[str, Any]]) -> None:
    venue.gives("BTC", "BTC", BTC[0])
    venue.gives("USDT", "ERC20", EVM[0])
    venue.gives("USDT", "TRC20", TRON[0])
    venue.gives("XRP", "XRP", ("rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh", "17"))
    log = sync(account)
    assert (log.status, counts(log), log.done, log.total) == (SyncOutcome.SUCCESS, (4, 0, 0, 0), 4, 4)
    assert log.currencies == ["BTC", "ETH", "USDT", "XRP"]
    assert log.duration_ms is not None
    assert log.finished_at is not None
    assert (account.sync_status, account.failures, account.error_code) == (SyncStatus.OK, 0, "")
    assert account.last_sync_at == account.last_full_sync_at == log.finished_at
    assert set(standing(account).values()) == {AddressStatus.CURRENT}
    assert DepositAddress.objects.get(account=account, currency="XRP").tag == "17"
    done = AddressActivityLog.objects.filter(account=account)
    assert done.filter(action=Activity.ADDRESS_ADDED, actor=None).count() == 4
    synced = done.filter(action=Activity.ACCOUNT_SYNCED).order_by("at")
    assert [entry.actor for entry in synced] == [account.user, None]
    assert told[-1] == {"user": account.user_id, "done": 4, "status": "success"}
    again = sync(account)
    assert (again.status, counts(again)) == (SyncOutcome.SUCCESS, (0, 0, 0, 0))
    assert DepositAddress.objects.filter(account=account).count() == 4
    assert done.filter(action=Activity.ADDRESS_ADDED).count() == 4


def test_an_incremental_sync_asks_for_what_is_known(venue: ToldVenue, account: ExchangeAccount) -> None:
    venue.gives("USDT", "TRC20", TRON[0])
    venue.gives("BTC", "BTC", BTC[0])
    add_address(user=account.user, origin=Origin(account.user), account_id=account.pk, new=NewAddress("USDT", "TRC20"))
    venue.asked.clear()
    log = sync(account, SyncType.INCREMENTAL)
    assert (log.total, log.status) == (1, SyncOutcome.SUCCESS)
    assert [asked[1:] for asked in venue.asked] == [("USDT", ("TRC20",))]
    assert account.last_full_sync_at is None


def test_single_currencies(venue: ToldVenue, account: ExchangeAccount) -> None:
    venue.gives("BTC", "BTC", BTC[0])
    log = sync(account, currencies=["btc", "BTC"])
    assert (log.type, log.currencies, counts(log)) == (SyncType.SINGLE_CURRENCY, ["BTC"], (1, 0, 0, 0))
    venue.errors["NOPE", ""] = CurrencyNotSupported.at("toldex", currency="NOPE")
    log = sync(account, currencies=["NOPE"])
    assert (log.status, log.errors["NOPE"]["code"]) == (SyncOutcome.FAILED, "CURRENCY_NOT_SUPPORTED")


def test_an_address_that_changed(venue: ToldVenue, account: ExchangeAccount) -> None:
    venue.gives("BTC", "BTC", BTC[0])
    venue.gives("USDT", "TRC20", TRON[0])
    sync(account)
    venue.gives("BTC", "BTC", BTC[1])
    log = sync(account, SyncType.INCREMENTAL)
    assert (log.status, counts(log)) == (SyncOutcome.SUCCESS, (1, 0, 0, 1))
    assert standing(account) == {
        ("BTC", "BTC", BTC[0]): AddressStatus.REPLACED,
        ("BTC", "BTC", BTC[1]): AddressStatus.CHANGED,
        ("USDT", "TRC20", TRON[0]): AddressStatus.CURRENT,
    }
    active = DepositAddress.objects.filter(account=account, is_active=True)
    assert [row.currency for row in active] == ["USDT"]
    assert RiskEvent.objects.filter(user=account.user, fingerprint__startswith="venues:changed:").count() == 1
    assert FundsMail.objects.filter(user=account.user, template="exchange_addresses_changed").count() == 1
    again = sync(account, SyncType.INCREMENTAL)
    assert counts(again) == (0, 0, 0, 0)
    assert FundsMail.objects.filter(template="exchange_addresses_changed").count() == 1


def test_many_changes_are_one_mail_and_one_question_to_staff(venue: ToldVenue, account: ExchangeAccount) -> None:
    places = [("BTC", "BTC", BTC), ("ETH", "ERC20", EVM), ("USDT", "ERC20", EVM), ("USDT", "TRC20", TRON)]
    for number in range(2):
        for currency, network, addresses in places:
            venue.gives(currency, network, addresses[number])
        log = sync(account)
    assert log.changed == 4
    mail = FundsMail.objects.get(user=account.user, template="exchange_addresses_changed")
    assert [(change["currency"], change["new"]) for change in mail.context["changes"]] == [
        *(("BTC", BTC[1]), ("ETH", EVM[1]), ("USDT", EVM[1]), ("USDT", TRON[1])),
    ]
    subject, body = render_mail(mail)
    assert "Toldex" in subject
    assert TRON[1] in body
    event = RiskEvent.objects.get(user=account.user, fingerprint=f"venues:changed:{account.pk}")
    assert event.count == 4
    assert set(event.metadata["new_addresses"]) == {BTC[1], EVM[1], TRON[1]}


def test_a_mail_about_changes_outlives_the_sync_that_found_them(
    venue: ToldVenue, account: ExchangeAccount, sent: list[UUID]
) -> None:
    venue.gives("BTC", "BTC", BTC[0])
    sync(account)
    venue.gives("BTC", "BTC", BTC[1])

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "end_sync", die)
        with pytest.raises(KeyboardInterrupt):
            sync(account)
    assert not FundsMail.objects.filter(template="exchange_addresses_changed").exists()
    assert end_if_dead(account_id=account.pk, at=timezone.now())
    assert FundsMail.objects.filter(user=account.user, template="exchange_addresses_changed").count() == 1


def test_another_tag_is_another_address(venue: ToldVenue, account: ExchangeAccount) -> None:
    xrp = "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh"
    venue.gives("XRP", "XRP", (xrp, "17"))
    sync(account)
    venue.gives("XRP", "XRP", (xrp, "18"))
    assert sync(account).changed == 1
    assert not DepositAddress.objects.filter(account=account, is_active=True).exists()


def test_several_addresses_of_a_network(venue: ToldVenue, account: ExchangeAccount) -> None:
    venue.gives("BTC", "BTC", BTC[0], BTC[1])
    assert counts(sync(account)) == (2, 0, 0, 0)
    venue.gives("BTC", "BTC", BTC[1], BTC[0], BTC[2])
    assert counts(sync(account)) == (1, 0, 0, 0)
    venue.gives("BTC", "BTC", BTC[2])
    assert counts(sync(account)) == (0, 0, 2, 0)


def test_what_the_exchange_no_longer_gives(venue: ToldVenue, account: ExchangeAccount) -> None:
    venue.gives("BTC", "BTC", BTC[0])
    sync(account)
    venue.gives("BTC", "BTC")
    assert counts(sync(account)) == (0, 0, 1, 0)
    assert standing(account) == {("BTC", "BTC", BTC[0]): AddressStatus.GONE}
    venue.gives("BTC", "BTC", BTC[0])
    assert counts(sync(account)) == (0, 1, 0, 0)
    assert DepositAddress.objects.get(account=account).is_active


def test_a_deleted_address_stays_deleted(venue: ToldVenue, account: ExchangeAccount) -> None:
    venue.gives("BTC", "BTC", BTC[0])
    sync(account)
    row = DepositAddress.objects.get(account=account)
    delete_address(user=account.user, origin=Origin(account.user), address_id=row.pk)
    assert counts(sync(account)) == (0, 0, 0, 0)
    row.refresh_from_db()
    assert row.deleted_at is not None
    assert not row.is_active


def test_a_network_that_fails_says_nothing_about_its_addresses(venue: ToldVenue, account: ExchangeAccount) -> None:
    venue.gives("USDT", "ERC20", EVM[0])
    venue.gives("USDT", "TRC20", TRON[0])
    sync(account)
    venue.errors["USDT", "TRC20"] = ExchangeUnavailable.at("toldex", currency="USDT")
    venue.gives("USDT", "ERC20", EVM[1])
    log = sync(account)
    assert (log.status, counts(log)) == (SyncOutcome.PARTIAL, (1, 0, 0, 1))
    assert log.errors == {
        "USDT/TRC20": {"code": "EXCHANGE_UNAVAILABLE", "message": "The exchange cannot be reached at the moment."}
    }
    assert standing(account)["USDT", "TRC20", TRON[0]] == AddressStatus.CURRENT
    assert (account.sync_status, account.failures) == (SyncStatus.PARTIAL, 0)
    assert account.error_code == "EXCHANGE_UNAVAILABLE"


def test_a_currency_that_fails_leaves_the_others(venue: ToldVenue, account: ExchangeAccount) -> None:
    venue.gives("BTC", "BTC", BTC[0])
    venue.gives("ETH", "ERC20", EVM[0])
    venue.errors["ETH", ""] = AddressPending.at("toldex", currency="ETH")
    log = sync(account)
    assert (log.status, counts(log), list(log.errors)) == (SyncOutcome.PARTIAL, (1, 0, 0, 0), ["ETH"])
    venue.errors = {("ETH", ""): ExchangeApiError.at("toldex", currency="ETH")}
    sync(account)
    assert standing(account) == {("BTC", "BTC", BTC[0]): AddressStatus.CURRENT}


def test_that_there_is_nothing_is_no_failure(venue: ToldVenue, account: ExchangeAccount) -> None:
    venue.gives("BTC", "BTC", BTC[0])
    venue.errors["ETH", ""] = CurrencyNotSupported.at("toldex", currency="ETH")
    venue.errors["USDT", "TRC20"] = ExchangeNetworkNotSupported.at("toldex", currency="USDT")
    log = sync(account)
    assert (log.status, log.errors) == (SyncOutcome.SUCCESS, {})
    venue.errors["BTC", "BTC"] = ExchangeNetworkNotSupported.at("toldex", currency="BTC")
    log = sync(account)
    assert (log.status, list(log.errors)) == (SyncOutcome.PARTIAL, ["BTC/BTC"]), "it was there"
    assert standing(account) == {("BTC", "BTC", BTC[0]): AddressStatus.CURRENT}


@pytest.mark.parametrize("kind", [ExchangeCredentialsInvalid, ExchangePermissionMissing])
def test_keys_that_are_refused_stop_the_account(
    venue: ToldVenue, account: ExchangeAccount, kind: type[ExchangeApiError]
) -> None:
    venue.errors["", ""] = kind.at("toldex")
    log = sync(account)
    assert (log.status, log.errors[""]["code"]) == (SyncOutcome.FAILED, kind.code)
    assert (account.sync_status, account.error_code, account.next_sync_at) == (SyncStatus.BLOCKED, kind.code, None)
    assert AddressActivityLog.objects.filter(account=account, action=Activity.ACCOUNT_BLOCKED).count() == 1
    assert FundsMail.objects.filter(user=account.user, template="exchange_account_blocked").count() == 1
    asked = len(venue.asked)
    assert asked <= 4
    with pytest.raises(ExchangeAccountInactive):
        sync(account)
    assert queue_due_syncs(at=timezone.now() + timedelta(days=3)) == 0
    assert len(venue.asked) == asked


def test_an_exchange_in_trouble_is_not_asked_for_everything(venue: ToldVenue, account: ExchangeAccount) -> None:
    account.exchange.currencies = {f"C{number}": {"networks": {"ERC20": {"deposit": True}}} for number in range(200)}
    account.exchange.save()
    venue.errors["", ""] = ExchangeMaintenance.at("toldex")
    log = sync(account)
    assert (log.status, log.errors[""]["code"]) == (SyncOutcome.FAILED, "EXCHANGE_MAINTENANCE")
    assert len(venue.asked) < 30
    assert (account.sync_status, account.failures) == (SyncStatus.FAILED, 1)


def test_failing_accounts_are_asked_less_and_less(
    venue: ToldVenue, account: ExchangeAccount, settings: Settings
) -> None:
    settings.VENUE_FAILURES_TO_ALERT = 3
    venue.errors["", ""] = ExchangeRateLimited.at("toldex", retry_after=20_000)
    pauses = []
    for _ in range(4):
        log = sync(account)
        assert account.next_sync_at is not None
        assert log.finished_at is not None
        pauses.append((account.next_sync_at - log.finished_at).total_seconds() / 60)
    assert 333 <= pauses[0] < 334, "not before the exchange wants to be asked again"
    assert 192 <= pauses[2] <= 334
    assert 384 <= pauses[3] <= 576
    assert RiskEvent.objects.filter(fingerprint=f"venues:failing:{account.pk}").count() == 1
    venue.errors.clear()
    sync(account)
    assert (account.failures, account.sync_status, account.error_code) == (0, SyncStatus.OK, "")


def test_one_sync_of_an_account_at_a_time(
    venue: ToldVenue, account: ExchangeAccount, outsider: User, sent: list[UUID]
) -> None:
    (first,) = request_sync(user=account.user, origin=Origin(account.user), account_ids=[account.pk])
    assert (first.type, first.trigger, first.status) == (SyncType.FULL, SyncTrigger.USER, SyncOutcome.QUEUED)
    with pytest.raises(SyncRunning) as raised:
        request_sync(user=account.user, origin=Origin(account.user), account_ids=[account.pk])
    assert raised.value.details == {"sync_id": str(first.pk)}
    other = connected(account.user, name="Other")
    both = request_sync(user=account.user, origin=Origin(account.user))
    assert {log.account_id for log in both} == {account.pk, other.pk}
    assert AddressSyncLog.objects.filter(account__user=account.user).count() == 2
    with pytest.raises(ExchangeAccountNotFound):
        request_sync(user=outsider, origin=Origin(outsider), account_ids=[account.pk])
    assert request_sync(user=outsider, origin=Origin(outsider)) == []
    with pytest.raises(FieldInvalid):
        request_sync(user=outsider, origin=Origin(outsider), type=SyncType.SINGLE_CURRENCY)


def test_a_task_that_comes_twice_does_its_work_once(venue: ToldVenue, account: ExchangeAccount) -> None:
    log = sync(account)
    asked = len(venue.asked)
    assert run_sync(sync_id=log.pk) is None
    assert len(venue.asked) == asked


def test_a_sync_that_was_ended_writes_nothing_more(venue: ToldVenue, account: ExchangeAccount) -> None:
    """Its account gets other keys while it runs: what it still hears may be of somebody else's account there."""
    venue.gives("BTC", "BTC", BTC[0])
    venue.gives("USDT", "TRC20", TRON[0])
    store = running.store_answer

    def store_and_change(*args: Any, **options: Any) -> Any:
        found = store(*args, **options)
        if options["currency"] == "BTC":
            accounts.update_account(
                user=account.user,
                origin=Origin(account.user),
                account_id=account.pk,
                changes=AccountChanges(is_active=False),
            )
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "store_answer", store_and_change)
        patch.setattr(running, "PROGRESS_SECONDS", 100)
        log = sync(account)
    assert (log.status, log.errors[""]["code"]) == (SyncOutcome.FAILED, "SYNC_INTERRUPTED")
    assert set(standing(account)) <= {("BTC", "BTC", BTC[0])}


def test_a_sync_whose_process_died_is_ended_and_tried_again(
    venue: ToldVenue, account: ExchangeAccount, sent: list[UUID]
) -> None:
    at = timezone.now()
    dead = AddressSyncLog.objects.create(
        account=account,
        type=SyncType.FULL,
        trigger=SyncTrigger.SCHEDULE,
        status=SyncOutcome.RUNNING,
        started_at=at - timedelta(minutes=1),
    )
    ExchangeAccount.objects.filter(pk=account.pk).update(
        sync_status=SyncStatus.RUNNING, next_sync_at=at + timedelta(hours=1)
    )
    assert queue_due_syncs(at=at) == 0
    dead.refresh_from_db()
    account.refresh_from_db()
    assert (dead.status, dead.errors[""]["code"]) == (SyncOutcome.FAILED, "SYNC_INTERRUPTED")
    assert (account.sync_status, account.failures) == (SyncStatus.FAILED, 1)
    assert account.next_sync_at is not None
    assert account.next_sync_at < at + timedelta(minutes=5)
    assert queue_due_syncs(at=at + timedelta(minutes=5)) == 1


def test_what_waits_too_long_is_sent_again_and_what_is_due_is_queued(
    venue: ToldVenue, account: ExchangeAccount, sent: list[UUID]
) -> None:
    at = timezone.now()
    assert queue_due_syncs(at=at) == 1
    assert queue_due_syncs(at=at) == 0
    queued = AddressSyncLog.objects.get(account=account)
    assert (queued.type, queued.trigger) == (SyncType.FULL, SyncTrigger.SCHEDULE)
    assert sent == []
    assert queue_due_syncs(at=timezone.now() + timedelta(seconds=30)) == 0
    assert sent == [queued.pk]
    run_sync(sync_id=queued.pk)
    account.refresh_from_db()
    assert account.next_sync_at is not None
    assert timedelta(minutes=23) < account.next_sync_at - timezone.now() < timedelta(minutes=37)
    assert queue_due_syncs(at=account.next_sync_at) == 1
    assert AddressSyncLog.objects.filter(account=account).latest("started_at").type == SyncType.INCREMENTAL
    account.last_full_sync_at = at - timedelta(days=2)
    assert syncing.due_type(account, at=at) == SyncType.FULL


def test_inactive_accounts_are_not_due(venue: ToldVenue, account: ExchangeAccount, sent: list[UUID]) -> None:
    ExchangeAccount.objects.filter(pk=account.pk).update(is_active=False)
    assert queue_due_syncs(at=timezone.now() + timedelta(days=1)) == 0
    ExchangeAccount.objects.filter(pk=account.pk).update(is_active=True)
    account.exchange.is_active = False
    account.exchange.save()
    assert queue_due_syncs(at=timezone.now() + timedelta(days=1)) == 0
    assert venue.asked == []


def test_staff_force_a_sync_with_a_reason(venue: ToldVenue, account: ExchangeAccount, sent: list[UUID]) -> None:
    staff = User.objects.get(email="staff@example.com")
    with pytest.raises(ReasonMissing):
        force_sync(staff=staff, account_ids=[account.pk], reason=" ")
    (log,) = force_sync(staff=staff, account_ids=[account.pk], reason="a customer asked")
    assert (log.trigger, log.type) == (SyncTrigger.STAFF, SyncType.FULL)
    action = StaffAction.objects.get(by=staff)
    assert (action.subject, action.reason, action.new["sync"]) == (str(account.pk), "a customer asked", str(log.pk))
    entry = AddressActivityLog.objects.filter(account=account, action=Activity.ACCOUNT_SYNCED).latest("at")
    assert (entry.actor, entry.user) == (staff, account.user)
    with pytest.raises(SyncRunning):
        force_sync(staff=staff, account_ids=[account.pk], reason="again")


def test_a_hundred_currencies_side_by_side(
    venue: ToldVenue, account: ExchangeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [f"C{number}" for number in range(100)]
    account.exchange.currencies = {code: {"networks": {"ERC20": {"deposit": True}}} for code in codes}
    account.exchange.save()
    for number, code in enumerate(codes):
        venue.gives(code, "ERC20", f"0x{number:040x}")
    venue.seconds = 0.2
    # However slow the machine is: what the exchange says is quick.
    monkeypatch.setattr(asking_many, "_QUICK_SECONDS", 60.0)
    monkeypatch.setattr(asking_many, "_SLOW_SECONDS", 120.0)
    log = sync(account)
    assert (log.status, log.added) == (SyncOutcome.SUCCESS, 100)
    assert venue.most_at_once == 10


def test_progress_is_told_a_few_times_a_second(
    venue: ToldVenue, account: ExchangeAccount, told: list[dict[str, Any]]
) -> None:
    codes = [f"C{number}" for number in range(60)]
    account.exchange.currencies = {code: {"networks": {"ERC20": {"deposit": True}}} for code in codes}
    account.exchange.save()
    venue.seconds = 0.2
    log = sync(account)
    assert log.duration_ms is not None
    most = log.duration_ms / 1000 / running.PROGRESS_SECONDS + 4
    assert 4 <= len(told) <= most
    assert [one["done"] for one in told] == sorted(one["done"] for one in told)


def test_where_an_exchange_is_slow_to_ask_the_end_is_told_ahead(
    venue: ToldVenue, account: ExchangeAccount, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VENUE_PROFILES = {"toldex": {"seconds_per_currency": 60}}
    assert full_sync_seconds(account.exchange) == 4 * 60
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(running, "announce_sync", lambda user_id, sync: told.append(sync_content(sync)))
    began = timezone.now()
    log = sync(account)
    counted = next(content for content in told if content["total"])
    expected = datetime.fromisoformat(counted["expected_end_at"])
    assert timedelta(seconds=239) < expected - began < timedelta(seconds=260)
    assert sync_content(log)["expected_end_at"] is None, "it has ended"


def test_nothing_is_asked_inside_of_a_database_transaction(venue: ToldVenue, account: ExchangeAccount) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        add_address(user=account.user, origin=Origin(account.user), account_id=account.pk, new=NewAddress("BTC", "BTC"))
    assert venue.asked == []


def test_an_exchange_at_which_most_accounts_fail(owner: User, outsider: User) -> None:
    for number, user in enumerate((owner, owner, outsider)):
        connected(user, name=f"{number}")
    assert watch_exchanges(at=timezone.now()) == 0
    ExchangeAccount.objects.filter(user=owner).update(sync_status=SyncStatus.FAILED)
    assert watch_exchanges(at=timezone.now()) == 1
    event = RiskEvent.objects.get(fingerprint="venues:exchange:toldex")
    assert (event.user, event.accounts) == (None, [])
    assert "2 of 3" in event.description


def test_each_account_is_asked_with_its_own_keys(venue: ToldVenue, owner: User, outsider: User) -> None:
    mine, theirs = connected(owner, key="key-of-owner-00000001"), connected(outsider, key="key-of-outsider-00001")
    venue.gives("BTC", "BTC", BTC[0], key="key-of-owner-00000001")
    venue.gives("BTC", "BTC", BTC[1], key="key-of-outsider-00001")
    sync(mine)
    sync(theirs)
    assert list(standing(mine)) == [("BTC", "BTC", BTC[0])]
    assert list(standing(theirs)) == [("BTC", "BTC", BTC[1])]
    assert venue.owners == {owner.pk, outsider.pk}


def test_what_goes_wrong_inside_is_told_without_keys(
    venue: ToldVenue, account: ExchangeAccount, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: str) -> None:
        raise ValueError("secret-of-somebody-0001 cannot sign")

    venue.hook = fail
    log = sync(account)
    assert log.status == SyncOutcome.FAILED
    told = f"{log.errors} {account.error_message} {caplog.text}"
    assert "secret-of-somebody" not in told
    assert log.errors["BTC"]["code"] == "EXCHANGE_API_ERROR"


def test_a_client_that_cannot_be_opened(
    venue: ToldVenue, account: ExchangeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: ExchangeAccount, **__: Any) -> None:
        raise ExchangeUnavailable.at("toldex")

    monkeypatch.setattr(asking_many, "client_of", fail)
    log = sync(account)
    assert (log.status, log.errors[""]["code"]) == (SyncOutcome.FAILED, "EXCHANGE_UNAVAILABLE")


def test_end_if_dead_leaves_what_is_alive(account: ExchangeAccount) -> None:
    assert not end_if_dead(account_id=account.pk, at=timezone.now())
    with only_one(running.SYNCING, str(account.pk)) as is_alone:
        assert is_alone


def test_what_there_is_to_ask_for_is_learned_once_a_day(venue: ToldVenue, account: ExchangeAccount) -> None:
    exchange = account.exchange
    exchange.currencies, exchange.currencies_at = {}, None
    exchange.save()
    venue.errors["", ""] = ExchangeUnavailable.at("toldex", retry_after=17)
    log = sync(account)
    assert (log.status, log.errors[""]["code"], log.total) == (SyncOutcome.FAILED, "EXCHANGE_UNAVAILABLE", 0)
    venue.errors.clear()
    venue.gives("BTC", "BTC", BTC[0])
    venue.gives("DOGE", "DOGE", "D7Y55r6Yoc1G8EECxkQ6SuSjTgGJJ7M6yD")
    assert sync(account).currencies == ["BTC", "DOGE"]
    exchange.refresh_from_db()
    assert exchange.currencies["DOGE"]["networks"] == {"DOGE": {"deposit": True}}
    sync(account)
    sync(account, SyncType.INCREMENTAL)
    assert venue.asked_for_currencies == 1
    exchange.currencies_at = timezone.now() - timedelta(days=2)
    exchange.save()
    venue.gives("ETH", "ERC20", EVM[0])
    assert sync(account).currencies == ["BTC", "DOGE", "ETH"]
    assert venue.asked_for_currencies == 2


def test_a_sandbox_does_not_tell_what_the_exchange_takes(venue: ToldVenue, owner: User) -> None:
    account = connected(owner, is_sandbox=True)
    exchange = account.exchange
    exchange.currencies_at = timezone.now() - timedelta(days=2)
    exchange.save()
    before = exchange.currencies
    venue.gives("PLAY", "ERC20", EVM[0])
    assert sync(account).currencies == ["PLAY"]
    exchange.refresh_from_db()
    assert exchange.currencies == before


def test_an_exchange_that_answers_slowly_is_asked_for_less_at_once(
    venue: ToldVenue, account: ExchangeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [f"C{number}" for number in range(12)]
    account.exchange.currencies = {code: {"networks": {"ERC20": {"deposit": True}}} for code in codes}
    account.exchange.save()
    monkeypatch.setattr(asking_many, "_QUICK_SECONDS", 0.01)
    monkeypatch.setattr(asking_many, "_SLOW_SECONDS", 0.05)
    venue.seconds = 0.1
    log = sync(account)
    assert (log.status, log.done) == (SyncOutcome.SUCCESS, 12)
    assert venue.most_at_once == 3
    assert log.duration_ms is not None
    assert log.duration_ms > 900, "one after the other in the end"


def test_what_was_not_asked_for_is_not_stored(account: ExchangeAccount) -> None:
    fetched = FetchedAddresses(
        (
            FetchedAddress("USDT", "TRC20", TRON[0]),
            FetchedAddress("USDT", "ERC20", EVM[0]),
            FetchedAddress("ETH", "TRC20", EVM[1]),
        )
    )
    found = store_answer(
        account, currency="USDT", networks=["TRC20"], fetched=fetched, origin=Origin(), at=timezone.now()
    )
    assert (found.added, list(standing(account))) == (1, [("USDT", "TRC20", TRON[0])])
