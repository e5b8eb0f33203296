"""Is a TCP port free? Asked before anything is installed or started, so the answer comes at once."""

import errno
import socket

from exchange.embedded.failure import StartError


def require_free(host: str, port: int, *, option: str) -> None:
    """Raise StartError with the option that chooses another port when `host:port` cannot be listened on."""
    try:
        candidates = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as problem:
        raise StartError(f"The address {host!r} is not known on this machine: {problem.strerror}.") from None
    family, kind, protocol, _, address = candidates[0]
    with socket.socket(family, kind, protocol) as probe:
        # Like the servers do; otherwise connections of an instance just stopped would count as "taken".
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:
                raise StartError(
                    f"Port {port} on {host} is taken by another process. Stop it, or choose another with {option}."
                ) from None
            if problem.errno == errno.EACCES:
                raise StartError(
                    f"Port {port} is reserved for the system. Choose one above 1023 with {option}."
                ) from None
            raise StartError(f"Cannot listen on {host}:{port} ({problem.strerror}).") from None


def free_ports(number: int) -> list[int]:
    """Several that were free a moment ago, no two of them the same."""
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def free_port(host: str = "127.0.0.1") -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
