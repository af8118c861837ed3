"""The container of Grafana, its data sources and the role of the database agree with each other."""

import re
from typing import Any

import yaml

from deploy.grafana.definitions.panels import BOARD, PROMETHEUS
from tests.grafana.metrics_server import ROOT, MetricsServer

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
PROVISIONING = ROOT / "deploy" / "grafana" / "provisioning"
SOURCES = yaml.safe_load((PROVISIONING / "datasources/yuanqu.yml").read_text(encoding="utf-8"))
PROVIDERS = yaml.safe_load((PROVISIONING / "dashboards/yuanqu.yml").read_text(encoding="utf-8"))
GRAFANA: dict[str, Any] = COMPOSE["services"]["grafana"]


def test_the_container_may_do_little_and_is_published_on_loopback_alone() -> None:
    assert GRAFANA["image"] == "grafana/grafana:12.2.0"
    assert (GRAFANA["user"], GRAFANA["read_only"], GRAFANA["cap_drop"]) == ("472", True, ["ALL"])
    assert GRAFANA["security_opt"] == ["no-new-privileges:true"]
    for name in ("grafana", "prometheus"):
        (port,) = COMPOSE["services"][name]["ports"]
        assert port.startswith("127.0.0.1:")
    assert "ports" not in COMPOSE["services"]["alertmanager"]
    assert all("profiles" not in COMPOSE["services"][name] for name in ("grafana", "prometheus"))


def test_nobody_enters_without_a_password_and_nothing_outside_is_asked() -> None:
    settings = GRAFANA["environment"]

    assert settings["GF_AUTH_ANONYMOUS_ENABLED"] == "false"
    assert settings["GF_USERS_ALLOW_SIGN_UP"] == "false"
    assert "GF_SECURITY_ADMIN_PASSWORD" not in settings
    password = settings["GF_SECURITY_ADMIN_PASSWORD__FILE"]
    assert password.removeprefix("/run/secrets/") in GRAFANA["secrets"]
    for name in ("REPORTING_ENABLED", "CHECK_FOR_UPDATES", "CHECK_FOR_PLUGIN_UPDATES"):
        assert settings[f"GF_ANALYTICS_{name}"] == "false"
    assert settings["GF_PLUGINS_PREINSTALL_DISABLED"] == "true"


def test_the_data_sources_are_those_of_the_panels() -> None:
    found = {source["uid"]: source["type"] for source in SOURCES["datasources"]}

    assert found == {each["uid"]: each["type"] for each in (PROMETHEUS, BOARD)}
    assert not any(source["editable"] for source in SOURCES["datasources"])


def test_every_variable_and_file_of_the_data_sources_is_given() -> None:
    text = (PROVISIONING / "datasources/yuanqu.yml").read_text(encoding="utf-8")

    assert set(re.findall(r"\$\{(\w+)\}", text)) <= set(GRAFANA["environment"])
    files = re.findall(r"\$__file\{/run/secrets/(\w+)\}", text)
    assert files
    assert set(files) <= set(GRAFANA["secrets"])
    assert set(GRAFANA["secrets"]) <= set(COMPOSE["secrets"])


def test_the_board_is_asked_as_the_role_that_sees_nothing_else() -> None:
    board = next(each for each in SOURCES["datasources"] if each["uid"] == "yuanqu-board")
    script = (ROOT / "deploy/postgres/20-grafana-reader.sh").read_text(encoding="utf-8")

    assert f"CREATE ROLE {board['user']} LOGIN" in script
    assert f"-d {board['jsonData']['database']} " in script
    limit = re.search(r"CONNECTION LIMIT (\d+)", script)
    assert limit
    assert board["jsonData"]["maxOpenConns"] < int(limit[1])


def test_the_dashboards_are_mounted_where_they_are_looked_for() -> None:
    mounted = {
        inside: outside
        for outside, inside, *_ in (volume.split(":") for volume in GRAFANA["volumes"])
    }
    (provider,) = PROVIDERS["providers"]

    assert mounted[provider["options"]["path"]] == "./deploy/grafana/dashboards"
    assert mounted["/etc/grafana/provisioning"] == "./deploy/grafana/provisioning"
    home = GRAFANA["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    folder, _, name = home.rpartition("/")
    assert folder == provider["options"]["path"]
    assert (ROOT / "deploy/grafana/dashboards" / name).is_file()
    assert not provider["allowUiUpdates"]


def test_an_older_database_can_be_given_the_role(metrics_server: MetricsServer) -> None:
    name = metrics_server.database()
    with metrics_server.connect(name, "metrics_owner") as owner:
        owner.execute("REVOKE ALL ON ALL TABLES IN SCHEMA board FROM grafana_reader")
    with metrics_server.connect(name, "metrics_owner") as owner:
        script = (ROOT / "deploy/postgres/20-grafana-reader.sh").read_text(encoding="utf-8")
        for statement in re.findall(r"^(?:CREATE SCHEMA|GRANT)[^;]*;", script, re.MULTILINE):
            owner.execute(statement.replace("DATABASE metrics", f"DATABASE {name}").encode())
    with metrics_server.connect(name, "grafana_reader") as reader:
        assert reader.execute("SELECT count(*) FROM board.park").fetchone() == (0,)
