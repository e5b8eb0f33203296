"""My deposit addresses at other exchanges, in one place."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.body import validated
from accounts.api.schema import refusals
from ledger.api.holder import user_of
from ledger.api.parameters import PAGE_PARAMETERS, Query, parameter
from wallet.venues.api.accounts import AT_THE_EXCHANGE, BOOLEANS, ExchangeView
from wallet.venues.api.address_representations import activity_json, address_json, groups_json
from wallet.venues.api.address_serializers import (
    ADDRESS_STATUSES,
    AddressGroupsSerializer,
    AddressHistorySerializer,
    ExchangeAddressChangesSerializer,
    ExchangeAddressesSerializer,
    ExchangeAddressSerializer,
    NewExchangeAddressSerializer,
)
from wallet.venues.api.catalogue import TAG
from wallet.venues.api.origins import origin_of
from wallet.venues.api.paging import ordering_parameter, page_request, paged
from wallet.venues.api.parsing import (
    account_id_in,
    address_id_in,
    currency_in,
    currency_named,
    exchange_in,
    network_in,
    search_in,
    uuid_in,
)
from wallet.venues.api.repeating import KEY_PARAMETER, answered
from wallet.venues.models import AddressStatus, Listing
from wallet.venues.selectors.addresses import (
    ORDERINGS,
    AddressFilter,
    address_history,
    addresses_by_currency,
    get_address,
    grouped_addresses,
    list_addresses,
)
from wallet.venues.services.addresses import add_address, delete_address, refresh_address, update_address
from wallet.venues.services.forms import AddressChanges, NewAddress

_STATUSES = {status: AddressStatus(status) for status in ADDRESS_STATUSES}
_FILTERS = ("currency", "network", "exchange", "account_id", "status", "is_active", "label", "search")
FILTER_PARAMETERS = [
    parameter("currency", "Only of this currency, e.g. USDT."),
    parameter("network", "Only on this network, e.g. TRC20."),
    parameter("exchange", "Only at this exchange, e.g. binance."),
    parameter("account_id", "Only of this exchange account."),
    parameter("status", "Only those that stand so.", choices=_STATUSES),
    parameter("is_active", "Only those that are, or are not.", choices=BOOLEANS),
    parameter("label", "Only those with exactly this label."),
    parameter("search", "Only those with this text in address, tag, label or description."),
]


class ExchangeAddressesView(ExchangeView):
    """GET and POST /api/v1/wallet/addresses"""

    @extend_schema(
        operation_id="list_exchange_addresses",
        tags=[TAG],
        parameters=[
            *FILTER_PARAMETERS,
            ordering_parameter(ORDERINGS),
            parameter(
                "group_by", "Across exchanges, by currency and network, instead of a list.", choices=["currency"]
            ),
            *PAGE_PARAMETERS,
        ],
        responses=ExchangeAddressesSerializer,
    )
    def get(self, request: Request) -> Response:
        """My addresses, newest first unless asked for otherwise; or, up to 2,000, grouped by currency and network."""
        query = Query(request, *_FILTERS, "ordering", "group_by", "limit", "cursor")
        wanted = _filter(query)
        if query.choice("group_by", {"currency": True}):
            if query.text("cursor") is not None:
                raise ValidationError({"cursor": ["Groups come all at once."]})
            return Response(groups_json(grouped_addresses(user_id=user_of(request).pk, wanted=wanted)))
        found = list_addresses(user_id=user_of(request).pk, wanted=wanted, page=page_request(query, ORDERINGS))
        return Response(paged(found, address_json))

    @extend_schema(
        operation_id="add_exchange_address",
        tags=[TAG],
        parameters=[KEY_PARAMETER],
        request=NewExchangeAddressSerializer,
        responses={201: ExchangeAddressSerializer, **refusals(404, 409, *AT_THE_EXCHANGE)},
    )
    def post(self, request: Request) -> Response:
        """Fetch an address from its exchange, within 2 seconds; or enter one by hand, where `address` is given."""
        Query(request)
        asked = validated(NewExchangeAddressSerializer, request.data)

        def add() -> dict[str, Any]:
            added = add_address(
                user=user_of(request),
                origin=origin_of(request),
                account_id=account_id_in(asked["account_id"]),
                new=new_address(asked),
            )
            return _shown(request, added.pk)

        made = answered(request, kind="add address", content=asked, work=add, is_one_transaction=False)
        return Response(made, status=201)


class ExchangeAddressView(ExchangeView):
    """GET, PUT and DELETE /api/v1/wallet/addresses/{id}"""

    @extend_schema(operation_id="get_exchange_address", tags=[TAG], responses=ExchangeAddressSerializer)
    def get(self, request: Request, address_id: str) -> Response:
        """One of my addresses."""
        Query(request)
        return Response(_shown(request, address_id_in(address_id)))

    @extend_schema(
        operation_id="update_exchange_address",
        tags=[TAG],
        request=ExchangeAddressChangesSerializer,
        responses={200: ExchangeAddressSerializer, **refusals(409, 422)},
    )
    def put(self, request: Request, address_id: str) -> Response:
        """Label it, put it on a list, switch it on or off, or confirm it. What is left out stays as it is."""
        Query(request)
        asked = validated(ExchangeAddressChangesSerializer, request.data)
        found = address_id_in(address_id)
        update_address(
            user=user_of(request), origin=origin_of(request), address_id=found, changes=address_changes(asked)
        )
        return Response(_shown(request, found))

    @extend_schema(operation_id="delete_exchange_address", tags=[TAG], responses={200: ExchangeAddressSerializer})
    def delete(self, request: Request, address_id: str) -> Response:
        """Take an address out of my list until I add it again: no sync brings it back."""
        Query(request)
        found = address_id_in(address_id)
        last = _shown(request, found)
        delete_address(user=user_of(request), origin=origin_of(request), address_id=found)
        return Response(last | {"is_active": False})


class RefreshExchangeAddressView(ExchangeView):
    """PUT /api/v1/wallet/addresses/{id}/refresh"""

    @extend_schema(
        operation_id="refresh_exchange_address",
        tags=[TAG],
        request=None,
        responses={200: ExchangeAddressSerializer, **refusals(404, 409, *AT_THE_EXCHANGE)},
    )
    def put(self, request: Request, address_id: str) -> Response:
        """Ask its exchange for it again, within 2 seconds. `replaced_by` names what came in its place, if anything."""
        Query(request)
        fresh = refresh_address(user=user_of(request), origin=origin_of(request), address_id=address_id_in(address_id))
        return Response(_shown(request, fresh.pk))


class AddressHistoryView(ExchangeView):
    """GET /api/v1/wallet/addresses/history/{id}"""

    @extend_schema(
        operation_id="list_exchange_address_history",
        tags=[TAG],
        parameters=PAGE_PARAMETERS,
        responses=AddressHistorySerializer,
    )
    def get(self, request: Request, address_id: str) -> Response:
        """What was done with one of my addresses, by whom and when; newest first."""
        query = Query(request, "limit", "cursor")
        page = page_request(query)
        found = address_history(user_id=user_of(request).pk, address_id=address_id_in(address_id), page=page)
        return Response(paged(found, activity_json))


class AddressesByCurrencyView(ExchangeView):
    """GET /api/v1/wallet/addresses/by-currency/{currency}"""

    @extend_schema(operation_id="list_exchange_addresses_by_currency", tags=[TAG], responses=AddressGroupsSerializer)
    def get(self, request: Request, currency: str) -> Response:
        """My addresses of one currency at all exchanges, by network; up to 2,000."""
        Query(request)
        code = currency_named(currency)
        groups = addresses_by_currency(user_id=user_of(request).pk, currency=code) if code else []
        return Response(groups_json(groups))


def new_address(asked: dict[str, Any]) -> NewAddress:
    """From checked fields; those that are optional may be missing."""
    return NewAddress(
        currency=asked["currency"].upper(),
        network=asked["network"],
        address=asked.get("address", ""),
        tag=asked.get("tag", ""),
        label=asked.get("label", ""),
        description=asked.get("description", ""),
        user_metadata=asked.get("user_metadata", {}),
    )


def address_changes(asked: dict[str, Any]) -> AddressChanges:
    """From checked fields; what is missing stays."""
    names = ("label", "description", "is_active", "confirm", "user_metadata")
    changed = {name: asked[name] for name in names if name in asked}
    if "listing" in asked:
        changed["listing"] = Listing(asked["listing"])
    return AddressChanges(**changed)


def _filter(query: Query) -> AddressFilter:
    return AddressFilter(
        currency=currency_in(query),
        network=network_in(query),
        exchange_id=exchange_in(query),
        account_id=uuid_in(query, "account_id"),
        status=query.choice("status", _STATUSES),
        is_active=query.choice("is_active", BOOLEANS),
        label=search_in(query, "label"),
        search=search_in(query, "search"),
    )


def _shown(request: Request, address_id: UUID) -> dict[str, Any]:
    return address_json(get_address(user_id=user_of(request).pk, address_id=address_id))
