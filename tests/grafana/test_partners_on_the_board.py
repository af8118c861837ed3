"""What the API tells of targets, partners and freshness, and what the reader may not see."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from metrics.freshness.queries import freshness
from metrics.reconciliation.queries import reconcile
from metrics.target.queries import attainment
from metrics.target.tables import Target
from service_chassis.database import Database
from tests.grafana import town
from tests.grafana.traded import Traded

Rows = list[tuple[Any, ...]]


def test_reconciliation_lines_are_the_ones_of_the_api(
    traded: Traded, reader: psycopg.Connection[Any]
) -> None:
    async def lines(database: Database) -> Rows:
        async with database.reading() as session:
            today = traded.now.date()
            found = await reconcile(session, today - timedelta(90), today, None, traded.now)
        return [
            (
                *(line.accepted_on, line.platform, line.accepted, line.counted, line.duplicate),
                *(line.conflict, line.pending, line.pending_by_cause.waiting),
                *(line.pending_by_cause.on_the_way, line.buried, line.difference),
                line.judged_unannounced,
            )
            for line in found
        ]

    seen = reader.execute(
        "SELECT * FROM board.reconciliation ORDER BY accepted_on DESC, platform"
    ).fetchall()

    assert seen == traded.ask(lines)
    totals = [sum(line[column] for line in seen) for column in range(2, 12)]
    assert all(totals[:8])
    assert totals[8:] == [0, totals[9]]
    assert totals[9] > 0


def test_targets_stand_as_the_api_says(traded: Traded, reader: psycopg.Connection[Any]) -> None:
    async def standings(database: Database) -> Rows:
        async with database.reading(snapshot=True) as session:
            targets = await session.scalars(select(Target).order_by(Target.node_code))
            found = [await attainment(session, target, traded.now) for target in targets]
        return [
            (
                *(each.target.node_code, each.target.measure, each.currency),
                *(each.total_minor, each.attained, each.missing_minor, Decimal(each.ratio or 0)),
            )
            for each in found
        ]

    seen = reader.execute(
        "SELECT node_code, measure, currency, total_minor, attained, missing_minor, ratio "
        "FROM board.target ORDER BY node_code"
    ).fetchall()

    assert seen == traded.ask(standings)
    assert [row[4] for row in seen] == [False, True]


def test_freshness_and_silence_are_those_of_the_api(
    traded: Traded, reader: psycopg.Connection[Any]
) -> None:
    now = datetime.now(UTC)

    async def told(database: Database) -> tuple[Any, ...]:
        async with database.reading() as session:
            found = await freshness(session, now)
        return (
            *(found.watermark, found.chunks_in_transit, found.pending_corrections),
            *(found.open_conflicts, [each.platform for each in found.silent_platforms]),
        )

    seen = reader.execute(
        "SELECT watermark, chunks_in_transit, pending_corrections, open_conflicts, "
        "(SELECT array_agg(code ORDER BY code) FROM board.partner WHERE silent) "
        "FROM board.freshness"
    ).fetchone()

    assert seen == traded.ask(told)
    assert seen
    assert seen[1] == 2  # one on its way, one buried
    assert seen[4] == ["haohuo", "wholesale-1688"]


def test_restatements_are_repairs_and_decisions(reader: psycopg.Connection[Any]) -> None:
    causes = reader.execute("SELECT cause, sentence FROM board.restatement ORDER BY 1").fetchall()

    assert {cause for cause, _ in causes} == {"conflict", "rebuild"}
    assert causes[-1][1] == "重建修正 3 行汇总 · 3 totals repaired: a restored backup"


def test_the_reader_sees_the_board_and_nothing_else(reader: psycopg.Connection[Any]) -> None:
    tables = reader.execute(
        "SELECT n.nspname || '.' || c.relname, has_table_privilege(c.oid, 'SELECT') "
        "AND has_schema_privilege(n.oid, 'USAGE') FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname IN ('public', 'board') AND c.relkind IN ('r', 'v')"
    ).fetchall()
    seen = {name for name, may in tables if may}

    assert seen == {name for name, _ in tables if name.startswith("board.")}
    assert len(seen) > 15
    columns = reader.execute(
        "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'board' "
        "AND (column_name LIKE '%seller%' OR column_name LIKE '%order_no%')"
    ).fetchone()
    assert columns == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM public.total",
        "SELECT * FROM public.enterprise",
        "CREATE TABLE board.mine (a integer)",
        "CREATE FUNCTION board.mine() RETURNS integer LANGUAGE sql RETURN 1",
        "CREATE TEMP TABLE mine (a integer)",
        "INSERT INTO board.park VALUES ('A', 'B', 'C', 'D')",
        "DELETE FROM board.odd_currency",
    ],
)
def test_the_reader_reads(reader: psycopg.Connection[Any], statement: str) -> None:
    reader.execute("SET default_transaction_read_only = off")

    with pytest.raises(psycopg.Error) as refused:
        reader.execute(statement)

    assert refused.value.sqlstate in {"42501", "55000"}


def test_the_reader_cannot_enter_another_service(traded: Traded) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        traded.server.connect("registry", "grafana_reader")


def test_every_group_has_a_name(traded: Traded, reader: psycopg.Connection[Any]) -> None:
    nameless = reader.execute(
        "SELECT g.grouped, f.code FROM unnest(ARRAY['platform', 'channel', 'park', 'plan_node']) "
        "g (grouped) CROSS JOIN LATERAL "
        "board.figures('ECV_PAID', 'year', %s, g.grouped, plan => %s) f "
        "LEFT JOIN board.name n ON n.grouped = g.grouped AND n.code = f.code "
        "AND coalesce(n.plan_code, %s) = %s WHERE n.code IS NULL",
        [traded.now, town.PLAN, town.PLAN, town.PLAN],
    ).fetchall()

    assert nameless == []
