"""Write the dashboards from their definitions.

python -m deploy.grafana.build            writes deploy/grafana/dashboards
python -m deploy.grafana.build --check    fails when a file is not what would be written

Grafana takes the folder as it is. What one edits in Grafana is not kept: change a definition.
"""

import json
import sys
from pathlib import Path

from deploy.grafana.definitions.live_sale_night import LIVE_SALE_NIGHT
from deploy.grafana.definitions.park_wall import PARK_WALL
from deploy.grafana.definitions.partners import PARTNER_HEALTH
from deploy.grafana.definitions.pipeline import PIPELINE_HEALTH

DASHBOARDS = (PARK_WALL, LIVE_SALE_NIGHT, PARTNER_HEALTH, PIPELINE_HEALTH)
FOLDER = Path(__file__).parent / "dashboards"


def documents() -> dict[Path, str]:
    """Every file and what it should hold."""
    return {
        FOLDER / dashboard.file_name: json.dumps(
            dashboard.document(), ensure_ascii=False, indent=1, sort_keys=True
        )
        + "\n"
        for dashboard in DASHBOARDS
    }


def stale() -> list[str]:
    """The files that are missing, not current, or nobody's."""
    wanted = documents()
    differing = [
        path
        for path, text in wanted.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    strangers = set(FOLDER.glob("*")) - set(wanted)
    return sorted(path.name for path in {*differing, *strangers})


def main() -> None:
    if "--check" in sys.argv[1:]:
        if found := stale():
            sys.exit(f"Not current: {', '.join(found)}. Run python -m deploy.grafana.build.")
        return
    FOLDER.mkdir(exist_ok=True)
    for path, text in documents().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(FOLDER.parents[2]))


if __name__ == "__main__":
    main()
