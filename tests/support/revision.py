"""Write a migration from the difference between the tables in the code and the newest revision.

`make migration S=registry M="add grade"` runs it; what it locks and loses is yours to say.
"""

import argparse
import tempfile
from importlib import import_module
from pathlib import Path

from alembic import command

from service_chassis import migrations


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a migration of one service.")
    parser.add_argument("service", help="registry, livestream-supply, metrics, …")
    parser.add_argument("message", help='what it does, as in "add grade"')
    options = parser.parse_args()
    service = import_module(f"{options.service.replace('-', '_')}.service").SERVICE
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'service.db'}"
        migrations.upgrade(service, url)
        configuration = migrations.configuration(service, url)
        command.revision(configuration, message=options.message, autogenerate=True)


if __name__ == "__main__":
    main()
