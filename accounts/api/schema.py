"""How the OpenAPI description tells about signatures, sessions and refusals."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiResponse


def refusals(*statuses: int) -> dict[int, OpenApiResponse]:
    """For `responses` of an operation: refusals, in the one error shape, beyond those that follow from its form."""
    return dict.fromkeys(statuses, OpenApiResponse(description="A refusal."))


class SignatureScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.authentication.SignatureAuthentication"
    name = ["signatureKey", "signatureTimestamp", "signature"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        return [
            {"type": "apiKey", "in": "header", "name": "X-Bourse-Key", "description": "The API key."},
            {
                "type": "apiKey",
                "in": "header",
                "name": "X-Bourse-Timestamp",
                "description": "Milliseconds since the Unix epoch, at most 5 seconds old (or X-Bourse-Window).",
            },
            {
                "type": "apiKey",
                "in": "header",
                "name": "X-Bourse-Signature",
                "description": "Lower-case hex of HMAC-SHA256(secret, timestamp LF METHOD LF path-with-query LF body). "
                "Each signature is accepted once.",
            },
        ]


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "The page's session; writes also carry X-CSRFToken.",
        }
