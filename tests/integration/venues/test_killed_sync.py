"""A process that is killed in the middle of a sync loses nothing that was stored, and doubles nothing."""

from datetime import timedelta

from django.utils import timezone

from tests.support.exchange import Exchange
from tests.support.sync_process import CURRENCIES, start_sync
from tests.support.told_venue import connected, told_venue
from tests.support.worker_process import eventually
from wallet.venues.models import Activity, AddressActivityLog, AddressSyncLog, DepositAddress, SyncOutcome
from wallet.venues.origin import Origin
from wallet.venues.services.running import run_sync
from wallet.venues.services.syncing import end_if_dead, queue_due_syncs, request_sync


def test_a_killed_sync_is_found_ended_and_done_again(exchange: Exchange) -> None:
    owner = exchange.user("owner")
    account = connected(owner)
    account.exchange.currencies = {code: {"networks": {"ERC20": {"deposit": True}}} for code in CURRENCIES}
    account.exchange.save()
    (first,) = request_sync(user=owner, origin=Origin(owner), account_ids=[account.pk])
    process = start_sync(exchange.database, first.pk)
    try:
        eventually(lambda: DepositAddress.objects.filter(account=account).count() >= 5, seconds=60)
        later = timezone.now() + timedelta(minutes=1)
        assert not end_if_dead(account_id=account.pk, at=later), "it is alive"
        assert run_sync(sync_id=first.pk) is None, "one sync of an account at a time"
    finally:
        process.kill()
        process.wait()
    assert AddressSyncLog.objects.get(pk=first.pk).status == SyncOutcome.RUNNING
    eventually(lambda: end_if_dead(account_id=account.pk, at=later))
    stored = DepositAddress.objects.filter(account=account).count()
    first.refresh_from_db()
    assert (first.status, first.errors[""]["code"]) == (SyncOutcome.FAILED, "SYNC_INTERRUPTED")
    assert 5 <= stored < len(CURRENCIES)
    assert queue_due_syncs(at=later + timedelta(minutes=5)) == 1
    second = AddressSyncLog.objects.get(account=account, status=SyncOutcome.QUEUED)
    with told_venue() as venue:
        for number, currency in enumerate(CURRENCIES):
            venue.gives(currency, "ERC20", f"0x{number:040x}")
        assert run_sync(sync_id=second.pk) == SyncOutcome.SUCCESS
    second.refresh_from_db()
    assert second.added == len(CURRENCIES) - stored
    rows = DepositAddress.objects.filter(account=account)
    assert sorted(rows.values_list("currency", flat=True)) == sorted(CURRENCIES)
    added = AddressActivityLog.objects.filter(account=account, action=Activity.ADDRESS_ADDED)
    assert added.count() == len(CURRENCIES)
