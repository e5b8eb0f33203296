"""Refusals of a request as such, whatever it is about."""

from kernel.errors import BourseError


class RequestMalformed(BourseError):
    """The request is broken before its content matters."""

    code = "REQUEST_MALFORMED"
    status = 400
    message = "The request is malformed."


class JsonMalformed(BourseError):
    """The body is not a JSON object: cut off, with NaN, with a name twice, nested too deep, or not UTF-8."""

    code = "JSON_MALFORMED"
    status = 400
    message = "The body is not a valid JSON object."


class NameTwice(BourseError):
    """A JSON object has a name twice; which value is meant nobody knows. `details.field` names it."""

    code = "JSON_NAME_TWICE"
    status = 400
    message = "The JSON object has a name twice."


class PermissionDenied(BourseError):
    """Signed in, and not allowed."""

    code = "PERMISSION_DENIED"
    status = 403
    message = "You are not allowed to do this."


class NotFound(BourseError):
    """No such address, or nothing there that you may see."""

    code = "NOT_FOUND"
    status = 404
    message = "There is nothing at this address."


class MethodNotAllowed(BourseError):
    """The address exists, and not for this HTTP method."""

    code = "METHOD_NOT_ALLOWED"
    status = 405
    message = "This address does not know this method."


class NotAcceptable(BourseError):
    """The client accepts no format that the exchange speaks."""

    code = "NOT_ACCEPTABLE"
    status = 406
    message = "The exchange answers in application/json."


class BodyTooLarge(BourseError):
    """The body is larger than any request needs."""

    code = "BODY_TOO_LARGE"
    status = 413
    message = "The body is too large."


class MediaTypeUnsupported(BourseError):
    """The body is not application/json."""

    code = "MEDIA_TYPE_UNSUPPORTED"
    status = 415
    message = "Bodies are application/json."


class InternalError(BourseError):
    """A mistake of ours. `request_id` finds it in the logs; the answer tells nothing else."""

    code = "INTERNAL_ERROR"
    status = 500
