from tests.support.api_fixtures import (
    colleague,
    nothing_changed,
    nothing_remembered,
    outsider,
    owner,
    owner_client,
    staff,
)

__all__ = ["colleague", "nothing_changed", "nothing_remembered", "outsider", "owner", "owner_client", "staff"]
