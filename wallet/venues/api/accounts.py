"""My accounts at other exchanges: connected, tested, changed, taken away."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.body import validated
from accounts.api.passage import READ_METHODS
from accounts.api.schema import refusals
from accounts.models import Scope
from ledger.api.holder import user_of
from ledger.api.parameters import PAGE_PARAMETERS, Query, parameter
from wallet.venues.api.account_representations import account_json, report_json
from wallet.venues.api.account_serializers import (
    SYNC_STATUSES,
    ConnectionTestSerializer,
    ExchangeAccountChangesSerializer,
    ExchangeAccountSerializer,
    ExchangeAccountsSerializer,
    NewExchangeAccountSerializer,
)
from wallet.venues.api.catalogue import TAG
from wallet.venues.api.origins import origin_of
from wallet.venues.api.paging import ordering_parameter, page_request, paged
from wallet.venues.api.parsing import account_id_in, exchange_in, search_in
from wallet.venues.api.repeating import KEY_PARAMETER, answered
from wallet.venues.core.fetched import Credentials
from wallet.venues.models import AccountKind, SyncStatus
from wallet.venues.selectors.accounts import ORDERINGS, AccountFilter, get_account, list_accounts
from wallet.venues.services.accounts import connect_account, delete_account, test_account, update_account
from wallet.venues.services.forms import AccountChanges

RATE_CLASS = "exchanges"
WRITES = {"POST": Scope.EXCHANGES, "PUT": Scope.EXCHANGES, "DELETE": Scope.EXCHANGES}
BOOLEANS = {"true": True, "false": False}
AT_THE_EXCHANGE = (422, 429, 502, 503, 504)
"""How an exchange can fail whoever asks it something."""
_STATUSES = {status: SyncStatus(status) for status in SYNC_STATUSES}
ACCOUNT_PARAMETERS = [
    parameter("exchange", "Only at this exchange, e.g. binance."),
    parameter("status", "Only those whose sync stands so.", choices=_STATUSES),
    parameter("is_active", "Only those that are, or are not.", choices=BOOLEANS),
]


class ExchangeView(APIView):
    """Writes need the scope of exchange accounts, and are counted apart from orders and funds."""

    required_scopes = WRITES

    @property
    def rate_class(self) -> str | None:
        return None if self.request.method in READ_METHODS else RATE_CLASS


class ExchangeAccountsView(ExchangeView):
    """GET and POST /api/v1/wallet/exchanges"""

    @extend_schema(
        operation_id="list_exchange_accounts",
        tags=[TAG],
        parameters=[
            *ACCOUNT_PARAMETERS,
            parameter("search", "Only those with this text in their name."),
            ordering_parameter(ORDERINGS),
            *PAGE_PARAMETERS,
        ],
        responses=ExchangeAccountsSerializer,
    )
    def get(self, request: Request) -> Response:
        """My exchange accounts, newest first unless asked for otherwise. Keys are never shown, only `key_hint`."""
        query = Query(request, "exchange", "status", "is_active", "search", "ordering", "limit", "cursor")
        page = page_request(query, ORDERINGS)
        found = list_accounts(user_id=user_of(request).pk, wanted=account_filter(query), page=page)
        return Response(paged(found, account_json))

    @extend_schema(
        operation_id="connect_exchange_account",
        tags=[TAG],
        parameters=[KEY_PARAMETER],
        request=NewExchangeAccountSerializer,
        responses={201: ExchangeAccountSerializer, **refusals(404, 409, 422)},
    )
    def post(self, request: Request) -> Response:
        """Connect an account. Its keys are encrypted at once and never shown again; give them the right to read only.

        The keys are tried by POST …/{id}/test, and by the first sync.
        """
        Query(request)
        asked = validated(NewExchangeAccountSerializer, request.data)

        def connect() -> dict[str, Any]:
            account = connect_account(
                user=user_of(request),
                origin=origin_of(request),
                exchange_id=asked["exchange"],
                name=asked["name"],
                kind=AccountKind(asked["kind"]),
                credentials=Credentials(asked["api_key"], asked["api_secret"], asked["passphrase"]),
                is_sandbox=asked["is_sandbox"],
                keys_expire_at=asked["keys_expire_at"],
                metadata=asked["metadata"],
            )
            return _shown(request, account.pk)

        return Response(answered(request, kind="connect", content=asked, work=connect), status=201)


class ExchangeAccountView(ExchangeView):
    """GET, PUT and DELETE /api/v1/wallet/exchanges/{id}"""

    @extend_schema(operation_id="get_exchange_account", tags=[TAG], responses=ExchangeAccountSerializer)
    def get(self, request: Request, account_id: str) -> Response:
        """One of my exchange accounts, with its latest sync."""
        Query(request)
        return Response(_shown(request, account_id_in(account_id)))

    @extend_schema(
        operation_id="update_exchange_account",
        tags=[TAG],
        request=ExchangeAccountChangesSerializer,
        responses={200: ExchangeAccountSerializer, **refusals(409, 422)},
    )
    def put(self, request: Request, account_id: str) -> Response:
        """Change its name, switch it on or off, or give it other keys. What is left out stays as it is."""
        Query(request)
        asked = validated(ExchangeAccountChangesSerializer, request.data)
        found = account_id_in(account_id)
        update_account(user=user_of(request), origin=origin_of(request), account_id=found, changes=_changes(asked))
        return Response(_shown(request, found))

    @extend_schema(operation_id="delete_exchange_account", tags=[TAG], responses={200: ExchangeAccountSerializer})
    def delete(self, request: Request, account_id: str) -> Response:
        """Take an account away. Its keys are wiped at once; its addresses are no longer listed."""
        Query(request)
        found = account_id_in(account_id)
        last = _shown(request, found)
        delete_account(user=user_of(request), origin=origin_of(request), account_id=found)
        return Response(last | {"is_active": False, "addresses": 0, "next_sync_at": None})


class ExchangeAccountTestView(ExchangeView):
    """POST /api/v1/wallet/exchanges/{id}/test"""

    @extend_schema(
        operation_id="test_exchange_account",
        tags=[TAG],
        request=None,
        responses={200: ConnectionTestSerializer, **refusals(404, 409, *AT_THE_EXCHANGE)},
    )
    def post(self, request: Request, account_id: str) -> Response:
        """Whether the exchange lets these keys in, and what they may do there; answered within 5 seconds."""
        Query(request)
        report = test_account(user=user_of(request), origin=origin_of(request), account_id=account_id_in(account_id))
        return Response(report_json(report, at=timezone.now()))


def account_filter(query: Query) -> AccountFilter:
    """The filters of a list of accounts. Raises DRF's ValidationError."""
    return AccountFilter(
        exchange_id=exchange_in(query),
        sync_status=query.choice("status", _STATUSES),
        is_active=query.choice("is_active", BOOLEANS),
        search=search_in(query, "search"),
    )


def _shown(request: Request, account_id: UUID) -> dict[str, Any]:
    return account_json(get_account(user_id=user_of(request).pk, account_id=account_id))


def _changes(asked: dict[str, Any]) -> AccountChanges:
    names = ("name", "is_active", "keys_expire_at", "metadata")
    plain: dict[str, Any] = {name: asked[name] for name in names if name in asked}
    if "api_key" in asked:
        plain["credentials"] = Credentials(asked["api_key"], asked["api_secret"], asked.get("passphrase", ""))
    return AccountChanges(**plain)
