"""Who runs the containers: Docker, or the stand-in for machines that have none.

`COMPOSE_LAB` names a command that gives such a machine an engine and base images: `up` prepares it,
`env` prints what the environment needs, `override SERVICE` prints what a build needs.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILT_BY = "migrate"
"""The service of docker-compose.yml that says how the image is built."""


class NoEngine(Exception):
    """This machine cannot run containers; the sentence says what it lacks."""


@dataclass(frozen=True, slots=True)
class Engine:
    """The environment of `docker`, and the compose files it needs beside ours."""

    environment: dict[str, str]
    files: tuple[Path, ...] = ()

    def has_image(self, image: str) -> bool:
        """Whether the image is here or can be fetched."""
        return self._docker("image", "inspect", image) or self._docker("pull", "--quiet", image)

    def _docker(self, *arguments: str) -> bool:
        done = subprocess.run(
            ["docker", *arguments], env=self.environment, capture_output=True, check=False
        )
        return done.returncode == 0


def find_engine(folder: Path) -> Engine:
    """Docker with compose v2, else the stand-in, whose files go to `folder`."""
    if _answers(dict(os.environ)):
        return Engine(dict(os.environ))
    lab = os.environ.get("COMPOSE_LAB", "")
    if not shutil.which(lab):
        raise NoEngine("there is no Docker with compose v2, and no stand-in for it (COMPOSE_LAB)")
    if subprocess.run([lab, "up"], check=False).returncode:
        raise NoEngine("there is no Docker, and its stand-in did not start")
    exports = _output(lab, "env")
    environment = dict(os.environ) | dict(re.findall(r"(\w+)=(\S+)", exports))
    override = folder / "build.yml"
    override.write_text(_output(lab, "override", BUILT_BY), encoding="utf-8")
    return Engine(environment, (override,))


def _answers(environment: dict[str, str]) -> bool:
    if shutil.which("docker", path=environment.get("PATH")) is None:
        return False
    for arguments in (("compose", "version"), ("info",)):
        done = subprocess.run(
            ["docker", *arguments], env=environment, capture_output=True, check=False
        )
        if done.returncode:
            return False
    return True


def _output(*command: str) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout
