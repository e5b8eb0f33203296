"""Who I am, and my API keys. Only a session gets to the keys: a key must not be able to make keys."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.body import validated
from accounts.api.permissions import IsPerson
from accounts.api.schema import refusals
from accounts.api.serializers import (
    AccountSerializer,
    ApiKeyRequestSerializer,
    ApiKeySerializer,
    NewApiKeySerializer,
)
from accounts.models import User
from accounts.selectors import list_api_keys
from accounts.services import create_api_key, revoke_api_key

SESSION: Any = {"session": []}
"""How the description says that only a session gets here."""


def _person(request: Request) -> User:
    assert isinstance(request.user, User)
    return request.user


class AccountView(APIView):
    """GET /api/v1/account"""

    @extend_schema(operation_id="account", tags=["Account"], responses=AccountSerializer)
    def get(self, request: Request) -> Response:
        """Who I am, and what my account may do."""
        return Response(AccountSerializer(_person(request)).data)


class ApiKeysView(APIView):
    """GET and POST /api/v1/api-keys"""

    permission_classes = [IsPerson]

    @extend_schema(
        operation_id="list_api_keys", tags=["API keys"], auth=[SESSION], responses=ApiKeySerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """My API keys, newest first, revoked ones included."""
        return Response(ApiKeySerializer(list_api_keys(user=_person(request)), many=True).data)

    @extend_schema(
        operation_id="create_api_key",
        tags=["API keys"],
        auth=[SESSION],
        request=ApiKeyRequestSerializer,
        responses={201: NewApiKeySerializer, **refusals(409)},
    )
    def post(self, request: Request) -> Response:
        """Make a key. The answer is the only place where its secret is ever shown."""
        asked = validated(ApiKeyRequestSerializer, request.data)
        made = create_api_key(
            user=_person(request), label=asked["label"], scopes=asked["scopes"], ip_ranges=asked["ip_ranges"]
        )
        answer = ApiKeySerializer(made.api_key).data | {"secret": made.secret}
        return Response(answer, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})


class ApiKeyView(APIView):
    """DELETE /api/v1/api-keys/{id}"""

    permission_classes = [IsPerson]

    @extend_schema(operation_id="revoke_api_key", tags=["API keys"], auth=[SESSION], responses={200: ApiKeySerializer})
    def delete(self, request: Request, api_key_id: UUID) -> Response:
        """Revoke a key for good. It stops working here at once, and everywhere within two seconds."""
        return Response(ApiKeySerializer(revoke_api_key(user=_person(request), api_key_id=api_key_id)).data)
