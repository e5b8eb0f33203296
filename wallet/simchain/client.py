"""A client of the simulated chain. Every failure says whether something may have been done.

Refused       the chain said no: nothing was done, and it will not be
Unreachable   no answer, or one that tells nothing: it may have been done or not, so look it up
NotReached    a kind of Unreachable: the request never left, so nothing was done
"""

from typing import Any

import httpx

TIMEOUT_SECONDS = 5.0


class ChainError(Exception):
    """Something other than the asked-for answer."""


class Unreachable(ChainError):
    """Nobody knows what became of the request."""


class NotReached(Unreachable):
    """The chain did not take the connection: the request changed nothing."""


class Refused(ChainError):
    """A definite no."""

    def __init__(self, code: str, message: str, *, status: int) -> None:
        self.code = code
        self.message = message
        self.status = status
        super().__init__(f"{code}: {message}")


class ChainClient:
    """Calls of one chain; safe for several threads. Amounts are whole atoms."""

    def __init__(self, url: str, token: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._client = httpx.Client(
            base_url=url,
            timeout=timeout_seconds,
            headers={"Authorization": f"Bearer {token}"},
            # Neither a proxy of the environment nor a connection from earlier stands between the two.
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def close(self) -> None:
        self._client.close()

    def status(self) -> dict[str, Any]:
        return self._get("/status")

    def blocks(self, *, first: int, limit: int = 100) -> dict[str, Any]:
        """`blocks` in order from number `first`, with `tip_number` and `tip_hash` of the same moment."""
        return self._get("/blocks", **{"from": first, "limit": limit})

    def block(self, *, block_hash: str) -> dict[str, Any]:
        return self._get("/block", hash=block_hash)

    def chain_transaction(self, identity: str) -> dict[str, Any] | None:
        """None where the chain has never seen it."""
        return self._find("/chain-transaction", id=identity)

    def look_up(self, client_id: str) -> dict[str, Any] | None:
        """What was sent under this id of ours; None where nothing was."""
        return self._find("/chain-transaction", client_id=client_id)

    def pending(self, *, limit: int = 1_000) -> list[dict[str, Any]]:
        return list(self._get("/pending", limit=limit)["chain_transactions"])

    def sent(self, wallet: str, *, after: int = 0, limit: int = 1_000) -> dict[str, Any]:
        return self._get("/sent", wallet=wallet, after=after, limit=limit)

    def balance(self, wallet: str, asset: str) -> dict[str, Any]:
        return self._get("/balance", wallet=wallet, asset=asset)

    def movements(self, wallet: str, *, after: int = 0, limit: int = 1_000) -> dict[str, Any]:
        return self._get("/movements", wallet=wallet, after=after, limit=limit)

    def addresses(self, wallet: str, *, after: int | None = None, limit: int = 1_000) -> dict[str, Any]:
        """From the first one on, or those behind the `cursor` of an earlier page."""
        place = {} if after is None else {"after": after}
        return self._get("/addresses", wallet=wallet, limit=limit, **place)

    def new_address(self, wallet: str, *, client_id: str = "") -> str:
        """A repeat with the same `client_id` gives the same address."""
        return str(self._post("/addresses", wallet=wallet, client_id=client_id)["address"])

    def send(
        self, wallet: str, asset: str, outputs: list[dict[str, str]], *, client_id: str, max_fee: int | None = None
    ) -> dict[str, Any]:
        """Pay from a wallet, at most once for one `client_id`. An output has address, amount and perhaps tag."""
        fee = {} if max_fee is None else {"max_fee": str(max_fee)}
        return self._post("/send", wallet=wallet, asset=asset, outputs=outputs, client_id=client_id, **fee)

    def faucet(self, address: str, asset: str, amount: int, *, tag: str = "", client_id: str = "") -> dict[str, Any]:
        """New money for an address."""
        output = {"address": address, "amount": str(amount), "tag": tag}
        return self._post("/faucet", asset=asset, client_id=client_id, **output)

    def broadcast_again(self, identity: str) -> dict[str, Any]:
        return self._post("/broadcast-again", id=identity)

    def mine(self, blocks: int = 1) -> dict[str, Any]:
        return self._post("/controls/mine", blocks=blocks)

    def reorganise(self, depth: int, *, drop: list[str] | None = None, is_mined_again: bool = True) -> dict[str, Any]:
        return self._post("/controls/reorganise", depth=depth, drop=drop or [], is_mined_again=is_mined_again)

    def fail_next(self, kind: str, *, operation: str = "send", times: int = 1) -> None:
        self._post("/controls/fail-next", kind=kind, operation=operation, times=times)

    def fail_no_more(self) -> None:
        self._post("/controls/fail-no-more")

    def set_fee(self, asset: str, fee: int) -> None:
        self._post("/controls/fee", asset=asset, fee=str(fee))

    def _get(self, path: str, **arguments: Any) -> dict[str, Any]:
        return self._ask("GET", path, params=arguments)

    def _post(self, path: str, **arguments: Any) -> dict[str, Any]:
        return self._ask("POST", path, json=arguments)

    def _find(self, path: str, **arguments: Any) -> dict[str, Any] | None:
        try:
            return self._get(path, **arguments)
        except Refused as refusal:
            if refusal.code == "NOT_FOUND":
                return None
            raise

    def _ask(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        try:
            answer = self._client.request(method, path, **content)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as problem:
            raise NotReached(f"{method} {path}: {type(problem).__name__}") from problem
        except httpx.HTTPError as problem:
            raise Unreachable(f"{method} {path}: {type(problem).__name__}") from problem
        try:
            body = answer.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Unreachable(f"{method} {path}: answered {answer.status_code} with something else than JSON")
        if answer.is_success:
            return body
        error = body.get("error")
        if answer.is_client_error and isinstance(error, dict) and isinstance(error.get("code"), str):
            raise Refused(error["code"], str(error.get("message", "")), status=answer.status_code)
        raise Unreachable(f"{method} {path}: answered {answer.status_code}")
