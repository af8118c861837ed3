"""Which server, and as whom.

The first that is there:

1. the profile named by `--profile` or `YUANQU_PROFILE`: the path of a file, or the name of one in
   `<data>/profiles/` or `~/.config/yuanqu/`;
2. `YUANQU_CLIENT_ID` and `YUANQU_CLIENT_SECRET` (or `YUANQU_CLIENT_SECRET_FILE`) at
   `YUANQU_ADDRESS`, as containers have it;
3. the local operator's, `<data>/operator.json` (`<data>` is `YUANQU_DATA_DIR`, else `./var`);
4. `~/.config/yuanqu/default.json`, which `yuanqu profile set` writes.
"""

import os
from pathlib import Path

from service_chassis.settings import value_or_file
from yuanqu import credentials
from yuanqu.credentials import Credential
from yuanqu.failures import Failure

DEFAULT = "default"
LOCAL = "http://127.0.0.1:8000"


def home() -> Path:
    """Where profiles are kept that belong to a person, not to a data folder."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "yuanqu"


def path_of(profile: str) -> Path:
    """The file a profile is written to: a path as it is, a name below `home()`."""
    return Path(profile).expanduser() if _is_path(profile) else home() / f"{profile}.json"


def find(profile: str | None = None) -> Credential:
    """The credential to use. Failure that says how to get one when there is none."""
    wanted = profile or os.environ.get("YUANQU_PROFILE")
    if not wanted and (credential := _of_environment()):
        return credential
    places = _places(wanted)
    for place in places:
        if place.exists():
            return credentials.read(place)
    if wanted:
        raise Failure(
            f"There is no profile {wanted}",
            f"Looked at {_listed(places)}.",
            next_step="Write it with `yuanqu --profile "
            f"{wanted} profile set --address … --client-id … --secret-file …`.",
        )
    raise Failure(
        "No credential was found",
        f"Looked at {_listed(places)}.",
        next_step=(
            "Start a local server with `yuanqu run` (it writes one into its data folder; name "
            "the folder with YUANQU_DATA_DIR), or `yuanqu profile set` for another server."
        ),
    )


def _of_environment() -> Credential | None:
    client_id = os.environ.get("YUANQU_CLIENT_ID")
    if not client_id:
        return None
    try:
        secret = value_or_file(os.environ, "YUANQU_CLIENT_SECRET")
    except OSError as error:
        raise Failure(
            "The file that YUANQU_CLIENT_SECRET_FILE names cannot be read",
            error.strerror or str(error),
        ) from error
    if not secret:
        raise Failure(
            f"YUANQU_CLIENT_ID is {client_id}, and there is no secret for it",
            next_step="Set YUANQU_CLIENT_SECRET or YUANQU_CLIENT_SECRET_FILE.",
        )
    address = os.environ.get("YUANQU_ADDRESS") or LOCAL
    return Credential(address.rstrip("/"), client_id, secret)


def _places(profile: str | None) -> list[Path]:
    data = credentials.data_folder()
    if profile is None:
        return [credentials.operator_file(data), home() / f"{DEFAULT}.json"]
    if _is_path(profile):
        return [Path(profile).expanduser()]
    return [data / credentials.PROFILES_FOLDER / f"{profile}.json", home() / f"{profile}.json"]


def _is_path(profile: str) -> bool:
    return os.sep in profile or profile.endswith(".json") or profile.startswith("~")


def _listed(places: list[Path]) -> str:
    return " and ".join(str(place) for place in places)
