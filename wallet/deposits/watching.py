"""Walking along a rail: everything that comes in gets its row, in order, and nothing is skipped.

The rail is asked outside of database transactions. Its cursor moves in the same commit as the rows of the blocks it
moves over, so a crash at any moment leaves a place from which the walk goes on. Each block must name the block before
it as its parent; where it does not, the chain has been reorganised, and the walk first goes back to where the branches
part (`reorganisations`).

One process at a time watches a rail: it holds an advisory lock of its database session. Should the lock get lost with
the session, the cursor is still compared under the lock of the rail's row before anything is written.
"""

import logging
import time

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kernel.errors import BourseError
from storage.session_locks import only_one
from wallet.deposits.arrivals import count_arrivals, count_confirmations, take_down_arrivals
from wallet.deposits.cursors import Overtaken, follow, landmarks_of, locked_rail
from wallet.deposits.landmarks import extended, landmark
from wallet.deposits.locks import WATCHING
from wallet.deposits.rechecking import recheck_pending
from wallet.deposits.reorganisations import go_back, settle_displaced
from wallet.models import Rail
from wallet.rails.protocol import Block, Detection, RailAdapter, RailUnavailable
from wallet.rails.registry import adapter_of

log = logging.getLogger(__name__)

BLOCKS_AT_ONCE = 500
WATCH_SECONDS = 20.0
"""How long one walk goes on; the next one continues where it has ended."""
MOST_REORGANISATIONS = 20
"""In one walk. A far end that contradicts itself all the time is broken."""


def watched_rails() -> list[str]:
    """Codes of the rails that can be asked what came in."""
    rails = Rail.objects.filter(is_enabled=True, kind__in=settings.RAIL_ADAPTERS)
    return list(rails.values_list("code", flat=True))


def watch_rail(*, rail_code: str, adapter: RailAdapter | None = None, seconds: float = WATCH_SECONDS) -> bool:
    """Walk to the rail's newest block, or as far as the time allows; True when the end was reached.

    False as well where another process is watching this rail, or the rail does not answer, which is noted at the rail.
    """
    with only_one(WATCHING, rail_code) as is_mine:
        if not is_mine:
            return False
        rail = Rail.objects.get(pk=rail_code)
        try:
            is_at_end = _walk(rail, adapter or adapter_of(rail), until=time.monotonic() + seconds)
        except BourseError as problem:
            _require_unavailable(problem)
            if not rail.last_error:
                # Once: it is asked again every two seconds.
                log.warning("rail %s does not answer: %s", rail_code, problem.__cause__ or problem)
            Rail.objects.filter(pk=rail_code).update(last_error=problem.text[:200])
            return False
        except Overtaken:
            return False
        Rail.objects.filter(pk=rail_code).update(last_error="", seen_at=timezone.now())
        return is_at_end


def recheck_rail(*, rail_code: str, adapter: RailAdapter | None = None) -> None:
    """Ask about every deposit of the rail that is not confirmed often enough and in no known block."""
    with only_one(WATCHING, rail_code) as is_mine:
        if is_mine:
            rail = Rail.objects.get(pk=rail_code)
            try:
                recheck_pending(rail, adapter or adapter_of(rail))
            except BourseError as problem:
                _require_unavailable(problem)
                log.warning("rail %s does not answer: %s", rail_code, problem.__cause__ or problem)


def _require_unavailable(problem: BourseError) -> None:
    """Anything else than a rail that does not answer, or is not set up yet, is a fault of ours: raise it."""
    if problem.status != RailUnavailable.status:
        raise problem


def _walk(rail: Rail, adapter: RailAdapter, *, until: float) -> bool:
    reorganisations = 0
    while True:
        detection = adapter.detect(after_height=rail.cursor_height, cursor=rail.cursor, limit=BLOCKS_AT_ONCE)
        if not adapter.has_blocks:
            _commit_arrivals(rail, detection)
            return True
        _require_without_gaps(rail, detection)
        if _is_on_another_branch(rail, adapter, detection.blocks):
            reorganisations += 1
            if reorganisations > MOST_REORGANISATIONS:
                raise RailUnavailable("The chain changes faster than it can be walked.")
            go_back(rail, adapter)
        else:
            _commit_blocks(rail, detection)
            if rail.cursor_height >= detection.tip_height:
                settle_displaced(rail, adapter)
                return True
        if time.monotonic() > until:
            return False


def _require_without_gaps(rail: Rail, detection: Detection) -> None:
    heights = [block.height for block in detection.blocks]
    if heights != list(range(rail.cursor_height + 1, rail.cursor_height + 1 + len(heights))):
        raise RailUnavailable("The chain's answer leaves blocks out.")
    if not heights and detection.tip_height > rail.cursor_height:
        raise RailUnavailable("The chain does not tell its next block.")


def _is_on_another_branch(rail: Rail, adapter: RailAdapter, blocks: tuple[Block, ...]) -> bool:
    if not blocks:
        return bool(rail.cursor_hash) and adapter.block_hash(rail.cursor_height) != rail.cursor_hash
    parents = [rail.cursor_hash or blocks[0].parent_hash, *(block.hash for block in blocks[:-1])]
    return parents != [block.parent_hash for block in blocks]


def _commit_blocks(rail: Rail, detection: Detection) -> None:
    at = timezone.now()
    blocks = detection.blocks
    with transaction.atomic():
        locked = locked_rail(rail)
        take_down_arrivals(rail, [arrival for block in blocks for arrival in block.arrivals], at=at)
        take_down_arrivals(rail, detection.arrivals, at=at)
        if blocks:
            last = blocks[-1]
            count_confirmations(rail, height=last.height)
            marks = [landmark(block.height, block.hash) for block in blocks]
            if not rail.cursor_hash:
                marks.insert(0, landmark(blocks[0].height - 1, blocks[0].parent_hash))
            locked.cursor_height, locked.cursor_hash = last.height, last.hash
            locked.cursor = {**locked.cursor, "landmarks": extended(landmarks_of(locked), marks)}
            locked.save(update_fields=["cursor_height", "cursor_hash", "cursor"])
    follow(rail, locked)


def _commit_arrivals(rail: Rail, detection: Detection) -> None:
    with transaction.atomic():
        locked = locked_rail(rail)
        take_down_arrivals(rail, detection.arrivals, at=timezone.now())
        count_arrivals(rail, detection.arrivals)
        if detection.cursor != locked.cursor:
            locked.cursor = detection.cursor
            locked.save(update_fields=["cursor"])
    follow(rail, locked)
