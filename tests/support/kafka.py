"""A real Apache Kafka, one broker in KRaft mode, started from Maven artefacts.

For developers: `python -m tests.support.kafka` runs one in the foreground and prints its bus URL.
"""

import argparse
import base64
import fcntl
import hashlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.processes import Child, Unavailable, free_ports, interruptible, wait_until

HERE = Path(__file__).parent / "kafka"
CACHE = Path(__file__).parents[2] / ".cache" / "kafka"
OLDEST_JAVA = 17

JVM = (
    *("-Xms256m", "-Xmx512m", "-XX:MaxDirectMemorySize=128m"),
    # Tests share few cores: a small collector and the quick compiler start in half the time.
    *("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError"),
    f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}",
)

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{advertised}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={folder}/log
num.partitions=4
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
"""


def why_unavailable() -> str | None:
    """The reason this machine cannot run Kafka, as a sentence; None when it can."""
    version = _java_version()
    if version is None:
        return f"Kafka needs Java {OLDEST_JAVA} or newer (Debian: openjdk-17-jre-headless)."
    if version < OLDEST_JAVA:
        return f"Kafka needs Java {OLDEST_JAVA} or newer; this machine has Java {version}."
    if not _libs().is_dir() and shutil.which("mvn") is None:
        return "Kafka's jars are not in .cache/kafka and fetching them needs Maven (Debian: maven)."
    return None


def fetch_jars() -> Path:
    """The folder with the broker's jars, fetched with Maven the first time (115 MB)."""
    libs = _libs()
    if libs.is_dir():
        return libs
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if libs.is_dir():
            return libs
        partial = libs.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        command = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
        command += ["-DincludeScope=runtime", f"-DoutputDirectory={partial}"]
        fetched = subprocess.run(command, capture_output=True, text=True, check=False)
        if fetched.returncode:
            raise Unavailable(f"Maven could not fetch Kafka's jars:\n{fetched.stdout[-2000:]}")
        partial.rename(libs)
    return libs


class KafkaServer:
    """One broker with its own folder and ports; both survive `kill()` and `restart()`.

    `advertised_port` is the port clients are told to dial, for a proxy in front of the broker.
    """

    def __init__(self, *, port: int | None = None, advertised_port: int | None = None) -> None:
        reason = why_unavailable()
        if reason:
            raise Unavailable(reason)
        self._libs = fetch_jars()
        self._folder = Path(tempfile.mkdtemp(prefix="yuanqu-kafka-"))
        self._log = self._folder / "server.log"
        self._child: Child | None = None
        broker, controller = free_ports(2)
        self.port = port or broker
        self._properties = self._folder / "server.properties"
        self._properties.write_text(
            PROPERTIES.format(
                broker=self.port,
                controller=controller,
                advertised=advertised_port or self.port,
                folder=self._folder,
            )
        )
        self._format()

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The bus URL of this broker."""
        return f"kafka://{self.bootstrap}"

    @property
    def pid(self) -> int:
        """The running server's process."""
        if self._child is None:
            raise RuntimeError("the server is not running")
        return self._child.pid

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the broker and return when it answers."""
        if self._child is None:
            command = self._java("kafka.Kafka", str(self._properties))
            self._child = Child(command, self._log)
        wait_until(self._answers, self._child, seconds=60)

    def kill(self) -> None:
        """kill -9: nothing is flushed, no client is told."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """An orderly shutdown."""
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """kill -9, then start again on the same port and folder."""
        self.kill()
        self.start()

    def freeze(self) -> None:
        """Stop answering without closing a connection, until `thaw()`."""
        if self._child:
            self._child.send(signal.SIGSTOP)

    def thaw(self) -> None:
        if self._child:
            self._child.send(signal.SIGCONT)

    def close(self) -> None:
        """End the broker and remove its folder."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self, number: signal.Signals) -> None:
        if self._child:
            self._child.end(number)
            self._child = None

    def _format(self) -> None:
        cluster = "-"
        while cluster.startswith("-"):  # the option parser would take it for an option
            cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        arguments = ["format", "-t", cluster, "-c", str(self._properties), "--standalone"]
        formatted = subprocess.run(
            self._java("kafka.tools.StorageTool", *arguments),
            capture_output=True,
            text=True,
            check=False,
        )
        if formatted.returncode:
            raise RuntimeError(f"Kafka could not format its folder:\n{formatted.stderr}")

    def _java(self, main: str, *arguments: str) -> list[str]:
        folders = [f"-Dkafka.logs.dir={self._folder}", "-cp", f"{self._libs}/*"]
        return ["java", *JVM, *folders, main, *arguments]

    def _answers(self) -> bool:
        """Whether the broker answers ApiVersions: an open port alone is too early."""
        request = struct.pack(">hhih", 18, 0, 1, -1)
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.sendall(struct.pack(">i", len(request)) + request)
                return len(connection.recv(8)) == len(struct.pack(">ii", 0, 1))
        except OSError:
            return False


def _libs() -> Path:
    wanted = hashlib.sha256((HERE / "pom.xml").read_bytes()).hexdigest()[:12]
    return CACHE / f"libs-{wanted}"


def _java_version() -> int | None:
    if shutil.which("java") is None:
        return None
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found.group(1)) if found else None


def main() -> None:
    parser = argparse.ArgumentParser(description="Run a Kafka broker until Ctrl-C.")
    parser.add_argument("--port", type=int, help="default: a free one")
    parser.add_argument("--fetch", action="store_true", help="fetch the jars and end")
    options = parser.parse_args()
    try:
        if options.fetch:
            print(fetch_jars())
            return
        with interruptible(), KafkaServer(port=options.port) as server:
            print(f"YUANQU_BUS_URL={server.url}", flush=True)
            signal.pause()
    except Unavailable as lacking:
        sys.exit(str(lacking))


if __name__ == "__main__":
    main()
