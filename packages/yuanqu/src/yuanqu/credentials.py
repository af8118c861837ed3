"""Files that hold a secret: an address, a client id, its secret; readable by their owner only.

The local server keeps its operator's at `<data>/operator.json`, the demo those of its platforms in
`<data>/profiles/`, `yuanqu profile set` those of other servers in `~/.config/yuanqu/`.
"""

import json
import os
import secrets
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from yuanqu.failures import Failure

OPERATOR = "operator"
OPERATOR_FILE = "operator.json"
PROFILES_FOLDER = "profiles"


@dataclass(frozen=True, slots=True)
class Credential:
    """Where the server is and who we are there.

    `found_in` is the file that said so; None for the environment.
    """

    address: str
    client_id: str
    client_secret: str
    found_in: Path | None = None

    @property
    def place(self) -> str:
        """Where it was found, for a person."""
        return str(self.found_in or "the environment (YUANQU_CLIENT_ID)")

    def at(self, address: str) -> "Credential":
        """The same, for another address."""
        return Credential(address, self.client_id, self.client_secret, self.found_in)


def data_folder() -> Path:
    """The data folder of the local server."""
    return Path(os.environ.get("YUANQU_DATA_DIR") or "./var")


def read(path: Path) -> Credential:
    """Read a credential. Failure when the file is not one."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return Credential(
            address=str(held["address"]).rstrip("/"),
            client_id=str(held["client_id"]),
            client_secret=str(held["client_secret"]),
            found_in=path,
        )
    except OSError as error:
        raise Failure(
            f"The credential in {path} cannot be read",
            error.strerror or str(error),
            next_step="It belongs to whoever started the server; run the command as that user.",
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise Failure(
            f"{path} is not a credential",
            "It should be JSON with address, client_id and client_secret.",
            next_step="Write it anew with `yuanqu profile set`.",
        ) from error


def write(path: Path, credential: Credential) -> None:
    """Put the credential there, 0600; a reader sees the old file or the new one, never a half."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = asdict(credential)
    del held["found_in"]
    # mkstemp makes the file 0600.
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(held, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def operator_file(data_dir: Path) -> Path:
    """Where the local operator's credential is kept."""
    return data_dir / OPERATOR_FILE


def keep_operator(data_dir: Path, address: str) -> Credential:
    """The local operator's credential: made once, its address brought up to date."""
    path = operator_file(data_dir)
    if path.exists():
        credential = read(path).at(address)
    else:
        credential = Credential(address, OPERATOR, secrets.token_urlsafe(32), path)
    write(path, credential)
    return credential


def prepare_folder(data_dir: Path) -> None:
    """Make the data folder, for its owner only; one that is there keeps the mode it has."""
    if not data_dir.exists():
        data_dir.mkdir(parents=True, mode=0o700)
        data_dir.chmod(0o700)
