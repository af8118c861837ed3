"""Run metrics alone: `python -m metrics [all|api|worker]`."""

import argparse

from metrics.service import SERVICE
from service_chassis.hosting import run
from service_chassis.logging import configure_logging
from service_chassis.settings import Settings


def main() -> None:
    """Serve, relay and consume in this process until a signal arrives."""
    parser = argparse.ArgumentParser(prog="metrics", description=SERVICE.title_en)
    parser.add_argument("role", nargs="?", choices=("all", "api", "worker"), default="all")
    role = parser.parse_args().role
    settings = Settings()
    configure_logging(settings.log_level)
    run([SERVICE], settings, role)


if __name__ == "__main__":
    main()
