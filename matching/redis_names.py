"""What the matching workers and those who listen to them call things in Redis.

Keys live in the Redis database of the installation. Channels do not: pub/sub reaches every client of a server whatever
its database, so their names carry its number.
"""

from redis.connection import parse_url


def depth_keys(symbol: str) -> tuple[str, str, str]:
    """Sorted sets of bids and asks (score: ticks, member: "price:quantity"), and the id of their last update."""
    return f"orderbook:{symbol}:bids", f"orderbook:{symbol}:asks", f"orderbook:{symbol}:update_id"


def auction_key(symbol: str) -> str:
    """What the auction of a market that collects orders would come to now (`matching.worker.auction_cache`)."""
    return f"orderbook:{symbol}:auction"


def answer_key(reply_to: str) -> str:
    """The list on which one process waits for the outcomes of its requests."""
    return f"answers:{reply_to}"


def wake_key(shard_name: str) -> str:
    """The list whose first element wakes the shard's worker."""
    return f"wake:{shard_name}"


def redis_database(url: str) -> int:
    """The number of the Redis database that a REDIS_URL names."""
    return int(parse_url(url).get("db") or 0)


def market_channel(database: int, symbol: str) -> str:
    """Changes of one market's book, its trades and its state, as `matching.worker.announcements` writes them."""
    return f"stream:{database}:market:{symbol}"


def user_channel(database: int) -> str:
    """The numbered events of all accounts, of all writers."""
    return f"stream:{database}:users"
