"""Keys of the sandbox's own accounts, for whoever has no account anywhere. They open nothing real."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from wallet.venues.sandbox.exchanges.registry import EXCHANGES, SAME_FAR_END
from wallet.venues.sandbox.keys import READ, TRADE, WITHDRAW, Key, KeySource
from wallet.venues.sandbox.problems import Problem

DEMO_SEED = "demo"


@dataclass(frozen=True, slots=True)
class DemoKey:
    """A key that the sandbox of the demo knows."""

    exchange: str
    name: str
    description: str
    api_key: str
    api_secret: str = field(repr=False)
    passphrase: str = field(repr=False)
    permissions: frozenset[str]
    problem: Problem | None = None


_KINDS = (
    ("reader", "May read and nothing else, as a key should.", frozenset({READ}), None),
    (
        "trader",
        "May also trade and withdraw: the connection test warns of it.",
        frozenset({READ, TRADE, WITHDRAW}),
        None,
    ),
    ("second", "May read, of another account: it has other addresses.", frozenset({READ}), None),
    ("suspended", "Of an account that the exchange has suspended.", frozenset({READ}), Problem.ACCOUNT_DISABLED),
)


def demo_keys(seed: str = DEMO_SEED) -> list[DemoKey]:
    """All keys of a sandbox with this seed, by exchange."""
    return [
        DemoKey(exchange, name, description, *credentials_of(exchange, name, seed=seed), permissions, problem)
        for exchange in EXCHANGES
        for name, description, permissions, problem in _KINDS
    ]


@cache
def demo_credentials(exchange_id: str) -> DemoKey | None:
    """The key that may only read at an exchange; None where the sandbox does not have the exchange."""
    exchange_id = SAME_FAR_END.get(exchange_id, exchange_id)
    return next((one for one in demo_keys() if one.exchange == exchange_id and one.name == "reader"), None)


def credentials_of(exchange: str, name: str, *, seed: str) -> tuple[str, str, str]:
    """Key, secret and passphrase of a named key, in the exchange's own form."""
    return EXCHANGES[exchange].credentials(KeySource(seed, exchange, name))


def keys_of_accounts(seed: str) -> Iterable[Key]:
    """The same keys as the far end keeps them. "reader", "trader" and "suspended" are of one account."""
    for one in demo_keys(seed):
        owner = "second" if one.name == "second" else "first"
        yield Key(
            one.exchange, owner, one.api_key, one.api_secret, one.passphrase, one.permissions, problem=one.problem
        )
