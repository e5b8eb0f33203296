"""Prints a .env for docker-compose.yml with fresh passwords and keys: `python3 deploy/make_env.py > .env`.

Whoever has them has the exchange: `chmod 600 .env`, keep a copy of it with the backups, and never in version control.
"""

import base64
import secrets


def filled(example: str) -> str:
    """The example with every empty secret filled in. Passwords stand in URLs, so they are of URL-safe characters."""
    made = {
        "POSTGRES_PASSWORD": secrets.token_urlsafe(24),
        "DATABASE_OWNER_PASSWORD": secrets.token_urlsafe(24),
        "DATABASE_APP_PASSWORD": secrets.token_urlsafe(24),
        "REDIS_PASSWORD": secrets.token_urlsafe(24),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_ENCRYPTION_KEYS": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "CHAIN_SIGNING_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "METRICS_TOKEN": secrets.token_urlsafe(24),
        "SIMCHAIN_TOKEN": secrets.token_urlsafe(24),
    }
    lines = []
    for line in example.splitlines():
        name, is_setting, value = line.partition("=")
        lines.append(f"{name}={made[name]}" if is_setting and not value and name in made else line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    from pathlib import Path

    print(filled((Path(__file__).parent / "env.example").read_text()), end="")
