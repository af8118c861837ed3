"""`yuanqu board`: a link that opens the board and nothing else."""

import httpx

from tests.yuanqu.conftest import Installation


def test_a_link_says_what_it_shows_and_until_when(installation: Installation) -> None:
    result = installation.command("board", "--region", "440100", "--days", "7")

    [link, _, shows, until, ends] = result.out.splitlines()
    assert link.startswith(f"{installation.address}/board#credential=")
    assert "region 440100" in shows
    assert "good until" in until
    client_id = ends.split("client revoke ")[1].split()[0]
    shown = installation.command("client", "show", client_id, "--json").json
    assert (shown["scopes"], shown["region"]) == (["board:read"], "440100")


def test_the_link_leads_to_where_other_screens_find_the_server(installation: Installation) -> None:
    lobby = installation.command("board", "--address", "http://10.0.0.5:8000/")
    nowhere = installation.command("board", "--address", "10.0.0.5", check=False)

    assert lobby.out.startswith("http://10.0.0.5:8000/board#credential=")
    assert nowhere.code == 1
    assert "10.0.0.5 is not an address" in nowhere.err


def test_a_refused_wall_leaves_no_client_behind(installation: Installation) -> None:
    parks = [f"--park=GZ-PARK-WITH-A-LONG-CODE-{number:04d}" for number in range(120)]

    refused = installation.command("board", "--name", "too long", *parks, check=False)

    assert refused.code == 1
    assert "cannot have a wall token" in refused.err
    clients = installation.command("client", "list", "--limit", "200", "--json").json["items"]
    [left] = [each for each in clients if each["name"] == "too long"]
    assert left["status"] == "revoked"


def test_the_link_opens_the_board(installation: Installation) -> None:
    issued = installation.command("board", "--json").json

    with httpx.Client(base_url=installation.address, follow_redirects=True) as browser:
        form = {"credential": issued["wall_token"]}
        page = browser.post("/metrics/board/sign-in", data=form)

    assert page.status_code == 200
    assert page.url.path == "/metrics/board"
    assert issued["link"].endswith(issued["wall_token"])
