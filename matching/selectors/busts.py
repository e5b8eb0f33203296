"""Which trades have been busted. There are few, so nothing of it stands in the table of trades."""

from matching.models import BustState


def is_busted(trade_id: str) -> str:
    """SQL that says whether the trade with the id of this expression has been undone."""
    return (
        f"EXISTS (SELECT FROM matching_tradebust b WHERE b.trade_id = {trade_id} AND b.state = {int(BustState.DONE)})"
    )
