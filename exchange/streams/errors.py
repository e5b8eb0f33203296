"""Refusals that only a WebSocket knows."""

from kernel.errors import BourseError


class UnknownOperation(BourseError):
    """A frame whose `op` does not exist on this socket."""

    code = "UNKNOWN_OPERATION"
    status = 400
    message = "This socket does not know this operation."


class OriginRefused(BourseError):
    """A browser opened the socket from a page that is not ours."""

    code = "ORIGIN_REFUSED"
    status = 403
    message = "Sockets can not be opened from this origin."


class AlreadyAuthenticated(BourseError):
    """A socket belongs to one user from its authentication to its end."""

    code = "ALREADY_AUTHENTICATED"
    status = 409
    message = "This socket is authenticated already."


class TooManyConnections(BourseError):
    """As many sockets from this address, or of this user, as one may have; `details.limit` says which."""

    code = "TOO_MANY_CONNECTIONS"
    status = 429
    message = "You have as many connections as one may have."
    retry_after = 5


class TooManySubscriptions(BourseError):
    """More subscriptions than one connection may have."""

    code = "TOO_MANY_SUBSCRIPTIONS"
    status = 429
    message = "This connection has as many subscriptions as one may have."
