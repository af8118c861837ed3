"""Which server, and as whom.

The first that is there:

1. the profile named by `--profile` or `YUANQU_PROFILE`: the path of a file, or the name of one in
   `<data>/profiles/` or `~/.config/yuanqu/`;
2. the local operator's, `<data>/operator.json` (`<data>` is `YUANQU_DATA_DIR`, else `./var`);
3. `~/.config/yuanqu/default.json`, which `yuanqu profile set` writes.
"""

import os
from pathlib import Path

from yuanqu import credentials
from yuanqu.credentials import Credential
from yuanqu.failures import Failure

DEFAULT = "default"


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
