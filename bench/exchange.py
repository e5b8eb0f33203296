"""An exchange of any size for benchmarks: one market, many users with money, and a log full of commands."""

import os
import platform
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import bench.setup  # noqa: F401

# isort: split

import redis
from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from accounts.models import KycStatus, User
from exchange.compiled import cores_run_as
from exchange.demo import FEE_TIERS, FUNDS_WRITER, MAIN_SHARD_WRITER
from ledger.models import Account, AccountKind, Balance, EntryKind
from ledger.services import PostingRequest, open_writer, post_entry
from matching.engine.commands import Cancel, Command, Place
from matching.listing import list_asset, list_market, open_shard, set_fee_tiers
from matching.models import CommandKind, Market
from matching.worker.batch_writers import configured_batch_writers
from matching.worker.loop import collector_tuned_for_books
from matching.worker.publishing import Publisher
from matching.worker.worker import MatchingWorker
from storage.bulk import number_array
from storage.connections import database_cursor
from storage.partitions import ensure_partitions

FUNDING_ATOMS = 10**24
SHARD = "main"

_LOG = """
    INSERT INTO matching_command
        (id, account_id, kind, side, order_type, time_in_force, post_only, ticks, lots, value, target_order_id,
         shard_id, market_id, rules_version, state, reason, reply_to, request_id)
    SELECT c.*, %s, %s, %s, 0, '', '', '' FROM unnest(
        %s::bigint[], %s::bigint[], %s::smallint[], %s::smallint[], %s::smallint[], %s::smallint[],
        %s::boolean[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS c
"""


def open_market(*, base: str = "BNCH", initial_price: str = "500") -> Market:
    """A market of a cent a tick and a thousandth a lot, with the fee table and the shard it needs."""
    ensure_partitions(months_ahead=2)
    set_fee_tiers(tiers=FEE_TIERS)
    open_writer(number=FUNDS_WRITER, name="funds")
    assets = [list_asset(symbol=symbol, name=symbol, scale=12, display_decimals=8) for symbol in (base, "USD")]
    return list_market(
        base=assets[0],
        quote=assets[1],
        shard=open_shard(name=SHARD, writer_number=MAIN_SHARD_WRITER),
        tick_size=Decimal("0.01"),
        lot_size=Decimal("0.001"),
        min_quantity=Decimal("0.001"),
        price_band_ppm=100_000,
        max_open_orders=1_000,
        initial_price=Decimal(initial_price),
    )


def open_accounts(market: Market, count: int) -> list[int]:
    """That many users with plenty of both assets; returns their account ids."""
    users = User.objects.bulk_create(
        User(email=f"user{n}@bench.example", username=f"user{n}", kyc_status=KycStatus.APPROVED)
        for n in range(1, count + 1)
    )
    accounts = Account.objects.bulk_create(Account(kind=AccountKind.USER, user=user) for user in users)
    opening = Account.objects.get(writer_id=FUNDS_WRITER, kind=AccountKind.OPENING)
    for asset_id in (market.base_id, market.quote_id):
        post_entry(
            writer_id=FUNDS_WRITER,
            idempotency_key=f"bench:{asset_id}",
            kind=EntryKind.FUNDING,
            postings=[
                PostingRequest(opening.id, asset_id, -FUNDING_ATOMS * count),
                *(PostingRequest(account.id, asset_id, FUNDING_ATOMS) for account in accounts),
            ],
            at=timezone.now(),
        )
    return [account.id for account in accounts]


def start_worker(*, batch_limit: int) -> MatchingWorker:
    """The worker of the shard, as the exchange has it; measured inside `looking_up_by_keys`, as its loop runs it."""
    worker = MatchingWorker(
        shard_name=SHARD,
        publisher=Publisher(redis.Redis.from_url(settings.REDIS_URL)),
        batch_limit=batch_limit,
        batch_writers=configured_batch_writers(),
    )
    with collector_tuned_for_books():
        worker.try_take_over()
    return worker


def log_commands(market: Market, commands: Iterable[Command], account_ids: list[int]) -> int:
    """Append engine commands to the log; account n of the flow is the n-th of `account_ids`. Returns how many."""
    columns: list[list[Any]] = [[] for _ in range(11)]
    for command in commands:
        account_id = account_ids[command.account_id - 1]  # type: ignore[union-attr]
        if isinstance(command, Place):
            row = (
                command.order_id, account_id, int(CommandKind.PLACE), int(command.side), int(command.order_type),
                int(command.time_in_force), command.post_only, command.ticks, command.lots, command.value, 0,
            )  # fmt: skip
        elif isinstance(command, Cancel):
            kind = int(CommandKind.CANCEL)
            row = (command.order_id, account_id, kind, 0, 0, 0, False, 0, 0, 0, command.target_order_id)
        else:
            raise TypeError(f"the flow has no {type(command).__name__}")
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    # Prepared, as the services do it: whoever feeds takes little from what is measured on the same cores.
    database_cursor().execute(_LOG, [market.shard_id, market.id, market.rules_version, *map(number_array, columns)])
    return len(columns[0])


def totals() -> dict[int, Decimal]:
    """Asset to the sum of all balances of all accounts: zero, as long as the books are right."""
    sums = Balance.objects.values("asset_id").annotate(total=Sum("available") + Sum("locked"))
    return {row["asset_id"]: row["total"] for row in sums.order_by("asset_id")}


def machine() -> dict[str, str | int]:
    """What a figure was measured on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit')"
        )
        version, fsync, synchronous_commit = cursor.fetchone()
    return {
        "cores": os.cpu_count() or 0,
        "engine": cores_run_as(),
        "python": platform.python_version(),
        "postgresql": version,
        "fsync": fsync,
        "synchronous_commit": synchronous_commit,
    }
