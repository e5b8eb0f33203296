"""Many addresses at once: fetched by a sync, or changed together."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.body import validated
from accounts.api.schema import refusals
from accounts.api.throttles import count_further
from ledger.api.holder import user_of
from ledger.api.parameters import Query
from wallet.venues.api.account_serializers import AddressSyncsSerializer, SyncRequestSerializer
from wallet.venues.api.accounts import ExchangeView
from wallet.venues.api.address_representations import bulk_json
from wallet.venues.api.address_serializers import BulkResultsSerializer, BulkSerializer
from wallet.venues.api.addresses import address_changes, new_address
from wallet.venues.api.catalogue import TAG
from wallet.venues.api.origins import origin_of
from wallet.venues.api.parsing import account_id_in
from wallet.venues.api.repeating import KEY_PARAMETER, answered
from wallet.venues.contents import sync_content
from wallet.venues.models import SyncType
from wallet.venues.services.addresses import change_addresses
from wallet.venues.services.forms import BulkAction, BulkItem
from wallet.venues.services.syncing import request_sync

_OF_NEW: tuple[str, ...] = ("account_id", "currency", "network")
_OF_CHANGES: tuple[str, ...] = ("id", "listing", "is_active")


class SyncAddressesView(ExchangeView):
    """POST /api/v1/wallet/addresses/sync"""

    @extend_schema(
        operation_id="sync_exchange_addresses",
        tags=[TAG],
        parameters=[KEY_PARAMETER],
        request=SyncRequestSerializer,
        responses={202: AddressSyncsSerializer, **refusals(404, 409, 422)},
    )
    def post(self, request: Request) -> Response:
        """Have addresses fetched in the background. Progress: `sync` of the account, and events of the user stream."""
        Query(request)
        asked = validated(SyncRequestSerializer, request.data)
        named = asked.get("account_ids")

        def queue() -> dict[str, Any]:
            syncs = request_sync(
                user=user_of(request),
                origin=origin_of(request),
                account_ids=[account_id_in(text) for text in dict.fromkeys(named)] if named else None,
                currencies=list(dict.fromkeys(code.upper() for code in asked.get("currencies", ()))),
                type=SyncType(asked["type"]) if "type" in asked else None,
            )
            return {"syncs": [sync_content(sync) for sync in syncs]}

        return Response(answered(request, kind="sync", content=asked, work=queue), status=202)


class BulkAddressesView(ExchangeView):
    """POST /api/v1/wallet/addresses/bulk"""

    @extend_schema(
        operation_id="change_exchange_addresses",
        tags=[TAG],
        parameters=[KEY_PARAMETER],
        request=BulkSerializer,
        responses={200: BulkResultsSerializer, **refusals(409, 429)},
    )
    def post(self, request: Request) -> Response:
        """Do one thing with up to 100 addresses. Each has a result of its own; what one is refused, others are not.

        Each address that has to be fetched from an exchange counts as a request of its own.
        """
        Query(request)
        asked = validated(BulkSerializer, request.data)
        action = BulkAction(asked["action"])
        items = [_item(action, item) for item in asked.get("items") or [{"id": text} for text in asked["ids"]]]

        def change() -> dict[str, Any]:
            count_further(request, sum(item.new is not None and not item.new.address for item in items) - 1)
            results = change_addresses(user=user_of(request), origin=origin_of(request), action=action, items=items)
            return {"results": bulk_json(results)}

        return Response(answered(request, kind="bulk", content=asked, work=change, is_one_transaction=False))


def _item(action: BulkAction, asked: dict[str, Any]) -> BulkItem:
    """Raises DRF's ValidationError where a part is missing."""
    if action is BulkAction.CREATE:
        missing = [name for name in _OF_NEW if name not in asked]
        surplus = [name for name in _OF_CHANGES if name in asked]
        if missing or surplus:
            raise ValidationError({"items": [f"Needed: {', '.join(missing)}." if missing else _surplus(surplus)]})
        return BulkItem(account_id=UUID(asked["account_id"]), new=new_address(asked))
    if "id" not in asked:
        raise ValidationError({"items": ["Needed: id."]})
    surplus = [name for name in (*_OF_NEW, "address", "tag") if name in asked]
    if surplus:
        raise ValidationError({"items": [_surplus(surplus)]})
    return BulkItem(address_id=UUID(asked["id"]), changes=address_changes(asked))


def _surplus(names: list[str]) -> str:
    return f"Not possible with this action: {', '.join(names)}."
