"""Exchange accounts for staff: how they stand, how their syncs go, and having them synced now."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.body import validated
from accounts.api.schema import refusals
from accounts.api.views import SESSION
from ledger.api.holder import user_of
from ledger.api.parameters import PAGE_PARAMETERS, Query, parameter, parse_id
from wallet.venues.api.account_serializers import AddressSyncsSerializer
from wallet.venues.api.accounts import ACCOUNT_PARAMETERS, RATE_CLASS, account_filter
from wallet.venues.api.paging import ordering_parameter, page_request, paged
from wallet.venues.api.parsing import account_id_in
from wallet.venues.api.permissions import IsStaffPerson
from wallet.venues.api.staff_representations import analytics_json, staff_account_json, sync_status_json
from wallet.venues.api.staff_serializers import (
    AnalyticsSerializer,
    ForceSyncSerializer,
    StaffExchangeAccountsSerializer,
    SyncStatusSerializer,
)
from wallet.venues.contents import sync_content
from wallet.venues.selectors.syncs import (
    STAFF_ORDERINGS,
    analytics,
    figures_of_exchanges,
    list_all_accounts,
    sync_status,
)
from wallet.venues.services.syncing import force_sync

STAFF_TAG = "staff"
LOOK = "venues.view_exchangeaccount"
FORCE = "venues.sync_exchangeaccount"
_AUTH: list[Any] = [SESSION]


class StaffView(APIView):
    """Open to staff in person alone, with the right to look at exchange accounts."""

    permission_classes = [IsStaffPerson]
    staff_right = LOOK


class StaffExchangeAccountsView(StaffView):
    """GET /api/v1/admin/wallet/exchanges"""

    @extend_schema(
        operation_id="staff_list_exchange_accounts",
        tags=[STAFF_TAG],
        auth=_AUTH,
        parameters=[
            parameter("user_id", "Only of this user."),
            *ACCOUNT_PARAMETERS,
            parameter("search", "Only those with this text in their name or in the e-mail address of their user."),
            ordering_parameter(STAFF_ORDERINGS),
            *PAGE_PARAMETERS,
        ],
        responses=StaffExchangeAccountsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Everybody's exchange accounts, without keys and without what users note about them."""
        query = Query(request, "user_id", "exchange", "status", "is_active", "search", "ordering", "limit", "cursor")
        page = page_request(query, STAFF_ORDERINGS)
        found = list_all_accounts(wanted=account_filter(query), page=page, user_id=_user_id_in(query))
        return Response(paged(found, staff_account_json))


class StaffSyncStatusView(StaffView):
    """GET /api/v1/admin/wallet/sync-status"""

    @extend_schema(
        operation_id="staff_exchange_sync_status", tags=[STAFF_TAG], auth=_AUTH, responses=SyncStatusSerializer
    )
    def get(self, request: Request) -> Response:
        """What is being synced, what waits, how each exchange stands, and the newest 50 syncs."""
        Query(request)
        return Response(sync_status_json(sync_status(), figures_of_exchanges(at=timezone.now())))


class StaffForceSyncView(StaffView):
    """POST /api/v1/admin/wallet/sync/force"""

    staff_right = FORCE
    rate_class = RATE_CLASS

    @extend_schema(
        operation_id="staff_force_exchange_sync",
        tags=[STAFF_TAG],
        auth=_AUTH,
        request=ForceSyncSerializer,
        responses={202: AddressSyncsSerializer, **refusals(404, 409, 422)},
    )
    def post(self, request: Request) -> Response:
        """Have accounts synced in full at once, with the reason, which is kept."""
        Query(request)
        asked = validated(ForceSyncSerializer, request.data)
        syncs = force_sync(
            staff=user_of(request),
            account_ids=[account_id_in(text) for text in dict.fromkeys(asked["account_ids"])],
            reason=asked["reason"],
        )
        return Response({"syncs": [sync_content(sync) for sync in syncs]}, status=202)


class StaffAnalyticsView(StaffView):
    """GET /api/v1/admin/wallet/analytics"""

    @extend_schema(operation_id="staff_exchange_analytics", tags=[STAFF_TAG], auth=_AUTH, responses=AnalyticsSerializer)
    def get(self, request: Request) -> Response:
        """Figures over all exchange accounts. Nobody's address is in them."""
        Query(request)
        return Response(analytics_json(analytics(), at=timezone.now()))


def _user_id_in(query: Query) -> int | None:
    """Raises DRF's ValidationError."""
    text = query.text("user_id")
    found = parse_id(text) if text is not None else None
    if text is not None and found is None:
        raise ValidationError({"user_id": ["The id of a user."]})
    return found
