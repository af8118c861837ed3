"""The drill: a stack of its own is backed up, destroyed and restored: `python -m deploy.drill`.

First the databases are lost and Kafka is there: what came after the backup comes again by itself.
Then everything is lost: the figures are those of the backup. Then the totals are thrown away and
computed again from the facts. Each time the answers are compared byte by byte.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.check.__main__ import Report
from deploy.check.engine import NoEngine, find_engine
from deploy.check.figures import figures
from deploy.check.stack import Stack, StackFailure
from deploy.check.steps import need, nothing_lost, this_year
from yuanqu.api import Api

DATABASES = ("registry", "livestream_supply", "metrics")
PROCESSES = tuple(
    f"{name}{role}"
    for name in ("registry", "livestream-supply", "metrics")
    for role in ("", "-worker")
)
RIGHTS = """
SELECT json_agg(named ORDER BY named) FROM (
    SELECT format('%s %s %s', oid::regclass, relowner::regrole, relacl) AS named FROM pg_class
     WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'board'))
    UNION ALL
    SELECT format('%s %s %s', nspname, nspowner::regrole, nspacl) FROM pg_namespace
     WHERE nspname IN ('public', 'board')
    UNION ALL
    SELECT format('%s %s %s', datname, datdba::regrole, datacl) FROM pg_database
     WHERE datname = current_database()
    UNION ALL
    SELECT format('%s %s %s', defaclrole::regrole, defaclobjtype, defaclacl) FROM pg_default_acl
) AS all_of_them
"""
"""Owners and grants of a database and of what it holds."""

TOLD_TO_PARTNERS = {"receipt": "id", "counted_total": "platform, business_date, kind, currency"}
"""Tables of livestream-supply, and in which order they are compared."""

Answers = Mapping[str, str]


class Drilled(Stack):
    """A stack with what the drill does to it."""

    def query(self, database: str, statement: str) -> str:
        """What PostgreSQL says, as its superuser."""
        words = ("psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database)
        return self.compose("exec", "-T", "postgres", *words, "-c", statement)

    def lose_databases(self) -> None:
        """Remove PostgreSQL with its volume; Kafka stays."""
        self.compose("stop", "gateway", *PROCESSES)
        self.compose("rm", "--stop", "--force", "--volumes", "postgres")
        self.docker("volume", "rm", f"{self.project}_postgres-data")

    def restore(self, backup: Path) -> None:
        """Start what the restore needs, restore, start the rest."""
        self.compose("up", "--detach", "--wait", "--pull=missing", "postgres", "kafka")
        self.script("restore.sh", str(backup))
        self.up()
        with self.operator() as api:
            api.post("/registry/v1/snapshots")
        nothing_lost(self)


def answers(stack: Drilled) -> Answers:
    """Everything that has to be the same again, as the bytes that were answered."""
    year = this_year()
    found: dict[str, str] = {}
    with stack.operator() as api:
        for title, items in figures(api, year).items():
            found[title] = _bytes(items)
        for target in api.pages("/metrics/v1/targets"):
            path = f"/metrics/v1/targets/{target['target_id']}/attainment"
            found[f"target {target['target_id']}"] = _bytes(_without_clock(api.get(path)))
        lines = api.get("/metrics/v1/reconciliation")["lines"]
        found["reconciliation"] = _bytes(lines)
    for table, order in TOLD_TO_PARTNERS.items():
        statement = f"SELECT json_agg({table} ORDER BY {order}) FROM {table}"  # noqa: S608 - ours
        found[f"{table} of livestream-supply"] = stack.query("livestream_supply", statement)
    for database in DATABASES:
        found[f"owners and grants of {database}"] = stack.query(database, RIGHTS)
    return found


def _bytes(document: Any) -> str:
    return json.dumps(document, sort_keys=True, ensure_ascii=False)


def _without_clock(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "freshness"}


def compare(before: Answers, after: Answers, *, leave_out: frozenset[str] = frozenset()) -> str:
    """Print a table of what was asked; StackFailure when one answer is another."""
    differ = []
    for title in sorted(before.keys() | after.keys()):
        if title in leave_out:
            continue
        same = before.get(title) == after.get(title)
        print(
            f"       {'same' if same else 'DIFFERS':8} {len(after.get(title, '')):>8,} B  {title}"
        )
        if not same:
            differ.append(f"{title}\n  before {before.get(title)}\n  after  {after.get(title)}")
    need(not differ, "\n".join(differ))
    return f"{len(before) - len(leave_out)} answers are the same byte by byte"


def rebuilt(api: Api, *, compare_only: bool) -> int:
    """Compute the totals again from the facts; how many rows differed."""
    path = "/metrics/v1/rebuilds"
    found = api.post(path, {"compare_only": compare_only, "reason": "drill"})
    deadline = time.monotonic() + 300
    while found["finished_at"] is None:
        need(time.monotonic() < deadline, f"the rebuild is {found['state']}")
        time.sleep(0.5)
        found = api.get(f"{path}/{found['id']}")
    return int(found["differences"])


class Drill:
    """The steps, with what they remember."""

    def __init__(self, stack: Drilled, folder: Path) -> None:
        self.stack = stack
        self._folder = folder
        self._backup = folder
        self._backed_up: Answers = {}
        self._at_the_end: Answers = {}

    def fill(self) -> str:
        self.stack.build()
        self.stack.up()
        self.stack.run("demo")
        return self._sell()

    def back_up(self) -> str:
        nothing_lost(self.stack)
        self._backed_up = answers(self.stack)
        said = self.stack.script("backup.sh", str(self._folder))
        (self._backup,) = self._folder.iterdir()
        return said.strip()

    def go_on(self) -> str:
        said = self._sell()
        nothing_lost(self.stack)
        self._at_the_end = answers(self.stack)
        changed = [
            name for name in self._at_the_end if self._at_the_end[name] != self._backed_up.get(name)
        ]
        need(changed, "the orders after the backup changed nothing")
        return f"{said}; {len(changed)} answers changed"

    def lose_the_databases(self) -> str:
        self.stack.lose_databases()
        self.stack.restore(self._backup)
        # livestream-supply gave those receipts after the backup; metrics has their facts.
        return compare(
            self._at_the_end,
            answers(self.stack),
            leave_out=frozenset({"receipt of livestream-supply"}),
        )

    def lose_everything(self) -> str:
        self.stack.down(volumes=True)
        self.stack.build()
        self.stack.restore(self._backup)
        return compare(self._backed_up, answers(self.stack))

    def rebuild(self) -> str:
        with self.stack.operator() as api:
            need(rebuilt(api, compare_only=True) == 0, "the totals are not what the facts say")
        rows = self.stack.query(
            "metrics", "WITH gone AS (DELETE FROM total RETURNING 1) SELECT count(*) FROM gone"
        )
        with self.stack.operator() as api:
            repaired = rebuilt(api, compare_only=False)
        need(repaired > 0, "no total was missing")
        same = compare(self._backed_up, answers(self.stack))
        return f"{int(rows):,} rows of totals computed again from the facts: {same}"

    def _sell(self) -> str:
        said = self.stack.run("load", "load", "--json", "--seconds=8", "--base=50", "--peak=200")
        sold = json.loads(said)
        return f"{sold['orders']:,} order events, {sold['paid_minor'] / 100:,.2f} CNY"


def main() -> None:
    argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0]).parse_args()
    with tempfile.TemporaryDirectory(prefix="yuanqu-drill-") as name:
        folder = Path(name)
        (folder / "backups").mkdir()
        try:
            engine = find_engine(folder)
        except NoEngine as lacking:
            sys.exit(f"The drill needs containers: {lacking}.")
        report = Report()
        try:
            with Drilled(engine, folder, project="yuanqu-drill") as stack:
                drill = Drill(stack, folder / "backups")
                report.keep("demonstration and a sale", drill.fill)
                report.keep("backed up while it runs", drill.back_up)
                report.keep("orders after the backup", drill.go_on)
                report.keep("databases lost, Kafka there", drill.lose_the_databases)
                report.keep("everything lost", drill.lose_everything)
                report.keep("totals lost", drill.rebuild)
        except StackFailure as failure:
            print(f"FAILED after {report.seconds} s: {failure}", flush=True)
            sys.exit(1)
        print(f"The drill took {report.seconds} s.")


if __name__ == "__main__":
    main()
