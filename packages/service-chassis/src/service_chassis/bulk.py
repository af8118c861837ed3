"""Statements for many rows at once: the verbs in which PostgreSQL and SQLite differ."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import psycopg
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

Columns = Mapping[str, np.ndarray[Any, Any]]
"""Column name → array; dtypes int16, int32, int64, or V16 for sixteen raw bytes."""

# SQLite takes 32,766 variables a statement.
_VARIABLES = 30_000
_COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_TRAILER = b"\xff\xff"


def insert_into(
    session: AsyncSession, table: type[DeclarativeBase] | Table
) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows ON CONFLICT, of whichever database the session speaks to."""
    insert = sqlite.insert if _is_sqlite(session) else postgresql.insert
    return insert(table)


async def insert_missing(
    session: AsyncSession, table: type[DeclarativeBase] | Table, rows: Sequence[dict[str, Any]]
) -> None:
    """Insert the rows that are not there; the others stay as they are."""
    for part in _parts(rows):
        await session.execute(insert_into(session, table).values(part).on_conflict_do_nothing())


async def upsert_newer(
    session: AsyncSession,
    table: type[DeclarativeBase],
    key_columns: Sequence[str],
    rows: Sequence[dict[str, Any]],
    *,
    version: str = "version",
) -> None:
    """Insert rows or replace older ones; of two rows with one key the higher version stays.

    An equal version replaces too: a snapshot repeats what is there and stamps it.
    """
    newest: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[column] for column in key_columns)
        if key not in newest or newest[key][version] <= row[version]:
            newest[key] = row
    # Sorted, so that two workers lock rows in the same order.
    for part in _parts([newest[key] for key in sorted(newest)]):
        statement = insert_into(session, table).values(part)
        replaced = {name: statement.excluded[name] for name in part[0] if name not in key_columns}
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=list(key_columns),
                set_=replaced,
                where=getattr(table, version) <= statement.excluded[version],
            )
        )


async def insert_new(
    session: AsyncSession, table: Table, key: str, columns: Columns, *, expect_new: bool = True
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Insert the rows whose key is not there and tell which: True for inserted.

    Keys must be distinct and sorted. `expect_new` chooses the cheaper way when no key is there
    yet (PostgreSQL: COPY straight into the table, undone by a savepoint at the first repeat).
    """
    rows = len(columns[key])
    if not rows:
        return np.ones(0, dtype=bool)
    await session.flush()
    if _is_sqlite(session):
        return await _insert_new_sqlite(session, table, key, columns, expect_new=expect_new)
    if expect_new:
        try:
            async with session.begin_nested():
                await _copy(session, table.name, columns)
        except psycopg.errors.UniqueViolation:
            pass
        else:
            return np.ones(rows, dtype=bool)
    staged = await _stage(session, table, columns)
    names = ", ".join(columns)
    # Those that were there come back, not those that were inserted: they are few.
    found = await (await session.connection()).exec_driver_sql(
        f"WITH fresh AS (INSERT INTO {table.name} ({names}) SELECT {names} FROM {staged} "  # noqa: S608
        f"ORDER BY {key} ON CONFLICT ({key}) DO NOTHING RETURNING {key}) "
        f"SELECT {key} FROM {staged} EXCEPT ALL SELECT {key} FROM fresh"
    )
    known = {bytes(value) for (value,) in found}
    if not known:
        return np.ones(rows, dtype=bool)
    return np.fromiter((k.tobytes() not in known for k in columns[key]), dtype=bool, count=rows)


async def upsert_adding(
    session: AsyncSession,
    table: Table,
    key_columns: Sequence[str],
    sum_columns: Sequence[str],
    columns: Columns,
) -> None:
    """Add sums to the rows that are there, insert the others; keys distinct and sorted."""
    if not len(columns[key_columns[0]]):
        return
    await session.flush()
    names = ", ".join(columns)
    keys = ", ".join(key_columns)
    sums = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in sum_columns)
    connection = await session.connection()
    if _is_sqlite(session):
        marks = ", ".join("?" for _ in columns)
        await connection.exec_driver_sql(
            f"INSERT INTO {table.name} ({names}) VALUES ({marks}) "  # noqa: S608
            f"ON CONFLICT ({keys}) DO UPDATE SET {sums}",
            list(zip(*(_values(column) for column in columns.values()), strict=True)),
        )
        return
    staged = await _stage(session, table, columns)
    await connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {staged} ORDER BY {keys} "  # noqa: S608
        f"ON CONFLICT ({keys}) DO UPDATE SET {sums}"
    )


async def read_rows(
    session: AsyncSession,
    table: Table,
    key: str,
    keys: Sequence[bytes],
    columns: Sequence[str],
    *,
    lock: bool = False,
) -> list[Any]:
    """The columns of the rows that have these keys, by key; keys that are not there are left out.

    `lock` holds the rows until the transaction ends, taken in the order of the keys, so that two
    transactions never wait for each other. SQLite has one writer anyway.
    """
    if not len(keys):
        return []
    await session.flush()
    connection = await session.connection()
    select = f"SELECT {', '.join(columns)} FROM {table.name} WHERE {key}"  # noqa: S608
    if not _is_sqlite(session):
        tail = f"ORDER BY {key}{' FOR UPDATE' if lock else ''}"
        found = await connection.exec_driver_sql(f"{select} = ANY(%s) {tail}", (list(keys),))
        return list(found)
    rows: list[Any] = []
    ordered = sorted(keys)
    for start in range(0, len(ordered), _VARIABLES):
        part = ordered[start : start + _VARIABLES]
        holes = ", ".join("?" for _ in part)
        rows += await connection.exec_driver_sql(
            f"{select} IN ({holes}) ORDER BY {key}", tuple(part)
        )
    return rows


async def _insert_new_sqlite(
    session: AsyncSession, table: Table, key: str, columns: Columns, *, expect_new: bool
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    connection = await session.connection()
    names = ", ".join(columns)
    marks = ", ".join("?" for _ in columns)
    rows = list(zip(*(_values(column) for column in columns.values()), strict=True))
    insert = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608
    if expect_new:
        claim = f"{insert} ON CONFLICT ({key}) DO NOTHING"
        async with connection.begin_nested() as attempt:
            result = await connection.exec_driver_sql(claim, rows)
            if result.rowcount == len(rows):
                return np.ones(len(rows), dtype=bool)
            await attempt.rollback()
    # The one writer of SQLite makes reading first and writing then safe.
    keys = _values(columns[key])
    known: set[bytes] = set()
    for start in range(0, len(keys), _VARIABLES):
        part = keys[start : start + _VARIABLES]
        holes = ", ".join("?" for _ in part)
        found = await connection.exec_driver_sql(
            f"SELECT {key} FROM {table.name} WHERE {key} IN ({holes})",  # noqa: S608
            tuple(part),
        )
        known.update(value for (value,) in found)
    fresh = np.fromiter((value not in known for value in keys), dtype=bool, count=len(keys))
    if fresh.any():
        await connection.exec_driver_sql(
            insert, [row for row, new in zip(rows, fresh, strict=True) if new]
        )
    return fresh


async def _stage(session: AsyncSession, table: Table, columns: Columns) -> str:
    """Copy the columns into a table of this connection and transaction alone."""
    staged = f"staged_{table.name}"
    names = ", ".join(columns)
    connection = await session.connection()
    await connection.exec_driver_sql(f"DROP TABLE IF EXISTS pg_temp.{staged}")
    await connection.exec_driver_sql(
        f"CREATE TEMP TABLE {staged} ON COMMIT DROP AS SELECT {names} FROM {table.name} LIMIT 0"  # noqa: S608
    )
    await _copy(session, staged, columns)
    return staged


async def _copy(session: AsyncSession, table: str, columns: Columns) -> None:
    connection = await session.connection()
    driver: Any = (await connection.get_raw_connection()).driver_connection
    async with driver.cursor() as cursor:
        names = ", ".join(columns)
        async with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
            await copy.write(_COPY_HEADER + _binary_rows(columns) + _COPY_TRAILER)


def _binary_rows(columns: Columns) -> bytes:
    """The rows as PostgreSQL's binary COPY wants them, without touching one in Python."""
    fields: list[tuple[str, Any]] = [("fields", ">i2")]
    for name, column in columns.items():
        width = column.dtype.itemsize
        kind = column.dtype if column.dtype.kind == "V" else f">i{width}"
        fields += [(f"{name}_length", ">i4"), (name, kind)]
    rows = np.empty(len(next(iter(columns.values()))), dtype=fields)
    rows["fields"] = len(columns)
    for name, column in columns.items():
        rows[f"{name}_length"] = column.dtype.itemsize
        rows[name] = column
    return rows.tobytes()


def _values(column: np.ndarray[Any, Any]) -> list[Any]:
    if column.dtype.kind == "V":
        return [value.tobytes() for value in column]
    values: list[Any] = column.tolist()
    return values


def _parts(rows: Sequence[dict[str, Any]]) -> list[Sequence[dict[str, Any]]]:
    if not rows:
        return []
    size = max(1, min(1_000, _VARIABLES // len(rows[0])))
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _is_sqlite(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"
