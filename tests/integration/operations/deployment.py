"""The files of the deployment as data, with the variables filled in as `deploy/make_env.py` does."""

import re
from pathlib import Path
from typing import Any

import yaml

from deploy.make_env import filled

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
COMPOSE = ROOT / "docker-compose.yml"
TLS = ROOT / "docker-compose.tls.yml"
_VARIABLE = re.compile(r"(?<!\$)\$\{(?P<name>\w+)(?:(?P<kind>:[-?])(?P<rest>[^}]*))?\}")


def env_file() -> dict[str, str]:
    """The .env of a first start."""
    lines = filled((DEPLOY / "env.example").read_text()).splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def variables_of(path: Path) -> dict[str, str | None]:
    """Each variable of a compose file; its default, None where it must be set."""
    found = _VARIABLE.finditer(path.read_text())
    return {match["name"]: match["rest"] if match["kind"] == ":-" else None for match in found}


def load_compose(path: Path = COMPOSE, **more: str) -> dict[str, Any]:
    """The file with its variables filled in; a variable that must be set and is not fails the test."""
    known = env_file() | more

    def value_of(match: re.Match[str]) -> str:
        value = known.get(match["name"], "")
        if not value and match["kind"] == ":-":
            value = str(match["rest"])
        assert value or match["kind"] == ":-", f"{match['name']} has no value"
        return value

    loaded: dict[str, Any] = yaml.safe_load(_VARIABLE.sub(value_of, path.read_text()))
    return loaded
