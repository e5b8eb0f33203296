"""Coinbase: a JSON Web Token for each request, signed with Ed25519 or ES256 and bound to method and URL.

Two APIs share the keys: v2 lists addresses, v3 all else. Whoever is not let in gets one word of plain text.
"""

import base64
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from wallet.venues.sandbox.exchange import Door, Request, SandboxExchange
from wallet.venues.sandbox.keys import READ, TRADE, WITHDRAW, Key, KeySource
from wallet.venues.sandbox.problems import Problem, Refused
from wallet.venues.sandbox.wire import Answer, Call

_TOKEN_SECONDS = 120
_LEEWAY_SECONDS = 5
_FIAT = {"USD": "US Dollar", "EUR": "Euro"}
_UNAUTHORIZED = (401, "Unauthorized\n")
_REFUSALS: dict[Problem, tuple[int, Any]] = {
    Problem.WRONG_KEY: _UNAUTHORIZED,
    Problem.WRONG_SIGNATURE: _UNAUTHORIZED,
    Problem.WRONG_PASSPHRASE: _UNAUTHORIZED,
    Problem.IP_NOT_ALLOWED: _UNAUTHORIZED,
    Problem.NONCE_INVALID: _UNAUTHORIZED,
    Problem.PERMISSION_MISSING: (403, ("PERMISSION_DENIED", "Missing required scopes")),
    Problem.ACCOUNT_DISABLED: (403, ("PERMISSION_DENIED", "Account is restricted")),
    Problem.RATE_LIMITED: (429, ("rate_limit_exceeded", "Too many requests")),
    Problem.MAINTENANCE: (503, "Service Unavailable\n"),
    Problem.CURRENCY_UNKNOWN: (404, ("not_found", "Not found")),
    Problem.NETWORK_UNKNOWN: (404, ("not_found", "Not found")),
    Problem.PATH_UNKNOWN: (404, ("not_found", "Not found")),
}


class Coinbase(SandboxExchange):
    id = "coinbase"
    networks = {
        "BTC": "bitcoin", "ERC20": "ethereum", "SOL": "solana", "POLYGON": "polygon", "ARBITRUM": "arbitrum",
        "BASE": "base", "AVAXC": "avacchain", "XRP": "ripple", "XLM": "stellar", "LTC": "litecoin",
        "DOGE": "dogecoin", "ATOM": "cosmos",
    }  # fmt: skip

    def doors(self) -> list[Door]:
        return [
            Door("GET", "/v2/time", self._time, ""),
            Door("GET", "/v2/currencies", self._fiat, ""),
            Door("GET", "/v2/currencies/crypto", self._crypto, ""),
            Door("GET", "/v2/exchange-rates", self._rates, ""),
            Door("GET", "/v2/user", lambda request: {"data": {"id": "sandbox", "resource": "user"}}),
            Door("GET", "/v2/accounts/{account}/addresses", self._addresses),
            Door("GET", "/api/v3/brokerage/time", self._newer_time, ""),
            Door("GET", "/api/v3/brokerage/market/products", self._products, ""),
            Door("GET", "/api/v3/brokerage/products", self._products),
            Door("GET", "/api/v3/brokerage/transaction_summary", self._fees),
            Door("GET", "/api/v3/brokerage/key_permissions", self._permissions),
            Door("GET", "/api/v3/brokerage/accounts", self._accounts),
        ]

    @classmethod
    def credentials(cls, source: KeySource) -> tuple[str, str, str]:
        seed = source.octets("secret", 32)
        public = _public_bytes(ed25519.Ed25519PrivateKey.from_private_bytes(seed))
        return source.uuid("key"), base64.b64encode(seed + public).decode(), ""

    def key_in(self, call: Call) -> str:
        return str(_parts_of_token(call)[0].get("kid", ""))

    def verify(self, call: Call, key: Key) -> None:
        header, claims, signed, signature = _parts_of_token(call)
        if not _is_signed(key.api_secret, str(header.get("alg")), signed, signature):
            raise Refused(Problem.WRONG_SIGNATURE)
        lines = claims.get("uris") or [claims.get("uri")]
        ours = f"{call.method} {call.address}"
        if claims.get("sub") != key.api_key or ours not in [str(line).replace("http://", "", 1) for line in lines]:
            raise Refused(Problem.WRONG_SIGNATURE)
        now = call.now_ms / 1000
        begin, end = claims.get("nbf"), claims.get("exp")
        if not isinstance(begin, int) or not isinstance(end, int) or end - begin > _TOKEN_SECONDS:
            raise Refused(Problem.NONCE_INVALID)
        if not begin - _LEEWAY_SECONDS <= now <= end:
            raise Refused(Problem.NONCE_INVALID)

    def refusal(self, problem: Problem, call: Call) -> Answer:
        if problem is Problem.ADDRESS_PENDING:
            return Answer({"pagination": {}, "data": []})
        status, said = _REFUSALS[problem]
        if isinstance(said, str):
            return Answer(said, status)
        code, message = said
        if call.path.startswith("/v2/") and not code.isupper():
            return Answer({"errors": [{"id": code, "message": message}]}, status)
        return Answer({"error": code, "error_details": message, "message": message}, status)

    def _time(self, request: Request) -> dict[str, Any]:
        return {"data": {"iso": "", "epoch": request.call.now_ms // 1000}}

    def _newer_time(self, request: Request) -> dict[str, Any]:
        now = request.call.now_ms
        return {"iso": "", "epochSeconds": str(now // 1000), "epochMillis": str(now)}

    def _fiat(self, request: Request) -> dict[str, Any]:
        return {"data": [{"id": code, "name": name, "min_size": "0.01"} for code, name in _FIAT.items()]}

    def _crypto(self, request: Request) -> dict[str, Any]:
        return {"data": [
            {"asset_id": _uuid("asset", one.code), "code": one.code, "name": one.name, "color": "#0433FF",
             "sort_index": number, "exponent": 8, "type": "crypto", "address_regex": ""}
            for number, one in enumerate(self.currencies(), 100)
        ]}  # fmt: skip

    def _rates(self, request: Request) -> dict[str, Any]:
        return {"data": {"currency": "USD", "rates": {one.code: "1" for one in self.currencies()}}}

    def _products(self, request: Request) -> dict[str, Any]:
        if request.call.arguments.get("product_type") == "FUTURE":
            return {"products": [], "num_products": 0}
        products = [
            {"product_id": f"{one.code}-USD", "base_currency_id": one.code, "quote_currency_id": "USD", "price": "1",
             "base_increment": "0.00000001", "quote_increment": "0.01", "price_increment": "0.01", "base_min_size": "1",
             "base_max_size": "1000", "quote_min_size": "1", "quote_max_size": "100000", "status": "online",
             "product_type": "SPOT", "trading_disabled": False, "alias": "", "alias_to": []}
            for one in self.currencies()
        ]  # fmt: skip
        return {"products": products, "num_products": len(products)}

    def _fees(self, request: Request) -> dict[str, Any]:
        return {"fee_tier": {"pricing_tier": "Intro 1", "taker_fee_rate": "0.012", "maker_fee_rate": "0.006"}}

    def _permissions(self, request: Request) -> dict[str, Any]:
        held = request.signer.permissions
        return {"can_view": READ in held, "can_trade": TRADE in held, "can_transfer": WITHDRAW in held,
                "portfolio_uuid": _uuid("portfolio", request.signer.owner), "portfolio_type": "DEFAULT"}  # fmt: skip

    def _accounts(self, request: Request) -> dict[str, Any]:
        owner = request.signer.owner
        accounts = [
            {"uuid": _uuid(owner, one.code), "name": f"{one.code} Wallet", "currency": one.code, "default": True,
             "active": True, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
             "deleted_at": None, "type": "ACCOUNT_TYPE_CRYPTO", "ready": True, "retail_portfolio_id": "",
             "platform": "ACCOUNT_PLATFORM_CONSUMER", "available_balance": {"value": "0", "currency": one.code},
             "hold": {"value": "0", "currency": one.code}}
            for one in self.currencies()
        ]  # fmt: skip
        return {"accounts": accounts, "has_next": False, "cursor": "", "size": len(accounts)}

    def _addresses(self, request: Request) -> dict[str, Any]:
        code = self._currency_of(request)
        return {
            "pagination": {"ending_before": None, "starting_after": None, "limit": 25, "order": "desc",
                           "previous_uri": None, "next_uri": None},
            "data": [
                {"id": _uuid(place.network, place.address, place.tag), "address": place.address,
                 "address_info": {"address": place.address, **({"destination_tag": place.tag} if place.tag else {})},
                 "name": None, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
                 "network": self.networks[place.network], "uri_scheme": self.networks[place.network],
                 "resource": "address", "address_label": f"{code} address ({place.network})"}
                for place in self.places(request, code)
            ],
        }  # fmt: skip

    def _currency_of(self, request: Request) -> str:
        asked = request.named["account"]
        for one in self.currencies():
            if asked in (one.code, _uuid(request.signer.owner, one.code)):
                return one.code
        raise Refused(Problem.CURRENCY_UNKNOWN)


def _parts_of_token(call: Call) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """Header, claims, what was signed and the signature; empty where there is no token."""
    token = call.headers.get("Authorization", "").removeprefix("Bearer ")
    try:
        head, body, signature = token.split(".")
        header, claims = json.loads(_decoded(head)), json.loads(_decoded(body))
        return header, claims, f"{head}.{body}".encode(), _decoded(signature)
    except ValueError:
        return {}, {}, b"", b""


def _is_signed(secret: str, algorithm: str, signed: bytes, signature: bytes) -> bool:
    try:
        if secret.startswith("-----BEGIN"):
            private = serialization.load_pem_private_key(secret.encode(), None)
            assert isinstance(private, ec.EllipticCurvePrivateKey)
            if algorithm != "ES256" or len(signature) != 64:
                return False
            both = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
            private.public_key().verify(both, signed, ec.ECDSA(hashes.SHA256()))
            return True
        if algorithm != "EdDSA":
            return False
        ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(secret)[32:]).verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _public_bytes(private: ed25519.Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _uuid(*parts: str) -> str:
    return KeySource("coinbase", *parts).uuid("id")
