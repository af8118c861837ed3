"""PostgreSQL with the databases, roles and rights that deploy/postgres makes for a stack."""

import os
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import psycopg

from metrics.service import SERVICE
from service_chassis import migrations
from tests.support.postgres import PostgresServer

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "deploy" / "postgres").glob("*.sh"))
SECRETS = ("registry", "livestream_supply", "metrics")


class MetricsServer:
    """A server of its own: roles belong to a whole server, and other tests know none of these."""

    def __init__(self) -> None:
        self._server = PostgresServer()
        self.passwords: dict[str, str] = {}

    def __enter__(self) -> Self:
        self._server.__enter__()
        try:
            self._prepare()
        except BaseException:
            self._server.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.close()

    def database(self) -> str:
        """The name of a new database that is migrated and holds nothing."""
        name = f"metrics_{uuid4().hex[:10]}"
        self._administer(f"CREATE DATABASE {name} TEMPLATE metrics OWNER metrics_owner")
        # What belongs to the database itself is not copied with it.
        self._administer(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        self._administer(f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO metrics")
        self._administer(f"GRANT CONNECT ON DATABASE {name} TO grafana_reader")
        return name

    def url(self, database: str, role: str) -> str:
        """The address of a database for a role, as a service setting wants it."""
        at = f"127.0.0.1:{self._server.port}/{database}"
        return f"postgresql+psycopg://{role}:{self.passwords[role]}@{at}"

    def connect(self, database: str, role: str) -> psycopg.Connection[Any]:
        """A session of a role."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self._server.port,
            user=role,
            password=self.passwords[role],
            dbname=database,
            autocommit=True,
        )

    def _prepare(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            roles = [role for service in SECRETS for role in (service, f"{service}_owner")]
            for role in (*roles, "grafana_reader"):
                self.passwords[role] = uuid4().hex
                (Path(folder) / f"{role}_password").write_text(self.passwords[role])
            for script in SCRIPTS:
                self._run(script, folder)
        migrations.upgrade(SERVICE, self.url("metrics", "metrics_owner"))

    def _run(self, script: Path, secrets: str) -> None:
        """Run a script of the image's entrypoint, with the secrets of this test."""
        text = script.read_text(encoding="utf-8").replace("/run/secrets", secrets)
        environment = {
            "PATH": f"{self._server._binaries}:{os.environ['PATH']}",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self._server.port),
            "POSTGRES_USER": "postgres",
        }
        subprocess.run(["bash", "-c", text], env=environment, check=True, timeout=30)

    def _administer(self, statement: str) -> None:
        address = f"host=127.0.0.1 port={self._server.port} user=postgres dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)
