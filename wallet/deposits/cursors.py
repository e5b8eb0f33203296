"""Where the walk along a rail stands: height and hash of the last block, and what has to be remembered with them.

`Rail.cursor` of a rail with blocks has `landmarks` (see there) and `displaced`: ids of deposits that are in the books,
or about to be, and whose block a reorganisation has taken away. Rails without blocks keep marks of their own in it.
"""

from wallet.deposits.landmarks import Landmark
from wallet.models import Rail


class Overtaken(Exception):
    """Somebody else has moved the cursor."""


def locked_rail(rail: Rail) -> Rail:
    """The rail's row, locked, if its cursor is where the walk thinks that it is. Raises Overtaken."""
    locked = Rail.objects.select_for_update(no_key=True).get(pk=rail.pk)
    if (locked.cursor_height, locked.cursor_hash) != (rail.cursor_height, rail.cursor_hash):
        raise Overtaken
    return locked


def follow(rail: Rail, committed: Rail) -> None:
    """The walk stands where the commit has put the cursor."""
    rail.cursor_height, rail.cursor_hash, rail.cursor = (
        committed.cursor_height,
        committed.cursor_hash,
        committed.cursor,
    )


def landmarks_of(rail: Rail) -> list[Landmark]:
    return [(int(height), str(end)) for height, end in rail.cursor.get("landmarks", [])]


def displaced_of(rail: Rail) -> list[int]:
    return [int(deposit_id) for deposit_id in rail.cursor.get("displaced", [])]
