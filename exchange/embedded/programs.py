"""What runs: each process of the exchange with its command, the order it stops in, and how it is told to.

supervisord stops the groups from the highest priority to the lowest, each as a whole: first what takes requests,
then the workers, then what they speak to outside of the exchange, then Redis, last PostgreSQL.
"""

import signal
from dataclasses import dataclass, field
from pathlib import Path

from exchange.embedded import redis
from exchange.embedded.postgres import Postgres

FRONT, WORKERS, OUTSIDE, SERVICES = "front", "workers", "outside", ""
GROUP_PRIORITIES = {FRONT: 30, WORKERS: 20, OUTSIDE: 15}
WEB_THREADS = 64
GRANIAN_LOGGING = "exchange/observability/granian.json"


@dataclass(frozen=True)
class Program:
    """One supervised process.

    `stop_seconds` is the time it has after its stop signal before it is killed. Services start with supervisord;
    the others when they are asked to, after the migration: those that `comes_later` once trading is possible, so that
    they do not hold it up.
    """

    name: str
    command: list[str]
    group: str = SERVICES
    priority: int = 10
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: int = 4
    folder: Path | None = None
    user: tuple[int, int] | None = None
    environment: dict[str, str] = field(default_factory=dict)
    comes_later: bool = False

    @property
    def full_name(self) -> str:
        """The name in supervisord's own words."""
        return f"{self.group}:{self.name}" if self.group else self.name

    @property
    def variables(self) -> dict[str, str]:
        """What its environment has besides that of all; the name is for logs and metrics."""
        return self.environment if self.starts_alone else {"PROCESS_NAME": self.name, **self.environment}

    @property
    def starts_alone(self) -> bool:
        return self.group == SERVICES


def postgres_program(server: Postgres) -> Program:
    """SIGINT is PostgreSQL's fast shutdown: connections are cut, everything committed is on disk."""
    user = (server.user.uid, server.user.gid) if server.user.is_other else None
    return Program(
        "postgres",
        server.command(),
        priority=1,
        stop_signal=signal.SIGINT,
        stop_seconds=10,
        folder=server.data.resolve(),
        user=user,
    )


def redis_program(server: Path, run_directory: Path, folder: Path) -> Program:
    return Program("redis", redis.command(server, run_directory, folder), priority=2, stop_seconds=3, folder=folder)


def exchange_programs(python: Path, *, host: str, port: int, stream_port: int) -> list[Program]:
    """The processes of the exchange itself, as docs/operations.md lists them."""
    web = [str(python), "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    web += ["--workers", "1", "--blocking-threads", str(WEB_THREADS), "--no-ws", "--workers-kill-timeout", "3"]
    web += ["--log-config", GRANIAN_LOGGING]
    # daphne, made ready for many sockets: see the package.
    streams = [str(python), "-m", "exchange.streams", "-b", host, "-p", str(stream_port)]
    beat = [str(python), "-m", "celery", "-A", "exchange.celery:app", "--quiet", "beat", "--loglevel", "INFO"]
    beat += ["--scheduler", "django_celery_beat.schedulers:DatabaseScheduler"]
    # No pid file: one left by a kill can name a number that another process has by now. There is one supervisor
    # for the home, so there is one beat.
    beat += ["--pidfile="]
    return [
        matching_program(python),
        Program(
            "funds",
            _worker(python, "funds", "--pool=solo", "--concurrency=1"),
            WORKERS,
            stop_seconds=5,
            comes_later=True,
        ),
        Program(
            "default",
            _worker(python, "default", "--pool=threads", "--concurrency=8"),
            WORKERS,
            stop_seconds=5,
            comes_later=True,
        ),
        Program("web", [*web, "exchange.wsgi:application"], FRONT),
        Program("streams", streams, FRONT),
        Program("beat", beat, FRONT, comes_later=True),
    ]


def bots_program(python: Path, *, web_url: str, streams_url: str, house_file: Path) -> Program:
    """The house's traders: clients of the API like any other, so they stop with those who serve them."""
    command = [str(python), "-m", "exchange.bots", "--web", web_url, "--streams", streams_url]
    return Program("bots", [*command, "--house", str(house_file)], FRONT, comes_later=True)


def chain_program(python: Path, *, host: str, port: int, data: Path) -> Program:
    """The simulated chain: outside of the exchange, so it outlives the workers that send payouts to it."""
    command = [str(python), "-m", "wallet.simchain", "--host", host, "--port", str(port), "--data", str(data)]
    return Program("chain", command, OUTSIDE, comes_later=True)


def sandbox_program(python: Path, *, host: str, port: int) -> Program:
    """Other exchanges to try accounts with. They remember nothing, so nothing is lost with them."""
    command = [str(python), "-m", "wallet.venues.sandbox", "--host", host, "--port", str(port)]
    return Program("sandbox", command, OUTSIDE, comes_later=True)


def matching_program(python: Path) -> Program:
    """The only writer of orders and trades; `solo`, as its loop must be the only thing in its process."""
    return Program("matching", _worker(python, "matching", "--pool=solo", "--concurrency=1"), WORKERS, stop_seconds=5)


def _worker(python: Path, queue: str, *options: str) -> list[str]:
    # Quiet: the start-up banner is no line of a log.
    command = [str(python), "-m", "celery", "-A", "exchange.celery:app", "--quiet", "worker"]
    command += ["-Q", queue, "-n", f"{queue}@%h"]
    # Gossip and mingle are talk between workers, which nothing here needs; without them a start is a second shorter.
    return [*command, *options, "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
