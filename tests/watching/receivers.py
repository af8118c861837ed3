"""Where notifications arrive in tests: an HTTP server and a mail server that keep what they get."""

import email
import json
import socketserver
import threading
from email import policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class WebhookReceiver:
    """Keeps every document that is posted, by path."""

    def __init__(self) -> None:
        kept: list[tuple[str, dict[str, Any]]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                kept.append((self.path, json.loads(body)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self._kept = kept
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def posted(self, path: str) -> list[dict[str, Any]]:
        """The documents posted to a path so far."""
        return [document for at, document in self._kept if at == path]

    def alerts(self, path: str, status: str = "firing") -> dict[str, dict[str, Any]]:
        """The alerts of this status posted to a path so far, the last of each name."""
        return {
            alert["labels"]["alertname"]: alert
            for document in self.posted(path)
            for alert in document["alerts"]
            if alert["status"] == status
        }

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class MailSink:
    """A mail server (RFC 5321, the few verbs a sender needs) that keeps every message."""

    def __init__(self) -> None:
        kept: list[tuple[list[str], EmailMessage]] = []

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                recipients: list[str] = []
                self.say("220 sink")
                while line := self.rfile.readline().decode().strip():
                    verb = line[:4].upper()
                    if verb == "RCPT":
                        recipients.append(line.split("<")[1].split(">")[0])
                    if verb == "DATA":
                        self.say("354 go on")
                        kept.append((recipients, self.message()))
                    self.say("221 bye" if verb == "QUIT" else "250 fine")
                    if verb == "QUIT":
                        return

            def message(self) -> EmailMessage:
                lines = []
                while (line := self.rfile.readline()).rstrip(b"\r\n") != b".":
                    lines.append(line.removeprefix(b"."))
                message = email.message_from_bytes(b"".join(lines), policy=policy.default)
                assert isinstance(message, EmailMessage)
                return message

            def say(self, line: str) -> None:
                self.wfile.write(f"{line}\r\n".encode())

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self._kept = kept
        self._server = Server(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        """host:port."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def to(self, recipient: str) -> list[EmailMessage]:
        """The messages for somebody so far."""
        return [message for recipients, message in self._kept if recipient in recipients]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def text_of(message: EmailMessage) -> str:
    """What somebody reads."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
