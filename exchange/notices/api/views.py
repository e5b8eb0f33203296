"""GET /api/v1/notices"""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exchange.notices.api.representations import notice_json
from exchange.notices.api.serializers import NoticesSerializer
from exchange.notices.selectors import current_notices, past_notices
from ledger.api.parameters import PAGE_PARAMETERS, Query, paginated, parameter

CURRENT, PAST = "CURRENT", "PAST"
_WHEN = {CURRENT: CURRENT, PAST: PAST}


class NoticesView(APIView):
    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="list_notices",
        tags=["Exchange"],
        parameters=[
            parameter("when", "CURRENT (default): now, or announced. PAST: has ended, in pages.", choices=_WHEN),
            *PAGE_PARAMETERS,
        ],
        responses=NoticesSerializer,
        auth=[],
    )
    def get(self, request: Request) -> Response:
        """Incidents, maintenance, halts and news. Current ones come all at once, the most severe first."""
        query = Query(request, "when", "limit", "cursor")
        page, now = query.page(), timezone.now()
        if query.choice("when", _WHEN) == PAST:
            rows = past_notices(before_id=page.before_id, limit=page.limit + 1)
            return Response(paginated(rows, page, lambda row: int(row.id), lambda row: notice_json(row, now=now)))
        return Response({"items": [notice_json(row, now=now) for row in current_notices()], "next_cursor": None})
