"""Migrations of one service: its own tables and the chassis's, in its own database."""

from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from alembic import command, context
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, make_url, pool, text
from sqlalchemy.engine import URL

from service_chassis.columns import Document, UtcDateTime
from service_chassis.service import Service
from service_chassis.tables import ChassisTable

LOCK = "yuanqu/migrations"


def run(service: Service) -> None:
    """All of an env.py: migrate the database that the configuration names."""
    url = context.config.attributes["url"]
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # Two starting releases migrate one after the other; a table somebody holds makes
            # the migration fail instead of queueing everybody behind it.
            connection.execute(text("SET lock_timeout = '10s'"))
            connection.execute(text("SELECT pg_advisory_lock(hashtext(:lock))"), {"lock": LOCK})
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=[ChassisTable.metadata, service.metadata],
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
            render_item=_render,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


def upgrade(service: Service, url: str, revision: str = "head") -> bool:
    """Bring the database to the revision; False where a later release has been there already."""
    config = configuration(service, url)
    engine = create_engine(config.attributes["url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        later = _is_of_a_later_release(service, connection)
    engine.dispose()
    if not later:
        command.upgrade(config, revision)
    return not later


def downgrade(service: Service, url: str, revision: str = "base") -> None:
    """Take the database back; each migration says what that loses."""
    command.downgrade(configuration(service, url), revision)


def check(service: Service, url: str) -> None:
    """Raise unless the tables in the code are those of the newest migration."""
    command.check(configuration(service, url))


def can_serve(service: Service, connection: Connection) -> bool:
    """Whether this release can work on the database: its newest migration is there, or a later one.

    A migration only adds, so what this release needs is still there: a process that restarts in the
    middle of an upgrade goes on, and the release before can be started again.
    """
    head = ScriptDirectory.from_config(configuration(service, "")).get_current_head()
    found = MigrationContext.configure(connection).get_current_revision()
    return found == head or _is_of_a_later_release(service, connection)


def _is_of_a_later_release(service: Service, connection: Connection) -> bool:
    """A revision nobody here knows, over all the tables of this service: not just any database."""
    scripts = ScriptDirectory.from_config(configuration(service, ""))
    found = MigrationContext.configure(connection).get_current_revision()
    if found is None or found in {script.revision for script in scripts.walk_revisions()}:
        return False
    needed = {*ChassisTable.metadata.tables, *service.metadata.tables}
    return needed <= set(inspect(connection).get_table_names())


def configuration(service: Service, url: str | URL) -> Config:
    """Alembic's view of the service's migrations, installed or in the source tree."""
    package = Path(str(import_module(service.package).__file__)).parent
    inside, beside = package / "migrations", package.parent.parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(inside if inside.is_dir() else beside))
    config.set_main_option("path_separator", "os")
    config.set_main_option(
        "file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s"
    )
    if url:
        synchronous = make_url(url)
        if synchronous.get_backend_name() == "sqlite":
            synchronous = synchronous.set(drivername="sqlite")
        config.attributes["url"] = synchronous
    return config


def _render(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    # A migration imports no application code: it would change with it.
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and item is Document:
        _autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False
