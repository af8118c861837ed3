"""`yuanqu backup`: the databases of `yuanqu run` as they stand at one moment, while it runs."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC
from pathlib import Path
from typing import Annotated

import typer

from service_chassis.clock import SystemClock
from service_chassis.settings import Settings
from yuanqu import services
from yuanqu.credentials import OPERATOR_FILE
from yuanqu.failures import Failure
from yuanqu.printing import say

SECRETS = ("secret", OPERATOR_FILE)
"""Without them the restored platform would make new ones, and tokens and profiles end."""
CHECKSUMS = "SHA256SUMS"
PATIENCE_SECONDS = 60.0


def backup(
    folder: Annotated[Path, typer.Argument(help="Where backups are kept; one more is made there.")],
) -> None:
    """Copy the SQLite databases and secrets of the data folder, all as of one moment.

    Writing waits for the time it takes to open them; a restore is a copy of the files into an
    empty data folder.
    """
    files = _databases(Settings())
    kept = folder / SystemClock().now().astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    partial = kept.with_name(f"{kept.name}.partial")
    try:
        partial.mkdir(parents=True, mode=0o700)
        _copy_at_one_moment(files, partial)
        for name in SECRETS:
            source = files[0].parent / name
            if source.exists():
                shutil.copy2(source, partial / name)
        _write_checksums(partial)
        partial.rename(kept)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise Failure("The backup could not be written", str(error)) from error
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    size = sum(path.stat().st_size for path in kept.iterdir())
    say(f"{kept}: {size / 1_048_576:,.1f} MiB. It holds secrets: keep it where only you can read.")


def _databases(settings: Settings) -> list[Path]:
    if settings.database_urls:
        raise Failure(
            "Not every database is a file of the data folder",
            next_step="Back PostgreSQL up with deploy/backup.sh; see docs/operations.md.",
        )
    files = [settings.data_dir / f"{name}.db" for name in services.NAMES]
    if missing := [file for file in files if not file.exists()]:
        raise Failure(
            f"There is no {missing[0]}",
            next_step="Name the server's data folder: YUANQU_DATA_DIR=… yuanqu backup FOLDER",
        )
    return files


def _copy_at_one_moment(files: Sequence[Path], into: Path) -> None:
    with ExitStack() as opened:
        with _nobody_writes(files):
            # A reader sees the database as it was when it began to read, whatever comes later.
            readers = [opened.enter_context(_reading(file)) for file in files]
        for file, reader in zip(files, readers, strict=True):
            target = into / file.name
            with closing(sqlite3.connect(target)) as copied:
                reader.backup(copied)
                # One file that stands for itself; the server makes it WAL again.
                copied.execute("PRAGMA journal_mode=DELETE")
            target.chmod(0o600)


@contextmanager
def _nobody_writes(files: Sequence[Path]) -> Iterator[None]:
    with ExitStack() as opened:
        for file in files:
            writer = opened.enter_context(closing(_connect(file)))
            writer.execute("BEGIN IMMEDIATE")
            opened.callback(writer.rollback)
        yield


@contextmanager
def _reading(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(_connect(file)) as reader:
        reader.execute("PRAGMA query_only=ON")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield reader


def _connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"file:{file}?mode=rw", uri=True, timeout=PATIENCE_SECONDS, isolation_level=None
    )


def _write_checksums(folder: Path) -> None:
    lines = []
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        lines.append(f"{digest}  {path.name}\n")
    with (folder / CHECKSUMS).open("w", encoding="utf-8") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
