"""A stack of its own: a project, ports, volumes and secrets that nobody else uses."""

import json
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from deploy.check.certificate import make_certificate
from deploy.check.engine import ROOT, Engine
from yuanqu.api import Api
from yuanqu.credentials import OPERATOR, Credential

GRAFANA = "grafana/grafana:12.2.0"
READY_SECONDS = 180.0
PAUSE_SECONDS = 0.5
PORTS = ("GATEWAY", "GATEWAY_TLS", "GRAFANA", "PROMETHEUS")


class StackFailure(Exception):
    """The stack did not do what it should; carries what it said."""


@dataclass(frozen=True, slots=True)
class Container:
    """A container of the stack, as the engine shows it."""

    name: str
    service: str
    state: str
    health: str

    @property
    def is_well(self) -> bool:
        """Runs, and is healthy where it has a check."""
        return self.state == "running" and self.health in {"", "healthy"}


class Running:
    """A command that runs beside others; what it says is kept."""

    def __init__(self, process: "subprocess.Popen[str]", interrupt: Callable[[], object]) -> None:
        self.interrupt = interrupt
        """What Ctrl-C does."""
        self._process = process
        self._said: dict[str, list[str]] = {"out": [], "err": []}
        self._readers = [
            threading.Thread(target=self._said[name].extend, args=(stream,), daemon=True)
            for name, stream in (("out", process.stdout), ("err", process.stderr))
        ]
        for reader in self._readers:
            reader.start()

    @property
    def out(self) -> str:
        """What it printed."""
        return "".join(self._said["out"])

    @property
    def err(self) -> str:
        """What it told beside."""
        return "".join(self._said["err"])

    @property
    def has_ended(self) -> bool:
        """Whether it is over."""
        return self._process.poll() is not None

    def wait_until_it_says(self, words: str) -> None:
        """Return when the words are among what it told."""
        deadline = time.monotonic() + READY_SECONDS
        while words not in self.err:
            if self.has_ended or time.monotonic() > deadline:
                raise StackFailure(f"it never said {words!r}:\n{self.out}\n{self.err}")
            time.sleep(PAUSE_SECONDS)

    def wait(self, seconds: float) -> int:
        """Its exit code."""
        code = self._process.wait(seconds)
        for reader in self._readers:
            reader.join()
        return code


class Stack:
    """`docker compose` with its own project; ends with nothing left when used as a context."""

    def __init__(
        self, engine: Engine, folder: Path, *, project: str = "yuanqu-check", ha: bool = False
    ) -> None:
        self.project = project
        self._engine = engine
        folder = folder / project
        self._secrets, self._certificates = folder / "secrets", folder / "tls"
        self._certificates.mkdir(parents=True)
        files = [ROOT / "docker-compose.yml"]
        if ha:
            files.append(ROOT / "docker-compose.ha.yml")
        self._without = [] if engine.has_image(GRAFANA) else ["grafana"]
        self._files = [*files, *engine.files, self._leaving_out(folder)]
        self._ports = dict(zip(PORTS, _free_ports(len(PORTS)), strict=True))
        self._environment = {
            **{name: value for name, value in engine.environment.items() if "YUANQU_" not in name},
            **{f"YUANQU_{name}_PORT": str(port) for name, port in self._ports.items()},
            "YUANQU_SECRETS_DIR": str(self._secrets),
            "YUANQU_TLS_DIR": str(self._certificates),
            "YUANQU_VERSION": project,
            "COMPOSE_PROJECT_NAME": project,
            # The .env beside docker-compose.yml is of an installation: its Kafka is none of ours.
            "COMPOSE_DISABLE_ENV_FILE": "1",
        }
        subprocess.run(
            ["sh", str(ROOT / "deploy" / "secrets.sh"), str(self._secrets)],
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.down(volumes=True)

    @property
    def left_out(self) -> Sequence[str]:
        """Services whose image this machine cannot get."""
        return self._without

    @property
    def image(self) -> str:
        """The image that was built."""
        return f"yuanqu:{self.project}"

    @property
    def address(self) -> str:
        """The gateway."""
        return f"http://127.0.0.1:{self._ports['GATEWAY']}"

    @property
    def prometheus(self) -> str:
        """Prometheus."""
        return f"http://127.0.0.1:{self._ports['PROMETHEUS']}"

    @property
    def tls_address(self) -> str:
        """The gateway, where it has a certificate."""
        return f"https://127.0.0.1:{self._ports['GATEWAY_TLS']}"

    def certify(self) -> Path:
        """Give the gateway a certificate and start it again; the certificate."""
        made = make_certificate(self._certificates)
        for container in self.containers():
            if container.service == "gateway":
                self.restart(container)
        return made

    def has_image(self, image: str) -> bool:
        """Whether the image is here or can be fetched."""
        return self._engine.has_image(image)

    def build(self) -> None:
        """Build the image; its layers are kept for the next time."""
        self.compose("build", "--quiet")

    def up(self, **scale: int) -> None:
        """Start everything that does not run and wait until all of it is healthy."""
        options = [f"--scale={name.replace('_', '-')}={many}" for name, many in scale.items()]
        self.compose("up", "--detach", "--wait", "--wait-timeout", "300", *options)

    def down(self, *, volumes: bool = False) -> None:
        """Stop and remove the containers, and with `volumes` the data and the image too."""
        everything = ["--volumes", "--rmi", "local"] if volumes else []
        self.compose(
            "--profile", "demo", "--profile", "load", "down", "--remove-orphans", *everything
        )

    def run(self, command: str, *arguments: str) -> str:
        """A one-off container of a profile; what it printed."""
        return self.compose("run", "--rm", "--no-deps", "--no-TTY", command, *arguments)

    @contextmanager
    def running(self, command: str, *arguments: str) -> Iterator["Running"]:
        """The same, beside what happens meanwhile; killed if it has not ended by then."""
        name = f"{self.project}-{command}"
        words = self._command(
            "run", "--rm", "--no-deps", "--no-TTY", "--name", name, command, *arguments
        )
        with subprocess.Popen(
            words,
            env=self._environment,
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            try:
                yield Running(process, lambda: self.docker("kill", "--signal", "INT", name))
            finally:
                process.kill()

    def containers(self) -> list[Container]:
        """The containers that belong to services, whether they run or not."""
        # One look at the engine's list: compose would ask for each, and some end meanwhile.
        label = "com.docker.compose"
        columns = ("{{.Names}}", f'{{{{.Label "{label}.service"}}}}', "{{.State}}", "{{.Status}}")
        mine = [f"--filter=label={label}.project={self.project}"]
        mine.append(f"--filter=label={label}.oneoff=False")
        listed = self.docker("ps", "--all", *mine, "--format", "\t".join(columns))
        return [_container(*line.split("\t")) for line in listed.splitlines()]

    def inspect(self, name: str) -> Any:
        """What the engine knows of a container or an image."""
        return json.loads(self.docker("inspect", name))[0]

    def restart(self, container: Container) -> None:
        """SIGTERM, the grace, and start again; returns when it is healthy."""
        self.docker("restart", "--time", "40", container.name)
        self.wait_until_well(container)

    def wait_until_well(self, container: Container) -> None:
        """Return when the container is healthy again."""
        deadline = time.monotonic() + READY_SECONDS
        while True:
            found = next(each for each in self.containers() if each.name == container.name)
            if found.is_well:
                return
            if time.monotonic() > deadline:
                said = self.docker("logs", "--tail", "20", container.name)
                raise StackFailure(f"{container.name} is {found.state} {found.health}\n{said}")
            time.sleep(PAUSE_SECONDS)

    def script(self, name: str, *arguments: str) -> str:
        """One of deploy's scripts against this stack; what it printed."""
        files = os.pathsep.join(map(str, self._files))
        environment = {**self._environment, "COMPOSE_FILE": files}
        return self._run(["sh", str(ROOT / "deploy" / name), *arguments], environment)

    def operator(self) -> Api:
        """The API through the gateway, as the operator."""
        secret = (self._secrets / "operator_secret").read_text(encoding="utf-8")
        return Api(Credential(self.address, OPERATOR, secret))

    def operator_over_tls(self) -> Api:
        """The same over TLS, as with SSL_CERT_FILE set."""
        secret = (self._secrets / "operator_secret").read_text(encoding="utf-8")
        before = os.environ.get("SSL_CERT_FILE")
        os.environ["SSL_CERT_FILE"] = str(self._certificates / "gateway.crt")
        try:
            return Api(Credential(self.tls_address, OPERATOR, secret))
        finally:
            os.environ.pop("SSL_CERT_FILE")
            if before is not None:
                os.environ["SSL_CERT_FILE"] = before

    def compose(self, *arguments: str) -> str:
        """`docker compose` of this project; what it printed. StackFailure when it fails."""
        return self._run(self._command(*arguments))

    def docker(self, *arguments: str) -> str:
        """`docker`; what it printed. StackFailure when it fails."""
        return self._run(["docker", *arguments])

    def _leaving_out(self, folder: Path) -> Path:
        """A compose file that puts what cannot run into a profile that nobody asks for."""
        services: dict[str, Any] = {name: {"profiles": ["left-out"]} for name in self._without}
        # All of the gateway's log is read in the end.
        services["gateway"] = {"logging": {"options": {"max-size": "1g"}}}
        file = folder / "without.yml"
        file.write_text(json.dumps({"services": services}), encoding="utf-8")
        return file

    def _command(self, *arguments: str) -> list[str]:
        files = [part for file in self._files for part in ("--file", str(file))]
        return ["docker", "compose", "--progress", "quiet", *files, *arguments]

    def _run(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
        done = subprocess.run(
            command,
            env=environment or self._environment,
            cwd=ROOT,
            text=True,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            said = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
            raise StackFailure(f"{' '.join(command)}\nended with {done.returncode}:\n{said}")
        return done.stdout


def _container(name: str, service: str, state: str, status: str) -> Container:
    """Of a line of the list: the status is like `Up 9 minutes (health: starting)`."""
    health = re.search(r"\((?:health: )?(\w+)\)$", status)
    return Container(name, service, state, health.group(1) if health else "")


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _each in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
