"""A call as it came over the wire and an answer as it goes back: bytes where a signature was made over bytes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote


@dataclass(frozen=True, slots=True)
class Call:
    """What a client sent. `raw_path` is that of the exchange, without the sandbox's own prefix."""

    method: str
    raw_path: str
    query: str
    headers: Mapping[str, str] = field(repr=False)
    """By any spelling of the name."""
    body: bytes = field(repr=False)
    address: str
    """Host and path as the client wrote them, for who signs a whole URL."""
    now_ms: int
    """The exchange's clock."""

    @property
    def path(self) -> str:
        return unquote(self.raw_path)

    @property
    def arguments(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def content(self) -> dict[str, Any]:
        """The body as a JSON object; empty where it is none."""
        try:
            content = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return content if isinstance(content, dict) else {}

    @property
    def request_line(self) -> str:
        """Path and query, as several exchanges have them signed."""
        return f"{self.raw_path}?{self.query}" if self.query else self.raw_path


@dataclass(frozen=True, slots=True)
class Answer:
    """`content` as JSON; as it is where it is text."""

    content: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.content if isinstance(self.content, str) else json.dumps(self.content)

    @property
    def content_type(self) -> str:
        return "text/plain" if isinstance(self.content, str) else "application/json"
