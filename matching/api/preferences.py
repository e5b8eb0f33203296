"""What an account wants of orders that do not say it themselves."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from ledger.api.holder import user_of
from ledger.api.parameters import Query
from matching.api import serializers
from matching.api.change_bodies import read_settings_body
from matching.api.entry import body_of
from matching.engine.types import SelfTradePrevention
from matching.selectors.preferences import default_self_trade_prevention
from matching.services.preferences import set_default_self_trade_prevention


class PreferencesView(APIView):
    @extend_schema(operation_id="get_trading_preferences", tags=["orders"], responses=serializers.PreferencesSerializer)
    def get(self, request: Request) -> Response:
        """What holds for orders that do not say it themselves."""
        Query(request)
        return _answer(user_of(request))

    @extend_schema(
        operation_id="set_trading_preferences",
        tags=["orders"],
        request=serializers.PreferencesSerializer,
        responses=serializers.PreferencesSerializer,
    )
    def patch(self, request: Request) -> Response:
        """Choose what holds for orders accepted from now on."""
        Query(request)
        mode: SelfTradePrevention = read_settings_body(body_of(request))
        user = user_of(request)
        set_default_self_trade_prevention(user_id=user.pk, mode=mode)
        return _answer(user)


def _answer(user: User) -> Response:
    return Response({"self_trade_prevention": default_self_trade_prevention(user_id=user.pk).name})
