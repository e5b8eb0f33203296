"""One client's way of asking: in time, at the allowed pace, again where that may help, and with nothing let out.

An operation (a test, a currency) has a time limit that holds whatever the far end does, as nothing waits for it to
end: slow answers, and waiting for a turn, are cut off alike. Within it every request waits for ccxt's limiter and then
for its turn among all processes, and is tried again, with growing and random pauses, only where that may help.

What ccxt raises is judged where the answer is still at hand: its errors do not say whether the answer was HTML, cut off
or empty. It is turned into ours outside of `except`, and raised without its traceback: ccxt's frames hold keys.
"""

import asyncio
import decimal
import math
import random
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_random_exponential

from wallet.ccxt_habits import decimals_for_ccxt
from wallet.venues.errors import (
    ExchangeApiError,
    ExchangeCredentialsInvalid,
    ExchangeRateLimited,
    ExchangeTimeout,
    ExchangeUnavailable,
)
from wallet.venues.exchanges.breaker import Breaker
from wallet.venues.exchanges.failures import Exchanged, failure_of, is_trouble, malformed, may_pass
from wallet.venues.exchanges.profiles import Profile
from wallet.venues.exchanges.rates import SharedRate

Result = TypeVar("Result")
MOST_ATTEMPTS = 4
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.15, 8.0
_GOOD = range(200, 300)


@dataclass(slots=True)
class Operation:
    """What is being done, and until when."""

    deadline: float = math.inf
    """Of the event loop's clock."""
    currency: str = ""
    in_flight: int = 0
    was_silent: bool = False
    """Whether the exchange let a request run out of time, and not we, waiting for our turn."""
    took_seconds: list[float] = field(default_factory=list)

    def seconds_left(self) -> float:
        return self.deadline - asyncio.get_running_loop().time()


_operation: ContextVar[Operation] = ContextVar("venue_operation")
_exchanged: ContextVar[Exchanged] = ContextVar("venue_exchanged")


class Caller:
    """Asks one ccxt client. `exchange` is our public id of it."""

    def __init__(self, made: Any, *, exchange: str, profile: Profile, rate: SharedRate, breaker: Breaker) -> None:
        self._made = made
        self._exchange = exchange
        self._profile = profile
        self._rate = rate
        self._breaker = breaker
        self._turn = asyncio.Lock()
        self._watch()

    async def run(
        self, work: Callable[[], Coroutine[Any, Any, Result]], *, seconds: float, currency: str = ""
    ) -> Result:
        """Do something of several requests within the time limit. Raises ExchangeApiError and its subclasses only."""
        rest_seconds = await asyncio.to_thread(self._breaker.enter)
        if rest_seconds:
            raise ExchangeUnavailable.at(self._exchange, currency=currency, retry_after=rest_seconds)
        operation = Operation(asyncio.get_running_loop().time() + seconds, currency)
        task = asyncio.create_task(_isolated(operation, work))
        try:
            await asyncio.wait({task}, timeout=seconds)
        finally:
            if not task.done():
                task.cancel()
                task.add_done_callback(_take_notice)
        if task.done() and not task.cancelled():
            failure = self._failure(task.exception(), currency)
        else:
            note_silence(operation)
            failure = ExchangeTimeout.at(self._exchange, currency=currency, exchange_error="RequestTimeout")
        await asyncio.to_thread(self._tell_breaker, failure, operation.was_silent)
        if failure is not None:
            raise failure.with_traceback(None)
        return task.result()

    async def ask(self, method: str, *arguments: Any, again: bool = True) -> Any:
        """Call a method of ccxt, again where that may help. Within `run` only."""
        operation = _operation.get()
        retrying = AsyncRetrying(
            retry=retry_if_exception(may_pass),
            stop=_is_enough if again else lambda _: True,
            wait=_pause,
            sleep=asyncio.sleep,
            reraise=True,
        )
        failure: ExchangeApiError | None = None
        try:
            return await retrying(self._ask_once, method, arguments)
        except Exception as error:
            failure = self._failure(error, operation.currency)
        raise failure or malformed(exchange=self._exchange, currency=operation.currency)

    async def _ask_once(self, method: str, arguments: tuple[Any, ...]) -> Any:
        failure: ExchangeApiError | None = None
        try:
            if self._profile.is_serial:
                async with self._turn:
                    return await getattr(self._made, method)(*arguments)
            return await getattr(self._made, method)(*arguments)
        except Exception as error:
            failure = self._failure(error, _operation.get().currency)
        raise failure or malformed(exchange=self._exchange, currency=_operation.get().currency)

    def _failure(self, error: BaseException | None, currency: str) -> ExchangeApiError | None:
        """What an error means that came while a good answer was read, or before anything was sent."""
        import ccxt

        if error is None or isinstance(error, ExchangeApiError):
            return error
        if not isinstance(error, ccxt.BaseError):
            return malformed(exchange=self._exchange, currency=currency)
        # What ccxt says here of a good answer is not about whether the exchange can be reached.
        return failure_of(error, exchange=self._exchange, currency=currency, exchanged=Exchanged(is_json=True))

    def _tell_breaker(self, failure: ExchangeApiError | None, was_silent: bool) -> None:
        if isinstance(failure, ExchangeTimeout):
            if was_silent:
                self._breaker.failed()
        elif failure is not None and is_trouble(failure):
            self._breaker.failed()
        elif not isinstance(failure, ExchangeRateLimited):
            self._breaker.succeeded()

    # --- What happens around each request -------------------------------------------------------------------------

    def _watch(self) -> None:
        made = self._made
        fetch, throttle, sign = made.fetch, made.throttle, made.sign
        on_response, parse_json = made.on_rest_response, made.parse_json

        async def watched_fetch(url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
            return await self._fetch(fetch(url, method, headers, body))

        async def watched_throttle(cost: float | None = None) -> None:
            await throttle(cost)
            await self._await_turn(1.0 if cost is None else float(cost))

        def watched_sign(*arguments: Any, **options: Any) -> Any:
            return self._sign(sign, arguments, options)

        def watched_response(status: int, reason: str, url: str, method: str, headers: Any, *rest: Any) -> Any:
            exchanged = _exchanged.get()
            exchanged.status, exchanged.retry_after = status, _retry_after(headers)
            return on_response(status, reason, url, method, headers, *rest)

        def watched_json(text: str) -> Any:
            parsed = parse_json(text)
            exchanged = _exchanged.get()
            exchanged.is_json = isinstance(parsed, dict | list) and bool(parsed)
            exchanged.is_refusal = self._is_overlooked_refusal(parsed)
            return parsed

        made.fetch, made.throttle, made.sign = watched_fetch, watched_throttle, watched_sign
        made.on_rest_response, made.parse_json = watched_response, watched_json

    async def _fetch(self, fetching: Awaitable[Any]) -> Any:
        operation, exchanged = _operation.get(), Exchanged()
        _exchanged.set(exchanged)
        operation.in_flight += 1
        started = time.perf_counter()
        failure: ExchangeApiError | None = None
        try:
            answer = await fetching
        except Exception as error:
            failure = failure_of(error, exchange=self._exchange, currency=operation.currency, exchanged=exchanged)
        finally:
            operation.in_flight -= 1
        operation.took_seconds.append(time.perf_counter() - started)
        if failure is not None:
            operation.was_silent |= isinstance(failure, ExchangeTimeout)
            raise failure
        if not exchanged.is_json or exchanged.status not in _GOOD:
            raise malformed(exchange=self._exchange, currency=operation.currency)
        if exchanged.is_refusal:
            raise ExchangeApiError.at(self._exchange, currency=operation.currency, exchange_error="ExchangeError")
        return answer

    async def _await_turn(self, cost: float) -> None:
        operation = _operation.get()
        while seconds := await asyncio.to_thread(self._rate.take, cost):
            if seconds > operation.seconds_left():
                raise ExchangeRateLimited.at(
                    self._exchange, currency=operation.currency, retry_after=max(math.ceil(seconds), 1)
                )
            await asyncio.sleep(seconds * random.uniform(1.0, 1.2))

    def _sign(self, sign: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        import ccxt

        try:
            return sign(*arguments, **options)
        except ccxt.BaseError:
            raise
        except Exception:  # a secret that is no base64, a private key that is none
            pass
        raise ExchangeCredentialsInvalid.at(self._exchange, exchange_error="AuthenticationError")

    def _is_overlooked_refusal(self, parsed: Any) -> bool:
        good = self._profile.good_codes
        return bool(good) and isinstance(parsed, dict) and "code" in parsed and str(parsed["code"]) not in good


def took_seconds() -> list[float]:
    """How long each request of the running operation has taken, without waiting for its turn."""
    return _operation.get().took_seconds


def seconds_left() -> float:
    """Of the running operation."""
    return _operation.get().seconds_left()


def note_silence(operation: Operation | None = None) -> None:
    """Time is up for the running operation, or this one: remember whether it was the exchange that used it."""
    operation = operation or _operation.get()
    operation.was_silent |= operation.in_flight > 0


async def _isolated(operation: Operation, work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """In a task of its own: a context set here is this task's alone, and its children's."""
    decimal.setcontext(decimals_for_ccxt())
    _operation.set(operation)
    return await work()


def _take_notice(task: "asyncio.Task[Any]") -> None:
    """Nobody waits for it any more; an error of it is not to be reported as never retrieved, with all it holds."""
    if not task.cancelled():
        task.exception()


def _pause(state: RetryCallState) -> float:
    exchanged = _exchanged.get(None)
    asked_for = exchanged.retry_after if exchanged is not None else None
    return (asked_for or 0) + _backoff(state)


_backoff = wait_random_exponential(multiplier=_FIRST_PAUSE_SECONDS, max=_LONGEST_PAUSE_SECONDS)


def _is_enough(state: RetryCallState) -> bool:
    """Also where the pause would be longer than there is time: the error in hand says more than a time-out."""
    return state.attempt_number >= MOST_ATTEMPTS or state.upcoming_sleep >= _operation.get().seconds_left()


def _retry_after(headers: Any) -> int | None:
    for name, value in (headers or {}).items():
        if name.lower() == "retry-after" and str(value).strip().isdigit():
            return min(int(value), 86_400)
    return None
