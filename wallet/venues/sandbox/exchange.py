"""What all exchanges of the sandbox have in common: which paths there are, who may call them, and how they refuse."""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from wallet.venues.sandbox.deposits import Deposits, Place
from wallet.venues.sandbox.faults import OF_ANYBODY, OF_SIGNED_CALLS, Concern, FaultBook, Kind
from wallet.venues.sandbox.keys import READ, Key, KeyRing, KeySource
from wallet.venues.sandbox.listing import CURRENCIES, Currency
from wallet.venues.sandbox.problems import Problem, Refused
from wallet.venues.sandbox.wire import Answer, Call


@dataclass(frozen=True, slots=True)
class World:
    """What the exchanges share: keys, faults, addresses."""

    keys: KeyRing
    faults: FaultBook
    deposits: Deposits


@dataclass(frozen=True, slots=True)
class Request:
    """A call that was let in: with the key that signed it, and what the path itself names."""

    call: Call
    key: Key | None
    named: dict[str, str] = field(default_factory=dict)

    @property
    def signer(self) -> Key:
        assert self.key is not None
        return self.key


@dataclass(frozen=True, slots=True)
class Door:
    """A path, as ccxt's description of the exchange writes it: `{name}` stands for anything."""

    method: str
    path: str
    serve: Callable[[Request], Any]
    """Gives what is answered with 200, or an Answer."""
    permission: str = READ
    """"" where everybody may call it."""

    def match(self, call: Call) -> dict[str, str] | None:
        found = re.fullmatch(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path)), call.path)
        return found.groupdict() if found and call.method == self.method else None


class SandboxExchange:
    """One exchange. A module for each says how it is spoken to."""

    id: ClassVar[str]
    ids: ClassVar[dict[str, str]] = {}
    """Our code of a currency → theirs, where it is another."""
    networks: ClassVar[dict[str, str]]
    """Our name of a network → theirs; others do not exist there."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._plain: dict[tuple[str, str], Door] = {}
        self._patterns: list[Door] = []
        for door in self.doors():
            if "{" in door.path:
                self._patterns.append(door)
            else:
                self._plain[door.method, door.path] = door

    # --- what each has of its own ---

    def doors(self) -> list[Door]:
        raise NotImplementedError

    @classmethod
    def credentials(cls, source: KeySource) -> tuple[str, str, str]:
        """Key, secret and passphrase in the form that the exchange gives out."""
        raise NotImplementedError

    def key_in(self, call: Call) -> str:
        """The key a signed call names; "" for none."""
        raise NotImplementedError

    def verify(self, call: Call, key: Key) -> None:
        """Raises Refused where signature, passphrase or moment are not as they must be."""
        raise NotImplementedError

    def refusal(self, problem: Problem, call: Call) -> Answer:
        """The exchange's own words."""
        raise NotImplementedError

    # --- the same for all ---

    def answer(self, call: Call) -> Answer:
        """What the exchange says to a call; its refusals included."""
        try:
            self.suffer(OF_ANYBODY, Concern(self.id, call.path, self.key_in(call)))
            door, named = self._door_of(call)
            key = self._signer(call, door) if door.permission else None
            said = door.serve(Request(call, key, named))
        except Refused as refused:
            answer = self.refusal(refused.problem, call)
            if refused.retry_after is not None:
                answer = Answer(
                    answer.content, answer.status, {**answer.headers, "Retry-After": str(refused.retry_after)}
                )
            return answer
        return said if isinstance(said, Answer) else Answer(said)

    def suffer(self, kinds: frozenset[Kind] | frozenset[Problem], concern: Concern) -> None:
        """Raises what is planned for the call."""
        fault = self.world.faults.take(kinds, concern)
        if fault is not None:
            assert isinstance(fault.kind, Problem)
            has_time = fault.kind in (Problem.RATE_LIMITED, Problem.MAINTENANCE) and fault.seconds != 1.0
            raise Refused(fault.kind, retry_after=round(fault.seconds) if has_time else None)

    def currencies(self) -> list[Currency]:
        """Those that the exchange lists on some network it knows."""
        return [one for one in CURRENCIES.values() if self.networks_of(one)]

    def networks_of(self, currency: Currency) -> list[str]:
        return [network for network in currency.networks if network in self.networks]

    def id_of(self, currency: Currency | str) -> str:
        code = currency if isinstance(currency, str) else currency.code
        return self.ids.get(code, code)

    def network_of(self, theirs: str) -> str:
        """Our name of a network. Raises Refused for one that the exchange does not know."""
        for ours, name in self.networks.items():
            if name == theirs:
                return ours
        raise Refused(Problem.NETWORK_UNKNOWN)

    def place(self, request: Request, currency: str, network: str | None, *, default: str = "ERC20") -> Place:
        """The signer's deposit address of a currency, by our names."""
        return self.world.deposits.single(request.signer, currency, network, path=request.call.path, default=default)

    def places(self, request: Request, currency: str) -> list[Place]:
        found = self.world.deposits.every(request.signer, currency, path=request.call.path)
        return [place for place in found if place.network in self.networks]

    def _door_of(self, call: Call) -> tuple[Door, dict[str, str]]:
        door = self._plain.get((call.method, call.path))
        if door is not None:
            return door, {}
        for door in self._patterns:
            named = door.match(call)
            if named is not None:
                return door, named
        raise Refused(Problem.PATH_UNKNOWN)

    def _signer(self, call: Call, door: Door) -> Key:
        api_key = self.key_in(call)
        key = self.world.keys.find(self.id, api_key)
        if key is None:
            raise Refused(Problem.WRONG_KEY)
        self.verify(call, key)
        self.suffer(OF_SIGNED_CALLS, Concern(self.id, call.path, api_key))
        if key.problem is not None:
            raise Refused(key.problem)
        if door.permission not in key.permissions:
            raise Refused(Problem.PERMISSION_MISSING)
        return key


def require_signature(given: str, expected: str) -> None:
    """Raises Refused."""
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise Refused(Problem.WRONG_SIGNATURE)


def require_moment(given_ms: int, now_ms: int, *, window_ms: int, ahead_ms: int = 1000) -> None:
    """Raises Refused for a moment that is too old, or too far ahead of the exchange's clock."""
    if not now_ms - window_ms <= given_ms <= now_ms + ahead_ms:
        raise Refused(Problem.NONCE_INVALID)


def whole(text: str) -> int:
    """A number of a header or argument. Raises Refused where it is none."""
    if not text.isdecimal() or len(text) > 20:
        raise Refused(Problem.NONCE_INVALID)
    return int(text)
