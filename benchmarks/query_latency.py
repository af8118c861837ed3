"""How long questions about a year of many sellers take, over HTTP, on the real PostgreSQL.

    python -m benchmarks.query_latency [--sellers 5000] [--parks 200] [--times 60]

Two years of totals are made as the fold leaves them: days and months by seller and of all sellers,
every seller in three dimension sets, paid and refunded, one seller in ten moving within a year.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr
from sqlalchemy import text

from benchmarks.machine import machine
from event_contracts import Contract
from event_contracts.registry import EnterpriseRecorded, ParkRecorded, TenancyRecorded
from metrics.attribution.reactions import COPIES
from metrics.attribution.use_cases import reattribute_everyone
from metrics.change.use_cases import note_changed_months
from metrics.running_total.use_cases import add_up_next
from metrics.service import SERVICE
from metrics.total.rules.grains import day_slot, month_slot
from service_chassis import migrations
from service_chassis.consumer import Consumer
from service_chassis.database import Database
from service_chassis.hosting import Host
from service_chassis.process import collect_garbage_seldom
from service_chassis.records import Record
from service_chassis.settings import Settings
from service_chassis.tables import TrustedKey
from service_chassis.testing import FrozenClock
from tests.support.postgres import PostgresServer

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
FIRST, YEARS = 2024, 2
COUNTIES = ("440103", "440105", "440106", "440111", "440112", "330106", "330108", "330782")
SETS = 24
LIMIT_MS = 50.0
QUESTIONS = {
    "year, by park": ("period=2025&group_by=park", True),
    "year, yoy, by park": ("period=2025&yoy=true&group_by=park", True),
    "year, yoy, one prefecture": ("period=2025&yoy=true&region=440100", True),
    "year, yoy, by county": ("period=2025&yoy=true&group_by=region:county", True),
    "January to November, yoy, by park": ("period=2025-YTD-11&yoy=true&group_by=park", True),
    "year, yoy, by park, three measures": (
        "period=2025&yoy=true&group_by=park&measure=ECV_PAID,ONLINE_RETAIL,ECV_NET",
        False,
    ),
    "year, yoy, whole platform": ("period=2025&yoy=true", True),
    "year, yoy, by platform and channel": ("period=2025&yoy=true&group_by=platform,channel", True),
    "quarter, yoy and mom, by park": ("period=2025-Q3&yoy=true&mom=true&group_by=park", False),
    "year to today, yoy, by park": ("period=2026&yoy=true&group_by=park", False),
    "months of a year, yoy, whole platform": ("period=2025&by=month&yoy=true", False),
    "year, yoy, like for like, by park": (
        "period=2025&yoy=true&like_for_like=true&group_by=park",
        False,
    ),
    "year, yoy, one enterprise": ("period=2025&yoy=true&enterprise={enterprise}", False),
    "months of a year by park": ("period=2025&by=month&group_by=park", False),
    "year, yoy, 5,000 enterprises": ("period=2025&yoy=true&group_by=enterprise", False),
    "45 days across months, by park": ("period=2025-05-17..2025-06-30&group_by=park", False),
}


def uscc(number: int) -> str:
    """A code of the right length."""
    return f"91440101MA{number:08}"


def record(event: Contract) -> Record:
    """An event on the wire."""
    return Record(
        event.topic, event.partition_key(), uuid4(), event.event_type, NOW, event.to_body()
    )


def news(sellers: int, parks: int) -> list[Contract]:
    """What registry says: parks over eight counties, everyone in one, a tenth moving once."""
    told: list[Contract] = [
        ParkRecorded(
            version=1,
            code=f"P-{number:03}",
            name_zh=f"园区{number}",
            name_en=f"Park {number}",
            park_type="comprehensive",
            level="municipal",
            status="operating",
            region_code=COUNTIES[number % len(COUNTIES)],
        )
        for number in range(parks)
    ]
    for number in range(1, sellers + 1):
        told.append(
            EnterpriseRecorded(
                version=1,
                uscc=uscc(number),
                name_zh=f"企业{number}",
                region_code=COUNTIES[number % len(COUNTIES)],
                status="active",
            )
        )
        moves = date(FIRST, 1, 1) + timedelta(days=number % 700) if number % 10 == 0 else None
        stays = [(number % parks, date(2020, 1, 1), moves)]
        if moves:
            stays.append(((number + 1) % parks, moves, None))
        told += [
            TenancyRecorded(
                version=1,
                tenancy_id=uuid4(),
                enterprise_uscc=uscc(number),
                park_code=f"P-{park:03}",
                stage="moved_in",
                counting=True,
                moved_in_on=first,
                left_on=until,
            )
            for park, first, until in stays
        ]
    return told


async def fill(database: Database, sellers: int, parks: int) -> None:
    """Put two years of totals into the database, month after month as they would come."""
    async with database.unit_of_work() as uow:
        await uow.session.execute(
            text(
                "INSERT INTO seller (id, uscc) SELECT n, '91440101MA' || lpad(n::text, 8, '0') "
                f"FROM generate_series(1, {sellers}) n"
            )
        )
        await uow.session.execute(
            text(
                "INSERT INTO dimension (id, digest, platform, buyer_type, channel, trade_mode, "
                "trade_flow, goods_kind, category, currency, attribution) "
                "SELECT n, decode(md5(n::text), 'hex'), (ARRAY['tmall','jd','douyin'])[1 + n % 3], "
                "(ARRAY['individual','enterprise'])[1 + n % 2], "
                "(ARRAY['shelf','livestream','social'])[1 + n / 3 % 3], "
                "(ARRAY['B2C','B2B'])[1 + n % 2], 'domestic', 'physical', 'clothing' || n % 4, "
                f"'CNY', 'card' FROM generate_series(1, {SETS}) n"
            )
        )
    for month in range(YEARS * 12):
        first = date(FIRST + month // 12, month % 12 + 1, 1)
        async with database.unit_of_work() as uow:
            await fill_month(uow.session, sellers, first)
    consumer = Consumer(COPIES, database, "metrics")
    told = [record(event) for event in news(sellers, parks)]
    for start in range(0, len(told), 1_000):
        await consumer.consume(told[start : start + 1_000])
    async with database.unit_of_work() as uow:
        await reattribute_everyone(uow)
        await note_changed_months(
            uow, [month_slot(date(FIRST, 1, 1)) + month for month in range(YEARS * 12)]
        )


async def fill_month(session: object, sellers: int, first: date) -> None:
    """One month: a day row for a third of the sets a day, then what follows from the days."""
    month = month_slot(first)
    days = day_slot(first), day_slot((first + timedelta(days=32)).replace(day=1)) - 1
    statements = [
        (
            "INSERT INTO total SELECT 3, day, n, 1 + (n * 7 + set) % "
            f"{SETS}, 1 + (set = 2 AND day % 3 = 0)::int, 3, 10000 + (n * day) % 9999 "
            f"FROM generate_series({days[0]}, {days[1]}) day, generate_series(1, {sellers}) n, "
            "generate_series(0, 2) set WHERE (n + day + set) % 3 = 0"
        ),
        (
            f"INSERT INTO total SELECT 4, {month}, seller_id, dimension_id, kind, sum(count), "
            f"sum(amount) FROM total WHERE grain = 3 AND slot BETWEEN {days[0]} AND {days[1]} "
            "GROUP BY 3, 4, 5"
        ),
        (
            f"INSERT INTO total SELECT 5, slot, 0, dimension_id, kind, sum(count), sum(amount) "
            f"FROM total WHERE grain = 3 AND slot BETWEEN {days[0]} AND {days[1]} GROUP BY 2, 4, 5"
        ),
        (
            f"INSERT INTO total SELECT 6, {month}, 0, dimension_id, kind, sum(count), sum(amount) "
            f"FROM total WHERE grain = 4 AND slot = {month} GROUP BY 4, 5"
        ),
    ]
    for statement in statements:
        await session.execute(text(statement))  # type: ignore[attr-defined]


async def token_for(database: Database) -> str:
    """An access token of somebody who may see everything."""
    key = Ed25519PrivateKey.generate()
    jwk = jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
    async with database.unit_of_work() as uow:
        uow.session.add(TrustedKey(kid="bench", version=1, jwk={**jwk, "alg": "EdDSA"}))
    issued = int(NOW.timestamp())
    claims = {"iss": "yuanqu", "aud": "yuanqu", "sub": "bench", "client_id": "bench"}
    claims |= {"scope": "figures:read figures:enterprises", "iat": issued, "exp": issued + 86_400}
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": "bench"})


async def measure(http: httpx.AsyncClient, token: str, query: str, times: int) -> list[float]:
    """Milliseconds of every answer."""
    headers = {"Authorization": f"Bearer {token}"}
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        answered = await http.get(f"/metrics/v1/volumes?{query}", headers=headers)
        taken.append((time.perf_counter() - started) * 1e3)
        assert answered.status_code == 200, answered.text
    return taken


def percentile(taken: Sequence[float], part: float) -> float:
    """The value below which this part lies."""
    return sorted(taken)[min(len(taken) - 1, int(len(taken) * part))]


async def run(options: argparse.Namespace, url: str, folder: Path) -> bool:
    """Fill, ask, print; whether every promised question kept its limit."""
    clock = FrozenClock(NOW - timedelta(minutes=5))
    database = Database(url, clock)
    started = time.perf_counter()
    await fill(database, options.sellers, options.parks)
    clock.set(NOW)
    print(f"filled in {time.perf_counter() - started:.0f} s", flush=True)
    started = time.perf_counter()
    months = 0
    while await next_month(database):
        months += 1
    print(f"{months} months added up in {time.perf_counter() - started:.1f} s")
    # As every process that hosts services does.
    collect_garbage_seldom()
    async with database.engine.connect() as connection:
        bare = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await bare.execute(text("VACUUM ANALYZE"))
    token = await token_for(database)
    settings = Settings(
        data_dir=folder,
        database_urls={"metrics": url},
        operator_secret=SecretStr("an-operator-secret-for-benchmarks-alone"),
        rate_limit_per_second=0,
    )
    host = Host([SERVICE], settings, role="api", clock=clock)
    kept = True
    print(f"{'question':45} {'p50 ms':>8} {'p95 ms':>8}")
    transport = httpx.ASGITransport(host.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bench") as http:
        for name, (query, promised) in QUESTIONS.items():
            asked = query.format(enterprise=uscc(7))
            await measure(http, token, asked, 5)
            taken = await measure(http, token, asked, options.times)
            p95 = percentile(taken, 0.95)
            kept = kept and (not promised or p95 < LIMIT_MS)
            verdict = ("kept" if p95 < LIMIT_MS else "MISSED") if promised else ""
            print(f"{name:45} {statistics.median(taken):8.1f} {p95:8.1f} {verdict}", flush=True)
    await host.close()
    await database.dispose()
    return kept


async def next_month(database: Database) -> bool:
    """Add up one month."""
    async with database.unit_of_work() as uow:
        return await add_up_next(uow)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sellers", type=int, default=5_000)
    parser.add_argument(
        "--parks", type=int, default=112, help="112: the national demonstration bases of 2019"
    )
    parser.add_argument("--times", type=int, default=60)
    options = parser.parse_args()
    print(machine())
    with PostgresServer() as server, tempfile.TemporaryDirectory() as folder:
        url = server.create_database("metrics")
        migrations.upgrade(SERVICE, url)
        kept = asyncio.run(run(options, url, Path(folder)))
    print(f"promised: p95 below {LIMIT_MS:.0f} ms: {'kept' if kept else 'MISSED'}")


if __name__ == "__main__":
    main()
