"""Where I may send to, how much, and what it costs; and sending to another user."""

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.body import validated
from accounts.api.schema import refusals
from kernel.units import parse_positive
from ledger.api.holder import account_of, user_of
from ledger.api.parameters import PAGE_PARAMETERS, PERIOD_PARAMETERS, Query, paginated, parameter, parse_id, rfc3339
from ledger.history import PostingFilter
from ledger.selectors import asset_by_symbol
from wallet.api.idempotency import KEY_PARAMETER, idempotency_key
from wallet.api.withdrawal_representations import (
    address_json,
    addresses_json,
    fee_json,
    limits_json,
    transfer_entry_json,
    transfer_json,
)
from wallet.api.withdrawal_serializers import (
    EmailCodeRequestSerializer,
    EmailCodeSerializer,
    LimitsSerializer,
    NewAddressSerializer,
    SavedAddressesSerializer,
    SavedAddressSerializer,
    TransferRequestSerializer,
    TransferSerializer,
    TransfersSerializer,
    WithdrawalFeesSerializer,
)
from wallet.api.withdrawals import RATE_CLASS, WRITES, AskingView
from wallet.errors import SavedAddressNotFound
from wallet.selectors.limits import limits_of_user
from wallet.selectors.transfers import list_transfers
from wallet.selectors.withdrawals import list_addresses, list_fees
from wallet.services.address_book import cooling_off, delete_address, save_address
from wallet.services.transfers import TransferRequest, send_transfer_code, transfer
from wallet.services.withdrawals import send_withdrawal_code


class SavedAddressesView(AskingView):
    """GET and POST /api/v1/wallet/withdrawal-addresses"""

    @extend_schema(operation_id="list_withdrawal_addresses", tags=["funds"], responses=SavedAddressesSerializer)
    def get(self, request: Request) -> Response:
        """My address book."""
        Query(request)
        now = timezone.now()
        account_id = account_of(request)
        waits = cooling_off(user=user_of(request), account_id=account_id, at=now)
        rows = list_addresses(account_id=account_id)
        return Response({"items": addresses_json(rows, at=now), "cooling_off_hours": waits // timedelta(hours=1)})

    @extend_schema(
        operation_id="save_withdrawal_address",
        tags=["funds"],
        request=NewAddressSerializer,
        responses={201: SavedAddressSerializer, **refusals(404, 409, 422)},
    )
    def post(self, request: Request) -> Response:
        """Add an address. It can be used after 24 hours; the first one of a new account, at once."""
        Query(request)
        asked = validated(NewAddressSerializer, request.data)
        saved = save_address(
            user=user_of(request),
            account_id=account_of(request),
            asset=asked["asset"],
            network=asked["network"],
            label=asked["label"],
            address=asked["address"],
            tag=asked["tag"],
            beneficiary=asked.get("beneficiary"),
        )
        return Response(address_json(saved, at=timezone.now()), status=201)


class SavedAddressView(AskingView):
    """DELETE /api/v1/wallet/withdrawal-addresses/{id}"""

    @extend_schema(operation_id="delete_withdrawal_address", tags=["funds"], responses={200: SavedAddressSerializer})
    def delete(self, request: Request, address_id: str) -> Response:
        """Take an address out of my address book. Saved again, it has to wait again."""
        Query(request)
        found = parse_id(address_id)
        if found is None:
            raise SavedAddressNotFound
        deleted = delete_address(account_id=account_of(request), address_id=found)
        return Response(address_json(deleted, at=timezone.now()))


class EmailCodesView(APIView):
    """POST /api/v1/wallet/email-codes"""

    required_scopes = WRITES
    rate_class = RATE_CLASS

    @extend_schema(
        operation_id="send_withdrawal_code",
        tags=["funds"],
        request=EmailCodeRequestSerializer,
        responses={202: EmailCodeSerializer, **refusals(404, 409, 429, 503)},
    )
    def post(self, request: Request) -> Response:
        """Have a code sent by e-mail, for one withdrawal or transfer; where one is asked for (EMAIL_CODE_REQUIRED)."""
        Query(request)
        asked = validated(EmailCodeRequestSerializer, request.data)
        user = user_of(request)
        if "withdrawal_id" in asked:
            expires_at = send_withdrawal_code(
                user=user, account_id=account_of(request), withdrawal_id=parse_id(asked["withdrawal_id"]) or 0
            )
        else:
            expires_at = send_transfer_code(user=user, request_id=asked["transfer_request_id"])
        return Response({"expires_at": rfc3339(expires_at)}, status=202)


class LimitsView(APIView):
    """GET /api/v1/wallet/limits"""

    @extend_schema(operation_id="withdrawal_limits", tags=["funds"], responses=LimitsSerializer)
    def get(self, request: Request) -> Response:
        """How much I may withdraw, and how much of it I have used."""
        Query(request)
        user = user_of(request)
        view = limits_of_user(user=user, account_id=account_of(request), at=timezone.now())
        return Response(limits_json(view, user))


class WithdrawalFeesView(APIView):
    """GET /api/v1/wallet/fees"""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="withdrawal_fees",
        tags=["funds"],
        responses={200: WithdrawalFeesSerializer, **refusals(429)},
        auth=[],
    )
    def get(self, request: Request) -> Response:
        """What a withdrawal costs and needs, for every asset on every network."""
        Query(request)
        return Response({"items": [fee_json(view) for view in list_fees()]})


class TransfersView(AskingView):
    """GET and POST /api/v1/wallet/transfers"""

    @extend_schema(
        operation_id="list_transfers",
        tags=["funds"],
        parameters=[parameter("asset", "Only this asset, e.g. BTC."), *PERIOD_PARAMETERS, *PAGE_PARAMETERS],
        responses=TransfersSerializer,
    )
    def get(self, request: Request) -> Response:
        """What I sent to other users and received from them, newest first."""
        query = Query(request, "asset", "from", "to", "limit", "cursor")
        page, asset = query.page(), query.text("asset")
        first_id, before_id = query.id_range(page)
        wanted = PostingFilter(
            asset_id=asset_by_symbol(asset).pk if asset else None, first_id=first_id, before_id=before_id
        )
        rows = list_transfers(account_id=account_of(request), wanted=wanted, limit=page.limit + 1)
        return Response(paginated(rows, page, lambda row: row.posting_id, transfer_entry_json))

    @extend_schema(
        operation_id="transfer",
        tags=["funds"],
        parameters=[KEY_PARAMETER],
        request=TransferRequestSerializer,
        responses={
            200: OpenApiResponse(TransferSerializer, "A repeat: nothing moved again."),
            201: TransferSerializer,
            202: OpenApiResponse(TransferSerializer, "Accepted, not carried out yet."),
            **refusals(403, 404, 409, 422, 429),
        },
    )
    def post(self, request: Request) -> Response:
        """Send to another user of the exchange, at once and without a fee."""
        Query(request)
        asked = validated(TransferRequestSerializer, request.data)
        receipt = transfer(
            user=user_of(request),
            account_id=account_of(request),
            request=TransferRequest(
                request_id=idempotency_key(request, asked),
                asset=asked["asset"],
                amount=parse_positive(asked["amount"], field="amount"),
                to=asked["to"],
                note=asked["note"],
            ),
            code=asked["code"],
            email_code=asked.get("email_code", ""),
        )
        status = 200 if receipt.is_repeat else 201 if receipt.is_done else 202
        return Response(transfer_json(receipt), status=status)
