"""How far a file has been sent, kept beside it: `orders.csv` has `orders.csv.yuanqu`.

Lines of JSON. The first of a run says which file this is (SHA-256) and how it is cut into batches;
each of the others follows a batch that the server has acknowledged: the offset up to which
everything is there, and its receipt. A line that a crash cut short does not count.

The Idempotency-Key of a batch is made of the file's hash, the run and the offset: a batch that was
accepted but not written down here is sent again with the same key, and the server answers again
without doing it again. A finished file that is sent once more begins a new run, with new keys.
"""

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from yuanqu.failures import Failure

SUFFIX = ".yuanqu"


@dataclass(frozen=True, slots=True)
class Plan:
    """What makes a batch what it is. The same plan cuts the same file into the same batches."""

    sha256: str
    address: str
    client_id: str
    mapping: str
    batch_items: int

    def key(self, run: int, offset: int) -> str:
        """The Idempotency-Key of the batch at an offset."""
        told = "\0".join((self.sha256, self.mapping, str(self.batch_items)))
        return f"orders-{hashlib.sha256(told.encode()).hexdigest()[:40]}-{run}-{offset}"


@dataclass(slots=True)
class Progress:
    """How far the present run has come."""

    run: int = 1
    offset: int = 0
    line: int = 1
    finished: bool = False
    receipts: list[dict[str, Any]] = field(default_factory=list)


class Journal:
    """The state file of one input file."""

    def __init__(self, source: Path) -> None:
        self.path = source.with_name(source.name + SUFFIX)
        self._file: BinaryIO | None = None

    def held(self) -> tuple[Plan, Progress] | None:
        """The last run: its plan and how far it came. None when nothing was ever sent."""
        if not self.path.exists():
            return None
        plan: Plan | None = None
        progress = Progress()
        for line in self.path.read_bytes().splitlines():
            entry = _entry(line)
            match entry.get("entry"):
                case "run":
                    plan = Plan(**entry["plan"])
                    progress = Progress(run=entry["run"])
                case "batch":
                    progress.offset, progress.line = entry["offset"], entry["line"]
                    progress.receipts.append(entry["receipt"])
                case "finished":
                    progress.finished = True
        if plan is None:
            raise Failure(
                f"{self.path} is not a state file",
                next_step="Move it away; what the server has already is counted once all the same.",
            )
        return plan, progress

    def begin(self, plan: Plan, run: int) -> None:
        """Start a run; what was known of older ones is no longer needed."""
        told = {name: getattr(plan, name) for name in Plan.__dataclass_fields__}
        draft = self.path.with_name(f".{self.path.name}.draft")
        with draft.open("wb") as file:
            file.write(_line({"entry": "run", "run": run, "plan": told}))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)

    def acknowledge(self, offset: int, line: int, receipt: dict[str, Any]) -> None:
        """Write down that everything before the offset is there."""
        self._append({"entry": "batch", "offset": offset, "line": line, "receipt": receipt})

    def finish(self) -> None:
        """Write down that the file is there whole."""
        self._append({"entry": "finished"})

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()

    def _append(self, entry: dict[str, Any]) -> None:
        if self._file is None:
            self._file = self.path.open("ab")
            if not self.path.read_bytes().endswith(b"\n"):
                # A crash cut the last line short; it must not swallow this one.
                self._file.write(b"\n")
        self._file.write(_line(entry))
        self._file.flush()
        os.fsync(self._file.fileno())


def _entry(line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode() + b"\n"
