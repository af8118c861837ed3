"""The distributed platform as operators run it: a process a role, beside PostgreSQL and Kafka."""

import contextlib
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx

from tests.support.kafka import KafkaServer
from tests.support.postgres import PostgresServer
from tests.support.processes import Child, free_ports

SERVICES = ("registry", "livestream-supply", "metrics")
OPERATOR = ("operator", "an-operator-secret-for-tests-alone")
PATIENCE = 120.0


class Deployment:
    """One `api` and one `worker` a service, two workers for metrics; each can be killed."""

    def __init__(
        self,
        folder: Path,
        postgres: PostgresServer,
        kafka: KafkaServer,
        *,
        workers: Mapping[str, int] | None = None,
        log_level: str = "WARNING",
    ) -> None:
        mark = uuid4().hex[:10]
        self.folder = folder
        self._workers = {"metrics": 2, **(workers or {})}
        self._environment = {
            "YUANQU_DATA_DIR": str(folder),
            "YUANQU_BUS_URL": f"{kafka.url}?prefix={mark}.",
            "YUANQU_OPERATOR_SECRET": OPERATOR[1],
            "YUANQU_SECRET": "signs-the-page-tokens-of-this-test-deployment",
            "YUANQU_RATE_LIMIT_PER_SECOND": "0",
            "YUANQU_LOG_LEVEL": log_level,
            "PYTHONUNBUFFERED": "1",
        }
        self._mark = mark
        for name in SERVICES:
            variable = f"YUANQU_{name.upper().replace('-', '_')}_DATABASE_URL"
            self._environment[variable] = postgres.create_database(self._database(name))
        self._ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
        self._telemetry: dict[str, int] = {}
        self.processes: dict[str, Child] = {}

    @property
    def names(self) -> list[str]:
        """Every process: `registry-api`, `metrics-worker-2` and so on."""
        names = [f"{service}-api" for service in SERVICES]
        for service in SERVICES:
            names += [f"{service}-worker-{n + 1}" for n in range(self._workers.get(service, 1))]
        return names

    def url(self, service: str) -> str:
        """Where a service's API answers."""
        return f"http://127.0.0.1:{self._ports[service]}"

    def lose_database(self, service: str, postgres: PostgresServer) -> None:
        """Put an empty, migrated database in the place of a stopped service's."""
        postgres.drop_database(self._database(service))
        postgres.create_database(self._database(service))
        self._migrate()

    def __enter__(self) -> Self:
        self._migrate()
        try:
            for name in self.names:
                self.start(name)
            self.wait_ready()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, name: str) -> None:
        """Start a process that is not running."""
        service = next(each for each in SERVICES if name.startswith(each))
        role = name.removeprefix(f"{service}-").partition("-")[0]
        port = self._telemetry.setdefault(name, free_ports(1)[0])
        self.processes[name] = self._child(
            name,
            ["run", "--services", service, "--role", role],
            {
                "YUANQU_PORT": str(self._ports[service]),
                "YUANQU_TELEMETRY_PORT": str(port),
            },
        )

    def kill(self, name: str) -> None:
        """kill -9."""
        self.processes[name].end(signal.SIGKILL)

    def scrape(self, name: str) -> str:
        """What Prometheus would read from a process."""
        return httpx.get(f"http://127.0.0.1:{self._telemetry[name]}/metrics", timeout=10).text

    def wait_ready(self, names: Sequence[str] = ()) -> None:
        """Return when these processes (all by default) say that they are ready."""
        deadline = time.monotonic() + PATIENCE
        for name in names or self.names:
            while True:
                waits = self._waits_of(name)
                if not waits:
                    break
                child = self.processes[name]
                if child.exit_code() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{name} {waits}; its log ends:\n{child.log_tail()}")
                time.sleep(0.1)

    def _database(self, service: str) -> str:
        return f"{service.replace('-', '_')}_{self._mark}"

    def _migrate(self) -> None:
        migration = self._child("migrate", ["migrate"])
        while migration.exit_code() is None:
            time.sleep(0.05)
        migration.end(signal.SIGTERM)
        if migration.exit_code():
            raise RuntimeError(migration.log_tail())

    def _waits_of(self, name: str) -> str:
        try:
            answer = httpx.get(f"http://127.0.0.1:{self._telemetry[name]}/readyz", timeout=5)
        except httpx.HTTPError as error:
            return f"does not answer: {error}"
        return "" if answer.status_code == httpx.codes.OK else answer.text

    def stop(self, name: str) -> None:
        """SIGTERM, and wait for a clean end."""
        self.processes[name].end(signal.SIGTERM, patience=45)

    def close(self) -> None:
        """Stop everything cleanly, the processes side by side."""
        for child in self.processes.values():
            if child.exit_code() is None:
                child.send(signal.SIGTERM)
        for child in self.processes.values():
            child.end(signal.SIGTERM, patience=45)

    @contextmanager
    def client(self, credential: tuple[str, str] = OPERATOR) -> Iterator["Client"]:
        """Call the platform as this client."""
        client = Client(self, credential)
        try:
            yield client
        finally:
            client.close()

    def _child(
        self, name: str, arguments: Sequence[str], more: Mapping[str, str] | None = None
    ) -> Child:
        settings = {**self._environment, **(more or {})}
        command = ["env", *(f"{key}={value}" for key, value in settings.items())]
        command += [sys.executable, "-m", "yuanqu", *arguments]
        return Child(command, self.folder / f"{name}.log")


class Client:
    """HTTP to whichever process answers for a path, with a token and stubborn retries."""

    def __init__(self, deployment: Deployment, credential: tuple[str, str]) -> None:
        self._deployment = deployment
        self._credential = credential
        self._http = httpx.Client(timeout=60)
        self._token = ""
        self._token_until = 0.0

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **kwargs: Any) -> Any:
        return self.call("GET", path, **kwargs)

    def post(self, path: str, json: Any = None, **kwargs: Any) -> Any:
        return self.call("POST", path, json=json, **kwargs)

    def call(self, method: str, path: str, **kwargs: Any) -> Any:
        """The answer's document; retries while processes are being killed."""
        answer = self.send(method, path, **kwargs)
        if answer.is_error:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:2000]}")
        return answer.json() if answer.content else None

    def send(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """The answer; repeats the request while there is none, or a 5xx."""
        headers = dict(kwargs.pop("headers", None) or {})
        deadline = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(httpx.TransportError):
                headers["Authorization"] = f"Bearer {self._bearer()}"
                answer = self._http.request(method, self._url(path), headers=headers, **kwargs)
                if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    return answer
            if time.monotonic() > deadline:
                raise TimeoutError(f"{method} {path} had no answer for {PATIENCE} s")
            time.sleep(0.1)

    def _url(self, path: str) -> str:
        return self._deployment.url(path.split("/")[1]) + path

    def _bearer(self) -> str:
        if time.monotonic() > self._token_until:
            answer = self._http.post(
                self._url("/registry/oauth2/token"),
                data={"grant_type": "client_credentials"},
                auth=self._credential,
            )
            if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                raise httpx.TransportError("no token yet")
            granted = answer.raise_for_status().json()
            self._token = granted["access_token"]
            self._token_until = time.monotonic() + granted["expires_in"] - 60
        return self._token
