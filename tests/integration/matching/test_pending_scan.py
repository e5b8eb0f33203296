"""No accepted command is skipped, however late or many at once its database transaction commits."""

import psycopg
import pytest
from django.db import transaction

from matching.models import Command, Outcome, Shard
from matching.worker.reading import ScanPlace
from tests.support.audit import audit
from tests.support.databases import app_url
from tests.support.exchange import Exchange

_COPY = """
    INSERT INTO matching_command
        (shard_id, market_id, rules_version, account_id, kind, side, order_type, time_in_force, post_only, ticks, lots,
         value, target_order_id, state, reason, reply_to, request_id)
    SELECT shard_id, market_id, rules_version, account_id, kind, side, order_type, time_in_force, post_only, ticks,
           lots, value, target_order_id, state, reason, reply_to, request_id
    FROM matching_command WHERE id = %s RETURNING id
"""


def applied(command_id: int) -> bool:
    return Outcome.objects.filter(pk=command_id).exists()


def test_a_command_that_commits_late_is_not_skipped(exchange: Exchange) -> None:
    model = exchange.place("owner", "BUY", "50000", "0.1")
    exchange.run()
    with psycopg.connect(app_url(exchange.database)) as slow:
        row = slow.execute(_COPY, [model]).fetchone()
        assert row is not None
        late = int(row[0])
        for _ in range(3):
            exchange.place("owner", "BUY", "50000", "0.1")
            exchange.run()
        assert Command.objects.filter(pk__gt=late).exists()
        assert not applied(late)
        slow.commit()
    exchange.run()
    assert applied(late)
    audit(exchange)


def test_one_that_never_commits_holds_nobody_up(exchange: Exchange) -> None:
    model = exchange.place("owner", "BUY", "50000", "0.1")
    exchange.run()
    with psycopg.connect(app_url(exchange.database)) as slow:
        slow.execute(_COPY, [model])
        order = exchange.place("owner", "BUY", "50000", "0.1")
        exchange.run()
        assert applied(order)
        slow.rollback()
    exchange.run()
    audit(exchange)


@pytest.mark.parametrize("batch_limit", [1, 2, 3, 7, 100])
def test_many_of_one_database_transaction(exchange: Exchange, batch_limit: int) -> None:
    exchange.worker(batch_limit=batch_limit)
    with transaction.atomic():
        together = [exchange.place("owner", "BUY", "50000", "0.1") for _ in range(7)]
    single = exchange.place("owner", "BUY", "50000", "0.1")
    with transaction.atomic():
        more = [exchange.place("colleague", "BUY", "50000", "0.1") for _ in range(3)]
    exchange.run()
    in_order = list(Outcome.objects.order_by("applied_sequence").values_list("pk", flat=True))
    assert in_order == [*together, single, *more]
    audit(exchange)


@pytest.mark.parametrize("batch_limit", [1, 2, 5])
def test_late_and_many_together(exchange: Exchange, batch_limit: int) -> None:
    exchange.worker(batch_limit=batch_limit)
    model = exchange.place("owner", "BUY", "50000", "0.1")
    exchange.run()
    with psycopg.connect(app_url(exchange.database)) as slow:
        for _ in range(4):
            slow.execute(_COPY, [model])
        with transaction.atomic():
            for _ in range(4):
                exchange.place("owner", "BUY", "50000", "0.1")
        exchange.worker().run_once()
        slow.commit()
    exchange.run()
    assert Command.objects.count() == Outcome.objects.count() == 9
    audit(exchange)


def test_a_restarted_worker_starts_its_scan_where_the_last_one_was(exchange: Exchange) -> None:
    for _ in range(3):
        exchange.place("owner", "BUY", "50000", "0.1")
        exchange.run()
    place = Shard.objects.values_list("scan_from_xact", "scan_after_id").get()
    assert place[0] > 0
    exchange.restart_worker()
    assert exchange.worker().pending() == []
    assert Shard.objects.values_list("scan_from_xact", "scan_after_id").get() == place


def test_a_place_remembered_wrongly_hides_nothing(exchange: Exchange) -> None:
    """The pending commands are asked for together with the place; what counts is the place that is stored."""
    exchange.place("owner", "BUY", "50000", "0.1")
    exchange.run()
    worker = exchange.worker()
    later = exchange.place("owner", "BUY", "50000", "0.1")
    worker._scan_place = ScanPlace(2**40, 0)
    assert [command.command_id for command in worker.pending()] == [later]
    exchange.run()
    assert applied(later)
    audit(exchange)


def test_a_scan_set_back_finds_only_what_has_no_outcome(exchange: Exchange) -> None:
    for _ in range(3):
        exchange.place("owner", "BUY", "50000", "0.1")
    exchange.run()
    Shard.objects.update(scan_from_xact=0, scan_after_id=0)
    exchange.run()
    audit(exchange)
