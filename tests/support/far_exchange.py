"""The far end of a ccxt client: a local HTTP server that answers as the test says, and remembers what it was asked."""

import json
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Answer = Callable[[dict[str, str]], Any]


@dataclass
class Broken:
    """An answer that is not what was asked for."""

    status: int = 200
    text: str = ""
    hangs_up: bool = False


@dataclass
class FarExchange:
    """`answers`: path to an object, a `Broken`, a function of the parameters, or a list of these, taken in turn."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    url: str = ""
    _server: Any = None

    def start(self) -> None:
        far_end = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            def log_message(self, *_: Any) -> None:
                """Quiet."""

            def _answer(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                parameters = dict(parse_qsl(parts.query))
                if body.startswith("{"):
                    parameters |= {name: str(value) for name, value in json.loads(body).items()}
                else:
                    parameters |= dict(parse_qsl(body))
                answer = far_end.answer_to(parts.path, parameters)
                if isinstance(answer, Broken) and answer.hangs_up:
                    self.close_connection = True
                    return
                status, text = (answer.status, answer.text) if isinstance(answer, Broken) else (200, json.dumps(answer))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def answer_to(self, path: str, parameters: dict[str, str]) -> Any:
        self.asked[path].append(parameters)
        answer = self.answers.get(path, Broken(404, "nothing here"))
        if isinstance(answer, list) and answer and answer[0] == "in turn":
            answer = answer.pop(1) if len(answer) > 2 else answer[1]
        return answer(parameters) if callable(answer) else answer

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
