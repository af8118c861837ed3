"""python -m livestream_supply [all|api|worker]: this service alone."""

import argparse

from livestream_supply.service import SERVICE
from service_chassis import hosting
from service_chassis.logging import configure_logging
from service_chassis.settings import Settings


def main() -> None:
    """Host the service until a signal arrives."""
    parser = argparse.ArgumentParser(prog="python -m livestream_supply", description=__doc__)
    parser.add_argument("role", nargs="?", choices=("all", "api", "worker"), default="all")
    options = parser.parse_args()
    settings = Settings()
    configure_logging(settings.log_level)
    hosting.run([SERVICE], settings, options.role)


if __name__ == "__main__":
    main()
