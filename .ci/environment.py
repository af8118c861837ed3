"""Create or update .venv from a lock: `python3 .ci/environment.py requirements.lock`.

Standard library only. uv comes into the environment by pip; it does not read its configuration, so
a mirror, a certificate or a wheel folder that pip was told of is handed on.
"""

import ast
import os
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
OLDEST = (3, 11)

# Where pip's settings stand, the strongest last.
SECTIONS = ("global", "install", ":env:")
# pip's name of a setting → uv's variable, and what uv puts between several values.
SETTINGS = {
    "index-url": ("UV_DEFAULT_INDEX", ""),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", ""),
    "proxy": ("ALL_PROXY", ""),
    "default-timeout": ("UV_HTTP_TIMEOUT", ""),
    "timeout": ("UV_HTTP_TIMEOUT", ""),
}


def main() -> None:
    if sys.version_info < OLDEST:
        sys.exit(f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}.")
    lock = ROOT / sys.argv[1]
    os.chdir(ROOT)
    if not PYTHON.exists():
        create()
    if not UV.exists():
        run([str(PYTHON), "-m", "pip", "install", "--quiet", "uv>=0.9"])
    uv = [str(UV), "pip", "install", "--quiet", "--python", str(PYTHON)]
    environment = {**settings_of_pip(), **os.environ}
    run([*uv, "--require-hashes", "--requirement", str(lock)], environment)
    run([*uv, "--no-deps", "--editable", "."], environment)


def create() -> None:
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False)
    if made.returncode:
        sys.exit("The environment could not be made. On Debian: apt install python3-venv")


def settings_of_pip() -> dict[str, str]:
    """What pip is configured to use, from files and variables, in uv's words."""
    command = [str(PYTHON), "-m", "pip", "config", "list"]
    listing = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return in_words_of_uv(listing)


def in_words_of_uv(listing: str) -> dict[str, str]:
    """Each line is section.name='value'; the environment wins over files."""
    given = [line.partition("=") for line in listing.splitlines()]
    found: dict[str, str] = {}
    for section in SECTIONS:
        for name, _, value in given:
            variable, separator = SETTINGS.get(name.removeprefix(f"{section}."), ("", ""))
            words = str(ast.literal_eval(value)).split() if variable else []
            if words:
                found[variable] = separator.join(words) if separator else words[0]
    return found


def run(command: list[str], environment: dict[str, str] | None = None) -> None:
    finished = subprocess.run(command, env=environment, check=False)
    if finished.returncode:
        sys.exit(f"Failed: {shlex.join(command)}")


if __name__ == "__main__":
    main()
