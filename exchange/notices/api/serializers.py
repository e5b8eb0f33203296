"""How notices look in JSON; the description that clients read."""

from rest_framework import serializers

from exchange.notices.models import NoticeKind, NoticeSeverity
from exchange.notices.selectors import Phase

KINDS = [str(kind.value) for kind in NoticeKind]
SEVERITIES = [str(severity.value) for severity in NoticeSeverity]
PHASES = [phase.value for phase in Phase]


class NoticeSerializer(serializers.Serializer[None]):
    id = serializers.CharField(help_text='A number, or for a halt "halt-" and the market.')
    kind = serializers.ChoiceField(KINDS)
    severity = serializers.ChoiceField(SEVERITIES)
    phase = serializers.ChoiceField(PHASES, help_text="UPCOMING: announced for later.")
    title = serializers.CharField()
    text = serializers.CharField(allow_blank=True, help_text="Plain text.")
    markets = serializers.ListField(child=serializers.CharField())
    assets = serializers.ListField(
        child=serializers.CharField(), help_text="Without markets and assets it is about the whole exchange."
    )
    starts_at = serializers.DateTimeField(allow_null=True, help_text="null for a halt: it has begun.")
    ends_at = serializers.DateTimeField(allow_null=True, help_text="null: until further notice")
    published_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)


class NoticesSerializer(serializers.Serializer[None]):
    items = NoticeSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)
