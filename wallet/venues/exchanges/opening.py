"""Opens clients: for an account with its keys, or without any, for what an exchange tells everybody."""

from wallet.venues.core.fetched import Credentials
from wallet.venues.errors import ExchangeCredentialsInvalid, ExchangeFeatureMissing, ExchangeNotSupported
from wallet.venues.exchanges.breaker import Breaker
from wallet.venues.exchanges.calling import Caller
from wallet.venues.exchanges.client import ExchangeClient
from wallet.venues.exchanges.making import FarEnd, connect, far_end_of, make_client
from wallet.venues.exchanges.profiles import Profile, profile_of, settled
from wallet.venues.exchanges.rates import SharedRate
from wallet.venues.models import AccountKind, SupportedExchange

_NOBODY = 0
"""Whose share of the exchange requests without keys are counted against."""


def open_client(
    *,
    exchange: SupportedExchange,
    credentials: Credentials,
    kind: AccountKind | str,
    is_sandbox: bool,
    owner_id: int,
    time_limit: float | None = None,
) -> ExchangeClient:
    """A client of one account; nothing is asked yet. `owner_id` is the user's; `time_limit` in seconds.

    Raises ExchangeNotSupported, ExchangeFeatureMissing where there is no such account or no sandbox, and
    ExchangeCredentialsInvalid where a key the exchange needs is missing.
    """
    profile = profile_of(exchange)
    if exchange.needs_passphrase and not credentials.passphrase:
        raise ExchangeCredentialsInvalid.at(exchange.id)
    if kind == AccountKind.FUTURES and not exchange.has_futures:
        raise ExchangeFeatureMissing.at(exchange.id)
    return _open(exchange, profile, credentials, str(kind), is_sandbox, owner_id, time_limit)


def public_client(
    exchange: SupportedExchange, *, is_sandbox: bool = False, time_limit: float | None = None
) -> ExchangeClient:
    """A client without keys, for the exchange's currencies. Raises ExchangeNotSupported, ExchangeFeatureMissing."""
    return _open(exchange, profile_of(exchange), None, AccountKind.SPOT, is_sandbox, _NOBODY, time_limit)


def _open(
    exchange: SupportedExchange,
    profile: Profile,
    credentials: Credentials | None,
    kind: str,
    is_sandbox: bool,
    owner_id: int,
    time_limit: float | None,
) -> ExchangeClient:
    if not exchange.is_active:
        raise ExchangeNotSupported
    far_end = far_end_of(exchange, is_sandbox=is_sandbox)
    made = make_client(exchange, profile, credentials=credentials, kind=kind, far_end=far_end)
    profile = settled(profile, made.has)
    rate = SharedRate(
        exchange=_place(exchange, far_end),
        owner_id=owner_id,
        rate_limit_ms=float(made.rateLimit),
        burst_seconds=profile.burst_seconds,
    )
    breaker = Breaker(exchange.id, is_sandbox=far_end.is_sandbox)
    caller = Caller(made, exchange=exchange.id, profile=profile, rate=rate, breaker=breaker)
    return ExchangeClient(
        made,
        exchange=exchange.id,
        profile=profile,
        kind=kind,
        caller=caller,
        connect=lambda client: connect(client, far_end),
        shared_name=_shared_name(exchange, far_end, has_keys=credentials is not None or profile.has_keyless_currencies),
        time_limit=time_limit,
    )


def _place(exchange: SupportedExchange, far_end: FarEnd) -> str:
    return f"{exchange.id}:sandbox" if far_end.is_sandbox else exchange.id


def _shared_name(exchange: SupportedExchange, far_end: FarEnd, *, has_keys: bool) -> str:
    # What an exchange tells those without keys is less, and must not be what accounts find.
    audience = "" if has_keys else ":keyless"
    return f"{_place(exchange, far_end)}:{far_end.base_url}{audience}"
