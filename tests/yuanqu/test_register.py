"""The register on the command line: what the API says, as people and as programs read it."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from tests.yuanqu.conftest import Installation


@pytest.fixture
def park(installation: Installation) -> str:
    """A park's code, registered."""
    code = f"P-{uuid4().hex[:8].upper()}"
    installation.command(
        *("park", "create", "--code", code, "--name-zh", "测试园区", "--name-en", "Test park"),
        *("--type", "livestream_base", "--level", "local", "--region", "441900121"),
        *("--vertical", "apparel", "--vertical", "cables"),
    )
    return code


def test_a_park_is_shown_as_the_api_tells_it(installation: Installation, park: str) -> None:
    shown = installation.command("park", "show", park, "--json").json

    assert (shown["code"], shown["verticals"]) == (park, ["apparel", "cables"])
    assert park in installation.command("park", "list", "--region", "441900").out


def test_what_is_not_named_stays(installation: Installation, park: str) -> None:
    changed = installation.command("park", "edit", park, "--name-en", "Another", "--json").json

    assert (changed["name_en"], changed["name_zh"]) == ("Another", "测试园区")


def test_a_key_makes_the_same_request_twice_one_park(installation: Installation) -> None:
    words = [
        *("park", "create", "--code", f"K-{uuid4().hex[:8].upper()}", "--name-zh", "园"),
        *("--name-en", "Park", "--type", "comprehensive", "--level", "local"),
        *("--region", "440100", "--idempotency-key", uuid4().hex, "--json"),
    ]

    first = installation.command(*words).json
    second = installation.command(*words).json

    assert first == second


def test_a_refusal_names_every_fault_and_what_to_do(installation: Installation) -> None:
    result = installation.command("park", "create", "--code", "x", check=False)

    assert result.code == 1
    assert "/code" in result.err
    assert "/name_zh" in result.err
    assert "→" in result.err


def test_for_programs_a_refusal_is_the_problem_document(installation: Installation) -> None:
    result = installation.command("park", "show", "NOPE", "--json", check=False)

    assert result.code == 1
    assert result.json["code"] == "park_not_found"


def test_a_plan_is_published_only_in_its_declared_shape(
    installation: Installation, park: str, tmp_path: Path
) -> None:
    code = f"L-{uuid4().hex[:8].upper()}"
    draft = tmp_path / "draft.json"
    node = {"role": "hq", "name_zh": "总部", "name_en": "HQ", "parent_code": None}
    stay = {"park_code": park, "valid_from": "2020-01-01"}
    draft.write_text(json.dumps({"nodes": [{**node, "node_code": "HQ", "parks": [stay]}]}))
    installation.command(
        *("plan", "create", "--code", code, "--name-zh", "规划", "--name-en", "Plan"),
        *("--declared", "1+0+1", "--from", "2020-01-01"),
    )
    installation.command("plan", "draft", code, str(draft))

    refused = installation.command("plan", "publish", code, check=False)
    assert refused.code == 1
    assert "0 instead of 1 district" in refused.err

    tree = json.loads(draft.read_text())
    tree["nodes"].append({**node, "node_code": "D1", "role": "district", "parks": []})
    draft.write_text(json.dumps(tree))
    installation.command("plan", "draft", code, str(draft))
    published = installation.command("plan", "publish", code)
    assert "hq 1  second 0  district 1  total 2" in published.out
    assert park in installation.command("plan", "tree", code).out


def test_an_import_tells_of_every_row(installation: Installation, tmp_path: Path) -> None:
    table = tmp_path / "enterprises.csv"
    table.write_text(
        "uscc,name_zh,name_en,region_code\n"
        "91441900MA4XDG017F,示例服饰,Example Apparel,441900121\n"
        "91441900MA4XDG017X,坏代码,Broken,441900121\n"
    )

    dry = installation.command("enterprise", "import", str(table), "--dry-run")

    assert "created 1  updated 0  unchanged 0  rejected 1" in dry.out
    assert "dry run" in dry.out


def test_a_secret_is_kept_instead_of_shown(installation: Installation, tmp_path: Path) -> None:
    path = tmp_path / "reader.json"

    made = installation.command(
        *("client", "create", "--name", "reader", "--scope", "registry:read"),
        *("--save", str(path)),
    )

    kept = json.loads(path.read_text())
    assert path.stat().st_mode & 0o777 == 0o600
    assert kept["client_secret"] not in made.out
    listed = installation.command("--profile", str(path), "park", "list")
    assert listed.code == 0
    refused = installation.command("--profile", str(path), "client", "list", check=False)
    assert refused.code == 1
    assert "registry:admin" in refused.err


def test_divisions_are_those_of_a_date(installation: Installation) -> None:
    found = installation.command("division", "ancestors", "441900121", "--json").json

    assert [each["code"] for each in found["items"]] == ["441900", "440000"]
