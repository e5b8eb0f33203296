"""The environment that the processes of Bourse are started with: where the services are, keys, addresses."""

import hashlib
import hmac
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlencode, urlsplit

from exchange.compiled import VARIABLE

DATABASE_NAME = "bourse"
OWNER_ROLE = "bourse_owner"
APP_ROLE = "bourse_app"


@dataclass(frozen=True)
class ServiceUrls:
    """Where PostgreSQL and Redis are. `owner` migrates, `app` is what the processes run with."""

    app: str
    owner: str
    redis: str

    @property
    def app_role(self) -> str:
        return unquote(urlsplit(self.app).username or "")

    @property
    def books_are_protected(self) -> bool:
        """Can the login that the processes use not rewrite history?"""
        return self.app != self.owner


def service_urls(run_directory: Path, passwords: dict[str, str]) -> ServiceUrls:
    """The embedded services' URLs; DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL replace them."""
    app = os.environ.get("DATABASE_URL") or embedded_database_url(run_directory, APP_ROLE, passwords["app_password"])
    if os.environ.get("DATABASE_URL"):
        owner = os.environ.get("DATABASE_OWNER_URL") or app
    else:
        owner = embedded_database_url(run_directory, OWNER_ROLE, passwords["owner_password"])
    redis = os.environ.get("REDIS_URL") or f"unix://{run_directory / 'redis.sock'}"
    return ServiceUrls(app=app, owner=owner, redis=redis)


def embedded_database_url(run_directory: Path, role: str, password: str) -> str:
    """A URL over the unix socket, understood alike by libpq, psycopg and django-environ."""
    where = urlencode({"host": str(run_directory / "postgres"), "port": "5432"}, safe="/")
    return f"postgresql://{quote(role)}:{quote(password, safe='')}@/{DATABASE_NAME}?{where}"


def uses_embedded_postgres() -> bool:
    return not os.environ.get("DATABASE_URL")


def uses_embedded_redis() -> bool:
    return not os.environ.get("REDIS_URL")


def application_environment(
    *,
    home: Path,
    python: Path,
    urls: ServiceUrls,
    passwords: dict[str, str],
    host: str,
    port: int,
    stream_port: int,
    chain_port: int = 0,
    sandbox_port: int = 0,
    compiled: Path | None = None,
) -> dict[str, str]:
    """The environment of every process of the exchange. What the operator has set wins, except the URLs.

    It holds the app's login only; `as_owner` gives the one that migrates. `chain_port`: of the simulated chain, and
    `sandbox_port`: of the sandbox's exchanges, 0 where there is none. `compiled`: where the machine code of the cores
    lies or will lie.
    """
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    public = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    defaults = {
        "SECRET_KEY": passwords["secret_key"],
        "FIELD_ENCRYPTION_KEYS": passwords["field_encryption_keys"],
        "ALLOWED_HOSTS": ",".join(allowed_hosts(host)),
        "DEBUG": "false",
        "WEB_PUBLIC_URL": f"http://{public}:{port}",
        "STREAMS_PUBLIC_URL": f"ws://{public}:{stream_port}",
        "STREAM_PORT": str(stream_port),
        "DJANGO_SETTINGS_MODULE": "exchange.settings",
        "SIMCHAIN_URL": f"http://127.0.0.1:{chain_port}" if chain_port else "",
        "VENUE_SANDBOX_URL": f"http://127.0.0.1:{sandbox_port}" if sandbox_port else "",
        "SIMCHAIN_TOKEN": simulated_chain_token(passwords["secret_key"]),
    }
    for name, value in defaults.items():
        environment.setdefault(name, value)
    environment.update(
        {
            "BOURSE_HOME": str(home),
            "DATABASE_URL": urls.app,
            "DATABASE_APP_ROLE": urls.app_role,
            "REDIS_URL": urls.redis,
            "PATH": f"{python.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "VIRTUAL_ENV": str(python.parent.parent),
            "PYTHONUNBUFFERED": "1",
        }
    )
    if compiled is not None:
        environment[VARIABLE] = str(compiled)
    environment.pop("PYTHONHOME", None)
    return environment


def is_demo() -> bool:
    """Whether `./bourse up` runs the demo: unless the operator says DEMO=false."""
    return os.environ.get("DEMO", "true").strip().lower() in ("true", "on", "ok", "y", "yes", "1")


def simulated_chain_token(secret_key: str) -> str:
    """What the processes show to the simulated chain; made from the home's key, so there is nothing more to keep."""
    return hmac.new(secret_key.encode(), b"the simulated chain", hashlib.sha256).hexdigest()


def as_owner(environment: dict[str, str], urls: ServiceUrls) -> dict[str, str]:
    """The same environment for commands that migrate or load: the owner's login in place of the app's."""
    return {**environment, "DATABASE_URL": urls.owner, "DATABASE_OWNER_URL": urls.owner}


def allowed_hosts(host: str) -> list[str]:
    """Names under which the web process answers: the machine itself, and its own names when it listens on all."""
    names = ["127.0.0.1", "localhost", "[::1]"]
    if host in ("0.0.0.0", "::", ""):
        names += [socket.gethostname(), socket.getfqdn(), *_own_addresses()]
    else:
        names.append(host)
    return list(dict.fromkeys(names))


def _own_addresses() -> list[str]:
    """The address that this machine uses towards others; connecting a UDP socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return []
        return [str(probe.getsockname()[0])]
